"""`imagine-bot doctor`: what is wrong, in one line each, with the remedy.

Each family of checks has a file of its own beside this one: doctor_opening, doctor_schema, doctor_storage, doctor_spool,
doctor_models, doctor_clock, doctor_local, doctor_address; what only a chat platform can tell is in its adapter's
`examine`.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import EntryPoint
from typing import Final

from bot.adapter_api import AdapterContext, AdapterFactory, find_adapters, why_absent
from bot.app import Application, open_application
from bot.commands.doctor_address import check_address
from bot.commands.doctor_clock import check_clock
from bot.commands.doctor_models import check_models, check_routes
from bot.commands.doctor_opening import Opening, failures, what_opens
from bot.commands.doctor_spool import check_spool
from bot.commands.doctor_storage import check_database, check_secret, check_storage
from bot.domain.errors import ConfigurationError
from bot.ports import ChatAdapter, Check
from bot.settings import usable_settings
from bot.telemetry.logs import set_up_logs

_MARKS: Final = {"ok": "ok     ", "warning": "warning", "failure": "FAILURE"}
_ADAPTER_SECONDS: Final = 30.0


async def examine(*, as_json: bool) -> int:
    """Print all checks; 1 if one failed."""
    checks = await _all_checks()
    _print(checks, as_json=as_json)
    return 1 if any(check.grade == "failure" for check in checks) else 0


async def _all_checks() -> Sequence[Check]:
    settings, faults = usable_settings()
    set_up_logs(settings.logs.log_format, "CRITICAL")
    checks = [check for fault in faults for check in failures("settings", fault)]
    checks = checks or [Check("settings", "ok", "readable")]
    checks += check_models(settings, datetime.now(UTC).date())
    with ExitStack() as stack:
        opening = await what_opens(settings, faults, stack)
        checks += [*await check_clock(opening.settings), *opening.checks]
        chats = _Chats()
        try:
            async with open_application(opening.settings, chats.factories, tries=1) as app:
                checks += [check async for check in _parts(app, opening)]
                checks += [check async for check in chats.examined(app)]
        except ConfigurationError as fault:
            checks += failures("settings", fault)
    return checks


async def _parts(app: Application, opening: Opening) -> AsyncIterator[Check]:
    if opening.database:
        yield await check_database(app)
        if (secret := check_secret(app.settings)) is not None:
            yield secret
    if opening.store:
        async for check in check_storage(app):
            yield check
    if opening.disk:
        yield await check_spool(app.settings)
    async for check in check_routes(app, preview=opening.preview):
        yield check
    if (address := check_address(app.settings, app.adapters)) is not None:
        yield address


class _Chats:
    """The installed adapters: one that cannot be made keeps nobody else from being examined."""

    def __init__(self) -> None:
        self._unmade: dict[str, Sequence[Check]] = {}

    def factories(self) -> Mapping[str, AdapterFactory]:
        return {name: partial(self._made, name, entry) for name, entry in find_adapters()}

    def _made(self, name: str, entry: EntryPoint, context: AdapterContext) -> ChatAdapter | None:
        try:
            factory: AdapterFactory = entry.load()
            return factory(context)
        except ConfigurationError as fault:
            self._unmade[name] = failures(name, fault)
            return None

    async def examined(self, app: Application) -> AsyncIterator[Check]:
        for adapter in app.adapters.values():
            for check in await _examined(adapter):
                yield check
        for name, entry in find_adapters():
            if name in self._unmade:
                for check in self._unmade[name]:
                    yield check
            elif name not in app.adapters and (absent := why_absent(entry)) is not None:
                yield absent


async def _examined(adapter: ChatAdapter) -> Sequence[Check]:
    """An adapter's own checks; one that hangs or breaks is a finding too."""
    try:
        async with asyncio.timeout(_ADAPTER_SECONDS):
            return await adapter.examine()
    except ConfigurationError as fault:
        return failures(adapter.name, fault)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the operator hears of it
        remedy = (
            "Check this machine's way to the platform; LOG_LEVEL=DEBUG with `imagine-bot run` tells more."
        )
        return [Check(adapter.name, "failure", f"could not be examined ({type(fault).__name__})", remedy)]


def _print(checks: Sequence[Check], *, as_json: bool) -> None:
    if as_json:
        rows = [
            {"name": check.name, "grade": check.grade, "detail": check.detail, "remedy": check.remedy}
            for check in checks
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for check in checks:
        print(f"{_MARKS[check.grade]}  {check.name}: {check.detail}")
        if check.grade != "ok" and check.remedy:
            print(f"         {check.remedy}")

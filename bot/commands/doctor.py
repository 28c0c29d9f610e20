"""`imagine-bot doctor`: what is wrong, in one line each, with the remedy.

Each family of checks has a file of its own beside this one: doctor_schema, doctor_storage, doctor_spool,
doctor_models, doctor_clock, doctor_local, doctor_address; what only a chat platform can tell is in its adapter's `examine`.
"""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Final

from bot.adapter_api import find_adapters, why_absent
from bot.app import Application, open_application
from bot.commands.doctor_address import check_address
from bot.commands.doctor_clock import check_clock
from bot.commands.doctor_local import check_local
from bot.commands.doctor_models import check_models, check_routes
from bot.commands.doctor_schema import check_schema
from bot.commands.doctor_spool import check_spool
from bot.commands.doctor_storage import check_storage
from bot.domain.errors import ConfigurationError
from bot.outside import make_data_dir
from bot.ports import ChatAdapter, Check
from bot.settings import Settings, load_settings
from bot.telemetry.logs import set_up_logs

_MARKS: Final = {"ok": "ok     ", "warning": "warning", "failure": "FAILURE"}
_ADAPTER_SECONDS: Final = 30.0


async def examine(*, as_json: bool) -> int:
    """Print all checks; 1 if one failed."""
    checks = await _all_checks()
    _print(checks, as_json=as_json)
    return 1 if any(check.grade == "failure" for check in checks) else 0


async def _all_checks() -> Sequence[Check]:
    checks: list[Check] = []
    try:
        settings = load_settings()
        set_up_logs(settings.logs.log_format, "CRITICAL")
        checks.append(Check("settings", "ok", "readable"))
        checks += check_models(settings, datetime.now(UTC).date())
        checks += await check_clock(settings)
        schema = await _schema(settings)
        checks.append(schema)
        local = await check_local(settings)
        if local is not None:
            checks.append(local)
            if local.grade == "failure":  # the rest is examined all the same
                settings = _without_local_check(settings)
        if schema.grade != "failure":  # opening the database would migrate it
            async with open_application(settings) as app:
                checks += [check async for check in _parts(app)]
    except ConfigurationError as fault:
        checks.append(Check("settings", "failure", fault.problem, fault.remedy))
    return checks


def _without_local_check(settings: Settings) -> Settings:
    models = settings.models.model_copy(update={"local_picture_check": None})
    return dataclasses.replace(settings, models=models)


async def _schema(settings: Settings) -> Check:
    await asyncio.to_thread(make_data_dir, settings)
    return await check_schema(settings)


async def _parts(app: Application) -> AsyncIterator[Check]:
    async for check in check_storage(app):
        yield check
    yield await check_spool(app.settings)
    async for check in check_routes(app):
        yield check
    if (address := check_address(app.settings, app.adapters)) is not None:
        yield address
    for adapter in app.adapters.values():
        for check in await _examined(adapter):
            yield check
    for name, entry in find_adapters():
        if name not in app.adapters and (absent := why_absent(entry)) is not None:
            yield absent


async def _examined(adapter: ChatAdapter) -> Sequence[Check]:
    """An adapter's own checks; one that hangs or breaks is a finding too."""
    try:
        async with asyncio.timeout(_ADAPTER_SECONDS):
            return await adapter.examine()
    except ConfigurationError as fault:
        return [Check(adapter.name, "failure", fault.problem, fault.remedy)]
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

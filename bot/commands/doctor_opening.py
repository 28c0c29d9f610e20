"""Doctor: everything that would keep the bot from starting.

Each finding is put out of the way, as if its setting were not there, so that the rest is examined all the same.
"""

import asyncio
import dataclasses
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import SecretStr

from bot.clock import SystemClock
from bot.commands.doctor_local import check_local
from bot.commands.doctor_schema import check_schema
from bot.domain.errors import ConfigurationError
from bot.images.spool import IN_MEMORY
from bot.outside import make_data_dir, open_database, open_images
from bot.ports import Check
from bot.providers.registry import faulty_entries
from bot.settings import Settings
from bot.telemetry.traces import set_up_traces


@dataclass
class Opening:
    """Settings with which everything opens.

    Attributes:
        checks: What was found on the way.
        database, store, disk: The operator's own are examined; where False, something of doctor's stands in.
        preview: The offline renderer may serve.
    """

    settings: Settings
    stack: ExitStack
    checks: list[Check] = field(default_factory=list)
    database: bool = True
    store: bool = True
    disk: bool = True
    preview: bool = True

    _scratch: Path | None = None

    def scratch(self) -> Path:
        """A folder for what stands in; made, and gone with the stack, only where something has to."""
        if self._scratch is None:
            self._scratch = Path(self.stack.enter_context(TemporaryDirectory(prefix="imagine-doctor-")))
        return self._scratch

    def without_store(self) -> None:
        self.store = False
        self.change("storage", s3_bucket=None)

    def change(self, section: str, **values: Any) -> None:
        """Settings of a section as they shall be from now on."""
        changed = getattr(self.settings, section).model_copy(update=values)
        self.settings = dataclasses.replace(self.settings, **{section: changed})


def failures(name: str, fault: ConfigurationError) -> Sequence[Check]:
    """All that a fault tells, a line each."""
    return [Check(name, "failure", one.problem, one.remedy) for one in fault.each]


async def what_opens(settings: Settings, faults: Sequence[ConfigurationError], stack: ExitStack) -> Opening:
    """Try everything that a start opens, with defaults for what is wrong; these settings hold until the stack ends."""
    opening = Opening(settings, stack)
    wrong = {fault.problem.partition(" ")[0] for fault in faults}
    # The defaults are AWS and OpenAI themselves: they were not meant, and get no key.
    if "S3_ENDPOINT_URL" in wrong and settings.storage.s3_bucket:
        opening.without_store()
    if "OPENAI_BASE_URL" in wrong:
        opening.change("providers", openai_api_key=None)
    await _disk(opening)
    await _database(opening)
    await _store(opening)
    await _local_check(opening)
    await _route(opening)
    _traces(opening)
    return opening


async def _disk(opening: Opening) -> None:
    storage = opening.settings.storage
    try:
        await asyncio.to_thread(make_data_dir, opening.settings)
    except ConfigurationError as fault:
        opening.checks += failures("settings", fault)
        opening.disk = False
        opening.database = storage.database_url is not None
        opening.store = opening.store and bool(storage.s3_bucket)
        opening.change("storage", data_dir=opening.scratch())


async def _database(opening: Opening) -> None:
    """A schema that does not fit is not opened: that would bring it up to date."""
    if opening.database:
        schema = await check_schema(opening.settings)
        opening.checks.append(schema)
        opening.database = schema.grade != "failure" and await _opens(opening)
    if not opening.database:
        elsewhere = SecretStr(f"sqlite:///{(opening.scratch() / 'doctor.db').absolute()}")
        opening.change("storage", database_url=elsewhere)


async def _opens(opening: Opening) -> bool:
    try:
        store = await open_database(opening.settings, SystemClock(), tries=1)
    except ConfigurationError as fault:
        opening.checks += failures("database", fault)
        return False
    await store.aclose()
    return True


async def _store(opening: Opening) -> None:
    try:
        await (await open_images(opening.settings, IN_MEMORY)).aclose()
    except ConfigurationError as fault:
        opening.checks += failures("store write", fault)
        opening.without_store()


async def _local_check(opening: Opening) -> None:
    found = await check_local(opening.settings)
    if found is not None:
        opening.checks.append(found)
        if found.grade == "failure":
            opening.change("models", local_picture_check=None)


async def _route(opening: Opening) -> None:
    models, providers = opening.settings.models, opening.settings.providers
    faults = await faulty_entries(models, providers, SystemClock())
    told = {fault.problem: fault for fault in faults.values()}
    opening.checks += [check for fault in told.values() for check in failures("image models", fault)]
    if faults:
        works = tuple(entry for entry in models.image_route if entry not in faults)
        opening.change("models", image_route=works)
    opening.preview = opening.settings.workers.allow_offline_preview
    opening.change("workers", allow_offline_preview=True)


def _traces(opening: Opening) -> None:
    try:
        set_up_traces(opening.settings.logs.otel_exporter_otlp_endpoint)()
    except ConfigurationError as fault:
        opening.checks += failures("traces", fault)

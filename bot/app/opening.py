"""Everything that the core needs from outside, opened in order and closed in reverse."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bot.domain.practice import Switchboard
from bot.images.spool import Spool
from bot.outside import (
    make_data_dir,
    open_database,
    open_describer,
    open_images,
    open_local_check,
    open_marks,
    open_safety,
    open_text_models,
    spool_of,
)
from bot.ports import (
    Clock,
    Describer,
    ImageStore,
    MarksReader,
    Moderator,
    PictureScorer,
    PromptSanitizer,
    SecondCheck,
    Telemetry,
)
from bot.providers.registry import open_router
from bot.providers.router import Router
from bot.sanitizers.breaker import BreakingSanitizer
from bot.sanitizers.practice import PractisingSanitizer
from bot.settings import Settings
from bot.store import Store
from bot.web.safety import SafetyEvents


@dataclass(frozen=True, slots=True)
class Outside:
    """What is open. Each one that may be None is so where the operator has not set it up.

    Attributes:
        switches: Faults that may be switched on for practice; None where they may not.
        safety_events: Reads the provider's notices about people.
    """

    store: Store
    spool: Spool
    images: ImageStore
    router: Router
    switches: Switchboard | None
    sanitizer: PromptSanitizer
    moderator: Moderator | None
    local_check: PictureScorer | None
    marks: MarksReader | None
    second_check: SecondCheck | None
    safety_events: SafetyEvents | None
    describer: Describer | None


@asynccontextmanager
async def open_outside(
    settings: Settings, clock: Clock, telemetry: Telemetry, tries: int
) -> AsyncIterator[Outside]:
    """Open as the settings say, while the block runs; `tries`: see `open_database`.

    Raises:
        ConfigurationError: settings that cannot work.
    """
    async with AsyncExitStack() as stack:
        make_data_dir(settings)
        store = await open_database(settings, clock, tries)
        stack.push_async_callback(store.aclose)
        spool = await asyncio.to_thread(spool_of, settings)
        images = await open_images(settings, spool)
        stack.push_async_callback(images.aclose)
        wanted = _wanted_switches(settings)
        router = await open_router(
            settings.models,
            settings.providers,
            store.jobs,
            clock,
            telemetry,
            allow_offline=settings.workers.allow_offline_preview,
            practice=wanted,
            spool=spool,
        )
        stack.push_async_callback(router.aclose)
        switches = wanted if wanted and (router.offline or wanted.everywhere) else None
        sanitizer, moderator = await stack.enter_async_context(open_text_models(settings, clock, telemetry))
        if settings.providers.openai_api_key is not None:
            sanitizer = BreakingSanitizer(sanitizer, clock, telemetry)
        if switches is not None:
            sanitizer = PractisingSanitizer(sanitizer, switches)
        local_check = await stack.enter_async_context(open_local_check(settings, clock))
        marks = await stack.enter_async_context(open_marks(settings, clock, telemetry))
        second_check, events = await stack.enter_async_context(open_safety(settings, clock, telemetry))
        describer = await stack.enter_async_context(open_describer(settings, clock, telemetry))
        yield Outside(
            store=store,
            spool=spool,
            images=images,
            router=router,
            switches=switches,
            sanitizer=sanitizer,
            moderator=moderator,
            local_check=local_check,
            marks=marks,
            second_check=second_check,
            safety_events=events,
            describer=describer,
        )


def _wanted_switches(settings: Settings) -> Switchboard | None:
    """Faults for practice: on a machine of one's own where nothing is paid, or where the operator says so."""
    wanted = settings.workers.practice_faults
    if wanted is False or not (wanted or settings.http.loopback):
        return None
    return Switchboard(everywhere=wanted is True)

"""The core put together on what is open outside: its parts, the desk, the studio, the workers and the chats."""

import dataclasses
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from bot.adapter_api import AdapterContext, AdapterFactory
from bot.app.application import Application
from bot.app.chats import Chats, make_adapters
from bot.app.opening import Outside, open_outside
from bot.clock import SystemClock
from bot.domain.images import MediaType
from bot.guardrails.identity import KeyedIdentities
from bot.hosting.measured import MeasuredStore
from bot.hosting.noted import NotedStore
from bot.images.budget import ByteBudget
from bot.moderation.desk import Desk, open_desk
from bot.moderation.watch import DeskWatch
from bot.outside import START_TRIES
from bot.pipeline.describe import Describing
from bot.pipeline.janitor import Janitor
from bot.pipeline.progress import ProgressBus
from bot.pipeline.recovered import Recoveries
from bot.pipeline.run import Parts
from bot.pipeline.studio import Studio
from bot.pipeline.workers import Workers
from bot.ports import ChatAdapter, Clock
from bot.rush import Rush
from bot.sanitizers.rules import RuleSanitizer
from bot.settings import Settings
from bot.telemetry.metrics import Metrics
from bot.web.safety import SafetyWebhook

_MB: Final = 1024 * 1024


@asynccontextmanager
async def open_application(
    settings: Settings,
    adapters: Callable[[], Mapping[str, AdapterFactory]] | None = None,
    tries: int = START_TRIES,
) -> AsyncIterator[Application]:
    """Build everything but the HTTP plane; nothing runs yet but what the parts need themselves.

    `adapters` overrides the installed ones, for the command line and for tests; `tries` is how often a database that is
    not up yet is asked.

    Raises:
        ConfigurationError: settings that cannot work.
    """
    clock, metrics, rush = SystemClock(), Metrics(), Rush()
    async with open_outside(settings, clock, metrics, tries) as outside:
        # Filled last: the parts name the adapters, and an adapter stands on the parts.
        served: dict[str, ChatAdapter] = {}
        desk, parts = _watched(settings, outside, _parts(settings, outside, clock, metrics, served))
        workers = Workers(parts, settings.workers.max_jobs)
        studio = Studio(parts, workers.wake)
        context = _context(settings, outside, studio, desk, rush)
        served.update(make_adapters(context, adapters() if adapters else None))
        yield Application(
            settings=settings,
            metrics=metrics,
            store=outside.store,
            images=outside.images,
            router=outside.router,
            parts=parts,
            studio=studio,
            workers=workers,
            janitor=Janitor(parts, settings.workers.retention_sweep_minutes * 60),
            recoveries=Recoveries(parts),
            chats=Chats(served, metrics),
            desk=desk,
            rush=rush,
            webhooks=_webhooks(outside, desk, metrics),
        )


def _parts(
    settings: Settings,
    outside: Outside,
    clock: Clock,
    metrics: Metrics,
    adapters: Mapping[str, ChatAdapter],
) -> Parts:
    """Everything the core talks to, without the moderators' side."""
    store = outside.store
    return Parts(
        clock=clock,
        jobs=store.jobs,
        policies=store.policies,
        images=MeasuredStore(NotedStore(outside.images, store.jobs), metrics),
        router=outside.router,
        sanitizer=outside.sanitizer,
        moderator=outside.moderator,
        rules=RuleSanitizer(),
        identities=KeyedIdentities(store.identity_key),
        telemetry=metrics,
        progress=ProgressBus(),
        adapters=adapters,
        partials=settings.models.partial_previews,
        media_type=MediaType[settings.models.image_format.upper()],
        memory=ByteBudget(settings.workers.image_memory_mb * _MB, largest=outside.spool.above),
        second_check=outside.second_check,
        local_check=outside.local_check,
        marks=outside.marks,
    )


def _watched(settings: Settings, outside: Outside, parts: Parts) -> tuple[Desk, Parts]:
    """The moderators' desk, and the parts under its eyes: it stands on them, so it cannot be one from the start."""
    store, second = outside.store, outside.second_check
    desk = open_desk(parts, store.moderation, store.policies, settings.http.base_url)
    return desk, dataclasses.replace(parts, watch=DeskWatch(desk, second.words if second else None))


def _webhooks(outside: Outside, desk: Desk, metrics: Metrics) -> tuple[SafetyWebhook, ...]:
    """Where the provider's notices about people come in; none unless the operator has set them up."""
    events = outside.safety_events
    return (SafetyWebhook(events, desk.people.suspend_everywhere, metrics.alert),) if events else ()


def _context(settings: Settings, outside: Outside, studio: Studio, desk: Desk, rush: Rush) -> AdapterContext:
    """The core, as the adapters see it."""
    parts, http = studio.parts, settings.http
    token = http.playground_token
    return AdapterContext(
        studio=studio,
        images=parts.images,
        policies=parts.policies,
        secrets=outside.store.secrets,
        telemetry=parts.telemetry,
        clock=parts.clock,
        data_dir=settings.storage.data_dir,
        base_url=http.base_url,
        loopback=http.loopback,
        playground_token=token.get_secret_value() if token is not None else None,
        offline=outside.router.offline,
        models=outside.router.models,
        switches=outside.switches,
        describing=Describing(parts, outside.describer),
        desk=desk,
        rush=rush,
    )

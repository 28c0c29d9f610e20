"""The composition root: the only place that knows everything. Builds the parts in order, closes them in reverse."""

import asyncio
import contextlib
import dataclasses
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from bot.adapter_api import AdapterContext, AdapterFactory, find_adapters
from bot.clock import SystemClock
from bot.domain.errors import ConfigurationError
from bot.domain.images import MediaType
from bot.domain.practice import Switchboard
from bot.guardrails.identity import KeyedIdentities
from bot.hosting.local import LocalStore
from bot.hosting.measured import MeasuredStore
from bot.hosting.noted import NotedStore
from bot.images.budget import ByteBudget
from bot.images.encoding import giving_way_to
from bot.moderation.desk import Desk, open_desk
from bot.moderation.watch import DeskWatch
from bot.outside import (
    START_PAUSE,
    START_TRIES,
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
from bot.pipeline.describe import Describing
from bot.pipeline.janitor import Janitor
from bot.pipeline.progress import ProgressBus
from bot.pipeline.run import Parts
from bot.pipeline.studio import Studio
from bot.pipeline.workers import Workers
from bot.ports import (
    ChatAdapter,
    Clock,
    Health,
    ImageStore,
)
from bot.providers.profiles import shutdown_of
from bot.providers.registry import open_router
from bot.providers.router import Router
from bot.rush import Rush
from bot.sanitizers.breaker import BreakingSanitizer
from bot.sanitizers.practice import PractisingSanitizer
from bot.sanitizers.rules import RuleSanitizer
from bot.settings import Settings
from bot.store import Store
from bot.store.vitals import read_vitals
from bot.telemetry.metrics import Metrics
from bot.telemetry.vitals import Watch
from bot.web.console.api import console_routes
from bot.web.plane import Plane, serving
from bot.web.safety import SafetyWebhook

log = structlog.get_logger(__name__)

_ADAPTER_PAUSE: Final = 8.0
_LAG_SECONDS: Final = 0.5
_SWITCH_SECONDS: Final = 0.0005
_MB: Final = 1024 * 1024


@dataclass
class Application:
    """Everything that runs in one process."""

    settings: Settings
    metrics: Metrics
    store: Store
    images: ImageStore
    router: Router
    parts: Parts
    studio: Studio
    workers: Workers
    janitor: Janitor
    adapters: dict[str, ChatAdapter]
    desk: Desk
    rush: Rush
    webhooks: tuple[SafetyWebhook, ...] = ()
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def readiness(self) -> Mapping[str, Any]:
        """State of every part, for `/readyz`. Ready means: requests can be taken and finished."""
        database, images = await asyncio.gather(probed(self.store.probe()), probed(self.images.probe()))
        healths = await asyncio.gather(*(probed(adapter.health()) for adapter in self.adapters.values()))
        adapters = {name: _health_json(health) for name, health in zip(self.adapters, healths, strict=True)}
        providers = self.router.status()
        ready = database.ok and images.ok and any(entry["state"] != "down" for entry in providers.values())
        return {
            "ready": ready,
            "database": _health_json(database),
            "store": _health_json(images),
            "providers": providers,
            "adapters": adapters,
            "jobs_in_flight": self.workers.in_flight,
        }

    async def start_adapters(self) -> None:
        """Each in a task of its own, so that one platform's outage keeps nobody else waiting."""
        self._tasks += [
            asyncio.create_task(self._keep_starting(adapter), name=f"start {name}")
            for name, adapter in self.adapters.items()
        ]

    async def _keep_starting(self, adapter: ChatAdapter) -> None:
        while True:
            try:
                await adapter.start()
                return
            except ConfigurationError as fault:
                self.metrics.alert("adapter", f"{adapter.name}: {fault}")
                return
            except Exception:
                log.exception("adapter_start_failed", adapter=adapter.name)
            await asyncio.sleep(_ADAPTER_PAUSE)

    async def drain(self) -> None:
        """Stop intake, let running jobs end within the grace period, hand the rest over."""
        for adapter in self.adapters.values():
            with contextlib.suppress(Exception):
                await adapter.stop_intake()
        await self.workers.stop(self.settings.workers.shutdown_grace_seconds)

    async def close_adapters(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for adapter in self.adapters.values():
            try:
                async with asyncio.timeout(10):
                    await adapter.aclose()
            except Exception:
                log.exception("adapter_close_failed", adapter=adapter.name)


@asynccontextmanager
async def open_application(
    settings: Settings, adapters: Callable[[], Mapping[str, AdapterFactory]] | None = None
) -> AsyncIterator[Application]:
    """Build everything but the HTTP plane; nothing runs yet but what the parts need themselves.

    `adapters` overrides the installed ones, for the command line and for tests.

    Raises:
        ConfigurationError: settings that cannot work.
    """
    clock: Clock = SystemClock()
    metrics = Metrics()
    rush = Rush()
    async with AsyncExitStack() as stack:
        make_data_dir(settings)
        store = await open_database(settings, clock)
        stack.push_async_callback(store.aclose)
        spool = await asyncio.to_thread(spool_of, settings)
        images = await open_images(settings, spool)
        stack.push_async_callback(images.aclose)
        switches = _switches(settings)
        router = await open_router(
            settings.models,
            settings.providers,
            store.jobs,
            clock,
            metrics,
            allow_offline=settings.workers.allow_offline_preview,
            practice=switches,
            spool=spool,
        )
        stack.push_async_callback(router.aclose)
        sanitizer, moderator = await stack.enter_async_context(open_text_models(settings, clock, metrics))
        if settings.providers.openai_api_key is not None:
            sanitizer = BreakingSanitizer(sanitizer, clock, metrics)
        if switches is not None and not (router.offline or switches.everywhere):
            switches = None
        if switches is not None:
            sanitizer = PractisingSanitizer(sanitizer, switches)
        served: dict[str, ChatAdapter] = {}
        measured = MeasuredStore(NotedStore(images, store.jobs), metrics)
        parts = Parts(
            clock=clock,
            jobs=store.jobs,
            policies=store.policies,
            images=measured,
            router=router,
            sanitizer=sanitizer,
            moderator=moderator,
            rules=RuleSanitizer(),
            identities=KeyedIdentities(store.identity_key),
            telemetry=metrics,
            progress=ProgressBus(),
            adapters=served,
            partials=settings.models.partial_previews,
            media_type=MediaType[settings.models.image_format.upper()],
            memory=ByteBudget(settings.workers.image_memory_mb * _MB, largest=spool.above),
        )
        local_check = await stack.enter_async_context(open_local_check(settings, clock))
        parts = dataclasses.replace(parts, local_check=local_check)
        marks = await stack.enter_async_context(open_marks(settings, clock, metrics))
        parts = dataclasses.replace(parts, marks=marks)
        opinion, events = await stack.enter_async_context(open_safety(settings, clock, metrics))
        parts = dataclasses.replace(parts, second_check=opinion)
        desk = open_desk(parts, store.moderation, store.policies, settings.http.base_url)
        parts = dataclasses.replace(parts, watch=DeskWatch(desk, opinion.words if opinion else None))
        workers = Workers(parts, settings.workers.max_jobs)
        studio = Studio(parts, workers.wake)
        context = AdapterContext(
            studio=studio,
            images=measured,
            policies=store.policies,
            secrets=store.secrets,
            telemetry=metrics,
            clock=clock,
            data_dir=settings.storage.data_dir,
            base_url=settings.http.base_url,
            loopback=settings.http.loopback,
            playground_token=_plain(settings.http.playground_token),
            offline=router.offline,
            models=router.models,
            switches=switches,
            describing=Describing(
                parts, await stack.enter_async_context(open_describer(settings, clock, metrics))
            ),
            desk=desk,
            rush=rush,
        )
        served.update(_make_adapters(context, adapters() if adapters else None))
        janitor = Janitor(parts, settings.workers.retention_sweep_minutes * 60)
        webhooks = (SafetyWebhook(events, desk.people.suspend_everywhere, metrics.alert),) if events else ()
        yield Application(
            settings,
            metrics,
            store,
            images,
            router,
            parts,
            studio,
            workers,
            janitor,
            served,
            desk,
            rush,
            webhooks,
        )


@asynccontextmanager
async def running(app: Application, listener: socket.socket) -> AsyncIterator[Application]:
    """Workers, adapters and the HTTP plane on `listener`, until the block ends; then everything drains."""
    local = app.images if isinstance(app.images, LocalStore) else None
    routes = [route for adapter in app.adapters.values() for route in adapter.routes()]
    console = console_routes(app.desk, app.settings.http.base_url)
    routes += [webhook.route() for webhook in app.webhooks]
    plane = Plane(app.metrics, app.readiness, local, [*console, *routes])
    # A thread that encodes a picture gives way ten times sooner than Python's default: people wait for the loop.
    sys.setswitchinterval(_SWITCH_SECONDS)
    with giving_way_to(app.rush):
        async with serving(plane.app(), listener):
            lag = asyncio.create_task(_watch_loop(app.metrics), name="loop lag")
            begin = asyncio.create_task(_begin_work(app), name="begin work")
            await app.janitor.start()
            watch = _watch(app)
            await watch.start()
            await app.start_adapters()
            try:
                yield app
            finally:
                await watch.stop()
                begin.cancel()
                await asyncio.gather(begin, return_exceptions=True)
                await app.janitor.stop()
                await app.drain()
                await app.desk.news.drain()
                await app.close_adapters()
                lag.cancel()
                await asyncio.gather(lag, return_exceptions=True)


async def _begin_work(app: Application) -> None:
    """Jobs are taken once the image store is up: what was paid for before could not be kept.

    A store that is there and says no is not waited for: that is told by each job, by `/readyz` and by `doctor`.
    """
    for _ in range(START_TRIES):
        health = await probed(app.images.probe())
        if health.ok or not health.passing:
            break
        log.warning("store_not_ready", problem=health.detail)
        await asyncio.sleep(START_PAUSE)
    else:
        app.metrics.alert("storage", "the image store did not come up")
    await app.workers.start()


def _switches(settings: Settings) -> Switchboard | None:
    """Faults for practice: on a machine of one's own where nothing is paid, or where the operator says so."""
    wanted = settings.workers.practice_faults
    if wanted is False or not (wanted or settings.http.loopback):
        return None
    return Switchboard(everywhere=wanted is True)


def _watch(app: Application) -> Watch:
    """The gauges behind the alarms; see deploy/prometheus."""
    names = [route.provider.model for route in app.router.routes]
    if app.settings.providers.openai_api_key is not None:
        names += app.settings.models.sanitizer_models
    return Watch(
        app.metrics,
        app.parts.clock,
        app.store.policies,
        parts={"database": app.store.probe, "store": app.images.probe}
        | {name: adapter.health for name, adapter in app.adapters.items()},
        vitals=lambda: read_vitals(app.store.database, app.parts.clock.now()),
        endings={name: end for name in names if (end := shutdown_of(name)) is not None},
    )


def _make_adapters(
    context: AdapterContext, given: Mapping[str, AdapterFactory] | None
) -> dict[str, ChatAdapter]:
    factories: dict[str, AdapterFactory] = dict(given) if given is not None else {}
    if given is None:
        factories = {name: entry.load() for name, entry in find_adapters()}
    made = {name: factory(context) for name, factory in factories.items()}
    log.info("adapters", enabled=[name for name, adapter in made.items() if adapter is not None])
    return {name: adapter for name, adapter in made.items() if adapter is not None}


async def _watch_loop(metrics: Metrics) -> None:
    """How late the event loop wakes up: the first sign that something blocks it."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + _LAG_SECONDS
        await asyncio.sleep(_LAG_SECONDS)
        metrics.loop_lag(max(0.0, loop.time() - due))


async def probed(probe: Awaitable[Health]) -> Health:
    """A probe's answer within 3 s, whatever it does. Who gives none in time may well do so later."""
    try:
        async with asyncio.timeout(3):
            return await probe
    except TimeoutError:
        return Health(ok=False, detail="TimeoutError", passing=True)
    except Exception as fault:  # noqa: BLE001 - a probe that breaks means that the part is down
        return Health(ok=False, detail=type(fault).__name__)


def _health_json(health: Health) -> Mapping[str, Any]:
    return {"ok": health.ok, "state": "up" if health.ok else "down", "detail": health.detail}


def _plain(secret: Any) -> str | None:
    return secret.get_secret_value() if secret is not None else None

"""An application's life: in which order everything starts, and in which it drains."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import structlog

from bot.app.application import Application
from bot.app.gauges import watch_loop_lag, watch_over
from bot.hosting.local import LocalStore
from bot.images.encoding import giving_way_to
from bot.outside import START_PAUSE, START_TRIES
from bot.telemetry.probes import probed
from bot.web.console.api import console_routes
from bot.web.plane import Plane, serving

log = structlog.get_logger(__name__)

_SWITCH_SECONDS: Final = 0.0005


@asynccontextmanager
async def running(app: Application, listener: socket.socket) -> AsyncIterator[Application]:
    """Workers, adapters and the HTTP plane on `listener`, until the block ends; then everything drains."""
    # A thread that encodes a picture gives way ten times sooner than Python's default: people wait for the loop.
    sys.setswitchinterval(_SWITCH_SECONDS)
    with giving_way_to(app.rush):
        async with serving(_plane(app).app(), listener):
            lag = asyncio.create_task(watch_loop_lag(app.metrics), name="loop lag")
            begin = asyncio.create_task(_begin_work(app), name="begin work")
            await app.janitor.start()
            await app.recoveries.start()
            watch = watch_over(app)
            await watch.start()
            app.chats.start()
            try:
                yield app
            finally:
                await watch.stop()
                await _cancelled(begin)
                await app.recoveries.stop()
                await app.janitor.stop()
                await app.drain()
                await app.desk.news.drain()
                await app.close_adapters()
                await _cancelled(lag)


def _plane(app: Application) -> Plane:
    """Every route of the process: its own, the console's, those of the chats and of the providers' notices."""
    return Plane(
        app.metrics,
        app.readiness,
        app.images if isinstance(app.images, LocalStore) else None,
        [
            *console_routes(app.desk, app.settings.http.base_url),
            *(route for adapter in app.adapters.values() for route in adapter.routes()),
            *(webhook.route() for webhook in app.webhooks),
        ],
    )


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


async def _cancelled(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

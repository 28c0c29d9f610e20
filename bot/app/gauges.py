"""The gauges that no event changes, kept true while the process runs."""

import asyncio
from typing import Final

from bot.app.application import Application
from bot.providers.profiles import shutdown_of
from bot.store.vitals import read_vitals
from bot.telemetry.metrics import Metrics
from bot.telemetry.vitals import Watch

_LAG_SECONDS: Final = 0.5


def watch_over(app: Application) -> Watch:
    """The gauges behind the alarms; see deploy/prometheus."""
    models = [route.provider.model for route in app.router.routes]
    if app.settings.providers.openai_api_key is not None:
        models += app.settings.models.sanitizer_models
    return Watch(
        app.metrics,
        app.parts.clock,
        app.store.policies,
        parts={"database": app.store.probe, "store": app.images.probe}
        | {name: adapter.health for name, adapter in app.adapters.items()},
        vitals=lambda: read_vitals(app.store.database, app.parts.clock.now()),
        endings={name: end for name in models if (end := shutdown_of(name)) is not None},
    )


async def watch_loop_lag(metrics: Metrics) -> None:
    """How late the event loop wakes up: the first sign that something blocks it. Runs until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + _LAG_SECONDS
        await asyncio.sleep(_LAG_SECONDS)
        metrics.loop_lag(max(0.0, loop.time() - due))

"""The gauges that no event changes, kept true while the process runs."""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.app.application import Application
from bot.providers.profiles import shutdown_of
from bot.store.vitals import read_vitals
from bot.telemetry.metrics import Metrics
from bot.telemetry.vitals import Watch

_LAG_SECONDS: Final = 0.5
_LAG_LOOKS: Final = 60
"""Half a minute of them: Prometheus comes by every 15 s, and would hardly ever meet the one that was late."""


def watch_over(app: Application) -> Watch:
    """The gauges behind the alarms; see deploy/prometheus."""
    images = [route.provider.model for route in app.router.routes]
    texts = app.settings.models.sanitizer_models if app.settings.providers.openai_api_key is not None else ()
    return Watch(
        app.metrics,
        app.parts.clock,
        app.store.policies,
        parts={"database": app.store.probe, "store": app.images.probe}
        | {name: adapter.health for name, adapter in app.adapters.items()},
        vitals=lambda: read_vitals(app.store.database, app.parts.clock.now()),
        endings={name: end for name in (*images, *texts) if (end := shutdown_of(name)) is not None},
        followed=followed_by_themselves(texts),
    )


def followed_by_themselves(texts: Sequence[str]) -> frozenset[str]:
    """Text models that end while one behind them in the list, which is then asked instead, lives on."""
    ends = [shutdown_of(name) or date.max for name in texts]
    return frozenset(name for place, name in enumerate(texts) if max(ends[place:]) > ends[place])


async def watch_loop_lag(metrics: Metrics) -> None:
    """How late the event loop wakes up at worst: the first sign that something blocks it. Runs until cancelled."""
    loop = asyncio.get_running_loop()
    late = deque[float](maxlen=_LAG_LOOKS)
    while True:
        due = loop.time() + _LAG_SECONDS
        await asyncio.sleep(_LAG_SECONDS)
        late.append(max(0.0, loop.time() - due))
        metrics.loop_lag(max(late))

"""The gauges that no event changes, kept true while the process runs."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
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
    key = app.settings.providers.openai_api_key
    return Watch(
        app.metrics,
        app.parts.clock,
        app.store.policies,
        parts={"database": app.store.probe, "store": app.images.probe}
        | {name: adapter.health for name, adapter in app.adapters.items()},
        vitals=lambda: read_vitals(app.store.database, app.parts.clock.now()),
        endings=endings_of(images, app.settings.models.sanitizer_models if key is not None else ()),
    )


def endings_of(images: Sequence[str], texts: Sequence[str]) -> Mapping[str, date]:
    """Announced last days of models that nobody is named to follow.

    A text model is followed by the next one of its list by itself, if that one lives longer.
    """
    ends = {name: end for name in (*images, *texts) if (end := shutdown_of(name)) is not None}
    for place, name in enumerate(texts):
        if name in ends and any((shutdown_of(one) or date.max) > ends[name] for one in texts[place + 1 :]):
            del ends[name]
    return ends


async def watch_loop_lag(metrics: Metrics) -> None:
    """How late the event loop wakes up at worst: the first sign that something blocks it. Runs until cancelled."""
    loop = asyncio.get_running_loop()
    late = deque[float](maxlen=_LAG_LOOKS)
    while True:
        due = loop.time() + _LAG_SECONDS
        await asyncio.sleep(_LAG_SECONDS)
        late.append(max(0.0, loop.time() - due))
        metrics.loop_lag(max(late))

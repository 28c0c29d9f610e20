"""The gauges behind the alarms say what somebody has to act on."""

import asyncio
import contextlib
import time
from datetime import date

import pytest

from bot.app.gauges import endings_of, watch_loop_lag
from bot.providers.profiles import shutdown_of
from bot.settings import ModelSettings
from bot.telemetry.metrics import Metrics


@pytest.mark.parametrize(
    ("images", "texts", "told"),
    [
        ((), ("gpt-4o-mini",), {"gpt-4o-mini"}),
        ((), ("gpt-4o-mini", "of-another-maker"), set()),
        ((), ("of-another-maker", "gpt-4o-mini"), {"gpt-4o-mini"}),
        ((), ("gpt-4o-mini", "gpt-4o-mini"), {"gpt-4o-mini"}),
        (("gpt-image-1-mini", "gpt-image-2"), (), {"gpt-image-1-mini"}),
    ],
)
def test_a_model_that_another_one_follows_by_itself_wakes_nobody(
    images: tuple[str, ...], texts: tuple[str, ...], told: set[str]
) -> None:
    ends = endings_of(images, texts)

    assert set(ends) == told
    assert all(end == shutdown_of(name) for name, end in ends.items())


def test_a_new_installation_has_no_alarm_from_its_first_minute() -> None:
    settings = ModelSettings()
    images = [entry.partition(":")[2] for entry in settings.image_route]
    soon = [end for end in endings_of(images, settings.sanitizer_models).values() if end < date(2027, 6, 1)]

    assert soon == []


async def test_the_one_late_moment_of_half_a_minute_is_still_told_when_prometheus_comes_by() -> None:
    metrics = Metrics()
    watching = asyncio.create_task(watch_loop_lag(metrics))
    await asyncio.sleep(0)
    time.sleep(0.8)
    await asyncio.sleep(1.2)
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching

    (lag,) = [
        sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == "imagine_event_loop_lag_seconds"
    ]
    assert lag > 0.25

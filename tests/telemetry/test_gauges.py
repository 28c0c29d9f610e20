"""The gauges behind the alarms say what somebody has to act on."""

import asyncio
import contextlib
import time

import pytest

from bot.app.gauges import followed_by_themselves, watch_loop_lag
from bot.settings import ModelSettings
from bot.telemetry.metrics import Metrics


@pytest.mark.parametrize(
    ("texts", "followed"),
    [
        ((), set()),
        (("gpt-4o-mini",), set()),
        (("gpt-4o-mini", "of-another-maker"), {"gpt-4o-mini"}),
        (("of-another-maker", "gpt-4o-mini"), set()),
        (("gpt-4o-mini", "gpt-4o-mini"), set()),
        (ModelSettings().sanitizer_models, {"gpt-4o-mini"}),
    ],
)
def test_a_text_model_is_followed_by_one_behind_it_that_lives_longer(
    texts: tuple[str, ...], followed: set[str]
) -> None:
    assert followed_by_themselves(texts) == followed


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

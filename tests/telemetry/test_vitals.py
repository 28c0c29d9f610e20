"""The gauges behind the alarms follow what they stand for."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from bot.domain.errors import StorageError
from bot.domain.policy import Limits, Policy
from bot.domain.vitals import Vitals
from bot.ports import Health
from bot.telemetry.metrics import Metrics
from bot.telemetry.vitals import Watch
from tests.support.fakes import FakeClock

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC).timestamp()


class Rules:
    """Implements what the watch asks of a `PolicyStore`."""

    async def policy(self, tenant: str) -> Policy:
        return Policy(limits=Limits(budget_day=100, budget_month=0 if tenant == "b" else 1000))


def watch(health: Callable[[], Awaitable[Health]], vitals: Callable[[], Awaitable[Vitals]]) -> Watch:
    clock = FakeClock(NOW)
    return Watch(Metrics(), clock, Rules(), {"store": health}, vitals, {})  # type: ignore[arg-type]


async def fine() -> Health:
    return Health(ok=True)


async def test_a_part_that_breaks_is_down_until_it_works_again() -> None:
    answers: list[StorageError | Health] = [StorageError("gone"), Health(ok=False), Health(ok=True)]

    async def health() -> Health:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def vitals() -> Vitals:
        return Vitals(0, 0, 0)

    watcher = watch(health, vitals)
    shown = []
    for _ in range(3):
        await watcher.look()
        shown.append('imagine_up{part="store"} 1.0' in watcher.metrics.exposition().decode())

    assert shown == [False, False, True]


async def test_the_fullest_budget_counts_and_windows_are_not_mixed() -> None:
    money = (("a", "2026-11-25", 30), ("a", "2026-11", 500), ("b", "2026-11-25", 10), ("b", "2026-11", 999))

    async def vitals() -> Vitals:
        return Vitals(3, 2, 1, money)

    watcher = watch(fine, vitals)
    await watcher.look()
    text = watcher.metrics.exposition().decode()

    assert "imagine_budget_used_ratio 0.5" in text, "b has no monthly budget"
    assert 'imagine_jobs{state="queued"} 3.0' in text
    assert "imagine_jobs_overdue 1.0" in text


async def test_numbers_that_cannot_be_read_keep_their_last_value() -> None:
    async def vitals() -> Vitals:
        if lost:
            raise StorageError("gone")
        return Vitals(7, 0, 0)

    lost = False
    watcher = watch(fine, vitals)
    await watcher.look()
    lost = True
    with pytest.raises(StorageError):
        await watcher.look()

    assert 'imagine_jobs{state="queued"} 7.0' in watcher.metrics.exposition().decode()

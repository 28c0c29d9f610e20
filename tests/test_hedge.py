"""When a second request is due, how often, and who wins."""

import asyncio
import random
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

from bot.hedge import FIRST, MEASURED, SAVED, Allowance, Lateness, race
from tests.support.fakes import FakeClock

T = TypeVar("T")


class Request:
    """Something that is asked for, and how it went."""

    def __init__(self, value: str, *, fault: str = "", opened: asyncio.Event | None = None) -> None:
        self.value = value
        self.fault = fault
        self.opened = opened
        self.end = "not asked"

    async def __call__(self) -> str:
        self.end = "under way"
        try:
            if self.opened is not None:
                await asyncio.wait_for(self.opened.wait(), 10)
            else:
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.end = "cancelled"
            raise
        self.end = "done"
        if self.fault:
            raise ValueError(self.fault)
        return self.value


async def at_once() -> None:
    """Late from the beginning."""


async def never() -> None:
    await asyncio.Event().wait()


async def test_what_is_not_late_is_asked_for_once() -> None:
    first, second = Request("first"), Request("second")

    assert await race(first(), never(), second) == "first"
    assert second.end == "not asked"


async def test_the_second_one_wins_when_the_first_is_late() -> None:
    first, second = Request("first", opened=asyncio.Event()), Request("second")

    assert await race(first(), at_once(), second) == "second"
    assert first.end == "cancelled"


async def test_the_first_one_may_win_all_the_same() -> None:
    opened = asyncio.Event()
    first, second = Request("first", opened=opened), Request("second", opened=asyncio.Event())

    def follow() -> object:
        opened.set()
        return second()

    assert await race(first(), at_once(), follow) == "first"  # type: ignore[arg-type]
    assert second.end == "cancelled"


async def test_without_leave_there_is_no_second_one() -> None:
    opened = asyncio.Event()
    asyncio.get_running_loop().call_later(0.01, opened.set)

    assert await race(Request("first", opened=opened)(), at_once(), lambda: None) == "first"


@pytest.mark.parametrize("bad", ["first", "second"])
async def test_a_fault_of_one_is_not_the_end(bad: str) -> None:
    opened = asyncio.Event()
    asyncio.get_running_loop().call_later(0.01, opened.set)
    first = Request(
        "first", fault="broken" if bad == "first" else "", opened=None if bad == "first" else opened
    )
    if bad == "first":
        first.opened = quick = asyncio.Event()
        asyncio.get_running_loop().call_later(0.005, quick.set)
    second = Request(
        "second", fault="broken" if bad == "second" else "", opened=opened if bad == "first" else None
    )

    assert await race(first(), at_once(), second) == ("second" if bad == "first" else "first")


async def test_after_two_faults_the_first_ones_is_told() -> None:
    opened = asyncio.Event()
    asyncio.get_running_loop().call_later(0.01, opened.set)

    with pytest.raises(ValueError, match="one"):
        await race(Request("", fault="one", opened=opened)(), at_once(), Request("", fault="two"))


async def test_who_gives_up_takes_both_along() -> None:
    first, second = (Request("", opened=asyncio.Event()) for _ in range(2))
    running = asyncio.ensure_future(race(first(), at_once(), second))
    while second.end != "under way":
        await asyncio.sleep(0)

    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert (first.end, second.end) == ("cancelled", "cancelled")


def test_late_is_told_by_what_most_took_and_not_by_the_slow_tail() -> None:
    lateness = Lateness(FakeClock())
    for number in range(MEASURED):
        assert lateness.after("kind") is None
        lateness.took("kind", 40.0 if number % 6 == 0 else 2.0)

    assert lateness.after("kind") == pytest.approx(3.0)
    assert lateness.after("another kind") is None
    for _ in range(100):
        lateness.took("kind", 4.0)
    assert lateness.after("kind") == pytest.approx(6.0), "only the newest count"
    assert Lateness(FakeClock(), 7.5).after("kind") == 7.5


async def test_before_enough_is_measured_nobody_is_late() -> None:
    lateness = Lateness(FakeClock())
    waiting = asyncio.ensure_future(lateness.passed("kind", 0.0))
    for _ in range(MEASURED):
        await asyncio.sleep(0)
        assert not waiting.done()
        lateness.took("kind", 2.0)

    await asyncio.wait_for(waiting, 10)


def test_nobody_is_late_while_all_slow_down() -> None:
    """Forty requests under way since long are no tail: the server has too much to do."""

    async def late() -> int:
        clock = Virtual()
        lateness = Lateness(clock)
        for _ in range(100):
            lateness.took("kind", 1.0)
        waiting = [asyncio.ensure_future(lateness.passed("kind", clock.now())) for _ in range(40)]
        await asyncio.sleep(60.0)
        found = sum(one.done() for one in waiting)
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return found

    assert in_virtual_time(late()) == 0


async def test_only_a_share_is_asked_for_twice() -> None:
    allowance = Allowance(share=0.06)
    waiting = [asyncio.ensure_future(allowance.take()) for _ in range(1000)]
    for _ in range(1000):
        allowance.earn()
        await asyncio.sleep(0)

    taken = [one.done() for one in waiting]
    assert sum(taken) == 60 + FIRST
    assert taken == sorted(taken, reverse=True), "who is late for longest comes first"
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_quiet_day_saves_up_no_more_than_a_few() -> None:
    allowance = Allowance(share=0.5)
    for _ in range(1000):
        allowance.earn()
    for _ in range(SAVED):
        await asyncio.wait_for(allowance.take(), 10)

    next_one = asyncio.ensure_future(allowance.take())
    await asyncio.sleep(0)
    assert not next_one.done()
    allowance.give_back()
    await asyncio.wait_for(next_one, 10)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Waiting takes no time, but counts."""

    def __init__(self) -> None:
        super().__init__()
        self._virtual = 0.0
        really = self._selector.select  # type: ignore[attr-defined]

        def select(timeout: float | None = None) -> Any:
            self._virtual += timeout or 0.0
            return really(0)

        self._selector.select = select  # type: ignore[attr-defined]

    def time(self) -> float:
        return self._virtual


class Virtual:
    """The clock of a `VirtualLoop`."""

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def in_virtual_time(work: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)


async def slow_tail(seed: int, *, hedged: bool) -> tuple[float, float]:
    """160 requests, 32 at once, of which one in twenty takes 20 times as long: their 99th percentile and the calls a
    request. Answers are read one after the other, as by one process.
    """
    chance, reading, clock, calls = random.Random(seed), asyncio.Lock(), Virtual(), 0
    lateness, allowance = Lateness(clock), Allowance()
    gate, took = asyncio.Semaphore(32), []

    async def ask() -> None:
        nonlocal calls
        calls += 1
        await asyncio.sleep(1.0 if chance.random() < 0.05 else chance.uniform(0.05, 0.06))
        async with reading:
            await asyncio.sleep(chance.uniform(0.004, 0.01))

    async def asked(since: float) -> None:
        await ask()
        lateness.took("kind", clock.now() - since)

    async def due(since: float) -> None:
        await lateness.passed("kind", since)
        await allowance.take()

    async def one() -> None:
        async with gate:
            since = clock.now()
            allowance.earn()
            if hedged:
                await race(asked(since), due(since), lambda: asked(since))
            else:
                await ask()
            took.append(clock.now() - since)

    await asyncio.gather(*(one() for _ in range(160)))
    return sorted(took)[int(160 * 0.99) - 1], calls / 160


@pytest.mark.parametrize("seed", range(5))
def test_a_slow_tail_is_cut_for_few_requests_more(seed: int) -> None:
    plain, _ = in_virtual_time(slow_tail(seed, hedged=False))
    hedged, calls = in_virtual_time(slow_tail(seed, hedged=True))

    assert plain > 1.0
    assert hedged <= 0.6 * plain
    assert calls <= 1.08

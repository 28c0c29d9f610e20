"""What hedging owes to whom: leave that is earned, faults that are held against the slow one, places that are waited for."""

import asyncio
import dataclasses
from collections.abc import Sequence
from typing import Any

from bot.domain.clock import Deadline
from bot.domain.errors import ProviderFailed
from bot.domain.images import ImageTask, Produced, SafePrompt
from bot.domain.policy import Recovery
from bot.hedge import FIRST, Allowance, Lateness
from bot.providers.circuit import Circuit
from bot.providers.hedge import Hedging
from bot.providers.profiles import FLUX_SELF_HOSTED
from bot.providers.route import Route
from bot.providers.router import Router
from tests.support.fakes import FakeClock, MemoryAttempts, Observed, ScriptedProvider, Step, produced
from tests.support.routing import JOB

TASK = ImageTask(SafePrompt("an owl"), 256, 256)
SLOW = 0.2
"""Seconds; time itself passes at once, so whatever is under way is late."""


def own(name: str, *script: Step) -> ScriptedProvider:
    return ScriptedProvider(name, [script], profile=FLUX_SELF_HOSTED)


class Told(Lateness):
    """Remembers what was measured."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock, 1.0)
        self.measured: list[str] = []

    def took(self, kind: Any, seconds: float) -> None:
        label, *_ = kind
        self.measured.append(label)


def hedged(*providers: ScriptedProvider, share: float = 1.0, lateness: Lateness | None = None) -> Router:
    clock = FakeClock()
    routes = [Route(one, Circuit(clock.now), asyncio.Semaphore(1)) for one in providers]
    hedging = Hedging(lateness or Lateness(clock, 1.0), Allowance(share))
    return Router(routes, MemoryAttempts(), clock, Observed(), hedging)


async def end_of(router: Router, task: ImageTask = TASK) -> Produced:
    events = router.generate(JOB, task, Deadline(2_000_000.0), Recovery())
    (end,) = [event async for event in events]
    assert isinstance(end, Produced)
    return end


async def providers_of(router: Router, runs: int) -> Sequence[str]:
    return [(await end_of(router)).provider for _ in range(runs)]


async def test_each_request_earns_its_share_of_second_ones() -> None:
    slow, quick = own("slow", SLOW, produced("slow")), own("quick", produced("quick"))

    assert await providers_of(hedged(slow, quick), 2 * FIRST) == ["quick"] * 2 * FIRST


async def test_what_was_not_earned_is_not_sent() -> None:
    slow, quick = own("slow", SLOW, produced("slow")), own("quick", produced("quick"))

    assert await providers_of(hedged(slow, quick, share=0.0), FIRST + 1) == ["quick"] * FIRST + ["slow"]


async def test_a_fault_of_the_late_one_is_held_against_it_though_the_other_brought_the_picture() -> None:
    router = hedged(own("bad", 0.05, ProviderFailed("bad")), own("good", SLOW, produced("good")))

    assert await providers_of(router, 3) == ["good"] * 3
    assert [route.circuit.is_open for route in router.routes] == [True, False]


async def test_waiting_for_a_place_makes_nobody_late() -> None:
    first, other = own("first", produced("first")), own("other", produced("other"))
    router = hedged(first, other)
    gate = router.routes[0].gate
    await gate.acquire()
    running = asyncio.create_task(end_of(router))
    for _ in range(50):
        await asyncio.sleep(0)
    assert (first.tasks, other.tasks) == ([], [])

    gate.release()
    assert (await running).provider in {"first", "other"}


async def test_a_server_that_makes_just_as_many_is_asked_second() -> None:
    task = dataclasses.replace(TASK, count=FLUX_SELF_HOSTED.max_count)
    router = hedged(own("slow", SLOW, produced("slow")), own("quick", produced("quick")))

    assert (await end_of(router, task)).provider == "quick"


async def test_both_are_measured_when_the_second_one_brings_the_picture() -> None:
    told = Told(FakeClock())
    router = hedged(own("slow", SLOW, produced("slow")), own("quick", produced("quick")), lateness=told)
    await end_of(router)

    assert told.measured == ["slow:model", "quick:model"]


async def test_only_the_first_is_measured_when_it_brings_the_picture() -> None:
    told = Told(FakeClock())
    router = hedged(own("first", 0.01, produced("first")), own("late", SLOW, produced("late")), lateness=told)
    await end_of(router)

    assert told.measured == ["first:model"]

"""How a provider stands after an end: seen by the next request, and by whoever watches the metrics."""

import asyncio
import contextlib

from bot.domain.errors import Exhausted, ProviderError, ProviderFailed, Throttled
from bot.providers.circuit import FIRST_PAUSE, Circuit
from bot.providers.decisions import SHORT_WAIT
from bot.providers.route import Route
from bot.providers.standing import Standing
from tests.support.fakes import FakeClock, Observed, ScriptedProvider, Step, produced
from tests.support.routing import Setup

BAD = ProviderFailed("first")


def failing_at(*ends: Step) -> Setup:
    """A first provider whose requests end like this one after the other, and a second one that works."""
    return Setup(
        ScriptedProvider("first", [[end] for end in ends]),
        ScriptedProvider("second", [[produced("second")]]),
    )


async def test_a_good_probe_closes_the_breaker_and_says_so() -> None:
    setup = failing_at(BAD, BAD, BAD, produced("first"))
    for _ in range(3):
        await setup.run()
    assert setup.telemetry.open_circuits["first"]

    setup.clock.time += FIRST_PAUSE
    (end,) = await setup.run()

    assert end.provider == "first"
    assert not setup.router.routes[0].circuit.is_open
    assert not setup.telemetry.open_circuits["first"]


async def test_a_picture_between_faults_ends_their_row() -> None:
    setup = failing_at(BAD, BAD, produced("first"), BAD)
    for _ in range(4):
        await setup.run()

    assert not setup.router.routes[0].circuit.is_open


async def test_one_model_set_aside_shows_on_its_host() -> None:
    setup = Setup(
        ScriptedProvider("host", [[Exhausted("host")]], model="dear"),
        ScriptedProvider("host", [[produced("host")]], model="cheap"),
    )
    await setup.run()

    assert [route.circuit.is_open for route in setup.router.routes] == [True, False]
    assert setup.telemetry.open_circuits["host"]


async def test_a_wait_is_short_up_to_the_half_second_and_longer_ones_are_for_the_next_provider() -> None:
    clock = FakeClock()
    route = Route(ScriptedProvider("first", [[]]), Circuit(clock.now), asyncio.Semaphore(8))
    standing = Standing([route], clock, Observed())
    assert SHORT_WAIT == 0.5

    route.not_before = clock.now() + 0.5
    assert standing.closed(route) is None
    assert not standing.at_ease(route)
    route.not_before = clock.now() + 0.75
    closed = standing.closed(route)
    assert isinstance(closed, Throttled)
    assert closed.retry_after == 0.75
    route.not_before = clock.now()
    assert standing.at_ease(route)


async def test_a_throttle_just_over_the_short_wait_is_not_waited_for() -> None:
    setup = failing_at(Throttled("first", retry_after=0.75), produced("first"))
    with contextlib.suppress(ProviderError):
        await setup.run()

    assert setup.calls == [1, 1]

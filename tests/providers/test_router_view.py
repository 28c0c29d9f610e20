"""What the router says of its routes, what it closes, and what a route that is set aside means for a job."""

import contextlib
from typing import Any

import pytest

from bot.domain.errors import Exhausted, Throttled, UnknownOutcome, Unreachable, Unsupported
from bot.providers.circuit import LONG
from bot.providers.profiles import GPT_IMAGE_2, OFFLINE
from tests.support.fakes import ScriptedProvider, produced
from tests.support.routing import Setup, two


def view(setup: Setup) -> dict[str, Any]:
    return dict(setup.router.status()["first:model"])


async def test_the_state_of_a_route_is_told() -> None:
    setup = two([Exhausted("first")])
    assert view(setup) == {"state": "up", "circuit": "closed", "throttled_seconds": 0.0}

    await setup.run()
    assert view(setup) == {"state": "down", "circuit": "open", "throttled_seconds": 0.0}


async def test_a_route_whose_pause_is_over_is_no_longer_down_though_nobody_has_tried_it() -> None:
    """Else two replicas behind a load balancer would both be taken out, and nobody's request could close the breaker."""
    setup = two([Exhausted("first")])
    await setup.run()
    setup.clock.time += LONG

    assert view(setup) == {"state": "degraded", "circuit": "open", "throttled_seconds": 0.0}


async def test_a_route_that_asked_to_be_left_alone_is_degraded_until_its_time() -> None:
    setup = two([Throttled("first", retry_after=7.25)])
    await setup.run()
    setup.clock.time += 0.01

    assert view(setup) == {"state": "degraded", "circuit": "closed", "throttled_seconds": 7.2}
    setup.clock.time = setup.router.routes[0].not_before
    assert view(setup) == {"state": "up", "circuit": "closed", "throttled_seconds": 0.0}
    setup.clock.time += 5
    assert view(setup)["throttled_seconds"] == 0.0


async def test_it_closes_its_providers_and_what_it_owns() -> None:
    setup = two([produced("first")])
    closed: list[str] = []
    stack = contextlib.AsyncExitStack()
    stack.callback(closed.append, "a client that providers share")
    setup.router.owns(stack)
    await setup.router.aclose()

    assert [provider.closed for provider in setup.providers] == [True, True]
    assert closed == ["a client that providers share"]


@pytest.mark.parametrize(
    ("profiles", "offline"),
    [((OFFLINE, OFFLINE), True), ((OFFLINE, GPT_IMAGE_2), False), ((GPT_IMAGE_2, GPT_IMAGE_2), False)],
)
def test_it_is_offline_if_every_route_draws_by_rules(profiles: tuple[Any, ...], offline: bool) -> None:
    setup = Setup(*(ScriptedProvider(str(place), profile=one) for place, one in enumerate(profiles)))

    assert setup.router.offline is offline


async def test_a_route_that_is_set_aside_counts_as_a_fault() -> None:
    setup = two([Exhausted("first")])
    await setup.run()

    (end,) = await setup.run()
    assert end.fell_back
    assert setup.calls == [1, 2]

    alone = Setup(ScriptedProvider("first", [[Exhausted("first")]]))
    with pytest.raises(Exhausted):
        await alone.run()
    with pytest.raises(Unreachable):
        await alone.run()
    assert alone.calls == [1]


async def test_one_of_two_attempts_that_may_be_billed_keeps_the_next_provider_out() -> None:
    setup = Setup(
        ScriptedProvider("first", [[Unreachable("first")], [UnknownOutcome("first", maybe_billed=True)]]),
        ScriptedProvider("second", [[produced("second")]]),
    )
    with pytest.raises(UnknownOutcome) as told:
        await setup.run()

    assert told.value.maybe_billed
    assert setup.calls == [2, 0]


async def test_a_model_that_nobody_has_is_named() -> None:
    with pytest.raises(Unsupported) as told:
        await two([produced("first")]).run(model="flux-9")

    assert told.value.model == "flux-9"

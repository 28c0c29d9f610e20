"""Routes by economics: fixed, cheapest or fastest, also when nothing has been measured yet."""

import dataclasses

import pytest

from bot.domain.errors import ProviderFailed
from bot.domain.money import micros
from bot.domain.policy import Recovery, RouteOrder
from bot.domain.profile import ModelProfile
from bot.domain.purchases import Speed
from bot.domain.requests import Quality
from bot.providers.profiles import FLUX_2, FLUX_NEXT, FLUX_SELF_HOSTED, GPT_IMAGE_2
from tests.support.fakes import ScriptedProvider, produced
from tests.support.routing import TASK, Setup

FASTEST = Recovery(route_order=RouteOrder.FASTEST)
CHEAPEST = Recovery(route_order=RouteOrder.CHEAPEST)


def setup(**profiles: ModelProfile) -> Setup:
    """Providers that all work, in this order."""
    return Setup(
        *(ScriptedProvider(name, [[produced(name)]], profile=facts) for name, facts in profiles.items())
    )


async def served(setup: Setup, recovery: Recovery, quality: Quality = Quality.MEDIUM) -> str:
    (end,) = await setup.run(dataclasses.replace(TASK, quality=quality), recovery)
    return str(end.provider)


async def test_nothing_measured_each_is_asked_once_in_the_configured_order() -> None:
    three = setup(gpt=GPT_IMAGE_2, bfl=FLUX_2, own=FLUX_SELF_HOSTED)

    assert [await served(three, FASTEST) for _ in range(3)] == ["gpt", "bfl", "own"]


async def test_the_fastest_serves_once_all_are_known() -> None:
    both = setup(gpt=GPT_IMAGE_2, bfl=FLUX_2)
    both.router.learn(
        [Speed("gpt", "model", Quality.MEDIUM, 30.0), Speed("bfl", "model", Quality.MEDIUM, 6.0)]
    )

    assert [await served(both, FASTEST) for _ in range(3)] == ["bfl"] * 3


async def test_one_that_nobody_has_asked_for_long_is_asked_again_once() -> None:
    both = setup(gpt=GPT_IMAGE_2, bfl=FLUX_2)
    both.router.learn(
        [Speed("gpt", "model", Quality.MEDIUM, 30.0), Speed("bfl", "model", Quality.MEDIUM, 6.0)]
    )
    both.clock.time += 900
    await served(both, FASTEST)
    both.clock.time += 900.0

    assert [await served(both, FASTEST) for _ in range(3)] == ["gpt", "bfl", "bfl"]


async def test_a_model_without_qualities_is_measured_at_all_of_them() -> None:
    both = setup(gpt=GPT_IMAGE_2, bfl=FLUX_2)
    both.router.learn([Speed("bfl", "model", Quality.HIGH, 6.0), Speed("gpt", "model", Quality.LOW, 3.0)])

    assert await served(both, FASTEST, Quality.LOW) == "gpt"
    assert await served(both, FASTEST, Quality.MEDIUM) == "gpt", "not asked yet at that quality"


async def test_one_that_fails_when_it_is_tried_out_is_not_asked_again_at_once() -> None:
    both = Setup(
        ScriptedProvider("gpt", [[produced("gpt")]]),
        ScriptedProvider("own", [[ProviderFailed("own")]], profile=FLUX_SELF_HOSTED),
    )

    assert [await served(both, FASTEST) for _ in range(4)] == ["gpt"] * 4
    assert both.calls == [4, 1]


@pytest.mark.parametrize(
    ("order", "first"),
    [(RouteOrder.FIXED, "next"), (RouteOrder.CHEAPEST, "own"), (RouteOrder.FASTEST, "next")],
)
async def test_a_server_of_our_own_is_the_cheapest_and_an_unknown_price_the_dearest(
    order: RouteOrder, first: str
) -> None:
    four = setup(next=FLUX_NEXT, gpt=GPT_IMAGE_2, bfl=FLUX_2, own=FLUX_SELF_HOSTED)

    assert await served(four, Recovery(route_order=order)) == first


async def test_a_reservation_knows_the_order_and_the_chosen_model() -> None:
    both = setup(gpt=GPT_IMAGE_2, bfl=FLUX_2)

    assert both.router.estimate(TASK) == micros(0.053)
    assert both.router.estimate(TASK, order=RouteOrder.CHEAPEST) == micros(0.03)
    assert both.router.estimate(TASK, model="bfl:model", order=RouteOrder.FIXED) == micros(0.03)

"""The one request that tries a provider again, the one repeat of a request, and requests that bring just enough."""

import asyncio
import dataclasses
from typing import Any

import pytest

from bot.domain.errors import ProviderFailed, Rejected, Throttled, UnknownOutcome
from bot.domain.images import MediaType, Partial, ProviderRefusal, RefusalStage
from bot.providers.circuit import FIRST_PAUSE, IN_A_ROW
from bot.providers.decisions import SHORT_WAIT
from bot.providers.profiles import GPT_IMAGE_2
from tests.support.fakes import ScriptedProvider, produced
from tests.support.routing import TASK, Setup, two

BAD = ProviderFailed("first")
ONE_EACH = dataclasses.replace(GPT_IMAGE_2, max_count=1)


@pytest.mark.parametrize(
    "nothing",
    [Throttled("first"), Rejected("first"), ProviderRefusal("first", "model", RefusalStage.INPUT)],
    ids=["throttled", "not taken", "refused"],
)
async def test_a_probe_that_says_nothing_about_health_lets_the_next_request_try(nothing: Any) -> None:
    setup = Setup(
        ScriptedProvider("first", [[BAD], [BAD], [BAD], [nothing], [produced("first")]]),
        ScriptedProvider("second", [[produced("second")]]),
    )
    for _ in range(3):
        await setup.run()
    setup.clock.time += FIRST_PAUSE
    await setup.run()
    assert setup.router.routes[0].circuit.is_open

    (end,) = await setup.run()

    assert end.provider == "first"


async def test_a_failed_probe_does_not() -> None:
    setup = two([BAD])
    for _ in range(3):
        await setup.run()
    setup.clock.time += FIRST_PAUSE
    await setup.run()
    await setup.run()

    assert setup.calls == [4, 5]


async def test_the_wait_of_a_second_throttle_is_the_next_providers_time() -> None:
    setup = two([Throttled("first", retry_after=0.5)])
    await setup.run()

    assert setup.clock.slept == [0.5]
    assert setup.calls == [2, 1]


@pytest.mark.parametrize(
    "nothing",
    [Throttled("first"), ProviderRefusal("first", "model", RefusalStage.INPUT)],
    ids=["throttled", "refused"],
)
async def test_a_repeat_that_became_the_probe_lets_another_one_go_too(nothing: Any) -> None:
    """It left while all was well; when its turn came to be repeated the provider had failed others, and rested."""
    gate = asyncio.Event()
    shortly = Throttled("first", retry_after=SHORT_WAIT)
    setup = Setup(
        ScriptedProvider("first", [[gate, shortly], *[[BAD]] * IN_A_ROW, [nothing], [produced("first")]]),
        ScriptedProvider("second", [[produced("second")]]),
    )
    slow = asyncio.create_task(setup.run())
    await asyncio.sleep(0)
    for _ in range(IN_A_ROW):
        await setup.run()
    setup.clock.time += FIRST_PAUSE
    gate.set()
    await slow
    circuit = setup.router.routes[0].circuit
    assert circuit.is_open

    (end,) = await setup.run()

    assert end.provider == "first"


async def test_a_request_for_as_many_as_fit_shows_its_previews() -> None:
    preview = Partial(b"x", MediaType.PNG, 0)
    setup = two([preview, produced("first")], profile=ONE_EACH)

    assert [type(event).__name__ for event in await setup.run()] == ["Partial", "Produced"]


async def test_one_of_several_requests_without_any_end_may_have_been_billed() -> None:
    setup = two([], profile=ONE_EACH)

    with pytest.raises(UnknownOutcome) as told:
        await setup.run(dataclasses.replace(TASK, count=2))
    assert told.value.maybe_billed
    assert setup.calls == [2, 0]

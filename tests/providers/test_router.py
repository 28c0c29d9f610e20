"""The router's table, row by row, and what it never does: lose a picture or pay for one twice."""

import asyncio
import contextlib
import dataclasses
from typing import Any

import pytest

from bot.domain.clock import Deadline
from bot.domain.errors import (
    ColdStart,
    Exhausted,
    Misconfigured,
    OutOfMemory,
    ProviderError,
    ProviderFailed,
    QueueFull,
    Rejected,
    StorageError,
    Throttled,
    UnknownOutcome,
    Unreachable,
    Unsupported,
    WarmingUp,
)
from bot.domain.images import (
    ImageTask,
    MediaType,
    Partial,
    Produced,
    ProviderRefusal,
    ReferenceImage,
    RefusalStage,
)
from bot.domain.money import micros
from bot.domain.policy import Recovery, RouteOrder
from bot.domain.requests import Background, ReferenceRole
from bot.providers.circuit import IN_A_ROW
from bot.providers.profiles import FLUX_2, FLUX_SELF_HOSTED, GPT_IMAGE_2, OFFLINE
from tests.support.fakes import ScriptedProvider, Step, produced
from tests.support.make import picture
from tests.support.routing import JOB, TASK, Setup, two

PARTIAL = Partial(b"x", MediaType.PNG, 0)


async def test_the_first_route_that_works_is_the_only_one_asked() -> None:
    setup = two([produced("first")])

    (end,) = await setup.run()

    assert end.provider == "first"
    assert not end.fell_back
    assert setup.calls == [1, 0]
    assert setup.log.told == [("first", "ok", "yes")]


async def test_a_refusal_asks_nobody_else() -> None:
    refusal = ProviderRefusal("first", "model", RefusalStage.INPUT, ("sexual",))
    setup = two([refusal])

    assert await setup.run() == [refusal]
    assert setup.calls == [1, 0]
    assert setup.log.told == [("first", "refused", "no")]
    assert not setup.telemetry.open_circuits.get("first")


async def test_an_output_refusal_may_have_been_billed() -> None:
    setup = two([ProviderRefusal("first", "model", RefusalStage.OUTPUT, maybe_billed=True)])

    await setup.run()

    assert setup.log.told == [("first", "refused", "maybe")]


@pytest.mark.parametrize(
    ("fault", "calls", "result", "billed"),
    [
        (ProviderFailed("first", maybe_billed=True), [1, 1], "failed", "maybe"),
        (QueueFull("first"), [1, 1], "queue_full", "no"),
        (OutOfMemory("first"), [1, 1], "out_of_memory", "no"),
        (ColdStart("first"), [1, 1], "cold_start", "no"),
        (Exhausted("first"), [1, 1], "exhausted", "no"),
        (Misconfigured("first"), [1, 1], "misconfigured", "no"),
        (WarmingUp("first", ready_in=60.0), [1, 1], "warming_up", "no"),
        (Throttled("first", retry_after=30.0), [1, 1], "throttled", "no"),
        (Throttled("first"), [1, 1], "throttled", "no"),
        (Unreachable("first"), [2, 1], "unreachable", "no"),
        (ProviderError("first"), [1, 1], "failed", "no"),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_a_fault_goes_to_the_next_provider(
    fault: ProviderError, calls: list[int], result: str, billed: str
) -> None:
    setup = two([fault])

    (end,) = await setup.run()

    assert end.provider == "second"
    assert end.fell_back
    assert setup.calls == calls
    assert setup.log.told[0] == ("first", result, billed)


async def test_an_unknown_outcome_is_not_paid_for_again() -> None:
    setup = two([UnknownOutcome("first", maybe_billed=True)])

    with pytest.raises(UnknownOutcome) as caught:
        await setup.run()

    assert caught.value.maybe_billed
    assert setup.calls == [1, 0]


async def test_paying_twice_is_a_choice_of_the_community() -> None:
    setup = two([UnknownOutcome("first", maybe_billed=True)])

    (end,) = await setup.run(recovery=Recovery(pay_twice=True))

    assert end.provider == "second"


async def test_outage_fallback_can_be_switched_off() -> None:
    setup = two([ProviderFailed("first")])

    with pytest.raises(ProviderFailed):
        await setup.run(recovery=Recovery(outage_fallback=False))
    assert setup.calls == [1, 0]


async def test_a_fault_after_a_preview_is_an_unknown_outcome() -> None:
    setup = two([PARTIAL, ProviderFailed("first")])
    seen: list[Any] = []

    async def watch() -> None:
        async for event in setup.router.generate(JOB, TASK, Deadline(setup.clock.now() + 60), Recovery()):
            seen.append(event)  # noqa: PERF401 - the fault comes after it

    with pytest.raises(UnknownOutcome):
        await watch()

    assert seen == [PARTIAL]
    assert setup.calls == [1, 0]


@pytest.mark.parametrize(
    ("end", "result"),
    [
        (Throttled("first", request_id="r1"), "unknown"),
        (Exhausted("first", request_id="r1"), "unknown"),
        (ProviderRefusal("first", "model", request_id="r1"), "refused"),
    ],
)
async def test_what_ends_badly_after_a_preview_may_have_been_billed(end: Any, result: str) -> None:
    """The ledger says what the person is told, so that a budget is not given back what may be on the bill."""
    setup = two([PARTIAL, end])

    with contextlib.suppress(UnknownOutcome):
        await setup.run()

    assert setup.log.told == [("first", result, "maybe")]


async def test_previews_are_passed_on() -> None:
    setup = two([PARTIAL, produced("first")])

    assert [type(event) for event in await setup.run()] == [Partial, Produced]


async def test_a_short_throttle_is_waited_for() -> None:
    setup = Setup(ScriptedProvider("first", [[Throttled("first", retry_after=0.3)], [produced("first")]]))

    (end,) = await setup.run()

    assert end.provider == "first"
    assert setup.clock.slept == [0.3]


async def test_a_long_throttle_leaves_the_provider_alone_for_that_time() -> None:
    setup = two([Throttled("first", retry_after=30.0)])
    await setup.run()

    await setup.run()
    assert setup.calls == [1, 2]
    assert setup.router.status()["first:model"]["state"] == "degraded"

    setup.clock.time += 31
    await setup.run()
    assert setup.calls == [2, 3]


async def test_when_all_are_throttled_the_shortest_wait_is_told() -> None:
    setup = Setup(
        ScriptedProvider("first", [[Throttled("first", retry_after=30.0)]]),
        ScriptedProvider("second", [[Throttled("second", retry_after=7.0)]]),
    )

    with pytest.raises(Throttled) as caught:
        await setup.run()
    assert caught.value.retry_after == 7.0


async def test_money_that_any_attempt_may_have_cost_is_told() -> None:
    setup = Setup(
        ScriptedProvider("first", [[ProviderFailed("first", maybe_billed=True)]]),
        ScriptedProvider("second", [[Throttled("second", retry_after=7.0)]]),
    )

    with pytest.raises(Throttled) as caught:
        await setup.run()
    assert caught.value.maybe_billed


async def test_a_failing_provider_is_set_aside_and_tried_again_once() -> None:
    setup = two([ProviderFailed("first")])
    for _ in range(3):
        await setup.run()
    assert setup.telemetry.open_circuits["first"]
    assert [entry["state"] for entry in setup.router.status().values()] == ["down", "up"]

    for _ in range(5):
        await setup.run()
    assert setup.calls == [3, 8]

    setup.clock.time += 3
    await setup.run()
    assert setup.calls == [4, 9]


@pytest.mark.parametrize("fault", [Exhausted("first"), Misconfigured("first")], ids=["no money", "wrong key"])
async def test_what_only_an_operator_can_mend_is_alerted_and_not_repeated(fault: ProviderError) -> None:
    setup = two([fault])
    for _ in range(4):
        await setup.run()

    assert setup.calls == [1, 4]
    assert setup.telemetry.alerts == [
        f"provider_{'exhausted' if isinstance(fault, Exhausted) else 'misconfigured'}"
    ]


async def test_a_cancelled_job_says_nothing_about_health_and_may_have_been_billed() -> None:
    setup = two([5.0])
    for _ in range(4):
        task = asyncio.create_task(setup.run())
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert setup.log.told == [("first", "cancelled", "maybe")] * 4
    assert setup.router.status()["first:model"]["state"] == "up"


async def test_more_pictures_than_a_request_gives_are_several_requests() -> None:
    one_each = dataclasses.replace(GPT_IMAGE_2, max_count=1)
    setup = Setup(ScriptedProvider("first", [[produced("first", cost=0.03)]], profile=one_each))

    (end,) = await setup.run(dataclasses.replace(TASK, count=3, seed=5))

    assert len(end.images) == 3
    assert end.cost == micros(0.09)
    assert setup.log.told == [("first", "ok", "yes")] * 3
    assert [task.seed for task in setup.providers[0].tasks] == [5, 6, 7]


async def test_some_of_several_are_better_than_none() -> None:
    one_each = dataclasses.replace(GPT_IMAGE_2, max_count=1)
    scripts: list[list[Step]] = [
        [produced("first")],
        [ProviderFailed("first")],
        [produced("first", cost=None)],
    ]
    setup = Setup(ScriptedProvider("first", scripts, profile=one_each))

    (end,) = await setup.run(dataclasses.replace(TASK, count=3))

    assert len(end.images) == 2
    assert end.cost is None


@pytest.mark.parametrize(
    "script",
    [[ProviderRefusal("first", "model", RefusalStage.INPUT)], [ProviderFailed("first")]],
    ids=["refusal", "fault"],
)
async def test_when_all_of_several_fail_it_is_one_end(script: list[Any]) -> None:
    one_each = dataclasses.replace(GPT_IMAGE_2, max_count=1)
    setup = Setup(ScriptedProvider("first", [script], profile=one_each))

    with contextlib.suppress(ProviderFailed):
        (end,) = await setup.run(dataclasses.replace(TASK, count=2))
        assert isinstance(end, ProviderRefusal)
    assert setup.calls == [2]


@pytest.mark.parametrize(
    ("faults", "calls", "kind"),
    [
        ([Throttled("first"), UnknownOutcome("first", maybe_billed=True)], [2, 0], UnknownOutcome),
        ([Unreachable("first"), UnknownOutcome("first", maybe_billed=True)], [2, 0], UnknownOutcome),
        ([Unreachable("first"), ProviderFailed("first", maybe_billed=True)], [2, 1], None),
        ([Throttled("first", retry_after=0.1), ProviderFailed("first", maybe_billed=True)], [2, 1], None),
    ],
    ids=["throttled+unknown", "unreachable+unknown", "unreachable+failed", "throttled+failed"],
)
async def test_of_several_faults_at_once_the_one_that_forbids_most_decides(
    faults: list[ProviderError], calls: list[int], kind: type[ProviderError] | None
) -> None:
    one_each = dataclasses.replace(GPT_IMAGE_2, max_count=1)
    setup = Setup(
        ScriptedProvider("first", [[fault] for fault in faults], profile=one_each),
        ScriptedProvider("second", [[produced("second", count=2)]]),
    )

    if kind is None:
        (end,) = await setup.run(dataclasses.replace(TASK, count=2))
        assert end.provider == "second"
    else:
        with pytest.raises(kind):
            await setup.run(dataclasses.replace(TASK, count=2))
    assert setup.calls == calls


async def test_a_request_that_is_not_taken_says_nothing_about_others() -> None:
    setup = two([Rejected("first")])
    for _ in range(5):
        (end,) = await setup.run()
        assert end.provider == "second"

    assert setup.calls == [5, 5]
    assert setup.log.told[0] == ("first", "rejected", "no")
    assert setup.telemetry.alerts[0] == "provider_rejected"


async def test_drawings_by_rules_never_stand_in_for_a_model_unasked() -> None:
    setup = Setup(
        ScriptedProvider("gpt", [[ProviderFailed("gpt")]]),
        ScriptedProvider("offline", [[produced("offline")]], profile=OFFLINE, model="preview"),
    )

    for order in RouteOrder:
        with pytest.raises(ProviderFailed):
            await setup.run(recovery=Recovery(route_order=order))
        setup.clock.time += 100
    (end,) = await setup.run(model="offline:preview")
    assert end.provider == "offline"


async def test_a_probe_that_never_left_lets_another_one_go() -> None:
    setup = Setup(ScriptedProvider("first", [[ProviderFailed("first")]] * 3 + [[produced("first")]]), gate=1)
    for _ in range(3):
        with pytest.raises(ProviderFailed):
            await setup.run()
    setup.clock.time += 3
    (route,) = setup.router.routes
    await route.gate.acquire()
    waiting = asyncio.create_task(setup.run())
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    route.gate.release()

    (end,) = await setup.run()

    assert end.provider == "first"


@pytest.mark.parametrize(("still_down", "calls"), [(True, 1), (False, 4)])
async def test_the_probe_of_several_pictures_is_one_request(still_down: bool, calls: int) -> None:
    one_each = dataclasses.replace(GPT_IMAGE_2, max_count=1)
    scripts = [[ProviderFailed("first")]] * (4 if still_down else 3) + [[produced("first")]]
    setup = Setup(ScriptedProvider("first", scripts, profile=one_each))
    for _ in range(3):
        with pytest.raises(ProviderFailed):
            await setup.run()
    setup.clock.time += 3

    with contextlib.suppress(ProviderFailed):
        await setup.run(dataclasses.replace(TASK, count=4))

    assert setup.calls == [3 + calls]


async def test_a_ledger_that_cannot_be_written_keeps_the_money_and_the_probe() -> None:
    setup = Setup(ScriptedProvider("first", [[ProviderFailed("first")]] * 3 + [[produced("first")]]))
    for _ in range(3):
        with pytest.raises(ProviderFailed):
            await setup.run()
    setup.clock.time += 3
    setup.log.fault = StorageError("the disk is full")
    with pytest.raises(StorageError):
        await setup.run()
    assert setup.calls == [3]
    setup.log.fault = None

    (end,) = await setup.run()

    assert end.provider == "first"


async def test_an_edit_has_its_own_price() -> None:
    setup = Setup(ScriptedProvider("gpt", [[produced("gpt")]]))
    style = dataclasses.replace(REFERENCE, role=ReferenceRole.STYLE)

    assert setup.router.estimate(dataclasses.replace(TASK, references=(style,))) == micros(0.061)


REFERENCE = ReferenceImage(picture(), MediaType.PNG, ReferenceRole.MASK)


@pytest.mark.parametrize(
    ("task", "choice", "served_by"),
    [
        (TASK, {}, "gpt"),
        (TASK, {"model": "flux:model"}, "flux"),
        (TASK, {"filtered_hosts_only": True}, "gpt"),
        (dataclasses.replace(TASK, background=Background.TRANSPARENT), {}, "gpt"),
        (dataclasses.replace(TASK, references=(REFERENCE,)), {}, "gpt"),
    ],
    ids=["any", "chosen model", "filtered hosts", "transparency", "mask"],
)
async def test_routes_are_filtered_by_what_the_task_needs(
    task: ImageTask, choice: dict[str, Any], served_by: str
) -> None:
    setup = Setup(
        ScriptedProvider("gpt", [[produced("gpt")]]),
        ScriptedProvider("flux", [[produced("flux")]], profile=FLUX_2),
    )

    (end,) = await setup.run(task, **choice)

    assert end.provider == served_by


async def test_a_task_that_no_model_can_do_is_unsupported() -> None:
    setup = Setup(ScriptedProvider("flux", [[produced("flux")]], profile=FLUX_2))

    for task, choice in (
        (dataclasses.replace(TASK, references=(REFERENCE,)), {}),
        (dataclasses.replace(TASK, references=(REFERENCE,) * 9), {}),
        (TASK, {"filtered_hosts_only": True}),
        (TASK, {"model": "unheard-of"}),
    ):
        with pytest.raises(Unsupported):
            await setup.run(task, **choice)
    assert setup.calls == [0]


async def test_the_cheapest_route_can_come_first() -> None:
    setup = Setup(
        ScriptedProvider("gpt", [[produced("gpt")]]),
        ScriptedProvider("own", [[produced("own")]], profile=FLUX_SELF_HOSTED),
    )

    (end,) = await setup.run(recovery=Recovery(route_order=RouteOrder.CHEAPEST))

    assert end.provider == "own"


async def test_the_fastest_measured_route_can_come_first() -> None:
    setup = Setup(
        ScriptedProvider("slow", [[0.05, produced("slow")]]), ScriptedProvider("quick", [[produced("quick")]])
    )
    for name in ("slow:model", "quick:model"):
        await setup.run(model=name)

    (end,) = await setup.run(recovery=Recovery(route_order=RouteOrder.FASTEST))

    assert end.provider == "quick"


async def test_a_full_gate_is_waited_for_only_until_the_deadline() -> None:
    setup = Setup(ScriptedProvider("first", [[0.3, produced("first")]]), gate=1)
    busy = asyncio.create_task(setup.run())
    await asyncio.sleep(0.01)

    with pytest.raises(Throttled):
        async for _ in setup.router.generate(JOB, TASK, Deadline(setup.clock.now() + 0.05), Recovery()):
            pass
    await busy


async def test_a_job_that_has_no_time_left_asks_nobody_and_says_nothing_about_their_health() -> None:
    """Of a row of them a provider would be set aside that was never asked."""
    setup = Setup(ScriptedProvider("first", [[Unreachable("first", detail="no time left")]]))
    for _ in range(IN_A_ROW):
        with pytest.raises(Throttled):
            async for _ in setup.router.generate(JOB, TASK, Deadline(setup.clock.now() - 1), Recovery()):
                pass

    assert setup.calls == [0]
    assert setup.log.told == []
    assert not setup.router.routes[0].circuit.is_open


async def test_waiting_for_a_place_takes_nothing_from_the_time_of_the_request() -> None:
    setup = Setup(ScriptedProvider("first", [[produced("first")]]), gate=1)
    (route,) = setup.router.routes
    (provider,) = setup.providers
    await route.gate.acquire()
    waiting = asyncio.create_task(setup.run())
    await asyncio.sleep(0.01)
    setup.clock.time += 20
    route.gate.release()

    await waiting

    tier = GPT_IMAGE_2.tier(TASK.quality, edit=False)
    assert provider.deadlines == [Deadline(setup.clock.now() + tier.deadline)]


async def test_each_of_several_requests_for_one_job_needs_a_place() -> None:
    one_each = dataclasses.replace(GPT_IMAGE_2, max_count=1)
    setup = Setup(ScriptedProvider("first", [[0.01, produced("first")]], profile=one_each), gate=2)
    (provider,) = setup.providers

    (end,) = await setup.run(dataclasses.replace(TASK, count=4))

    assert isinstance(end, Produced)
    assert len(end.images) == 4
    assert provider.most_running == 2


async def test_facts_about_the_route_are_told() -> None:
    setup = Setup(
        ScriptedProvider("gpt", [[produced("gpt")]]), ScriptedProvider("offline", [[]], profile=OFFLINE)
    )

    assert setup.router.estimate(TASK) == micros(0.053)
    assert setup.router.profile("gpt", "model") is GPT_IMAGE_2
    assert setup.router.profile("gone", "model") is None
    assert setup.router.models == ["model"], "by what it is chosen, each once"
    assert not setup.router.offline
    assert [route.label for route in setup.router.routes] == ["gpt:model", "offline:model"]
    await setup.router.aclose()
    assert all(provider.closed for provider in setup.providers)


async def test_there_is_no_estimate_for_what_cannot_be_done() -> None:
    setup = Setup(ScriptedProvider("flux", [[]], profile=FLUX_2))

    assert setup.router.estimate(dataclasses.replace(TASK, references=(REFERENCE,))) is None

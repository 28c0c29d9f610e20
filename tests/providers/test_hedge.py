"""Hedging at servers of our own, rule by rule, over real sockets: what is late is asked for once more, never elsewhere."""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.domain.clock import Deadline
from bot.domain.errors import ProviderError, ProviderFailed, Throttled, UnknownOutcome
from bot.domain.images import ImageTask, Partial, Produced, ProviderRefusal, SafePrompt
from bot.domain.lora import LoraChoice
from bot.domain.policy import Recovery, RouteOrder
from bot.domain.requests import JobId, Quality
from bot.hedge import MEASURED, Allowance, Lateness
from bot.providers.circuit import Circuit
from bot.providers.dialects import OPENAI, VLLM_OMNI
from bot.providers.hedge import Hedging
from bot.providers.openai_client import open_client
from bot.providers.openai_images import OpenAIImages
from bot.providers.profiles import FLUX_SELF_HOSTED, OFFLINE, profile_of
from bot.providers.route import Route
from bot.providers.router import Router
from bot.settings import ModelSettings
from tests.providers.test_killed_server import kill
from tests.providers.test_registry import drawn, router
from tests.support.fakes import FakeClock, MemoryAttempts, Observed, ScriptedProvider, produced
from tests.twins import openai_modes
from tests.twins.http_twin import Hang, HttpTwin, ServerError, Slow
from tests.twins.openai_twin import API_KEY, OpenAITwin
from tests.twins.self_hosted_twins import SERVED_MODEL, VllmOmniTwin

CLOCK = SystemClock()
TASK = ImageTask(SafePrompt("an owl"), 256, 256, quality=Quality.LOW, safety_identifier="x")
OWN_GPT = dataclasses.replace(profile_of("gpt-image-2"), fixed_cost=True)
"""A server of our own that refuses and shows previews as OpenAI does."""
LATE = 0.02


@dataclass
class Street:
    """Servers behind one router that hedges."""

    router: Router
    attempts: MemoryAttempts
    twins: Sequence[Any]

    async def run(self, task: ImageTask = TASK, **choice: Any) -> list[Any]:
        """All events of one job. Raises what the router raises."""
        events = self.router.generate(JobId("job"), task, Deadline(CLOCK.now() + 10), Recovery(), **choice)
        async with contextlib.aclosing(events):
            return [event async for event in events]

    @property
    def calls(self) -> list[int]:
        return [len([one for one in twin.requests if one.method == "POST"]) for twin in self.twins]


@contextlib.asynccontextmanager
async def street(
    *twins: HttpTwin, late: float | None = LATE, paid: Sequence[int] = (), gate: int = 8, share: float = 0.06
) -> AsyncIterator[Street]:
    """One route a server, in order; those at the places `paid` bill their pictures."""
    async with contextlib.AsyncExitStack() as stack:
        attempts, routes = MemoryAttempts(), []
        for place, twin in enumerate(twins):
            await stack.enter_async_context(twin)
            gpt = isinstance(twin, OpenAITwin)
            profile = OWN_GPT if gpt else FLUX_SELF_HOSTED
            provider = OpenAIImages(
                f"{'paid' if place in paid else 'own'}-{place}",
                "gpt-image-2" if gpt else SERVED_MODEL,
                dataclasses.replace(profile, fixed_cost=place not in paid),
                OPENAI if gpt else VLLM_OMNI,
                await open_client(SecretStr(API_KEY), twin.base_url),  # type: ignore[attr-defined]
                CLOCK,
            )
            routes.append(Route(provider, Circuit(CLOCK.now), asyncio.Semaphore(gate)))
        hedging = Hedging(Lateness(CLOCK, late), Allowance(share))
        router = Router(routes, attempts, CLOCK, Observed(), hedging)
        stack.push_async_callback(router.aclose)
        yield Street(router, attempts, twins)


def test_auto_is_no_number_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for written, meant in (("auto", 0.0), ("2.5", 2.5), ("", None)):
        monkeypatch.setenv("HEDGE_OWN_SERVERS", written)
        assert ModelSettings().hedge_own_servers == meant


async def test_what_is_late_is_asked_of_the_next_server_of_our_own() -> None:
    async with street(VllmOmniTwin(), VllmOmniTwin()) as own:
        slow = own.twins[0]
        slow.script.always(Hang(20))

        (end,) = await own.run()

        assert (end.provider, end.fell_back) == ("own-1", False)
        assert own.attempts.told == [("own-0", "outrun", "no"), ("own-1", "ok", "yes")]
        assert own.calls == [1, 1]
        async with asyncio.timeout(10):
            while not slow.aborted:  # the server that lost is let off its work
                await asyncio.sleep(0.005)


async def test_a_single_server_is_asked_once_more() -> None:
    async with street(VllmOmniTwin()) as own:
        own.twins[0].script.queue(Hang(20))

        (end,) = await own.run()

        assert end.provider == "own-0"
        assert own.attempts.told == [("own-0", "outrun", "no"), ("own-0", "ok", "yes")]


async def test_the_first_one_may_win_all_the_same() -> None:
    async with street(VllmOmniTwin(), VllmOmniTwin()) as own:
        own.twins[0].script.always(Slow(0.2))
        own.twins[1].script.always(Hang(20))

        (end,) = await own.run()

        assert end.provider == "own-0"
        assert own.attempts.told == [("own-0", "ok", "yes"), ("own-1", "outrun", "no")]


async def test_what_is_quick_is_asked_for_once() -> None:
    async with street(VllmOmniTwin(), VllmOmniTwin(), late=5.0) as own:
        await own.run()

        assert own.calls == [1, 0]


async def test_a_host_that_bills_a_picture_is_never_asked_twice_nor_second() -> None:
    async with street(VllmOmniTwin(), OpenAITwin(), VllmOmniTwin(), paid=[1]) as own:
        own.twins[0].script.always(Hang(20))
        own.twins[1].images.always(Slow(0.2))

        (end,) = await own.run()
        assert (end.provider, own.calls) == ("own-2", [1, 0, 1])

        (end,) = await own.run(model="paid-1:gpt-image-2")
        assert (end.provider, own.calls) == ("paid-1", [1, 1, 1])


async def test_off_unless_configured() -> None:
    async with VllmOmniTwin() as twin:
        twin.script.queue(Slow(0.2), Slow(0.2))
        chosen: Sequence[tuple[dict[str, Any], int]] = [({}, 1), ({"hedge_own_servers": LATE}, 3)]
        for settings, calls in chosen:
            made = await router(f"flux:{SERVED_MODEL}", flux_base_url=twin.base_url, **settings)
            await drawn(made, TASK)
            await made.aclose()

            assert len(twin.sent_to("/generations")) == calls


async def test_a_refusal_of_the_second_one_is_the_end() -> None:
    async with street(OpenAITwin(), OpenAITwin(), VllmOmniTwin()) as own:
        own.twins[0].images.always(Hang(20))
        own.twins[1].images.always(openai_modes.Refuse("input", ["sexual"]))

        (end,) = await own.run()

        assert isinstance(end, ProviderRefusal)
        assert end.categories == ("sexual",)
        assert own.attempts.told == [("own-0", "outrun", "no"), ("own-1", "refused", "no")]
        assert own.calls == [1, 1, 0]


async def test_a_refusal_of_the_late_one_is_the_end() -> None:
    no = ProviderRefusal("late", "model")
    late = ScriptedProvider("late", [[0.05, no]], profile=FLUX_SELF_HOSTED)
    other = ScriptedProvider("other", [[asyncio.Event(), produced("other")]], profile=FLUX_SELF_HOSTED)
    paid = ScriptedProvider("paid", [[produced("paid")]])
    attempts = MemoryAttempts()

    assert await run(hedged([late, other, paid], attempts)) == [no]

    assert attempts.told == [("late", "refused", "no"), ("other", "outrun", "no")]
    assert len(paid.tasks) == 0


async def test_a_server_that_needs_rest_is_not_asked_second() -> None:
    async with street(VllmOmniTwin(), VllmOmniTwin(), gate=1) as own:
        own.twins[0].script.always(Slow(0.15))
        _, other = own.router.routes

        for _ in range(3):
            other.circuit.failed()
        await own.run()
        other.circuit.succeeded()
        other.not_before = CLOCK.now() + 60
        await own.run()
        other.not_before = 0.0
        await other.gate.acquire()
        await own.run()
        assert own.calls == [3, 0], "its own gate has one place, and that is taken by the first request"

        other.gate.release()
        await own.run()
        assert own.calls == [4, 1]


async def test_a_probe_is_one_request() -> None:
    async with street(VllmOmniTwin()) as own:
        own.twins[0].script.always(Slow(0.15))
        (route,) = own.router.routes
        now = CLOCK.now()
        route.circuit.now = lambda: now
        for _ in range(3):
            route.circuit.failed()
        now += 3

        await own.run()

        assert own.calls == [1]


async def test_a_request_that_shows_previews_is_not_hedged() -> None:
    async with street(OpenAITwin(), OpenAITwin()) as own:
        own.twins[0].images.always(openai_modes.StreamHangAfterPartial(0.2))

        events = await own.run(dataclasses.replace(TASK, width=1024, height=1024, partials=1))

        assert [type(event) for event in events] == [Partial, Produced]
        assert own.calls == [1, 0]


async def test_only_a_share_of_all_requests_is_sent_twice() -> None:
    async with street(VllmOmniTwin(), late=0.001, share=0.1) as own:
        own.twins[0].script.always(Slow(0.02))

        for _ in range(20):
            await own.run()

        assert 22 <= sum(own.calls) <= 25


async def test_a_fault_of_the_late_one_leaves_the_other() -> None:
    async with street(VllmOmniTwin(), VllmOmniTwin()) as own:
        own.twins[0].script.always(Hang(20))
        own.twins[1].script.always(Slow(1.5))
        running = asyncio.ensure_future(own.run())
        async with asyncio.timeout(10):
            while own.calls != [1, 1]:
                await asyncio.sleep(0.005)
        await kill(own.twins[0])

        (end,) = await running

        assert end.provider == "own-1"
        assert [row[:2] for row in own.attempts.told] == [("own-0", "unknown"), ("own-1", "ok")]
        assert own.attempts.told[0][2] == "no"


async def test_a_fault_of_the_second_one_leaves_the_first() -> None:
    failed = [asyncio.Event() for _ in range(3)]
    first = ScriptedProvider("first", [[one, produced("first")] for one in failed], profile=FLUX_SELF_HOSTED)
    second = ScriptedProvider("second", [[ProviderFailed("second")]], profile=FLUX_SELF_HOSTED)
    attempts = MemoryAttempts()
    made = hedged([first, second], attempts)

    for number, one in enumerate(failed, start=1):
        running = asyncio.ensure_future(run(made))
        async with asyncio.timeout(10):
            while attempts.told.count(("second", "failed", "no")) < number:
                await asyncio.sleep(0.001)
        one.set()
        (end,) = await running
        assert end.provider == "first"

    assert made.routes[1].circuit.is_open, "its faults are held against it"
    assert not made.routes[0].circuit.is_open


async def test_after_faults_of_both_the_table_decides() -> None:
    async with street(VllmOmniTwin(), VllmOmniTwin(), OpenAITwin(), paid=[2]) as own:
        own.twins[0].script.always(Hang(20))
        own.twins[1].script.always(ServerError(500))
        running = asyncio.ensure_future(own.run())
        async with asyncio.timeout(10):
            while own.attempts.told[-1:] != [("own-1", "failed", "no")]:
                await asyncio.sleep(0.005)
        await kill(own.twins[0])

        (end,) = await running

        assert end.provider == "paid-2"
        assert own.calls[2] == 1


async def test_a_cancelled_job_leaves_no_open_row() -> None:
    async with street(VllmOmniTwin(), VllmOmniTwin()) as own:
        for twin in own.twins:
            twin.script.always(Hang(20))
        running = asyncio.ensure_future(own.run())
        async with asyncio.timeout(10):
            while own.calls != [1, 1]:
                await asyncio.sleep(0.005)

        running.cancel()

        with pytest.raises(asyncio.CancelledError):
            await running
        assert own.attempts.told == [("own-0", "cancelled", "no"), ("own-1", "cancelled", "no")]


async def test_late_is_learned_from_what_others_took() -> None:
    async with street(VllmOmniTwin(), VllmOmniTwin(), late=None) as own:
        for _ in range(MEASURED):
            await own.run()
        own.twins[0].script.always(Hang(20))

        (end,) = await own.run()

        assert (end.provider, own.calls) == ("own-1", [MEASURED + 1, 1])


async def test_who_chose_a_lora_gets_no_picture_without_it() -> None:
    takes = dataclasses.replace(FLUX_SELF_HOSTED, named_loras={"acme": frozenset()})
    with_it = ScriptedProvider("with", [[0.05, produced("with")]], profile=takes)
    without = ScriptedProvider("without", [[produced("without")]], profile=FLUX_SELF_HOSTED)
    made = hedged([with_it, without])

    (end,) = await run(made, dataclasses.replace(TASK, lora=LoraChoice("acme")))

    assert (end.provider, len(without.tasks)) == ("with", 0)


def hedged(providers: Sequence[ScriptedProvider], attempts: MemoryAttempts | None = None) -> Router:
    """In time that passes at once: everything is late."""
    clock = FakeClock()
    routes = [Route(one, Circuit(clock.now), asyncio.Semaphore(8)) for one in providers]
    hedging = Hedging(Lateness(clock, 1.0), Allowance(0.5))
    return Router(routes, attempts or MemoryAttempts(), clock, Observed(), hedging)


async def run(made: Router, task: ImageTask = TASK, order: RouteOrder = RouteOrder.FIXED) -> list[Any]:
    events = made.generate(JobId("job"), task, Deadline(1_000_600.0), Recovery(route_order=order))
    async with contextlib.aclosing(events):
        return [event async for event in events]


_STEPS = st.one_of(
    st.just([produced("x")]),
    st.just([0.003, produced("x")]),
    st.just([ProviderFailed("x")]),
    st.just([0.003, Throttled("x", retry_after=9.0)]),
    st.just([0.003, UnknownOutcome("x", maybe_billed=True)]),
    st.just([ProviderRefusal("x", "model")]),
)
_PROFILES = st.sampled_from(
    [FLUX_SELF_HOSTED, OWN_GPT, profile_of("gpt-image-2"), profile_of("flux"), OFFLINE]
)


@dataclass
class Billing(ScriptedProvider):
    """Remembers whether servers of our own were still at work when it was asked."""

    neighbours: list[ScriptedProvider] = dataclasses.field(default_factory=list)
    beside_others: bool = False

    async def generate(self, task: ImageTask, deadline: Deadline) -> AsyncGenerator[Any, None]:
        self.beside_others |= any(one.running for one in self.neighbours if one.profile.fixed_cost)
        async with contextlib.aclosing(super().generate(task, deadline)) as events:
            async for event in events:
                yield event


@given(
    servers=st.lists(st.tuples(_PROFILES, st.lists(_STEPS, min_size=1, max_size=3)), min_size=1, max_size=4),
    order=st.sampled_from(list(RouteOrder)),
    count=st.integers(1, 6),
    partials=st.integers(0, 1),
)
async def test_hedging_never_touches_a_paid_provider(
    servers: list[tuple[Any, list[Any]]], order: RouteOrder, count: int, partials: int
) -> None:
    """A paid provider is asked in its turn alone: beside a late request there are only servers of our own."""
    providers: list[Billing] = []
    for place, (profile, scripts) in enumerate(servers):
        name = f"{'own' if profile.fixed_cost else 'paid'}-{place}"
        providers.append(Billing(name, scripts, profile=profile))
    for provider in providers:
        provider.neighbours = [one for one in providers if one is not provider]
    attempts = MemoryAttempts()

    with contextlib.suppress(ProviderError):
        await run(
            hedged(providers, attempts), dataclasses.replace(TASK, count=count, partials=partials), order
        )

    for provider in providers:
        if not provider.profile.fixed_cost:
            assert len(provider.tasks) <= -(-count // provider.profile.max_count)
            assert not provider.beside_others
    assert all(row.provider.startswith("own") for row in attempts.rows.values() if row.result == "outrun")
    assert all(row.result != "open" for row in attempts.rows.values())

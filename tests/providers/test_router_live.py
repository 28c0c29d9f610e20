"""The router over real sockets: what reaches the servers behind it, and what never does."""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.domain.clock import Deadline
from bot.domain.errors import Exhausted, UnknownOutcome
from bot.domain.images import ImageTask, Partial, Produced, ProviderRefusal, RefusalStage, SafePrompt
from bot.domain.policy import Recovery
from bot.domain.requests import JobId, Quality
from bot.providers.circuit import Circuit
from bot.providers.dialects import OPENAI
from bot.providers.openai_client import open_client
from bot.providers.openai_images import OpenAIImages
from bot.providers.profiles import profile_of
from bot.providers.route import Route
from bot.providers.router import Router
from tests.support.fakes import MemoryAttempts, Observed
from tests.twins import openai_modes
from tests.twins.openai_twin import API_KEY, OpenAITwin

CLOCK = SystemClock()
TASK = ImageTask(SafePrompt("an owl"), 1024, 1024, quality=Quality.LOW, safety_identifier="x")
STREAMED = dataclasses.replace(TASK, partials=2)


@dataclass
class Pair:
    """Two servers of the same API behind one router."""

    first: OpenAITwin
    second: OpenAITwin
    router: Router
    attempts: MemoryAttempts
    telemetry: Observed
    events: list[Any] = field(default_factory=list)

    async def run(self, task: ImageTask = TASK, recovery: Recovery = Recovery()) -> list[Any]:  # noqa: B008
        """Events also lie in `events`, up to a fault."""
        self.events.clear()
        made = self.router.generate(JobId("job"), task, Deadline(CLOCK.now() + 20), recovery)
        async with contextlib.aclosing(made):
            async for event in made:
                self.events.append(event)
        return self.events

    @property
    def calls(self) -> tuple[int, int]:
        return len(self.first.image_requests), len(self.second.image_requests)


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    async with OpenAITwin() as first, OpenAITwin() as second:
        attempts, telemetry = MemoryAttempts(), Observed()
        routes = []
        for name, twin in (("first", first), ("second", second)):
            client = await open_client(SecretStr(API_KEY), twin.base_url)
            provider = OpenAIImages(name, "gpt-image-2", profile_of("gpt-image-2"), OPENAI, client, CLOCK)
            routes.append(Route(provider, Circuit(CLOCK.now), asyncio.Semaphore(8)))
        router = Router(routes, attempts, CLOCK, telemetry)
        yield Pair(first, second, router, attempts, telemetry)
        await router.aclose()


async def test_previews_arrive_before_the_picture(pair: Pair) -> None:
    events = await pair.run(STREAMED)

    assert [type(event) for event in events] == [Partial, Partial, Produced]
    assert pair.calls == (1, 0)


async def test_a_stream_cut_before_its_first_event_falls_back(pair: Pair) -> None:
    pair.first.images.always(openai_modes.StreamCutBeforeFirst())

    *_, end = await pair.run(STREAMED)

    assert (end.provider, end.fell_back) == ("second", True)
    assert pair.calls == (1, 1)
    assert pair.attempts.told == [("first", "failed", "maybe"), ("second", "ok", "yes")]


async def test_a_stream_cut_after_a_preview_is_never_replayed(pair: Pair) -> None:
    pair.first.images.always(openai_modes.StreamCutAfterPartial())

    with pytest.raises(UnknownOutcome) as caught:
        await pair.run(STREAMED)

    assert caught.value.maybe_billed
    assert [type(event) for event in pair.events] == [Partial]
    assert pair.calls == (1, 0)
    assert pair.attempts.told == [("first", "unknown", "maybe")]


async def test_a_refusal_is_one_call_and_keeps_its_reasons(pair: Pair) -> None:
    pair.first.images.always(openai_modes.Refuse("input", ["sexual", "violence"]))

    (end,) = await pair.run()

    assert isinstance(end, ProviderRefusal)
    assert (end.stage, end.categories) == (RefusalStage.INPUT, ("sexual", "violence"))
    assert pair.calls == (1, 0)


@pytest.mark.parametrize("mode", [openai_modes.Billing(), openai_modes.Quota()], ids=["billing", "quota"])
async def test_an_empty_account_is_asked_once_and_told_to_the_operator(pair: Pair, mode: Any) -> None:
    pair.first.images.always(mode)

    for _ in range(4):
        *_, end = await pair.run()
        assert end.provider == "second"

    assert pair.calls == (1, 4)
    assert pair.telemetry.alerts == ["provider_exhausted"]


async def test_without_another_route_an_empty_account_is_told(pair: Pair) -> None:
    pair.first.images.always(openai_modes.Quota())

    with pytest.raises(Exhausted):
        await pair.run(recovery=Recovery(outage_fallback=False))
    assert pair.calls == (1, 0)

"""The breaker before the text model, on a clock of the test's own."""

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.domain.clock import Deadline
from bot.domain.errors import NoVerdict
from bot.domain.verdict import Decision, Verdict
from bot.ports import SanitizeTask
from bot.sanitizers.breaker import IN_A_ROW, OPEN_SECONDS, BreakingSanitizer
from tests.support.fakes import FakeClock, Observed

TASK, LATER = SanitizeTask("a brass owl"), Deadline(2e9)
FINE = Verdict(Decision.ALLOW, safe_prompt="a brass owl")


@dataclass
class Model:
    """Answers with a verdict, or with a kind of silence."""

    silence: str = ""
    answered: bool = False
    asked: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def judge(self, task: SanitizeTask, deadline: Deadline) -> Verdict:
        del task, deadline
        self.asked += 1
        await self.gate.wait()
        if self.silence:
            raise NoVerdict(self.silence, answered=self.answered)
        return FINE


@dataclass
class House:
    model: Model = field(default_factory=lambda: Model("outage"))
    clock: FakeClock = field(default_factory=FakeClock)
    observed: Observed = field(default_factory=Observed)

    def __post_init__(self) -> None:
        self.model.gate.set()
        self.sanitizer = BreakingSanitizer(self.model, self.clock, self.observed)

    async def ask(self) -> str:
        try:
            await self.sanitizer.judge(TASK, LATER)
        except NoVerdict as none:
            return none.kind
        return "verdict"

    async def broken(self) -> None:
        for _ in range(IN_A_ROW):
            assert await self.ask() == "outage"


async def test_after_three_outages_nobody_waits_for_the_model_and_the_operator_hears_once() -> None:
    house = House()
    await house.broken()
    house.clock.time += OPEN_SECONDS - 1

    assert await house.ask() == "outage"
    assert house.model.asked == IN_A_ROW
    assert house.observed.alerts == ["sanitizer"]
    assert house.observed.sanitizer == ["outage"] * IN_A_ROW + ["breaker"]


async def test_then_one_request_tries_it_while_the_others_go_on() -> None:
    house = House()
    await house.broken()
    house.clock.time += OPEN_SECONDS
    house.model.gate.clear()
    house.model.silence = ""
    trial = asyncio.create_task(house.ask())
    await asyncio.sleep(0)

    assert await house.ask() == "outage"
    house.model.gate.set()
    assert await trial == "verdict"
    assert await house.ask() == "verdict"
    assert house.model.asked == IN_A_ROW + 2


async def test_a_trial_that_fails_or_is_cancelled_leaves_it_open_for_another_while() -> None:
    house = House()
    await house.broken()
    for _ in range(2):
        house.clock.time += OPEN_SECONDS
        assert await house.ask() == "outage"
    house.clock.time += OPEN_SECONDS
    house.model.gate.clear()
    trial = asyncio.create_task(house.ask())
    await asyncio.sleep(0)
    trial.cancel()
    await asyncio.gather(trial, return_exceptions=True)

    assert await house.ask() == "outage"
    assert house.model.asked == IN_A_ROW + 3
    assert house.observed.alerts == ["sanitizer"], "once an outage"


@pytest.mark.parametrize("kind", ["garbage", "refusal", "leak"])
async def test_an_answer_that_is_no_verdict_is_no_outage(kind: str) -> None:
    house = House()
    assert await house.ask() == "outage"
    assert await house.ask() == "outage"
    house.model.silence = kind
    for _ in range(2 * IN_A_ROW):
        assert await house.ask() == kind
    house.model.silence = "outage"
    await house.broken()

    assert house.observed.sanitizer.count(kind) == 2 * IN_A_ROW
    assert house.observed.alerts == ["sanitizer"]


async def test_words_that_the_service_does_not_take_open_it_for_nobody() -> None:
    house = House(Model("outage", answered=True))
    for _ in range(2 * IN_A_ROW):
        assert await house.ask() == "outage"

    assert house.model.asked == 2 * IN_A_ROW
    assert house.observed.alerts == []

"""Fakes that enter through ports."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.domain.clock import Deadline
from bot.domain.errors import BotError, ProviderError
from bot.domain.images import GeneratedImage, ImageTask, MediaType, Partial, Produced, ProviderRefusal
from bot.domain.money import MicroUSD, micros
from bot.domain.profile import ModelProfile
from bot.domain.purchases import Purchase, Speed
from bot.domain.requests import JobId
from bot.ports import Health
from bot.providers.profiles import GPT_IMAGE_2
from tests.support.make import picture

Step = Partial | Produced | ProviderRefusal | ProviderError | float | asyncio.Event
"""What a scripted provider does next: yield an event, raise a fault, or stay silent for some seconds."""


class FakeClock:
    """Time that moves only when told, or when somebody sleeps."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.time = now
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


@dataclass
class Row:
    """A row of the attempts' ledger."""

    provider: str
    model: str
    price: MicroUSD | None
    billed: str = "open"
    result: str = "open"
    cost: MicroUSD | None = None


@dataclass
class MemoryAttempts:
    """Implements `AttemptLog`."""

    rows: dict[str, Row] = field(default_factory=dict)
    fault: BotError | None = None
    known_speeds: Sequence[Speed] = ()
    _numbers: Any = field(default_factory=itertools.count)

    async def open_attempt(self, job_id: JobId, purchase: Purchase) -> str:
        del job_id
        if self.fault is not None:
            raise self.fault
        attempt_id = str(next(self._numbers))
        self.rows[attempt_id] = Row(purchase.provider, purchase.model, purchase.price)
        return attempt_id

    async def close_attempt(
        self,
        attempt_id: str,
        *,
        billed: bool | None,
        cost: MicroUSD | None,
        request_id: str | None,
        result: str,
        seconds: float,
    ) -> None:
        del request_id, seconds
        row = self.rows[attempt_id]
        row.billed = {True: "yes", False: "no", None: "maybe"}[billed]
        row.result, row.cost = result, cost

    async def speeds(self) -> Sequence[Speed]:
        return self.known_speeds

    @property
    def told(self) -> list[tuple[str, str, str]]:
        return [(row.provider, row.result, row.billed) for row in self.rows.values()]


@dataclass
class Observed:
    """Implements `Telemetry` and remembers."""

    alerts: list[str] = field(default_factory=list)
    ended: list[tuple[str, str]] = field(default_factory=list)
    refusals: list[tuple[str, str]] = field(default_factory=list)
    attempts: list[tuple[str, str]] = field(default_factory=list)
    text_calls: list[tuple[str, str]] = field(default_factory=list)
    store_operations: list[tuple[str, str]] = field(default_factory=list)
    open_circuits: dict[str, bool] = field(default_factory=dict)
    looks: list[tuple[str, str]] = field(default_factory=list)
    sanitizer: list[str] = field(default_factory=list)
    recovered: int = 0
    in_flight: int = 0

    def request_ended(self, platform: str, outcome: str) -> None:
        self.ended.append((platform, outcome))

    def refused(self, decided_by: str, reason: str) -> None:
        self.refusals.append((decided_by, reason))

    def stage_took(self, stage: str, seconds: float) -> None: ...

    def acknowledged(self, platform: str, seconds: float) -> None: ...

    def jobs_in_flight(self, change: int) -> None:
        self.in_flight += change

    def jobs_recovered(self, count: int) -> None:
        self.recovered += count

    def attempt_ended(
        self, provider: str, model: str, result: str, seconds: float, cost: MicroUSD | None
    ) -> None:
        self.attempts.append((provider, result))

    def text_call_ended(self, use: str, result: str) -> None:
        self.text_calls.append((use, result))

    def stored(self, operation: str, result: str) -> None:
        self.store_operations.append((operation, result))

    def circuit(self, provider: str, *, is_open: bool) -> None:
        self.open_circuits[provider] = is_open

    def sanitizer_said(self, kind: str) -> None:
        self.sanitizer.append(kind)

    def picture_checked(self, check: str, says: str) -> None:
        self.looks.append((check, says))

    def alert(self, kind: str, detail: str) -> None:
        self.alerts.append(kind)


def produced(name: str, count: int = 1, cost: float | None = 0.05) -> Produced:
    images = tuple(GeneratedImage(picture(), MediaType.PNG) for _ in range(count))
    return Produced(images, name, "model", None if cost is None else micros(cost))


@dataclass
class ScriptedProvider:
    """Implements `ImageProvider`: each call plays the next script, the last one again and again."""

    name: str
    scripts: Sequence[Sequence[Step]] = ()
    profile: ModelProfile = GPT_IMAGE_2
    model: str = "model"
    tasks: list[ImageTask] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    running: int = 0
    most_running: int = 0
    closed: bool = False

    async def generate(
        self, task: ImageTask, deadline: Deadline
    ) -> AsyncGenerator[Partial | Produced | ProviderRefusal, None]:
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        self.deadlines.append(deadline)
        try:
            async for event in self._play(task):
                yield event
        finally:
            self.running -= 1

    async def _play(self, task: ImageTask) -> AsyncGenerator[Partial | Produced | ProviderRefusal, None]:
        self.tasks.append(task)
        for step in self.scripts[min(len(self.tasks), len(self.scripts)) - 1]:
            if isinstance(step, float):
                await asyncio.sleep(step)
            elif isinstance(step, asyncio.Event):
                await asyncio.wait_for(step.wait(), 10)
            elif isinstance(step, ProviderError):
                raise step
            else:
                yield step

    async def probe(self) -> Health:
        return Health(ok=True)

    async def aclose(self) -> None:
        self.closed = True

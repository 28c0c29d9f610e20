"""A router over scripted providers, with everything it writes."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

from bot.domain.clock import Deadline
from bot.domain.images import ImageTask, SafePrompt
from bot.domain.policy import Recovery
from bot.domain.requests import JobId, Quality
from bot.ports import Telemetry
from bot.providers.circuit import Circuit
from bot.providers.route import Route
from bot.providers.router import Router
from tests.support.fakes import FakeClock, MemoryAttempts, Observed, ScriptedProvider, produced

TASK = ImageTask(SafePrompt("an owl"), 1024, 1024, quality=Quality.MEDIUM)
JOB = JobId("job")


class Setup:
    """A router over scripted providers, with everything it writes."""

    def __init__(
        self, *providers: ScriptedProvider, gate: int = 8, telemetry: Telemetry | None = None
    ) -> None:
        self.providers = providers
        self.clock = FakeClock()
        self.log = MemoryAttempts()
        self.telemetry = Observed()
        routes = [Route(one, Circuit(self.clock.now), asyncio.Semaphore(gate)) for one in providers]
        self.router = Router(routes, self.log, self.clock, telemetry or self.telemetry)

    async def run(self, task: ImageTask = TASK, recovery: Recovery = Recovery(), **choice: Any) -> list[Any]:  # noqa: B008
        deadline = Deadline(self.clock.now() + 600)
        events = self.router.generate(JOB, task, deadline, recovery, **choice)
        async with contextlib.aclosing(events):
            return [event async for event in events]

    @property
    def calls(self) -> list[int]:
        return [len(provider.tasks) for provider in self.providers]


def two(first: Sequence[Any], **changes: Any) -> Setup:
    """A first provider with one script, and a second one that works."""
    return Setup(
        ScriptedProvider("first", [first], **changes), ScriptedProvider("second", [[produced("second")]])
    )

"""Keeps the gauges true that no event changes: parts that are up, jobs nobody takes care of, budgets, last days."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from bot.domain.limits import LimitKind
from bot.domain.requests import Requester
from bot.domain.vitals import Vitals
from bot.guardrails.quotas import limits_for
from bot.ports import Clock, Health, PolicyStore
from bot.rounds import Rounds
from bot.telemetry.metrics import Metrics
from bot.telemetry.probes import probed

EVERY: Final = 15.0
_SECONDS: Final = 10.0


@dataclass
class Watch:
    """Looks at everything every `every` seconds, in one task of its own.

    Attributes:
        parts: Probes by the part's name.
        vitals: Reads the ledger.
        endings: The announced last days of the models in use.
        followed: Those of them whose place another one takes by itself.
    """

    metrics: Metrics
    clock: Clock
    policies: PolicyStore
    parts: Mapping[str, Callable[[], Awaitable[Health]]]
    vitals: Callable[[], Awaitable[Vitals]]
    endings: Mapping[str, date]
    every: float = EVERY
    followed: Collection[str] = ()

    def __post_init__(self) -> None:
        self._rounds = Rounds("vitals", self.look, self.clock, every=self.every)

    async def start(self) -> None:
        for model, day in self.endings.items():
            end = datetime(day.year, day.month, day.day, tzinfo=UTC)
            self.metrics.model_ends(model, end.timestamp(), followed=model in self.followed)
        self._rounds.start()

    async def stop(self) -> None:
        await self._rounds.stop()

    async def look(self) -> None:
        """One round. A part that does not answer is down; numbers that cannot be read keep their last value."""
        names = list(self.parts)
        healths = await asyncio.gather(*(probed(self.parts[name](), _SECONDS) for name in names))
        for name, health in zip(names, healths, strict=True):
            self.metrics.part(name, is_up=health.ok)
        async with asyncio.timeout(_SECONDS):
            vitals = await self.vitals()
            self.metrics.open_jobs(vitals.queued, vitals.running, vitals.overdue)
            self.metrics.budget_used(await self.fullest(vitals))

    async def fullest(self, vitals: Vitals) -> float:
        """Share of its cap that the fullest budget of any community has used; 1 is full."""
        shares = [0.0]
        for tenant, window, spent in vitals.money:
            limits = (await self.policies.policy(tenant)).limits
            rows = limits_for(Requester("", tenant, ""), limits, pictures=1, price=None, now=self.clock.now())
            shares += [
                spent / row.cap for row in rows if row.kind is LimitKind.BUDGET and row.window == window
            ]
        return max(shares)

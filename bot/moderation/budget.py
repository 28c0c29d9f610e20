"""What a community has spent of its budgets, and who has to hear about it at 50, 80 and 100 percent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.domain.money import MicroUSD
from bot.domain.policy import Limits
from bot.moderation.ports import DeskStore
from bot.ports import Clock, JobStore

STEPS: Final = (50, 80, 100)
"""Percent of a budget at which moderators are told, once a window each."""
_WINDOW_SECONDS: Final = 40 * 86_400.0


@dataclass(frozen=True, slots=True)
class Budget:
    """One budget. `used` is settled, `held` is reserved by running jobs; `cap` 0 means none. Micro-dollars."""

    window: str
    period: str
    used: MicroUSD
    held: MicroUSD
    cap: MicroUSD

    @property
    def percent(self) -> int:
        return (self.used + self.held) * 100 // self.cap if self.cap else 0


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a community in numbers, for charts. `refusals` are (reason, number)."""

    day: str
    allowed: int
    refused: int
    pictures: int
    cost: MicroUSD
    refusals: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class BudgetDesk:
    store: DeskStore
    jobs: JobStore
    clock: Clock

    async def status(self, tenant: str, limits: Limits) -> Sequence[Budget]:
        """Today's and this month's budget (UTC)."""
        now = datetime.fromtimestamp(self.clock.now(), UTC)
        rows = {row.window: row for row in await self.jobs.usage([f"{tenant}/money"])}
        found: list[Budget] = []
        for period, window, cap in (
            ("day", now.strftime("%Y-%m-%d"), limits.budget_day),
            ("month", now.strftime("%Y-%m"), limits.budget_month),
        ):
            row = rows.get(window)
            used, held = (row.used, row.held) if row else (0, 0)
            found.append(Budget(window, period, MicroUSD(used), MicroUSD(held), MicroUSD(cap)))
        return found

    async def crossed(
        self, tenant: str, limits: Limits, *, refused: bool = False
    ) -> Sequence[tuple[Budget, int]]:
        """Budgets that have reached a step nobody was told about yet, each with its highest step.

        `refused`: a request has just been turned away for money, so 100 is reached whatever the last picture cost.
        """
        found: list[tuple[Budget, int]] = []
        budgets = [budget for budget in await self.status(tenant, limits) if budget.cap]
        fullest = max(budgets, key=lambda one: (one.percent, -one.cap), default=None)
        for budget in budgets:
            percent = 100 if refused and budget is fullest else budget.percent
            fresh = [
                step
                for step in STEPS
                if percent >= step
                and await self.jobs.mark_once(
                    f"budget:{tenant}:{budget.window}:{budget.cap}:{step}", _WINDOW_SECONDS
                )
            ]
            if fresh:
                found.append((budget, max(fresh)))
        return found

    async def days(self, tenant: str, days: int = 30) -> Sequence[Day]:
        """The last days, oldest first, those without anything too."""
        today = int(self.clock.now() // 86_400)
        first = today - days + 1
        tally = await self.store.tally(tenant, first * 86_400.0)
        spent = {int(row["day"]): row for row in await self.store.spent(tenant, first * 86_400.0)}
        found: list[Day] = []
        for number in range(first, today + 1):
            rows = [row for row in tally if int(row["day"]) == number]
            allowed = sum(int(row["number"]) for row in rows if row["decision"] in {"allow", "rewrite"})
            reasons: dict[str, int] = {}
            for row in rows:
                if row["decision"] in {"ask", "reject"}:
                    reasons[row["reason"]] = reasons.get(row["reason"], 0) + int(row["number"])
            money = spent.get(number)
            found.append(
                Day(
                    datetime.fromtimestamp(number * 86_400, UTC).strftime("%Y-%m-%d"),
                    allowed,
                    sum(reasons.values()),
                    int(money["pictures"]) if money else 0,
                    MicroUSD(int(money["cost"]) if money else 0),
                    tuple(sorted(reasons.items(), key=lambda item: -item[1])),
                )
            )
        return found

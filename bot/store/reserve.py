"""Quotas, budgets, running-job caps and cooldowns: reserve, then settle exactly once. All inside a writer's unit.

However many limits there are, to reserve takes one look and one write (`Counters.of` what was looked up tells
whether there is room, `reserving` are the statements), and to settle takes one write.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.limits import Limit, LimitKind, LimitReached, Rate
from bot.store.database import Row, Statement, Transaction
from bot.store.inserting import inserting, listed

_SPENT: Final = (
    "SELECT coalesce(cast(sum(coalesce(cost, price, 0)) AS bigint), 0) AS spent, "
    "count(*) - count(coalesce(cost, price)) AS unpriced, "
    "count(*) - count(closed_at) AS under_way FROM attempt WHERE job_id = :job_id AND billed <> 'no'"
)
_USED: Final = "CASE WHEN bill.unpriced > 0 AND hold.amount > bill.spent THEN hold.amount ELSE bill.spent END"
"""What a budget is charged: an attempt whose price nobody knows counts as what was held for it."""

_GOT: Final = (
    "CASE WHEN hold.amount < cast(:pictures AS bigint) THEN hold.amount ELSE cast(:pictures AS bigint) END"
)
"""What a quota is charged: of several pictures that were asked for some may not have come out."""

_SETTLE: Final = (
    "UPDATE budget SET held = budget.held - hold.amount, used = budget.used + CASE hold.kind "
    f"WHEN 'budget' THEN {_USED} WHEN 'quota' THEN {_GOT} ELSE 0 END "
    f"FROM hold, ({_SPENT}) AS bill WHERE hold.job_id = :job_id AND hold.kind <> 'booked' "
    "AND budget.scope = hold.scope AND budget.win = hold.win"
)
_BOOK: Final = (
    f"UPDATE hold SET kind = 'booked', amount = {_USED} FROM ({_SPENT}) AS bill "
    "WHERE hold.job_id = :job_id AND hold.kind = 'budget' AND bill.under_way > 0"
)
_FORGET: Final = (
    "DELETE FROM hold WHERE job_id = :job_id AND kind <> 'booked' AND (kind <> 'budget' OR NOT EXISTS "
    "(SELECT 1 FROM attempt WHERE job_id = :job_id AND billed <> 'no' AND closed_at IS NULL))"
)


_LATER: Final = (
    "(key) DO UPDATE SET tat = CASE WHEN excluded.tat > bucket.tat THEN excluded.tat ELSE bucket.tat END"
)
"""Requests of one batch may be written in another order than they were counted in."""


@dataclass(frozen=True, slots=True)
class Counters:
    """What is used and held of some limits by scope and window, and when the next of some rates is due."""

    taken: dict[tuple[str, str], int]
    due: dict[str, float]

    @classmethod
    def of(cls, budgets: Sequence[Row], buckets: Sequence[Row]) -> "Counters":
        """From the rows of `look_at_limits` and `look_at_rates`."""
        return cls(
            {(row["scope"], row["win"]): int(row["taken"]) for row in budgets},
            {row["key"]: float(row["tat"]) for row in buckets},
        )

    def first_full(self, limits: Sequence[Limit], rates: Sequence[Rate], now: float) -> LimitReached | None:
        """The limit that keeps this request waiting longest, None if there is room in all."""
        full = [reached for rate in rates if (reached := self._cooling(rate, now))]
        full += [reached for limit in limits if (reached := self._filled(limit, now))]
        return max(full, key=lambda reached: reached.wait or 0.0, default=None)

    def arrival(self, rate: Rate, now: float) -> float:
        """Theoretical arrival time of the next request (generic cell rate algorithm)."""
        return max(self.due.get(rate.scope, now), now)

    def take(self, limits: Sequence[Limit], rates: Sequence[Rate], now: float) -> None:
        """Count a request that reserves from now on."""
        for limit in limits:
            place = (limit.scope, limit.window)
            self.taken[place] = self.taken.get(place, 0) + limit.amount
        for rate in rates:
            self.due[rate.scope] = self.arrival(rate, now) + rate.interval

    def _filled(self, limit: Limit, now: float) -> LimitReached | None:
        taken = self.taken.get((limit.scope, limit.window), 0)
        if taken + limit.amount <= limit.cap:
            return None
        wait = None
        if limit.resets_at is not None and limit.amount <= limit.cap:
            wait = max(0.0, limit.resets_at - now)
        return LimitReached(limit.kind, limit.scope, limit.cap, taken, wait)

    def _cooling(self, rate: Rate, now: float) -> LimitReached | None:
        wait = self.arrival(rate, now) - rate.interval * (rate.burst - 1) - now
        if wait <= 0:
            return None
        return LimitReached(LimitKind.COOLDOWN, rate.scope, rate.burst, rate.burst, wait)


def look_at_limits(limits: Sequence[Limit]) -> Statement | None:
    if not limits:
        return None
    places, values = listed([(limit.scope, limit.window) for limit in limits])
    sql = f"SELECT scope, win, used + held AS taken FROM budget WHERE (scope, win) IN (VALUES {places})"
    return Statement(sql, values)


def look_at_rates(rates: Sequence[Rate]) -> Statement | None:
    if not rates:
        return None
    places, values = listed([(rate.scope,) for rate in rates])
    return Statement(f"SELECT key, tat FROM bucket WHERE key IN (VALUES {places})", values)


def reserving(
    job_id: str, limits: Sequence[Limit], rates: Sequence[Rate], counters: Counters, now: float
) -> tuple[Statement | None, ...]:
    """Hold what the request uses up; call `first_full` before, in the same unit."""
    counters.take(limits, rates, now)
    due = {rate.scope: counters.due[rate.scope] for rate in rates}
    return (
        inserting("bucket", ("key", "tat"), [*due.items()], _LATER),
        inserting(
            "budget",
            ("scope", "win", "used", "held", "ends_at"),
            [(limit.scope, limit.window, 0, limit.amount, limit.resets_at) for limit in limits],
            "(scope, win) DO UPDATE SET held = budget.held + excluded.held",
        ),
        inserting(
            "hold",
            ("job_id", "scope", "win", "kind", "amount"),
            [(job_id, limit.scope, limit.window, limit.kind.value, limit.amount) for limit in limits],
        ),
    )


def settling(job_id: str, *, pictures: int) -> tuple[Statement, ...]:
    """Turn holds into what was really used; a job without holds was settled before, and nothing happens.

    People's quotas count the pictures that they got; budgets count what was paid or may have been, whatever came of it. A budget's
    hold that is settled while a paid request is still under way remembers what was booked for it, so that `rebook`
    can put it right.
    """
    values = {"job_id": job_id, "pictures": pictures}
    return tuple(Statement(sql, values) for sql in (_SETTLE, _BOOK, _FORGET))


async def settle(tx: Transaction, job_id: str, *, pictures: int) -> None:
    await tx.run_all(*settling(job_id, pictures=pictures))


async def rebook(tx: Transaction, job_id: str) -> int:
    """Correct the budgets of a job that was settled before its last paid request was closed.

    Returns the change in micro-dollars; 0 if nothing had been booked on a guess.
    """
    found = await tx.look(
        booked=Statement("SELECT * FROM hold WHERE job_id = :job_id AND kind = 'booked'", {"job_id": job_id}),
        bill=Statement(_SPENT, {"job_id": job_id}),
    )
    bill = found["bill"][0]
    change = 0
    for hold in found["booked"]:
        before = int(hold["amount"])
        used = max(int(bill["spent"]), before if bill["unpriced"] else 0)
        change = used - before
        place = {"job_id": job_id, "scope": hold["scope"], "win": hold["win"]}
        await tx.run(
            "UPDATE budget SET used = used + :change WHERE scope = :scope AND win = :win",
            change=change,
            **place,
        )
        await tx.run(
            "UPDATE hold SET amount = :used WHERE job_id = :job_id AND scope = :scope AND win = :win",
            used=used,
            **place,
        )
    if found["booked"] and not bill["under_way"]:
        await tx.run("DELETE FROM hold WHERE job_id = :job_id AND kind = 'booked'", job_id=job_id)
    return change

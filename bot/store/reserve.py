"""Quotas, budgets, running-job caps and cooldowns: reserve, then settle exactly once. All inside a writer's unit."""

from collections.abc import Callable, Sequence
from typing import Final

from bot.domain.limits import Limit, LimitKind, LimitReached, Rate
from bot.store.database import Transaction

_SEEN: Final = "SELECT used, held FROM budget WHERE scope = :scope AND win = :win"
_HOLD: Final = (
    "INSERT INTO budget(scope, win, used, held) VALUES (:scope, :win, 0, :amount) "
    "ON CONFLICT(scope, win) DO UPDATE SET held = budget.held + :amount"
)
_NOTE: Final = (
    "INSERT INTO hold(job_id, scope, win, kind, amount) VALUES (:job_id, :scope, :win, :kind, :amount)"
)
_SETTLE: Final = (
    "UPDATE budget SET held = held - :amount, used = used + :used WHERE scope = :scope AND win = :win"
)
_TAT: Final = (
    "INSERT INTO bucket(key, tat) VALUES (:key, :tat) ON CONFLICT(key) DO UPDATE SET tat = excluded.tat"
)


async def first_full(
    tx: Transaction, limits: Sequence[Limit], rates: Sequence[Rate], now: float
) -> LimitReached | None:
    """The first limit that has no room for this request; nothing is written."""
    for rate in rates:
        arrival = await _arrival(tx, rate, now)
        wait = arrival - rate.interval * (rate.burst - 1) - now
        if wait > 0:
            return LimitReached(LimitKind.COOLDOWN, rate.scope, rate.burst, rate.burst, wait)
    for limit in limits:
        found = await tx.rows(_SEEN, scope=limit.scope, win=limit.window)
        used = int(found[0]["used"] + found[0]["held"]) if found else 0
        if used + limit.amount > limit.cap:
            until = max(0.0, limit.resets_at - now) if limit.resets_at is not None else None
            return LimitReached(limit.kind, limit.scope, limit.cap, used, until)
    return None


async def reserve(
    tx: Transaction, job_id: str, limits: Sequence[Limit], rates: Sequence[Rate], now: float
) -> None:
    """Hold what the request would use up. Call `first_full` before, in the same unit."""
    for rate in rates:
        await tx.run(_TAT, key=rate.scope, tat=await _arrival(tx, rate, now) + rate.interval)
    for limit in limits:
        await tx.run(_HOLD, scope=limit.scope, win=limit.window, amount=limit.amount)
        await tx.run(
            _NOTE,
            job_id=job_id,
            scope=limit.scope,
            win=limit.window,
            kind=limit.kind.value,
            amount=limit.amount,
        )


async def settle(tx: Transaction, job_id: str, used: Callable[[LimitKind, int], int]) -> None:
    """Turn holds into what was really used; a job without holds was settled before, and nothing happens."""
    for hold in await tx.rows("SELECT * FROM hold WHERE job_id = :job_id", job_id=job_id):
        kind, amount = LimitKind(hold["kind"]), int(hold["amount"])
        await tx.run(_SETTLE, scope=hold["scope"], win=hold["win"], amount=amount, used=used(kind, amount))
    await tx.run("DELETE FROM hold WHERE job_id = :job_id", job_id=job_id)


async def _arrival(tx: Transaction, rate: Rate, now: float) -> float:
    """Theoretical arrival time of the next request (GCRA)."""
    found = await tx.rows("SELECT tat FROM bucket WHERE key = :key", key=rate.scope)
    return max(float(found[0]["tat"]), now) if found else now

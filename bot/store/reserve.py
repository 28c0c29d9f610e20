"""Quotas, budgets, running-job caps and cooldowns: reserve, then settle exactly once. All inside a writer's unit."""

from collections.abc import Sequence
from typing import Final

from bot.domain.limits import Limit, LimitKind, LimitReached, Rate
from bot.store.database import Row, Transaction

_SEEN: Final = "SELECT used, held FROM budget WHERE scope = :scope AND win = :win"
_HOLD: Final = (
    "INSERT INTO budget(scope, win, used, held, ends_at) VALUES (:scope, :win, 0, :amount, :ends_at) "
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
_SPENT: Final = (
    "SELECT coalesce(sum(coalesce(cost, price, 0)), 0) AS spent, count(*) - count(coalesce(cost, price)) AS unpriced, "
    "count(*) - count(closed_at) AS under_way FROM attempt WHERE job_id = :job_id AND billed <> 'no'"
)
_BOOKED: Final = "booked"
"""Kind of a hold that was settled while a paid request was still under way: what was booked for it."""


async def first_full(
    tx: Transaction, limits: Sequence[Limit], rates: Sequence[Rate], now: float
) -> LimitReached | None:
    """The limit that keeps this request waiting longest, None if there is room in all; nothing is written."""
    full = [reached for rate in rates if (reached := await _cooling(tx, rate, now))]
    full += [reached for limit in limits if (reached := await _filled(tx, limit, now))]
    return max(full, key=lambda reached: reached.wait or 0.0, default=None)


async def reserve(
    tx: Transaction, job_id: str, limits: Sequence[Limit], rates: Sequence[Rate], now: float
) -> None:
    """Hold what the request would use up. Call `first_full` before, in the same unit."""
    for rate in rates:
        await tx.run(_TAT, key=rate.scope, tat=await _arrival(tx, rate, now) + rate.interval)
    for limit in limits:
        place = {"scope": limit.scope, "win": limit.window, "amount": limit.amount}
        await tx.run(_HOLD, **place, ends_at=limit.resets_at)
        await tx.run(_NOTE, **place, job_id=job_id, kind=limit.kind.value)


async def settle(tx: Transaction, job_id: str, *, delivered: bool) -> None:
    """Turn holds into what was really used; a job without holds was settled before, and nothing happens.

    People's quotas count what they got; budgets count what was paid or may have been, whatever came of it. An
    attempt whose price nobody knows counts as what was held for it. Of a request that is still under way it is
    remembered what was booked, so that `rebook` can put it right.
    """
    unsettled = "job_id = :job_id AND kind <> :booked"
    holds = await tx.rows(f"SELECT * FROM hold WHERE {unsettled}", job_id=job_id, booked=_BOOKED)
    if not holds:
        return
    spent = (await tx.rows(_SPENT, job_id=job_id))[0]
    for hold in holds:
        kind, amount = LimitKind(hold["kind"]), int(hold["amount"])
        used = 0
        if kind is LimitKind.BUDGET:
            used = max(int(spent["spent"]), amount if spent["unpriced"] else 0)
        elif kind is LimitKind.QUOTA and delivered:
            used = amount
        await tx.run(_SETTLE, scope=hold["scope"], win=hold["win"], amount=amount, used=used)
        if kind is LimitKind.BUDGET and spent["under_way"]:
            await _remember(tx, hold, used)
    await tx.run(f"DELETE FROM hold WHERE {unsettled}", job_id=job_id, booked=_BOOKED)


async def rebook(tx: Transaction, job_id: str) -> int:
    """Correct the budgets of a job that was settled before its last paid request was closed.

    Returns the change in micro-dollars; 0 if nothing had been booked on a guess.
    """
    booked = await tx.rows(
        "SELECT * FROM hold WHERE job_id = :job_id AND kind = :booked", job_id=job_id, booked=_BOOKED
    )
    if not booked:
        return 0
    spent = (await tx.rows(_SPENT, job_id=job_id))[0]
    change = 0
    for hold in booked:
        before = int(hold["amount"])
        used = max(int(spent["spent"]), before if spent["unpriced"] else 0)
        change = used - before
        await tx.run(_SETTLE, scope=hold["scope"], win=hold["win"], amount=0, used=change)
        await _remember(tx, hold, used)
    if not spent["under_way"]:
        await tx.run(
            "DELETE FROM hold WHERE job_id = :job_id AND kind = :booked", job_id=job_id, booked=_BOOKED
        )
    return change


async def _remember(tx: Transaction, hold: Row, used: int) -> None:
    place = {"job_id": hold["job_id"], "scope": hold["scope"], "win": hold["win"]}
    await tx.run(
        "UPDATE hold SET kind = :booked, amount = :used "
        "WHERE job_id = :job_id AND scope = :scope AND win = :win",
        booked=_BOOKED,
        used=used,
        **place,
    )


async def _filled(tx: Transaction, limit: Limit, now: float) -> LimitReached | None:
    found = await tx.rows(_SEEN, scope=limit.scope, win=limit.window)
    used = int(found[0]["used"] + found[0]["held"]) if found else 0
    if used + limit.amount <= limit.cap:
        return None
    wait = None
    if limit.resets_at is not None and limit.amount <= limit.cap:
        wait = max(0.0, limit.resets_at - now)
    return LimitReached(limit.kind, limit.scope, limit.cap, used, wait)


async def _cooling(tx: Transaction, rate: Rate, now: float) -> LimitReached | None:
    wait = await _arrival(tx, rate, now) - rate.interval * (rate.burst - 1) - now
    return LimitReached(LimitKind.COOLDOWN, rate.scope, rate.burst, rate.burst, wait) if wait > 0 else None


async def _arrival(tx: Transaction, rate: Rate, now: float) -> float:
    """Theoretical arrival time of the next request (generic cell rate algorithm)."""
    found = await tx.rows("SELECT tat FROM bucket WHERE key = :key", key=rate.scope)
    return max(float(found[0]["tat"]), now) if found else now

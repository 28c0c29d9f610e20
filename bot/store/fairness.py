"""Start-time fair queueing: a community with many jobs queues behind its own, not before everybody else.

Each job gets a virtual start; the one with the least runs next. `turn` holds a community's last virtual finish,
and under the empty name the queue's own clock. All inside a writer's unit.
"""

from typing import Final

from bot.store.database import Transaction

QUEUE_CLOCK: Final = ""


async def take_turn(tx: Transaction, tenant: str, weight: int) -> float:
    """The virtual start of a new job; `weight` is what it costs its community."""
    found = await tx.rows(
        "SELECT tenant, vfinish FROM turn WHERE tenant IN (:tenant, :clock)", tenant=tenant, clock=QUEUE_CLOCK
    )
    vstart = max((float(row["vfinish"]) for row in found), default=0.0)
    await _set(tx, tenant, vstart + weight)
    return vstart


async def advance(tx: Transaction, vstart: float) -> None:
    """The queue's clock stands at the start of the last job that was taken."""
    rows = await tx.rows("SELECT vfinish FROM turn WHERE tenant = :tenant", tenant=QUEUE_CLOCK)
    if not rows or float(rows[0]["vfinish"]) < vstart:
        await _set(tx, QUEUE_CLOCK, vstart)


async def _set(tx: Transaction, tenant: str, vfinish: float) -> None:
    sql = (
        "INSERT INTO turn(tenant, vfinish) VALUES (:tenant, :vfinish) "
        "ON CONFLICT(tenant) DO UPDATE SET vfinish = excluded.vfinish"
    )
    await tx.run(sql, tenant=tenant, vfinish=vfinish)

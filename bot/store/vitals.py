"""The few numbers that alarms need, by reads that stay cheap however long the history is."""

from typing import Final

from bot.domain.vitals import Vitals
from bot.store.database import Database

# Open jobs are few and found by the index on the state, whatever lies behind them.
_OPEN: Final = (
    "SELECT state, count(*) AS number, sum(CASE WHEN deadline < :now THEN 1 ELSE 0 END) AS overdue "
    "FROM job WHERE state IN ('queued', 'running') GROUP BY state"
)
_MONEY: Final = (
    "SELECT scope, win, used + held AS spent FROM budget WHERE ends_at > :now AND scope LIKE '%/money'"
)
_SUFFIX: Final = "/money"


async def read_vitals(database: Database, now: float) -> Vitals:
    """Raises StorageError."""
    jobs = {row["state"]: row for row in await database.read(_OPEN, now=now)}
    money = await database.read(_MONEY, now=now)
    return Vitals(
        queued=int(jobs["queued"]["number"]) if "queued" in jobs else 0,
        running=int(jobs["running"]["number"]) if "running" in jobs else 0,
        overdue=sum(int(row["overdue"]) for row in jobs.values()),
        money=tuple((row["scope"].removesuffix(_SUFFIX), row["win"], int(row["spent"])) for row in money),
    )

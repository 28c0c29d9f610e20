"""Start-time fair queueing: a community with many jobs queues behind its own, not before everybody else.

Each job gets a virtual start; the one with the least runs next. `turn` holds a community's last virtual finish,
and under the empty name the queue's own clock. All inside a writer's unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.store.database import Row, Statement

_CLOCK: Final = ""
_SET: Final = (
    "INSERT INTO turn(tenant, vfinish) VALUES (:tenant, :vfinish) "
    "ON CONFLICT(tenant) DO UPDATE SET vfinish = "
    "CASE WHEN excluded.vfinish > turn.vfinish THEN excluded.vfinish ELSE turn.vfinish END"
)
"""Time never goes back, in whatever order the requests of one batch are written."""


def look_at_turns(tenant: str = _CLOCK) -> Statement:
    """The queue's clock, and the community's last turn."""
    sql = "SELECT tenant, vfinish FROM turn WHERE tenant IN (:tenant, :clock)"
    return Statement(sql, {"tenant": tenant, "clock": _CLOCK})


@dataclass(frozen=True, slots=True)
class Turns:
    """Last virtual finishes by community."""

    finishes: dict[str, float]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Turns":
        """From the rows of `look_at_turns`."""
        return cls({row["tenant"]: float(row["vfinish"]) for row in rows})

    def take(self, tenant: str, weight: int) -> float:
        """The virtual start of a community's new job, which is its last turn from now on."""
        start = max(self.finishes.get(tenant, 0.0), self.finishes.get(_CLOCK, 0.0))
        self.finishes[tenant] = start + weight
        return start


def taking_turn(tenant: str, vstart: float, weight: int) -> Statement:
    """`weight` is what the job costs its community."""
    return Statement(_SET, {"tenant": tenant, "vfinish": vstart + weight})


def advancing(turns: Sequence[Row], vstart: float) -> Statement | None:
    """The queue's clock stands at the start of the last job that was taken."""
    if turns and float(turns[0]["vfinish"]) >= vstart:
        return None
    return Statement(_SET, {"tenant": _CLOCK, "vfinish": vstart})

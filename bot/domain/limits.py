"""Limits as data: what a request would use up, and what is left."""

from dataclasses import dataclass
from enum import StrEnum


class LimitKind(StrEnum):
    """What is counted. A full one is explained by the catalogue under the same name."""

    QUOTA = "quota"
    BUDGET = "budget"
    CONCURRENCY = "concurrency"
    COOLDOWN = "cooldown"


@dataclass(frozen=True, slots=True)
class Limit:
    """A cap within a window, reserved with the job and settled at its end.

    Attributes:
        scope: What the cap belongs to, e.g. "discord:4711/user:42".
        window: Name of the counting period, e.g. "2026-11-25"; "" for a cap on what is running now.
        amount: What this request would use: pictures, jobs or micro-dollars.
        cap: The most that may be used and held together.
        resets_at: Seconds since the epoch when the window ends; None for running jobs.
    """

    kind: LimitKind
    scope: str
    window: str
    amount: int
    cap: int
    resets_at: float | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """A cooldown (GCRA): `burst` requests at once, then one each `interval` seconds."""

    scope: str
    interval: float
    burst: int = 1


@dataclass(frozen=True, slots=True)
class LimitReached:
    """Which limit is full, and after how many seconds another try makes sense."""

    kind: LimitKind
    scope: str
    cap: int
    used: int
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What a scope has used and holds in one window."""

    scope: str
    window: str
    used: int
    held: int

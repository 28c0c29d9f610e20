"""What follows each end of an attempt, as a table that can be checked against the architecture notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.errors import (
    Exhausted,
    Misconfigured,
    ProviderError,
    ProviderFailed,
    Rejected,
    Throttled,
    UnknownOutcome,
    Unreachable,
    WarmingUp,
)


class Again(StrEnum):
    """Whether the same provider may be asked again."""

    NEVER = "never"
    ONCE = "once"
    AFTER_SHORT_WAIT = "after_short_wait"


class Onward(StrEnum):
    """Whether the next provider may be asked."""

    YES = "yes"
    NO = "no"
    IF_PAYING_TWICE = "if_paying_twice"


class Breaker(StrEnum):
    NOTHING = "nothing"
    COUNTS = "counts"
    OPENS_LONG = "opens_long"


@dataclass(frozen=True, slots=True)
class Decision:
    result: str
    again: Again
    onward: Onward
    breaker: Breaker


# The first matching row counts: a subclass stands before its base.
_TABLE: Final[tuple[tuple[type[ProviderError], Decision], ...]] = (
    (Throttled, Decision("throttled", Again.AFTER_SHORT_WAIT, Onward.YES, Breaker.NOTHING)),
    (Exhausted, Decision("exhausted", Again.NEVER, Onward.YES, Breaker.OPENS_LONG)),
    (Rejected, Decision("rejected", Again.NEVER, Onward.YES, Breaker.NOTHING)),
    (Misconfigured, Decision("misconfigured", Again.NEVER, Onward.YES, Breaker.OPENS_LONG)),
    (Unreachable, Decision("unreachable", Again.ONCE, Onward.YES, Breaker.COUNTS)),
    (WarmingUp, Decision("warming_up", Again.NEVER, Onward.YES, Breaker.NOTHING)),
    (ProviderFailed, Decision("failed", Again.NEVER, Onward.YES, Breaker.COUNTS)),
    (UnknownOutcome, Decision("unknown", Again.NEVER, Onward.IF_PAYING_TWICE, Breaker.COUNTS)),
    (ProviderError, Decision("failed", Again.NEVER, Onward.YES, Breaker.COUNTS)),
)

SHORT_WAIT: Final = 0.5
"""Seconds for which a throttled provider is waited for; longer waits go to the next one."""

# Which of several faults tells a person most, best first.
_TELLING: Final = (
    UnknownOutcome,
    Throttled,
    WarmingUp,
    Exhausted,
    ProviderFailed,
    Unreachable,
    Misconfigured,
)


def decide(fault: ProviderError) -> Decision:
    """The row for a fault."""
    return next(row for kind, row in _TABLE if isinstance(fault, kind))


def most_binding(faults: Sequence[ProviderError]) -> ProviderError:
    """Of the faults of several requests at once the one that forbids most, so that nothing is paid for twice."""

    def strength(fault: ProviderError) -> tuple[bool, bool, bool]:
        row = decide(fault)
        return (
            row.onward is Onward.IF_PAYING_TWICE,
            row.again is Again.NEVER,
            row.breaker is Breaker.OPENS_LONG,
        )

    return max(faults, key=strength)


def most_telling(faults: list[ProviderError]) -> ProviderError:
    """The fault to report when no route is left; of several throttles the one with the shortest wait."""
    for kind in _TELLING:
        found = [fault for fault in faults if isinstance(fault, kind)]
        if kind is Throttled and found:
            return min(found, key=lambda fault: getattr(fault, "retry_after", None) or 1e9)
        if found:
            return found[0]
    return faults[0]

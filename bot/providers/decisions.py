"""What follows each end of an attempt, as a table that can be checked against the architecture notes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.domain.errors import (
    ColdStart,
    Exhausted,
    Misconfigured,
    NotFetched,
    OutOfMemory,
    ProviderError,
    ProviderFailed,
    QueueFull,
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
    """Whether the next provider may be asked. IF_PAYING_TWICE: by the community's choice, or if nothing was to pay."""

    YES = "yes"
    NO = "no"
    IF_PAYING_TWICE = "if_paying_twice"


class Breaker(StrEnum):
    NOTHING = "nothing"
    COUNTS = "counts"
    OPENS_LONG = "opens_long"


@dataclass(frozen=True, slots=True)
class Decision:
    """A row of the table.

    Attributes:
        result: How the ledger and the metrics call this end.
        again, onward, breaker: The three columns.
    """

    result: str
    again: Again
    onward: Onward
    breaker: Breaker


_NEVER, _ONCE, _WAIT = Again.NEVER, Again.ONCE, Again.AFTER_SHORT_WAIT
_YES, _NO, _TWICE = Onward.YES, Onward.NO, Onward.IF_PAYING_TWICE
_NOTHING, _COUNTS, _LONG = Breaker.NOTHING, Breaker.COUNTS, Breaker.OPENS_LONG

# A refusal is no fault and stands in no row: nobody else is asked, and it says nothing about health.
# An error after a preview is an unknown outcome, whatever it says: the provider was at work.
# The first matching row counts: a subclass stands before its base.
TABLE: Final[Mapping[type[ProviderError], Decision]] = MappingProxyType({
    # fault                   result             same again?  next one?  breaker
    Throttled:       Decision("throttled",       _WAIT,       _YES,      _NOTHING),
    Exhausted:       Decision("exhausted",       _NEVER,      _YES,      _LONG),
    Rejected:        Decision("rejected",        _NEVER,      _YES,      _NOTHING),
    Misconfigured:   Decision("misconfigured",   _NEVER,      _YES,      _LONG),
    Unreachable:     Decision("unreachable",     _ONCE,       _YES,      _COUNTS),
    ColdStart:       Decision("cold_start",      _NEVER,      _YES,      _NOTHING),
    WarmingUp:       Decision("warming_up",      _NEVER,      _YES,      _NOTHING),
    QueueFull:       Decision("queue_full",      _NEVER,      _YES,      _COUNTS),
    OutOfMemory:     Decision("out_of_memory",   _NEVER,      _YES,      _COUNTS),
    ProviderFailed:  Decision("failed",          _NEVER,      _YES,      _COUNTS),
    UnknownOutcome:  Decision("unknown",         _NEVER,      _TWICE,    _COUNTS),
    NotFetched:      Decision("not_fetched",     _NEVER,      _NO,       _NOTHING),
    ProviderError:   Decision("failed",          _NEVER,      _YES,      _COUNTS),
})  # fmt: skip

SHORT_WAIT: Final = 0.5
"""Seconds for which a throttled provider is waited for; longer waits go to the next one."""

# Which of several faults tells a person most, best first.
_TELLING: Final = (
    NotFetched,
    UnknownOutcome,
    Throttled,
    WarmingUp,
    OutOfMemory,
    QueueFull,
    Exhausted,
    ProviderFailed,
    Unreachable,
    Misconfigured,
)


def decide(fault: ProviderError) -> Decision:
    """The row for a fault."""
    return next(row for kind, row in TABLE.items() if isinstance(fault, kind))


def most_binding(faults: Sequence[ProviderError]) -> ProviderError:
    """Of the faults of several requests at once the one that forbids most, so that nothing is paid for twice."""

    def strength(fault: ProviderError) -> tuple[bool, bool, bool, bool]:
        row = decide(fault)
        return (
            row.onward is Onward.NO,
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

"""What an operator's alarms look at beyond counters: jobs of all processes, and how full budgets are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vitals:
    """State of the whole installation, as any replica sees it.

    Attributes:
        queued, running: Open jobs of all processes.
        overdue: Open jobs past their own deadline: nobody takes care of them.
        money: Micro-dollars used and held by window, by community, e.g. ("discord:4711", "2026-11", 5_000_000).
    """

    queued: int
    running: int
    overdue: int
    money: tuple[tuple[str, str, int], ...] = ()

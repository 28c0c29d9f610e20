"""Deadlines in wall-clock time, so that a job keeps its own across a restart."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment after which waiting is pointless. `at` is seconds since the epoch."""

    at: float

    def remaining(self, now: float) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.at - now)

    def within(self, now: float, seconds: float) -> "Deadline":
        """The earlier of this deadline and `seconds` from now."""
        return Deadline(min(self.at, now + seconds))

"""A circuit breaker per provider: after a row of faults it is left alone for a while, then tried once.

Refusals and cancellations say nothing about a provider's health and are not reported here.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

IN_A_ROW: Final = 3
WINDOW: Final = 8
SHARE: Final = 0.5
FIRST_PAUSE: Final = 2.0
LONGEST_PAUSE: Final = 60.0
LONG: Final = 600.0
"""Seconds for what only an operator can mend: no money, a wrong key."""


@dataclass
class Circuit:
    """`now` is the injected clock. All methods are called from one event loop."""

    now: Callable[[], float]
    _recent: deque[bool] = field(default_factory=lambda: deque(maxlen=WINDOW))
    _row: int = 0
    _pause: float = FIRST_PAUSE
    _open_until: float | None = None
    _probing: bool = False

    @property
    def is_open(self) -> bool:
        return self._open_until is not None

    @property
    def resting(self) -> bool:
        """Nobody is let through yet. Afterwards it stays open until somebody has been let through and it went well."""
        return self._open_until is not None and self.now() < self._open_until

    @property
    def may_try(self) -> bool:
        """What `admit` would say, without taking the place of the one request that is let through half open."""
        return self._open_until is None or (self.now() >= self._open_until and not self._probing)

    def admit(self) -> bool:
        """Whether a request may go through now. Half open, exactly one may, until it is reported."""
        if not self.may_try:
            return False
        self._probing = self._open_until is not None
        return True

    def succeeded(self) -> None:
        self._recent.append(True)
        self._row = 0
        self._pause = FIRST_PAUSE
        self._open_until = None
        self._probing = False

    def failed(self) -> None:
        """A fault that counts."""
        self._recent.append(False)
        self._row += 1
        if self._probing:
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            self._open(self._pause)
        elif self._row >= IN_A_ROW or self._mostly_failing():
            self._open(self._pause)

    def fault_of_ours(self) -> None:
        """Money or configuration: only an operator can mend it."""
        self._open(LONG)

    def undecided(self) -> None:
        """The probe ended without saying anything about health (cancelled, refused, throttled)."""
        self._probing = False

    def _mostly_failing(self) -> bool:
        faults = self._recent.count(False)
        return len(self._recent) == WINDOW and faults >= WINDOW * SHARE

    def _open(self, seconds: float) -> None:
        self._open_until = self.now() + seconds
        self._probing = False
        self._recent.clear()
        self._row = 0

"""Time, as a dependency."""

from typing import Protocol


class Clock(Protocol):
    """Time as a dependency, so that tests own it."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    async def sleep(self, seconds: float) -> None: ...

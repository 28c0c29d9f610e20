"""Large answers are read a few at a time, so that thirty which arrive together are not all half in memory at once.

The others wait in the connections' own buffers, and the first ones are done sooner.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

_PLACES: Final = 16
_SECONDS: Final = 0.25


class Turns:
    """Places for answers that are being read.

    Args:
        places: Answers read at once.
        seconds: After this long an answer gives its place to the next one and goes on without it: a slow connection
            holds nobody up, and takes its memory slowly.
    """

    def __init__(self, places: int = _PLACES, seconds: float = _SECONDS) -> None:
        self._free = asyncio.Semaphore(places)
        self._seconds = seconds

    @asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
        """Wait for a place; the caller's deadline bounds the wait."""
        await self._free.acquire()
        place = _Place(self._free)
        timer = asyncio.get_running_loop().call_later(self._seconds, place.leave)
        try:
            yield
        finally:
            timer.cancel()
            place.leave()


class _Place:
    """One place, which is left once however often it is asked for."""

    def __init__(self, free: asyncio.Semaphore) -> None:
        self._free: asyncio.Semaphore | None = free

    def leave(self) -> None:
        free, self._free = self._free, None
        if free is not None:
            free.release()

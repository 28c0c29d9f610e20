"""A bound for the bytes of pictures in memory: who wants more has to wait, instead of the process growing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class ByteBudget:
    """A semaphore that counts bytes: many small pictures at once, or few large ones."""

    def __init__(self, limit: int) -> None:
        self._free = limit
        self._limit = limit
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def take(self, size: int) -> AsyncIterator[None]:
        """Hold `size` bytes; a size over the limit gets the whole budget to itself."""
        share = min(size, self._limit)
        async with self._changed:
            await self._changed.wait_for(lambda: self._free >= share)
            self._free -= share
        try:
            yield
        finally:
            async with self._changed:
                self._free += share
                self._changed.notify_all()

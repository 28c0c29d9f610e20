"""A bound for the bytes of pictures in memory: who wants more has to wait, instead of the process growing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class ByteBudget:
    """A semaphore that counts bytes: many small pictures at once, or few large ones.

    Args:
        largest: Bytes that one picture takes at most, however large it is: the rest of it is not in memory.
    """

    def __init__(self, limit: int, *, largest: int | None = None) -> None:
        self._largest = largest
        self._free = limit
        self._limit = limit
        self._changed = asyncio.Condition()

    def of_pictures(self, size: int, count: int = 1) -> int:
        """Bytes that so many pictures of that size take."""
        return count * (size if self._largest is None else min(size, self._largest))

    @asynccontextmanager
    async def overdraw(self, size: int) -> AsyncIterator[None]:
        """Count what is in memory already, unforeseen: nobody waits for it, but those who come after do."""
        self._free -= size
        try:
            yield
        finally:
            await self._give_back(size)

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
            await self._give_back(share)

    async def _give_back(self, size: int) -> None:
        async with self._changed:
            self._free += size
            self._changed.notify_all()

"""Waiting for a change of the world, without polling."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Pulse:
    """Whoever waits is woken after each change and looks again."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def beat(self) -> None:
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, look: Callable[[], T | None], timeout: float, describe: Callable[[], str]) -> T:
        """The first value of `look` that is neither None nor False. AssertionError with `describe()` if too late."""
        deadline = asyncio.get_running_loop().time() + timeout
        while True:
            found = look()
            if found is not None and found is not False:
                return found
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                raise AssertionError(f"nothing after {timeout:g} s: {describe()}")
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.add(future)
            try:
                await asyncio.wait_for(future, left)
            except TimeoutError:
                continue
            finally:
                self._waiting.discard(future)

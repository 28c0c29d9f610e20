"""Threads for decoding and encoding pictures: fewer than processors, so that answering people never waits for them."""

import asyncio
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, ParamSpec, TypeVar

from bot.rush import Rush

Args = ParamSpec("Args")
Result = TypeVar("Result")

_MOST: Final = 8


def threads_for(processors: int) -> int:
    """How many pictures are decoded at once on such a machine.

    Each takes 4 bytes a pixel: a container on a node of 64 processors seldom has memory for 63 of them.
    """
    return max(1, min(processors - 1, _MOST))


_pool: Final = ThreadPoolExecutor(threads_for(os.cpu_count() or 2), thread_name_prefix="pictures")
_rush: Final[ContextVar[Rush | None]] = ContextVar("rush", default=None)


@contextmanager
def giving_way_to(rush: Rush) -> Iterator[None]:
    """In this block, and in tasks begun in it, encoding waits until the rush is over."""
    _rush.set(rush)
    try:
        yield
    finally:
        _rush.set(None)


async def encoding(work: Callable[Args, Result], *args: Args.args, **kwargs: Args.kwargs) -> Result:
    """Run `work` when one of the threads is free and no rush is on; its exceptions are raised here."""
    if (rush := _rush.get()) is not None:
        await rush.over()
    return await asyncio.get_running_loop().run_in_executor(_pool, lambda: work(*args, **kwargs))

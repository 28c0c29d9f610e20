"""Threads for decoding and encoding pictures: one fewer than processors, so that answering people never waits for them."""

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

_THREADS: Final = max(1, (os.cpu_count() or 2) - 1)
_pool: Final = ThreadPoolExecutor(_THREADS, thread_name_prefix="pictures")
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

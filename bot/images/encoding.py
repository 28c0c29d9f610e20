"""Threads for decoding and encoding pictures: one fewer than processors, so that answering people never waits for them."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from bot.rush import RUSH

Args = ParamSpec("Args")
Result = TypeVar("Result")

_THREADS: Final = max(1, (os.cpu_count() or 2) - 1)
_pool: Final = ThreadPoolExecutor(_THREADS, thread_name_prefix="pictures")


async def encoding(work: Callable[Args, Result], *args: Args.args, **kwargs: Args.kwargs) -> Result:
    """Run `work` when one of the threads is free and no rush is on; its exceptions are raised here."""
    await RUSH.over()
    return await asyncio.get_running_loop().run_in_executor(_pool, lambda: work(*args, **kwargs))

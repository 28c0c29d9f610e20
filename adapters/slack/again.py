"""Writes of which twice is once are tried again after a bad moment of Slack's."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from adapters.slack.web_api import LOST, Refusal
from bot.ports import Clock

SECONDS: Final = 60.0
"""For all tries together, with the pauses between them."""

Written = TypeVar("Written")


async def again(
    write: Callable[[], Awaitable[Written]], clock: Clock, *, tries: int, pause: float
) -> Written:
    """Up to `tries` times, `pause` seconds apart or as far as Slack asks for, as long as that fits into `SECONDS`.

    Raises what the last try raised: Refusal, or one of `LOST`, which the end of the time is as well.
    """
    until = clock.now() + SECONDS
    async with asyncio.timeout(SECONDS):
        while True:
            tries -= 1
            wait = pause
            try:
                return await write()
            except Refusal as refusal:
                wait = max(pause, refusal.retry_after)
                if not (tries and refusal.passing) or clock.now() + wait > until:
                    raise
            except LOST:
                if not tries:
                    raise
            await clock.sleep(wait)

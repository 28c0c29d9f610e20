"""Every call to Discord goes through here: an own deadline, an own retry for lost connections.

discord.py repeats neither resets nor closed connections on Linux, and may sleep for minutes on 5xx and 429.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import aiohttp
import discord
import structlog

from bot.ports import Clock

log = structlog.get_logger(__name__)

CALL_SECONDS: Final = 20.0
BAN_SECONDS: Final = 5.0
"""First pause after a 429 that is not one of Discord's rate limits; each call that is answered so makes it worse."""
_TRIES: Final = 4
_TOO_MANY: Final = 429
LOST: Final = (aiohttp.ClientError, OSError, TimeoutError)
"""No answer has come: the request may have arrived all the same."""

Result = TypeVar("Result")


async def call(
    request: Callable[[], Awaitable[Result]],
    clock: Clock,
    *,
    seconds: float = CALL_SECONDS,
    tries: int = _TRIES,
) -> Result:
    """Run `request`, again if the connection was lost or Discord had a bad moment.

    Only for what may be repeated: edits, deletions, reads. `request` makes its files anew each time, since
    discord.py closes them.

    Raises:
        discord.HTTPException: Discord's answer.
        OSError, TimeoutError, aiohttp.ClientError: no answer after all tries.
    """
    for attempt in range(1, tries + 1):
        try:
            async with asyncio.timeout(seconds):
                return await request()
        except discord.HTTPException as error:
            banned = error.status == _TOO_MANY
            if attempt == tries or not (banned or error.status >= 500):
                raise
            if banned:
                # The library waits out Discord's own limits; what it raises is a block of this machine's address.
                log.warning("discord_blocks_this_address", attempt=attempt)
                await clock.sleep(BAN_SECONDS * 2 ** (attempt - 1))
                continue
        except LOST:
            if attempt == tries:
                raise
        await clock.sleep(0.25 * 2**attempt)
    raise AssertionError("unreachable")


def brief(fault: BaseException) -> str:
    """A fault for the log, without anything that people wrote."""
    if isinstance(fault, discord.HTTPException):
        return f"{fault.status}/{fault.code}"
    return type(fault).__name__

"""Files that people have put into Discord. Their addresses are signed, so they are fetched without our token.

The library reads a file whole, however large it is; whoever pays Discord may put up half a gigabyte.
"""

from typing import Final

import aiohttp

from adapters.discord.calls import LOST, call
from bot.domain.errors import InvalidImage
from bot.images.inspect import MAX_UPLOAD
from bot.ports import Clock

_SECONDS: Final = 20.0
_TRIES: Final = 2


async def fetch_file(url: str, clock: Clock) -> bytes:
    """At most `MAX_UPLOAD` bytes. Raises InvalidImage: not given out, or too large."""

    async def get() -> bytes:
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            if answer.status != 200:
                raise InvalidImage("Discord does not give the file out")
            data = bytearray()
            async for piece in answer.content.iter_any():
                data += piece
                if len(data) > MAX_UPLOAD:
                    raise InvalidImage("the file is too large")
            return bytes(data)

    try:
        return await call(get, clock, seconds=_SECONDS, tries=_TRIES)
    except LOST:
        raise InvalidImage("Discord does not give the file out") from None

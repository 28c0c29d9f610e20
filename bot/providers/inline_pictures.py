"""A picture out of base64 that is in memory already as a whole."""

import asyncio
from typing import Final

import pybase64

from bot.domain.images import PictureData
from bot.images.spool import Spool

_SMALL: Final = 4 * 1024 * 1024
"""Bytes up to which decoding holds nobody up."""
_PIECE: Final = 1024 * 1024
"""Characters decoded at once; four of them are three bytes."""


async def decoded(text: str, spool: Spool) -> PictureData:
    """Large ones in a thread.

    Raises:
        ValueError: not base64.
        OSError: the disk gave nothing back.
    """
    if len(text) * 3 // 4 <= min(_SMALL, spool.above):
        return pybase64.b64decode(text, validate=True)
    return await asyncio.to_thread(decoded_now, text, spool)


def decoded_now(text: str, spool: Spool) -> PictureData:
    """As `decoded`, in this thread."""
    if text.find("=", 0, -2) >= 0:
        raise ValueError("padding that is not at the end")
    intake = spool.intake()
    for begin in range(0, len(text), _PIECE):
        intake.write(pybase64.b64decode(text[begin : begin + _PIECE], validate=True))
    return intake.getvalue()

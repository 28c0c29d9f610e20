"""Server-sent events that stay alive: a comment whenever nothing was said for a while."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Any, Final

HEARTBEAT_SECONDS: Final = 15.0
"""The page takes 40 s of silence for a dead connection; proxies usually cut at 60 s."""
_COMMENT: Final = b": still here\n\n"


async def kept_alive(
    views: AsyncIterator[Mapping[str, Any]], leaving: asyncio.Event, every: float = HEARTBEAT_SECONDS
) -> AsyncGenerator[bytes, None]:
    """Each view as an event named "job", numbered from 1; a comment after every `every` seconds without one.

    A slow view is waited for, never begun anew. Closing the generator ends the wait and closes `views`; once `leaving`
    is set it ends by itself, and the page comes again, to whoever answers then.
    """
    number = 0
    waiting = asyncio.ensure_future(anext(views, None))
    left = asyncio.ensure_future(leaving.wait())
    try:
        while True:
            done, _ = await asyncio.wait({waiting, left}, timeout=every, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                yield _COMMENT
                continue
            if waiting not in done:
                return
            view = waiting.result()
            if view is None:
                return
            number += 1
            yield f"id: {number}\nevent: job\ndata: {json.dumps(view, ensure_ascii=False)}\n\n".encode()
            waiting = asyncio.ensure_future(anext(views, None))
    finally:
        waiting.cancel()
        left.cancel()
        await asyncio.gather(waiting, left, return_exceptions=True)
        if isinstance(views, AsyncGenerator):
            await views.aclose()

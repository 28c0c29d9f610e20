"""Server-sent events that stay alive: a comment whenever nothing was said for a while."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Any, Final

HEARTBEAT_SECONDS: Final = 15.0
"""The page takes 40 s of silence for a dead connection; proxies usually cut at 60 s."""
_COMMENT: Final = b": still here\n\n"


async def kept_alive(
    views: AsyncIterator[Mapping[str, Any]], every: float = HEARTBEAT_SECONDS
) -> AsyncGenerator[bytes, None]:
    """Each view as an event named "job", numbered from 1; a comment after every `every` seconds without one.

    A slow view is waited for, never begun anew. Closing the generator ends the wait and closes `views`.
    """
    number = 0
    waiting = asyncio.ensure_future(anext(views, None))
    try:
        while True:
            done, _ = await asyncio.wait({waiting}, timeout=every)
            if not done:
                yield _COMMENT
                continue
            view = waiting.result()
            if view is None:
                return
            number += 1
            yield f"id: {number}\nevent: job\ndata: {json.dumps(view, ensure_ascii=False)}\n\n".encode()
            waiting = asyncio.ensure_future(anext(views, None))
    finally:
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        if isinstance(views, AsyncGenerator):
            await views.aclose()

"""The OpenAI SDK, made once at start: importing and building it takes more than a second, so in a thread."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from bot.settings import ProviderSettings

if TYPE_CHECKING:
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient

Counting = Callable[[str, str], None]
"""Told about each request: the path, and ok, refused (4xx), failed (5xx) or lost (no answer)."""

_CONNECT_SECONDS = 3.0
_READ_SECONDS = 420.0
_READ_BYTES = 256 * 1024
"""What a read takes off a connection at most. With the library's own 64 KiB an answer of 2 MB wakes the event loop four
times as often; as measured this is a third of a picture's CPU time."""


async def open_client(
    key: SecretStr | None, base_url: str | None, *uses: str, counted: Counting | None = None
) -> "AsyncOpenAI":
    """A client without retries of its own: one lost answer could otherwise be paid three times.

    `uses` names the parts of the API that are going to be called (`images`, `chat.completions`). Their code is imported
    here; by itself the library does that at the first call, which holds up the event loop.
    """
    return await asyncio.to_thread(_build, key, base_url, uses, counted)


@asynccontextmanager
async def lent_client(
    keys: ProviderSettings, *uses: str, counted: Counting | None = None
) -> AsyncIterator["AsyncOpenAI"]:
    """What `open_client` opens at the address of the settings, closed with the block."""
    client = await open_client(keys.openai_api_key, keys.openai_base_url, *uses, counted=counted)
    try:
        yield client
    finally:
        await client.close()


def _build(
    key: SecretStr | None, base_url: str | None, uses: Sequence[str], counted: Counting | None
) -> "AsyncOpenAI":
    import anyio
    import httpcore2
    import openai

    httpcore2.AsyncHTTP11Connection.READ_NUM_BYTES = _READ_BYTES
    anyio.run(anyio.sleep, 0)  # imports its side of asyncio
    client = openai.AsyncOpenAI(
        api_key=key.get_secret_value() if key else "none",
        base_url=base_url,
        max_retries=0,
        timeout=openai.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS),
        http_client=_http(counted),
    )
    for part in uses:
        attrgetter(part)(client)
    return client


def _http(counted: Counting | None) -> "DefaultAsyncHttpxClient":
    """The library's own HTTP client; with `counted` it tells about each request, whatever becomes of it.

    A request that is sent on to another address could be paid twice, and takes the words along.
    """
    import openai

    if counted is None:
        return openai.DefaultAsyncHttpxClient(verify=_tls(), follow_redirects=False)
    count = counted

    class Counted(openai.DefaultAsyncHttpxClient):
        async def send(self, request: Any, **options: Any) -> Any:
            result = "lost"
            try:
                answer = await super().send(request, **options)
                result = ("ok", "refused", "failed")[max(0, min(answer.status_code // 100 - 3, 2))]
                return answer
            finally:
                count(request.url.path, result)

    return Counted(verify=_tls(), follow_redirects=False)


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """The library's own context, made once: each one loads all authorities anew."""
    import httpx2

    return httpx2.create_ssl_context()

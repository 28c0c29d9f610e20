"""The OpenAI SDK, made once at start: importing and building it takes more than a second, so in a thread."""

import asyncio
from typing import TYPE_CHECKING

from pydantic import SecretStr

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_CONNECT_SECONDS = 3.0
_READ_SECONDS = 420.0


async def open_client(key: SecretStr | None, base_url: str | None) -> "AsyncOpenAI":
    """A client without retries of its own: one lost answer could otherwise be paid three times."""
    return await asyncio.to_thread(_build, key, base_url)


def _build(key: SecretStr | None, base_url: str | None) -> "AsyncOpenAI":
    import openai

    return openai.AsyncOpenAI(
        api_key=key.get_secret_value() if key else "none",
        base_url=base_url,
        max_retries=0,
        timeout=openai.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS),
    )

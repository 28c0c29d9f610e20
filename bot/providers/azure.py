"""Azure OpenAI and gateways made after it: the key in a header of its own, a version in the query, deployments for models.

Source: Microsoft's "How to use Azure OpenAI image generation models"; both of its addresses are taken, the newer
`…/openai/v1` and `…/openai/deployments/NAME?api-version=…`.
"""

import asyncio
from typing import TYPE_CHECKING, Any, Final

import httpx
from pydantic import SecretStr

from bot.domain.errors import ConfigurationError
from bot.domain.images import MediaType
from bot.images.download import is_loopback_name
from bot.providers.openai_client import open_client

if TYPE_CHECKING:
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient

FORMATS: Final = (MediaType.PNG, MediaType.JPEG)
"""Whatever the model behind a deployment makes elsewhere: no WebP."""
_VERSION: Final = "api-version"
_NEWEST: Final = "preview"
"""What the newer address takes for pictures; the older one takes dates, which have to be told."""


async def open_azure_client(key: SecretStr, base_url: str) -> "AsyncOpenAI":
    """A client that only draws.

    Raises:
        ConfigurationError: the address is not usable.
    """
    address = _checked(base_url)
    plain = await open_client(key, str(address.copy_with(query=None)), "images")
    version = address.params.get(_VERSION, _NEWEST)
    keyed = plain.with_options(
        http_client=await asyncio.to_thread(_own_http), default_query={_VERSION: version}
    )
    await plain.close()
    return keyed


def _own_http() -> "DefaultAsyncHttpxClient":
    """The library's, but for the key's header. It follows no redirects: only a usual header is left out there."""
    import openai

    hooks = {"request": [_key_in_its_own_header]}
    return openai.DefaultAsyncHttpxClient(follow_redirects=False, event_hooks=hooks)


async def _key_in_its_own_header(request: Any) -> None:
    request.headers["api-key"] = request.headers.pop("authorization").removeprefix("Bearer ")


def _checked(text: str) -> httpx.URL:
    """The key goes there with every request: to https, or to this machine."""
    try:
        address = httpx.URL(text)
    except httpx.InvalidURL:
        address = httpx.URL("")
    safe = address.scheme == "https" or (address.scheme == "http" and is_loopback_name(address.host))
    if not (safe and address.host and "/openai" in address.path):
        raise ConfigurationError(
            "AZURE_OPENAI_BASE_URL is not usable",
            "It takes https://RESOURCE.openai.azure.com/openai/v1, or an address of a deployment with its api-version.",
        )
    return address

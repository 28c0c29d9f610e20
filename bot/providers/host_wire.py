"""Calls to a submit/poll host: the key goes along, and therefore never anywhere else."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from bot.domain.errors import ConfigurationError
from bot.http import HttpClient
from bot.images.download import host_matches, is_loopback_name
from bot.providers.host_faults import Answer
from bot.providers.host_spec import HostSpec, text_at

_GET_SECONDS: Final = 30.0
_BIG_JSON: Final = 256 * 1024
"""Bytes from which parsing would hold up the event loop."""


class ForeignAddress(Exception):
    """An answer names an address that may not see the key, or none at all."""


@dataclass(slots=True)
class HostWire:
    """One account at one host.

    Raises:
        ConfigurationError: `base_url` is neither https nor plain http on loopback.
    """

    spec: HostSpec
    endpoint: str
    key: SecretStr
    base_url: str
    http: HttpClient
    _base: httpx.URL = field(init=False)

    def __post_init__(self) -> None:
        self._base = _checked(self.spec, self.base_url)

    @property
    def on_loopback(self) -> bool:
        """The base URL is plain http, which is taken on loopback only."""
        return self._base.scheme == "http"

    async def ask(
        self,
        method: str,
        url: httpx.URL,
        seconds: float = _GET_SECONDS,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One exchange; `body` is JSON. Raises httpx.HTTPError, TimeoutError."""
        sent = {
            "Accept": "application/json",
            **({"Content-Type": "application/json"} if body is not None else {}),
            **(headers or {}),
            **self.spec.auth(self.key.get_secret_value()),
        }
        async with asyncio.timeout(seconds):
            response = await self.http.request(method, url, content=body, headers=sent)
        return Answer(response.status_code, response.headers, await _parsed(response.content))

    def own(self, template: str, task_id: str = "") -> httpx.URL:
        """An address at our own base URL; see `HostSpec`."""
        return self._base.join(template.format(endpoint=quote(self.endpoint), id=quote(task_id, safe="")))

    def address(self, address: str, task_id: str, answer: Any) -> httpx.URL:
        """An address as `HostSpec` defines it.

        Raises:
            ForeignAddress: it is neither at our base URL nor, by https, at one of the host's names.
        """
        if address.startswith("/"):
            return self.own(address, task_id)
        try:
            url = httpx.URL(text_at(answer, address))
        except httpx.InvalidURL:
            raise ForeignAddress from None
        ours = _origin(url) == _origin(self._base)
        known = _origin(url) == ("https", url.host, 443) and host_matches(url.host, self.spec.poll_hosts)
        if url.userinfo or not (ours or known):
            raise ForeignAddress
        return url


async def _parsed(content: bytes) -> Any:
    """JSON, None if it is none."""
    try:
        return (
            await asyncio.to_thread(json.loads, content) if len(content) > _BIG_JSON else json.loads(content)
        )
    except ValueError:
        return None


def _checked(spec: HostSpec, text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.host and (url.scheme == "https" or (url.scheme == "http" and is_loopback_name(url.host))):
        return url
    raise ConfigurationError(
        f"The base URL of {spec.name} is not usable",
        "It takes https and a host; plain http only on this machine's loopback address.",
    )


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)

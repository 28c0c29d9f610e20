"""The one shared HTTP session and the Web API client on it.

A shared session drops the client's own timeout, so the session has it. Rate limits are waited for; a connection
lost after sending is never repeated blindly, since a post could appear twice.
"""

import ssl
from typing import Any, Final

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

CALL_SECONDS: Final = 15.0


def open_session() -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(), limit=64)
    return aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=CALL_SECONDS))


def web_client(session: aiohttp.ClientSession, base_url: str, token: str | None) -> AsyncWebClient:
    """A client for one token; all of them share the session."""
    handlers: list[Any] = [AsyncRateLimitErrorRetryHandler(max_retry_count=2)]
    base = base_url if base_url.endswith("/") else f"{base_url}/"
    return AsyncWebClient(token=token, base_url=base, session=session, retry_handlers=handlers)

"""The one place that makes HTTP clients, so that a move to another library is a one-file change."""

import ssl
from functools import lru_cache
from typing import Final

import httpx

HttpClient = httpx.AsyncClient

_CONNECT_SECONDS: Final = 5.0
_LIMITS: Final = httpx.Limits(max_connections=200, max_keepalive_connections=40, keepalive_expiry=30.0)


def open_http(*, seconds: float) -> HttpClient:
    """A client for `async with`. It follows no redirects and reads no proxy or key from the environment.

    Args:
        seconds: Longest silence of the other side; a limit for the whole exchange is the caller's deadline.
    """
    return HttpClient(
        verify=_tls(),
        timeout=httpx.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS)),
        limits=_LIMITS,
        follow_redirects=False,
        trust_env=False,
    )


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """Shared by all clients: loading the authorities takes tens of milliseconds."""
    return ssl.create_default_context()

"""Which page a request comes from, as far as its browser says so."""

from typing import NamedTuple
from urllib.parse import urlsplit


class Origin(NamedTuple):
    scheme: str
    netloc: str


def origin_of(header: str) -> Origin | None:
    """What an Origin header names; None for "null" and for what is no origin at all: that is nobody's page."""
    try:
        parts = urlsplit(header)
    except ValueError:
        return None
    return Origin(parts.scheme, parts.netloc) if parts.scheme and parts.netloc else None

"""Snowflake ids of now: clients read the time from them."""

import itertools
import time
from datetime import UTC, datetime

EPOCH_MS = 1_420_070_400_000
_counter = itertools.count(1)


def snowflake(age: float = 0.0) -> int:
    """A new id; `age` in seconds dates it back."""
    milliseconds = int((time.time() - age) * 1000) - EPOCH_MS
    return (milliseconds << 22) | (next(_counter) & 0x3FFFFF)


def created_at(identifier: int) -> float:
    """Seconds since 1970."""
    return ((identifier >> 22) + EPOCH_MS) / 1000


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()

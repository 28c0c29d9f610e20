"""The net below every listener: nothing leaves it, and the person is told.

An exception behind `ack()` would destroy the acknowledgement inside bolt, so listeners are wrapped one by one.
"""

import functools
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import structlog

log = structlog.get_logger(__name__)

Listener = Callable[..., Awaitable[None]]


class Apologizer(Protocol):
    """Tells a person, by whatever door their event opened, that something went wrong on our side."""

    async def apologize(self, body: dict[str, Any]) -> None: ...


def safe(apologizer: Apologizer, listener: Listener) -> Listener:
    """The listener with everything it raises caught, logged and apologised for, once."""

    @functools.wraps(listener)
    async def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            await listener(*args, **kwargs)
        except Exception:
            log.exception("listener_failed", listener=listener.__name__)
            try:
                await apologizer.apologize(kwargs["body"])
            except Exception:
                log.exception("apology_failed", listener=listener.__name__)

    return wrapped

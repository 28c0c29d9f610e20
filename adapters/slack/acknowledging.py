"""When an event is acknowledged: as soon as its request is in the ledger, and never later than one and a half seconds.

Slack shows a person its own error, or delivers the event again, as long as nobody has acknowledged it. So a process that
is killed in between leaves nobody waiting in silence; once acknowledged, the ledger's sweep takes care of the request.
What needs no ledger, or waits for somebody else, is acknowledged at its end or when that time is over.
"""

import asyncio
from contextlib import suppress
from contextvars import ContextVar
from typing import Any, Final, Self

WITHIN: Final = 1.5
"""Seconds. Slack's limit is 3."""

_written: ContextVar[asyncio.Event | None] = ContextVar("slack_event_written", default=None)


class Acknowledgement:
    """One event's; the work has to be started as a task while it is open."""

    def __init__(self) -> None:
        self._due = asyncio.Event()

    def __enter__(self) -> Self:
        self._token = _written.set(self._due)
        return self

    def __exit__(self, *_: object) -> None:
        _written.reset(self._token)

    async def due(self, work: asyncio.Task[Any]) -> None:
        """Returns when it is time."""
        work.add_done_callback(lambda _: self._due.set())
        with suppress(TimeoutError):
            async with asyncio.timeout(WITHIN):
                await self._due.wait()


def in_the_ledger() -> None:
    """What the event asks for is written down, or is not going to be."""
    if (due := _written.get()) is not None:
        due.set()

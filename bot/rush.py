"""Whoever waits for an acknowledgement comes first: work that can wait begins once the rush is over.

Starting a job, or decoding a picture, costs more of the processor than taking a request does. In a rush the last ones
would wait for the work of the first ones, and a chat gives an acknowledgement three seconds, while a picture may take
minutes. The composition root makes one for the process, as there is one event loop and one interpreter's lock, and
hands it to those who acknowledge and to those who encode.
"""

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

MOST_SECONDS: Final = 2.0
"""Nothing is held back for longer, however many go on arriving."""
MANY: Final = 10
"""So many within a second are a rush: then those who are about to arrive count as well."""
_LOOK_SECONDS: Final = 0.05


class Rush:
    """Knows which requests are not acknowledged yet, and when the last ones came."""

    def __init__(self) -> None:
        self._waiting = 0
        self._arrivals: deque[float] = deque(maxlen=MANY)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """For the time from a request's arrival to its acknowledgement."""
        self._waiting += 1
        self._arrivals.append(time.monotonic())
        try:
            yield
        finally:
            self._waiting -= 1

    async def over(self) -> None:
        """Returns when nobody waits or is about to, at the latest after `MOST_SECONDS`."""
        latest = time.monotonic() + MOST_SECONDS
        while self._on() and time.monotonic() < latest:  # noqa: ASYNC110 - the arrivals also end by time alone
            await asyncio.sleep(_LOOK_SECONDS)

    def _on(self) -> bool:
        many = len(self._arrivals) == MANY and time.monotonic() - self._arrivals[0] < 1.0
        return many or self._waiting > 0

"""The wish to stop a job: heard in this process at once, elsewhere within seconds.

It is written into the job's row, so that it also reaches a job that is still queued or that another process runs.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from bot.domain.requests import JobId

WISH: Final = "cancel"
"""The key in a job's `message` that says: its requester wants it stopped."""


class CancelBoard:
    """Wishes within this process, by job id."""

    def __init__(self) -> None:
        self._listening: defaultdict[JobId, set[asyncio.Event]] = defaultdict(set)

    def cancel(self, job_id: JobId) -> None:
        for event in self._listening.get(job_id, ()):
            event.set()

    @contextmanager
    def listening(self, job_id: JobId) -> Iterator[asyncio.Event]:
        """An event that is set when somebody in this process wants the job stopped."""
        event = asyncio.Event()
        self._listening[job_id].add(event)
        try:
            yield event
        finally:
            self._listening[job_id].discard(event)
            if not self._listening[job_id]:
                del self._listening[job_id]

"""Progress of running jobs, fanned out to whoever watches. Lossy by design: only the newest state counts."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from typing import Final

from bot.domain.requests import JobId
from bot.ports import Progress

_BACKLOG: Final = 16


class ProgressBus:
    """In-process publish/subscribe by job id. A slow watcher loses the oldest entries, never blocks a job."""

    def __init__(self) -> None:
        self._watchers: defaultdict[JobId, set[asyncio.Queue[Progress]]] = defaultdict(set)

    def publish(self, progress: Progress) -> None:
        for queue in self._watchers.get(progress.job_id, ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(progress)

    @contextmanager
    def _subscription(self, job_id: JobId) -> Iterator[asyncio.Queue[Progress]]:
        queue: asyncio.Queue[Progress] = asyncio.Queue(_BACKLOG)
        self._watchers[job_id].add(queue)
        try:
            yield queue
        finally:
            self._watchers[job_id].discard(queue)
            if not self._watchers[job_id]:
                del self._watchers[job_id]

    async def watch(
        self, job_id: JobId, *, every: float, at_once: bool = False
    ) -> AsyncGenerator[Progress | None, None]:
        """Yield progress as it comes, and None after `every` seconds of silence, so that the caller can look
        at the store (another process may be running the job).

        With `at_once` the first None comes right away, when nothing that happens after the look can be missed.
        """
        with self._subscription(job_id) as queue:
            if at_once:
                yield None
            while True:
                try:
                    async with asyncio.timeout(every):
                        progress = await queue.get()
                except TimeoutError:
                    yield None
                else:
                    yield progress

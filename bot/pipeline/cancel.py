"""Stopping a job that its requester no longer wants: in this process at once, elsewhere within seconds.

The wish is written into the job's row, so that it also reaches a job that is still queued or that another process
runs. A picture that lies in the store already is shown all the same.
"""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import structlog

from bot.domain.errors import StorageError
from bot.domain.jobs import Job
from bot.domain.outcomes import Failed, FailureClass, Outcome
from bot.domain.requests import JobId

if TYPE_CHECKING:
    from bot.pipeline.run import Run

log = structlog.get_logger(__name__)

WISH: Final = "cancel"
"""The key in a job's `message` that says: its requester wants it stopped."""
_LOOK_SECONDS: Final = 3.0


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


async def unless_cancelled(run: "Run", making: Coroutine[Any, Any, Outcome]) -> Outcome:
    """What `making` ends with, or a stop when its requester wants one before anything was paid and kept."""
    work = asyncio.create_task(making, name=f"make {run.job.job_id}")
    wish = asyncio.create_task(_wished(run), name=f"cancel {run.job.job_id}")
    try:
        await asyncio.wait({work, wish}, return_when=asyncio.FIRST_COMPLETED)
        if work.done() or run.steps.pictures is not None:
            return await work
        log.info("job_cancelled", stage=run.job.stage)
        return Failed(FailureClass.CANCELLED, maybe_billed=run.steps.paying is not None)
    finally:
        work.cancel()
        wish.cancel()
        await asyncio.gather(work, wish, return_exceptions=True)


async def _wished(run: "Run") -> None:
    """Returns when the stop is wished for."""
    job: Job = run.job
    with run.parts.cancels.listening(job.job_id) as event:
        while not job.message.get(WISH):
            try:
                async with asyncio.timeout(_LOOK_SECONDS):
                    await event.wait()
                    return
            except TimeoutError:
                job = await _look(run, job)


async def _look(run: "Run", job: Job) -> Job:
    try:
        found: Job | None = await run.parts.jobs.get(job.job_id)
    except StorageError:
        return job
    return found or job

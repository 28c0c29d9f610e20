"""Work on a job that its requester may stop. A picture that lies in the store already is shown all the same."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

import structlog

from bot.domain.errors import StorageError
from bot.domain.jobs import Job
from bot.domain.outcomes import Failed, FailureClass, Outcome
from bot.pipeline.cancel import WISH
from bot.pipeline.run import Run

log = structlog.get_logger(__name__)

_LOOK_SECONDS: Final = 3.0


async def unless_cancelled(run: Run, making: Coroutine[Any, Any, Outcome]) -> Outcome:
    """What `making` ends with, or a stop when its requester wants one before anything was paid and kept."""
    work = asyncio.create_task(making, name=f"make {run.job.job_id}")
    wish = asyncio.create_task(_wished(run), name=f"cancel {run.job.job_id}")
    try:
        await asyncio.wait({work, wish}, return_when=asyncio.FIRST_COMPLETED)
        if work.done() or run.steps.pictures is not None or _unheard(wish):
            return await work
        log.info("job_cancelled", stage=run.job.stage)
        return Failed(FailureClass.CANCELLED, maybe_billed=run.steps.paying is not None)
    finally:
        work.cancel()
        wish.cancel()
        await asyncio.gather(work, wish, return_exceptions=True)


def _unheard(wish: "asyncio.Task[None]") -> bool:
    """Whoever listened has failed: that is no wish."""
    if fault := wish.exception():
        log.error("cancel_unheard", fault=type(fault).__name__, detail=str(fault))
    return fault is not None


async def _wished(run: Run) -> None:
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


async def _look(run: Run, job: Job) -> Job:
    try:
        found: Job | None = await run.parts.jobs.get(job.job_id)
    except StorageError:
        return job
    return found or job

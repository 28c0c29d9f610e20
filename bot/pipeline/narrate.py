"""Progress to the chat while a job runs. It never delays the job and never outlives it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog

from bot.domain.jobs import Job
from bot.pipeline.run import Parts
from bot.ports import Progress

log = structlog.get_logger(__name__)

_EVERY: Final = 3.0


@asynccontextmanager
async def narrating(parts: Parts, job: Job) -> AsyncIterator[None]:
    """Pass the job's progress on to its adapter until the block ends; then no further edit is on its way."""
    task = asyncio.create_task(_narrate(parts, job), name=f"narrate {job.job_id}")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _narrate(parts: Parts, job: Job) -> None:
    adapter = parts.adapters.get(job.request.requester.platform)
    if adapter is None:
        return
    last = Progress(job.job_id, job.stage)
    async for news in parts.progress.watch(job.job_id, every=_EVERY):
        last = news or last
        try:
            await adapter.progress(job, last)
        except Exception:
            log.exception("progress_failed")

"""Partial pictures on their way to the chat: each passes the output check first, and none delays the picture itself."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.domain.images import Partial
from bot.domain.jobs import Stage
from bot.pipeline.inspect import passes
from bot.pipeline.run import Run
from bot.ports import Progress


@asynccontextmanager
async def showing_previews(run: Run) -> AsyncIterator[Callable[[Partial], None]]:
    """Takes previews as they come and shows the newest that passes. Nothing is shown any more when the block ends."""
    waiting: asyncio.Queue[Partial] = asyncio.Queue(1)

    def offer(preview: Partial) -> None:
        if waiting.full():
            waiting.get_nowait()
        waiting.put_nowait(preview)

    task = asyncio.create_task(_show(run, waiting), name=f"previews {run.job.job_id}")
    try:
        yield offer
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _show(run: Run, waiting: asyncio.Queue[Partial]) -> None:
    while True:
        preview = await waiting.get()
        if await passes(run, preview.data):
            run.parts.progress.publish(Progress(run.job.job_id, Stage.GENERATE, preview=preview))

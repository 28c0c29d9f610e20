"""Edits while a job runs: seldom, droppable, and never after the end."""

import asyncio
import io
from collections.abc import Callable
from typing import Final

import discord
import structlog

from adapters.discord.calls import LOST
from adapters.discord.handle import TOKEN_LIFE, Handle, webhook_of
from adapters.discord.mentions import NOBODY
from adapters.discord.render import Attached, progress_layout
from bot.domain.errors import StorageError
from bot.domain.jobs import Job, Stage
from bot.domain.requests import JobId
from bot.images.previews import webp_preview
from bot.ports import Clock, JobStore, Progress

log = structlog.get_logger(__name__)

EVERY: Final = 3.0
"""At most one edit in so many seconds; the first one not before."""
_PREVIEW_SIDE: Final = 512
_SECONDS: Final = 8.0
_PLACES: Final = 25
"""Jobs whose place is looked up in one round."""


class ProgressEdits:
    """Remembers when each job was edited last, and which ones are still waiting for their turn."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: dict[JobId, float] = {}
        self._waiting: dict[JobId, None] = {}

    def begun(self, job_id: JobId) -> None:
        """The job was queued by this process: its place is told until its turn comes."""
        self._last[job_id] = self._clock.now()
        self._waiting[job_id] = None

    async def tell_places(self, client: Callable[[], discord.Client], jobs: JobStore) -> None:
        """Runs for ever: now and then, the place of each job that is still queued. Lossy under load by design."""
        while True:
            await self._clock.sleep(EVERY)
            for job_id in list(self._waiting)[:_PLACES]:
                try:
                    await self._tell_place(client(), jobs, job_id)
                except StorageError:
                    log.info("queue_place_unknown", job_id=job_id)
                except Exception as fault:  # noqa: BLE001 - as of a connection that is being replaced
                    log.warning("queue_place_not_told", job_id=job_id, fault=type(fault).__name__)
            self._forget_old()

    def _forget_old(self) -> None:
        """Jobs that another process has ended: nothing can be told of them by now."""
        oldest = self._clock.now() - TOKEN_LIFE
        self._last = {job_id: at for job_id, at in self._last.items() if at > oldest}

    async def _tell_place(self, client: discord.Client, jobs: JobStore, job_id: JobId) -> None:
        place = await jobs.queue_place(job_id)
        job = None if place is None else await jobs.get(job_id)
        if job is None:
            self._waiting.pop(job_id, None)
            return
        await self.show(client, job, Progress(job_id, Stage.QUEUED, queue_place=(place or 0) + 1))

    async def show(self, client: discord.Client, job: Job, progress: Progress) -> None:
        """Edit the placeholder if it is time; a failure is of no consequence."""
        if not job.handle or "message_id" not in job.message:
            return
        now = self._clock.now()
        if now - self._last.setdefault(job.job_id, now) < EVERY:
            return
        self._last[job.job_id] = now
        handle = Handle.from_json(job.handle)
        if not handle.alive(now):
            return
        preview = None
        if progress.preview is not None:
            data = await webp_preview(progress.preview.data, side=_PREVIEW_SIDE)
            preview = Attached(f"{job.job_id}-preview.webp", data)
        webhook = webhook_of(handle, client)
        files = [discord.File(io.BytesIO(preview.data), preview.name)] if preview else []
        try:
            async with asyncio.timeout(_SECONDS):
                await webhook.edit_message(
                    int(job.message["message_id"]),
                    view=progress_layout(job, progress, preview),
                    attachments=files,
                    allowed_mentions=NOBODY,
                )
        except discord.HTTPException as error:
            log.info("progress_edit_failed", status=error.status, code=error.code)
        except LOST as fault:
            log.info("progress_edit_failed", fault=type(fault).__name__)

    def forget(self, job_id: JobId) -> None:
        self._last.pop(job_id, None)
        self._waiting.pop(job_id, None)

"""Edits while a job runs: seldom, droppable, and never after the end."""

import io
from typing import Final

import discord
import structlog

from adapters.discord.handle import Handle, webhook_of
from adapters.discord.render import Attached, progress_layout
from bot.domain.jobs import Job
from bot.domain.requests import JobId
from bot.images.previews import webp_preview
from bot.ports import Clock, Progress

log = structlog.get_logger(__name__)

EVERY: Final = 3.0
"""At most one edit in so many seconds; the first one not before."""
_PREVIEW_SIDE: Final = 512


class ProgressEdits:
    """Remembers when each job was edited last."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: dict[JobId, float] = {}

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
        files = [discord.File(_stream(preview), preview.name)] if preview else []
        try:
            await webhook.edit_message(
                int(job.message["message_id"]),
                view=progress_layout(job, progress, preview),
                attachments=files,
                allowed_mentions=discord.AllowedMentions.none(),
            )
        except discord.HTTPException as error:
            log.info("progress_edit_failed", status=error.status, code=error.code)

    def forget(self, job_id: JobId) -> None:
        self._last.pop(job_id, None)


def _stream(attached: Attached) -> io.BytesIO:
    return io.BytesIO(attached.data)

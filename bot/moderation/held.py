"""Pictures that failed their check, or whose check was down, and wait for a moderator. Nobody else sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from bot.domain.errors import BotError
from bot.domain.jobs import Job, JobState
from bot.domain.requests import JobId
from bot.images.previews import copy_to_check
from bot.pipeline.janitor import bury
from bot.pipeline.run import Parts

log = structlog.get_logger(__name__)

_SECONDS: Final = 600.0
"""That a released job gets for publishing and telling."""
_SETTLING: Final = 20
_PAUSE: Final = 0.1
"""Moderators hear of a held picture a moment before its job is over; who is that quick waits for the rest."""
_UNDER_WAY: Final = frozenset({JobState.QUEUED, JobState.RUNNING, JobState.DELIVERED})


@dataclass(frozen=True, slots=True)
class HeldPictures:
    """Raises StorageError."""

    parts: Parts

    async def number(self, job_id: JobId | None) -> int:
        """How many pictures of a job are held."""
        job = await self._settled(job_id) if job_id else None
        held = job is not None and job.state is JobState.REFUSED and job.steps.held
        return len(job.steps.pictures.images) if job and held and job.steps.pictures else 0

    async def copies(self, job_id: JobId) -> Sequence[bytes]:
        """A JPEG of at most 1024 pixels a side of each, for the eyes of the moderator who has claimed the case."""
        job = await self.parts.jobs.get(job_id)
        if job is None or job.steps.pictures is None or not await self.number(job_id):
            return ()
        copies: list[bytes] = []
        for image in job.steps.pictures.images:
            async with self.parts.memory.take(self.parts.memory.of_pictures(image.size)):
                copies.append(await copy_to_check(await self.parts.images.fetch(image.key)))
        return copies

    async def release(self, job_id: JobId) -> bool:
        """Publish them and show them where they were asked for; True also if that is under way already."""
        await self._settled(job_id)
        if await self.parts.jobs.release_held(job_id, _SECONDS):
            return True
        job = await self.parts.jobs.get(job_id)
        return job is not None and job.state in _UNDER_WAY

    async def discard(self, job_id: JobId) -> None:
        """Their bytes go now; what the store does not delete at once stays on the janitor's list."""
        await self._settled(job_id)
        if not await self.parts.jobs.discard_held(job_id):
            return
        try:
            await bury(self.parts)
        except BotError as fault:
            log.warning("held_not_deleted_yet", fault=type(fault).__name__)

    async def _settled(self, job_id: JobId) -> Job | None:
        """The job, once it is over: its end has been told already, and its row follows at once."""
        job = await self.parts.jobs.get(job_id)
        for _ in range(_SETTLING):
            if job is None or job.state.final or not job.steps.held or job.steps.outcome is None:
                break
            await self.parts.clock.sleep(_PAUSE)
            job = await self.parts.jobs.get(job_id)
        return job

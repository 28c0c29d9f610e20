"""Pictures that failed their check, or whose check was down, and wait for a moderator. Nobody else sees them."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from bot.domain.errors import BotError, StorageError
from bot.domain.jobs import Job, JobState
from bot.domain.outcomes import RefusalReason, Refused
from bot.domain.requests import JobId
from bot.images.previews import copy_to_check
from bot.pipeline.janitor import bury
from bot.pipeline.run import Parts

log = structlog.get_logger(__name__)

_SECONDS: Final = 600.0
"""That a released job gets for publishing and telling."""
_LOOK_SECONDS: Final = 1.0
_PATIENCE: Final = 5.0
_UNDER_WAY: Final = frozenset({JobState.QUEUED, JobState.RUNNING, JobState.DELIVERED})


@dataclass(frozen=True, slots=True)
class HeldPictures:
    """Raises StorageError.

    Attributes:
        look_seconds: Between two looks at a job's row whose end may come from another process.
        patience: Seconds that a ruling waits until a job's end has been told.
    """

    parts: Parts
    look_seconds: float = _LOOK_SECONDS
    patience: float = _PATIENCE

    async def number(self, job_id: JobId | None) -> int:
        """How many pictures of a job are held."""
        job = await self.parts.jobs.get(job_id) if job_id else None
        held = job is not None and (job.state is JobState.REFUSED or _being_told(job)) and job.steps.held
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
        await self._until_told(job_id)
        if await self.parts.jobs.release_held(job_id, _SECONDS):
            return True
        job = await self.parts.jobs.get(job_id)
        return job is not None and job.state in _UNDER_WAY

    async def discard(self, job_id: JobId) -> None:
        """Their bytes go now; what the store does not delete at once stays on the janitor's list."""
        await self._until_told(job_id)
        if not await self.parts.jobs.discard_held(job_id):
            return
        try:
            await bury(self.parts)
        except BotError as fault:
            log.warning("held_not_deleted_yet", fault=type(fault).__name__)

    async def _until_told(self, job_id: JobId) -> None:
        """The moderators' card may be faster than the row's last write: a ruling before that would be undone by it.

        Raises:
            StorageError: it is still not written; the ruling may be repeated.
        """
        try:
            async with asyncio.timeout(self.patience):
                await self._told(job_id)
        except TimeoutError:
            raise StorageError("a job's end is still being written") from None

    async def _told(self, job_id: JobId) -> None:
        """Returns when it is written; at once where it happens in this process."""
        signs = self.parts.progress.watch(job_id, every=self.look_seconds, at_once=True)
        async with contextlib.aclosing(signs):
            async for _ in signs:
                job = await self.parts.jobs.get(job_id)
                if job is None or not _being_told(job):
                    return


def _being_told(job: Job) -> bool:
    """It has ended as held, and its requester is just being told so."""
    held = isinstance(job.outcome, Refused) and job.outcome.reason is RefusalReason.HELD
    return held and job.state is JobState.RUNNING

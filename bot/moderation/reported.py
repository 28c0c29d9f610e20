"""Pictures that somebody has reported: shown to the moderator who has the case, and taken down if they say so."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.images import HostedImage
from bot.domain.jobs import JobState
from bot.domain.outcomes import Delivered
from bot.domain.requests import JobId, Requester
from bot.images.previews import copy_to_check
from bot.pipeline.run import Parts
from bot.pipeline.studio import Studio


@dataclass(frozen=True, slots=True)
class ReportedPictures:
    """Raises StorageError."""

    parts: Parts

    async def number(self, job_id: JobId | None) -> int:
        """How many pictures are still there."""
        return len(await self._images(job_id)) if job_id else 0

    async def copies(self, job_id: JobId) -> Sequence[bytes]:
        """A JPEG of at most 1024 pixels a side of each."""
        copies: list[bytes] = []
        for image in await self._images(job_id):
            async with self.parts.memory.take(self.parts.memory.of_pictures(image.size)):
                copies.append(await copy_to_check(await self.parts.images.fetch(image.key)))
        return copies

    async def take_down(self, moderator: Requester, job_id: JobId) -> None:
        """Message, bytes and words, as if the person had deleted it. What is gone already stays so."""
        allowed = dataclasses.replace(moderator, moderator=True)
        await Studio(self.parts, _nothing_to_wake).delete(job_id, allowed)

    async def _images(self, job_id: JobId | None) -> Sequence[HostedImage]:
        job = await self.parts.jobs.get(job_id) if job_id else None
        shown = job is not None and job.state is JobState.DELIVERED
        return job.outcome.images if job and shown and isinstance(job.outcome, Delivered) else ()


def _nothing_to_wake() -> None:
    """Taking down makes no work for anybody."""

"""A delivered job as content: its layout, with each picture as the largest file that Discord takes there."""

from typing import Final

import structlog

from adapters.discord.content import Content
from adapters.discord.handle import Handle
from adapters.discord.render import Attached, file_name, picture_layout
from bot.domain.errors import StorageError
from bot.domain.images import MediaType
from bot.domain.jobs import Job
from bot.domain.outcomes import Delivered
from bot.guardrails.places import rules_for
from bot.images.previews import fit_into
from bot.ports import ImageStore, PolicyStore

log = structlog.get_logger(__name__)

_LIMIT: Final = 10 * 1024 * 1024
"""Bytes of a message's files that every place takes, where no interaction says how many."""
_FILE_SHARE: Final = 0.9
_SMALLER: Final = 3


class Pictures:
    """Reads the files, and the community's wishes about how they are shown."""

    def __init__(self, images: ImageStore, policies: PolicyStore) -> None:
        self._images = images
        self._policies = policies

    async def content(
        self, job: Job, outcome: Delivered, handle: Handle | None = None, *, starred_by: int = 0
    ) -> Content:
        """For the interaction of `handle`, else for any place; a gallery names who put it there."""
        requester = job.request.requester
        policy = rules_for(await self._policies.policy(requester.tenant), requester)
        limit = handle.limit if handle else _LIMIT
        share = int(limit * _FILE_SHARE) // len(outcome.images)
        shown = policy.presentation

        async def files_within(limit: int) -> list[Attached | None]:
            return [await self._file(job, outcome, place, limit) for place in range(len(outcome.images))]

        files = await files_within(share)
        largest = max((len(file.data) for file in files if file), default=0)
        return Content(
            lambda attached, shape: picture_layout(
                job,
                outcome,
                attached,
                cost=shown.show_cost,
                shape=shape,
                starred_by=starred_by,
                show_prompt=shown.show_prompt,
            ),
            files,
            outcome.images,
            smaller=lambda: files_within(largest // _SMALLER),
        )

    async def _file(self, job: Job, outcome: Delivered, place: int, limit: int) -> Attached | None:
        """The original if it fits, else the largest copy that does, else None."""
        image = outcome.images[place]
        try:
            if image.size <= limit:
                data = await self._images.read(image.key)
                return Attached(file_name(job, place, image.media_type.extension), data)
            smaller = await fit_into(await self._images.fetch(image.key), limit)
        except StorageError:
            log.warning("picture_unreadable", job_id=job.job_id)
            return None
        return Attached(file_name(job, place, MediaType.JPEG.extension), smaller) if smaller else None

"""The ladder of pictures: every rung is the same message with its pictures from elsewhere.

    public address -> the same once more -> uploaded file as a picture -> link in the text, with the file attached

Slack downloads an `image_url` while posting and refuses the whole message if that fails, so it goes on until a
message with the words and the buttons stands.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from adapters.slack.doors import Door, Doors
from adapters.slack.render import Message, Source
from adapters.slack.uploads import Uploads
from adapters.slack.web_api import LOST, USED_UP, Refusal
from adapters.slack.workspaces import NotInstalled
from bot.domain.errors import StorageError
from bot.domain.images import HostedImage, MediaType
from bot.domain.jobs import Job
from bot.domain.outcomes import Delivered
from bot.images.previews import jpeg_copy
from bot.ports import ImageStore, JobStore

log = structlog.get_logger(__name__)

_AGAIN: Final = 1.0
_FILE_TRIES: Final = 5
_FILE_PAUSE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Ladder:
    """Climbs down one door."""

    doors: Doors
    images: ImageStore
    uploads: Uploads
    jobs: JobStore

    async def climb(
        self,
        door: Door,
        message: Callable[[Sequence[Source]], Message],
        shown: Sequence[tuple[Job, Delivered]],
        *,
        linked: bool,
        team: str,
    ) -> Mapping[str, Any]:
        """Returns where the message stands. `linked` allows public addresses. Raises Refusal when the door is shut."""
        images = [image for _, outcome in shown for image in outcome.images]
        sources = await self._public(shown) if linked else None
        if sources is not None:
            for pause in (_AGAIN, 0.0):
                done = await self._try(door, message(sources))
                if done is not None:
                    return done
                await self.doors.clock.sleep(pause)
        uploaded: list[Source] = []
        client = await self.doors.client_for(team)
        for job, outcome in shown:
            uploaded += await self.uploads.upload(client, job, outcome)
        try:
            stands = await self._with_files(door, message, uploaded, len(images), team)
        except Exception:
            await self.uploads.discard(client, [source.file_id for source in uploaded])
            raise
        return {**stands, "files": [source.file_id for source in uploaded]} if uploaded else stands

    async def _public(self, shown: Sequence[tuple[Job, Delivered]]) -> list[Source] | None:
        """All by their public addresses, None where the store does not give one out: the words come all the same."""
        try:
            return [
                Source(url=await self.picture_url(job, image))
                for job, outcome in shown
                for image in outcome.images
            ]
        except StorageError as fault:
            log.info("picture_not_read", problem=fault.problem)
            return None

    async def _with_files(
        self,
        door: Door,
        message: Callable[[Sequence[Source]], Message],
        uploaded: Sequence[Source],
        number: int,
        team: str,
    ) -> Mapping[str, Any]:
        """The lower rungs; where only some of the files could be uploaded, the message stands without any."""
        if len(uploaded) == number:
            for attempt in range(_FILE_TRIES):
                done = await self._try(door, message(uploaded))
                if done is not None:
                    return done
                await self.doors.clock.sleep(_FILE_PAUSE * 1.6**attempt)
        stands = await door.write(message([Source()] * number))
        if uploaded and len(uploaded) == number and "ts" in stands:
            await self._attach(team, stands, message([Source(attached=True)] * number), uploaded)
        return stands

    async def picture_url(self, job: Job, image: HostedImage) -> str:
        """A public PNG or JPEG; Slack takes no WebP, so a copy is made that goes with the job."""
        if image.media_type is not MediaType.WEBP:
            return image.url
        copy = await jpeg_copy(await self.images.read(image.key), side=2048)
        key = await self.images.publish_bytes(copy, MediaType.JPEG)
        await self.jobs.note_copy(job.job_id, key)
        return self.images.url(key)

    async def _try(self, door: Door, message: Message) -> Mapping[str, Any] | None:
        """None when Slack did not like the picture, or tries are running out; other refusals go up."""
        try:
            return await door.write(message, last=False)
        except Refusal as refusal:
            if not refusal.about_image and refusal.code != USED_UP:
                raise
            log.info("picture_not_taken", code=refusal.code)
            return None

    async def _attach(
        self, team: str, stands: Mapping[str, Any], message: Message, uploaded: Sequence[Source]
    ) -> None:
        """Hang the files themselves on the message, which needs no picture block; the words stand in any case."""
        files = [source.file_id for source in uploaded]
        try:
            client = await self.doors.client_for(team)
            await self.doors.edit(client, stands["channel"], stands["ts"], message, files)
        except Refusal as refusal:
            log.info("files_not_attached", code=refusal.code)
        except (NotInstalled, *LOST) as fault:
            log.info("files_not_attached", code=type(fault).__name__)

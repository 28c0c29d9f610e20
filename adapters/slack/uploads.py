"""Pictures as files of the workspace, private to the bot until a message shows them; files:write is optional."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.render import Source
from adapters.slack.web_api import LOST, Refusal, api, code_of
from bot.domain.errors import StorageError
from bot.domain.images import MediaType
from bot.domain.jobs import Job
from bot.domain.outcomes import Delivered
from bot.images.previews import jpeg_copy
from bot.ports import Clock, ImageStore

log = structlog.get_logger(__name__)

_SIDE: Final = 2048
_LOOKS: Final = 8
_PAUSE: Final = 0.25
_BLIND_SECONDS: Final = 1.5
"""Without files:read nobody says when a file can be shown."""


class UploadRefused(Exception):
    """Slack or the workspace's policy did not take the file; the message is its code."""

    def __init__(self, code: str, *, too_large: bool = False) -> None:
        super().__init__(code)
        self.too_large = too_large


@dataclass(frozen=True, slots=True)
class Uploads:
    """Three steps a file: a ticket, the bytes, completion. Slack looks at the file after that, in its own time."""

    session: aiohttp.ClientSession
    images: ImageStore
    clock: Clock

    async def upload(self, client: AsyncWebClient, job: Job, outcome: Delivered) -> list[Source]:
        """All pictures of a job, most probably ready to be shown; [] where uploading is not possible."""
        sources: list[Source] = []
        for place, image in enumerate(outcome.images):
            try:
                data, extension = await self.images.read(image.key), image.media_type.extension
                if image.media_type is MediaType.WEBP:
                    data, extension = await jpeg_copy(data, side=_SIDE), "jpg"
                name = f"{job.job_id}-{place + 1}.{extension}"
                sources.append(Source(file_id=await self._fitting(client, name, data, image.alt_text)))
            except (
                UploadRefused,
                SlackApiError,
                StorageError,
                aiohttp.ClientError,
                OSError,
                TimeoutError,
            ) as fault:
                log.info("upload_failed", fault=_code_of(fault))
                await self.discard(client, [source.file_id for source in sources])
                return []
        await asyncio.gather(*(self._until_ready(client, source.file_id) for source in sources))
        return sources

    async def discard(self, client: AsyncWebClient, file_ids: Sequence[str]) -> bool:
        """Delete files of ours; what is gone already is no error. False when Slack could not be asked about one."""
        reached = True
        for file_id in file_ids:
            try:
                await api(client.files_delete(file=file_id))
            except Refusal as refusal:
                log.info("file_not_deleted", code=refusal.code)
                reached = reached and not refusal.passing
            except LOST as fault:
                log.info("file_not_deleted", code=type(fault).__name__)
                reached = False
        return reached

    async def _fitting(self, client: AsyncWebClient, name: str, data: bytes, alt_text: str) -> str:
        """The bytes as they are; a smaller JPEG where the workspace's limit is below that."""
        try:
            return await self._upload_one(client, name, data, alt_text)
        except UploadRefused as refused:
            if not refused.too_large:
                raise
        smaller = await jpeg_copy(data, side=_SIDE)
        return await self._upload_one(client, f"{name.rpartition('.')[0]}.jpg", smaller, alt_text)

    async def _upload_one(self, client: AsyncWebClient, name: str, data: bytes, alt_text: str) -> str:
        ticket = await client.files_getUploadURLExternal(
            filename=name, length=len(data), alt_txt=alt_text[:1000]
        )
        async with self.session.post(str(ticket["upload_url"]), data=data) as answer:
            if answer.status != 200:
                raise UploadRefused(f"upload {answer.status}", too_large=answer.status == 413)
        await client.files_completeUploadExternal(files=[{"id": ticket["file_id"], "title": name}])
        return str(ticket["file_id"])

    async def _until_ready(self, client: AsyncWebClient, file_id: str) -> None:
        """A file has a type once Slack has looked at it. Returns after a bounded time in any case."""
        for attempt in range(_LOOKS):
            try:
                answer = await client.files_info(file=file_id)
            except (SlackApiError, aiohttp.ClientError, OSError, TimeoutError):
                await self.clock.sleep(_BLIND_SECONDS)
                return
            file: dict[str, Any] = answer.get("file") or {}
            if file.get("mimetype"):
                return
            await self.clock.sleep(_PAUSE * 1.4**attempt)


def _code_of(fault: Exception) -> str:
    if isinstance(fault, SlackApiError):
        return code_of(fault)
    return str(fault) or type(fault).__name__

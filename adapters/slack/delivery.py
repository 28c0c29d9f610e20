"""The only writer to Slack: a ladder for pictures, and doors for messages.

    pictures   public address -> the same once more -> uploaded file -> link in the text
    doors      own placeholder (repeatable edit) -> response_url -> ephemeral post -> direct message

Slack downloads an `image_url` while posting and refuses the whole message if that fails, so the ladder goes on
until a message with the words and the buttons stands.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack.handle import Handle
from adapters.slack.render import (
    Message,
    Source,
    failure_message,
    picture_message,
    refusal_message,
)
from bot.domain.errors import DeliveryError, StorageError
from bot.domain.images import HostedImage, MediaType
from bot.domain.jobs import Job
from bot.domain.outcomes import Delivered, Failed, Outcome, Refused
from bot.domain.policy import DeliveryMode
from bot.images.previews import jpeg_copy
from bot.ports import Clock, ImageStore, PolicyStore

log = structlog.get_logger(__name__)

_AGAIN: Final = 1.0
_FILE_TRIES: Final = 6
_FILE_PAUSE: Final = 0.5
_LOST: Final = (aiohttp.ClientError, OSError, TimeoutError)
_NOT_MEMBER: Final = frozenset({"not_in_channel", "channel_not_found", "user_not_in_channel"})


class Refusal(Exception):
    """Slack did not take the message; `code` is its error."""

    def __init__(self, code: str, details: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.about_image = code == "invalid_blocks" and (
            not details or "image" in details or "slack_file" in details or "slack file" in details
        )


Write = Callable[[Message], Awaitable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Delivery:
    """Shows outcomes; `client_for` gives the Web API client of a workspace."""

    client_for: Callable[[str], Awaitable[AsyncWebClient]]
    session: aiohttp.ClientSession
    images: ImageStore
    policies: PolicyStore
    clock: Clock

    async def deliver(self, job: Job, outcome: Outcome) -> Mapping[str, Any]:
        """Returns where it is shown. Raises DeliveryError when no door was open."""
        handle = Handle.from_json(job.handle)
        writers = await self._doors(job, handle)
        for name, write in writers:
            try:
                return await self._down_the_ladder(job, outcome, handle, write)
            except Refusal as refusal:
                log.info("door_closed", door=name, code=refusal.code)
            except _LOST as fault:
                log.info("door_closed", door=name, code=type(fault).__name__)
        raise DeliveryError("no door is open", retryable=True)

    async def post(
        self, client: AsyncWebClient, channel: str, message: Message, thread: str | None = None
    ) -> Mapping[str, Any]:
        """A new message in a channel. Raises Refusal."""
        answer = await _api(
            client.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=message.blocks,
                thread_ts=thread,
                unfurl_links=False,
                unfurl_media=False,
            )
        )
        return {"channel": answer["channel"], "ts": answer["ts"]}

    async def respond(self, url: str, message: Message | None, **flags: Any) -> None:
        """One use of a response_url. Raises Refusal, also for what the SDK hands back in silence."""
        webhook = AsyncWebhookClient(
            url, session=self.session, retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=2)]
        )
        body = {"text": message.text, "blocks": message.blocks} if message else {}
        answer = await webhook.send_dict({**body, **flags})
        if answer.status_code != 200:
            raise Refusal(_code_of(answer.body) or str(answer.status_code))

    async def whisper(self, handle: Handle, message: Message) -> Mapping[str, Any]:
        """A message that only the person sees; needs membership of the channel. Raises Refusal."""
        client = await self.client_for(handle.team)
        await _api(
            client.chat_postEphemeral(
                channel=handle.channel,
                user=handle.user,
                text=message.text,
                blocks=message.blocks,
                thread_ts=handle.thread,
            )
        )
        return {"private": True, "channel": handle.channel}

    async def show_again(self, job: Job, outcome: Delivered, handle: Handle) -> None:
        """Show a finished job privately in another place. Raises DeliveryError."""
        for name, write in await self._doors(job, handle):
            try:
                await self._down_the_ladder(job, outcome, handle, write)
                return
            except Refusal as refusal:
                log.info("door_closed", door=name, code=refusal.code)
        raise DeliveryError("no door is open", retryable=True)

    async def share(
        self, job: Job, outcome: Delivered, handle: Handle, client: AsyncWebClient
    ) -> Mapping[str, Any]:
        """The public copy of a private preview: posted as a member, else through the click's response_url."""

        async def as_member(message: Message) -> Mapping[str, Any]:
            return await self.post(client, handle.channel, message, handle.thread)

        async def as_guest(message: Message) -> Mapping[str, Any]:
            await self.respond(
                handle.response_url, message, response_type="in_channel", replace_original=False
            )
            return {"channel": handle.channel}

        try:
            return await self._down_the_ladder(job, outcome, handle, as_member, private=False)
        except Refusal as refusal:
            if refusal.code not in _NOT_MEMBER:
                raise
        return await self._down_the_ladder(job, outcome, handle, as_guest, private=False)

    async def _doors(self, job: Job, handle: Handle) -> list[tuple[str, Write]]:
        """Ways to write, best first. The first one edits what is there, so it may be repeated."""
        client = await self.client_for(handle.team)
        doors: list[tuple[str, Write]] = []

        async def edit(message: Message) -> Mapping[str, Any]:
            answer = await _api(
                client.chat_update(
                    channel=handle.channel,
                    ts=handle.placeholder or "",
                    text=message.text,
                    blocks=message.blocks,
                )
            )
            return {"channel": answer["channel"], "ts": answer["ts"]}

        async def respond(message: Message) -> Mapping[str, Any]:
            await self.respond(handle.response_url, message, response_type="ephemeral", replace_original=True)
            return {"private": True, "channel": handle.channel}

        async def whisper(message: Message) -> Mapping[str, Any]:
            return await self.whisper(handle, message)

        async def direct(message: Message) -> Mapping[str, Any]:
            opened = await _api(client.conversations_open(users=[handle.user]))
            return await self.post(client, opened["channel"]["id"], message)

        if handle.placeholder:
            doors.append(("edit", edit))
        if handle.can_respond(self.clock.now()):
            doors.append(("response_url", respond))
        if handle.private:
            doors.append(("ephemeral", whisper))
        return [*doors, ("direct", direct)]

    async def _down_the_ladder(
        self, job: Job, outcome: Outcome, handle: Handle, write: Write, *, private: bool | None = None
    ) -> Mapping[str, Any]:
        if isinstance(outcome, Refused):
            return await write(refusal_message(job, outcome))
        if isinstance(outcome, Failed):
            return await write(failure_message(job, outcome))
        alone = handle.private if private is None else private
        policy = await self.policies.policy(job.request.requester.tenant)

        def message(sources: Sequence[Source]) -> Message:
            cost = policy.presentation.show_cost
            return picture_message(job, outcome, sources, private=alone, cost=cost)

        nothing = [Source()] * len(outcome.images)
        if policy.presentation.delivery is DeliveryMode.CDN and self.images.public:
            sources = [Source(url=await self._picture_url(image)) for image in outcome.images]
            for pause in (_AGAIN, 0.0):
                shown = await self._try(write, message(sources))
                if shown is not None:
                    return shown
                await self.clock.sleep(pause)
        uploaded = await self._upload(handle, job, outcome)
        if uploaded:
            for attempt in range(_FILE_TRIES):
                shown = await self._try(write, message(uploaded))
                if shown is not None:
                    return shown
                await self.clock.sleep(_FILE_PAUSE * 1.6**attempt)
        return await write(message(nothing))

    async def _try(self, write: Write, message: Message) -> Mapping[str, Any] | None:
        """None when Slack did not like the picture; other refusals go up."""
        try:
            return await write(message)
        except Refusal as refusal:
            if not refusal.about_image:
                raise
            log.info("picture_not_taken", code=refusal.code)
            return None

    async def _picture_url(self, image: HostedImage) -> str:
        """A public PNG or JPEG; Slack takes no WebP."""
        if image.media_type is not MediaType.WEBP:
            return image.url
        copy = await jpeg_copy(await self.images.read(image.key), side=2048)
        return self.images.url(await self.images.publish_bytes(copy, MediaType.JPEG))

    async def _upload(self, handle: Handle, job: Job, outcome: Delivered) -> list[Source]:
        """The bytes as files of the bot, private until a message shows them; [] where uploading is not possible."""
        client = await self.client_for(handle.team)
        sources: list[Source] = []
        for place, image in enumerate(outcome.images):
            try:
                data = await self.images.read(image.key)
                if image.media_type is MediaType.WEBP:
                    data = await jpeg_copy(data, side=2048)
                extension = "jpg" if image.media_type is MediaType.WEBP else image.media_type.extension
                name = f"{job.job_id}-{place + 1}.{extension}"
                sources.append(Source(file_id=await self._upload_one(client, name, data, image.alt_text)))
            except (Refusal, StorageError, *_LOST) as fault:
                log.info("upload_failed", fault=str(fault) or type(fault).__name__)
                return []
        return sources

    async def _upload_one(self, client: AsyncWebClient, name: str, data: bytes, alt_text: str) -> str:
        ticket = await _api(
            client.files_getUploadURLExternal(filename=name, length=len(data), alt_txt=alt_text[:1000])
        )
        async with self.session.post(str(ticket["upload_url"]), data=data) as answer:
            if answer.status != 200:
                raise Refusal(f"upload {answer.status}")
        await _api(client.files_completeUploadExternal(files=[{"id": ticket["file_id"], "title": name}]))
        return str(ticket["file_id"])


async def _api(request: Awaitable[Any]) -> Any:
    """A Web API call with Slack's refusals as `Refusal`."""
    try:
        return await request
    except SlackApiError as error:
        answer = error.response
        details = " ".join(map(str, answer.get("errors") or ()))
        messages = (answer.get("response_metadata") or {}).get("messages") or ()
        raise Refusal(str(answer.get("error", "unknown")), details + " ".join(map(str, messages))) from None


def _code_of(body: str) -> str:
    try:
        return str(json.loads(body).get("error", ""))
    except ValueError:
        return body.strip()[:80]

"""The only writer to Slack: a ladder for pictures, and doors for messages.

    pictures   public address -> the same once more -> uploaded file -> link in the text
    doors      own placeholder (repeatable edit) -> response_url -> ephemeral post -> direct message

Slack downloads an `image_url` while posting and refuses the whole message if that fails, so the ladder goes on
until a message with the words and the buttons stands.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

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
from adapters.slack.response_urls import ResponseUses
from adapters.slack.uploads import Uploads
from adapters.slack.workspaces import NotInstalled
from bot.domain.errors import DeliveryError
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
LOST: Final = (aiohttp.ClientError, OSError, TimeoutError)
_NOT_MEMBER: Final = frozenset(
    {"not_in_channel", "channel_not_found", "user_not_in_channel", "missing_scope", "restricted_action"}
)
USED_UP: Final = "response_url_used_up"


class Refusal(Exception):
    """Slack did not take the message; `code` is its error."""

    def __init__(self, code: str, details: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.about_image = code == "invalid_blocks" and (
            not details or "image" in details or "slack_file" in details or "slack file" in details
        )


class Write(Protocol):
    """Writes a message by one door. `last` is false for tries that a plainer message may follow."""

    async def __call__(self, message: Message, *, last: bool = True) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """Shows outcomes; `client_for` gives the Web API client of a workspace."""

    client_for: Callable[[str], Awaitable[AsyncWebClient]]
    session: aiohttp.ClientSession
    images: ImageStore
    policies: PolicyStore
    clock: Clock
    uses: ResponseUses
    uploads: Uploads

    async def deliver(self, job: Job, outcome: Outcome) -> Mapping[str, Any]:
        """Returns where it is shown. Raises DeliveryError when no door was open."""
        handle = Handle.from_json(job.handle) if job.handle else _bare(job)
        return await self._by_a_door(job, outcome, handle)

    async def post(
        self, client: AsyncWebClient, channel: str, message: Message, thread: str | None = None
    ) -> Mapping[str, Any]:
        """A new message in a channel. Raises Refusal."""
        answer = await api(
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

    async def respond(self, handle: Handle, message: Message | None, *, keep: int = 0, **flags: Any) -> None:
        """One use of a response_url. Raises Refusal, also for what the SDK hands back in silence."""
        if not await self.uses.take(handle, keep=keep):
            raise Refusal(USED_UP)
        webhook = AsyncWebhookClient(
            handle.response_url,
            session=self.session,
            retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=2)],
        )
        body = {"text": message.text, "blocks": message.blocks} if message else {}
        answer = await webhook.send_dict({**body, **flags})
        if answer.status_code != 200:
            raise Refusal(_code_of(answer.body) or str(answer.status_code))

    async def whisper(self, handle: Handle, message: Message) -> Mapping[str, Any]:
        """A message that only the person sees; needs membership of the channel. Raises Refusal."""
        client = await self.client_for(handle.team)
        await api(
            client.chat_postEphemeral(
                channel=handle.channel,
                user=handle.user,
                text=message.text,
                blocks=message.blocks,
                thread_ts=handle.thread,
            )
        )
        return {"private": True, "channel": handle.channel, "thread": handle.thread}

    async def direct(self, handle: Handle, message: Message) -> Mapping[str, Any]:
        """A direct message; needs the optional scope im:write. Raises Refusal."""
        client = await self.client_for(handle.team)
        opened = await api(client.conversations_open(users=[handle.user]))
        return await self.post(client, opened["channel"]["id"], message)

    async def tell(self, handle: Handle, message: Message, *, over: bool = False) -> None:
        """Words for the person alone, by the first door that opens; none is no fault."""
        for name in ("response_url", "ephemeral", "direct"):
            try:
                if name == "response_url":
                    await self.respond(handle, message, response_type="ephemeral", replace_original=over)
                elif name == "ephemeral" and handle.channel:
                    await self.whisper(handle, message)
                elif name == "direct":
                    await self.direct(handle, message)
                else:
                    continue
                return
            except Refusal as refusal:
                log.info("door_closed", door=name, code=refusal.code)
            except (NotInstalled, *LOST) as fault:
                log.info("door_closed", door=name, code=type(fault).__name__)
        log.warning("person_not_told")

    async def show_again(self, job: Job, outcome: Delivered, handle: Handle) -> None:
        """Show a finished job in another place. Raises DeliveryError."""
        await self._by_a_door(job, outcome, handle)

    async def share(self, job: Job, outcome: Delivered, handle: Handle) -> Mapping[str, Any]:
        """The public copy of a private preview: posted as a member, else through the click's response_url.

        One use of the response_url stays, to remove the preview.
        """
        client = await self.client_for(handle.team)

        async def as_member(message: Message, *, last: bool = True) -> Mapping[str, Any]:
            del last
            return await self.post(client, handle.channel, message, handle.thread)

        async def as_guest(message: Message, *, last: bool = True) -> Mapping[str, Any]:
            await self.respond(
                handle, message, keep=1 if last else 2, response_type="in_channel", replace_original=False
            )
            return {"channel": handle.channel}

        try:
            return await self._down_the_ladder(job, outcome, handle, as_member, private=False)
        except Refusal as refusal:
            if refusal.code not in _NOT_MEMBER:
                raise
        return await self._down_the_ladder(job, outcome, handle, as_guest, private=False)

    async def _by_a_door(self, job: Job, outcome: Outcome, handle: Handle) -> Mapping[str, Any]:
        try:
            doors = await self._doors(handle)
        except NotInstalled:
            raise DeliveryError("the app was removed from the workspace", retryable=False) from None
        for name, write in doors:
            try:
                return await self._down_the_ladder(job, outcome, handle, write)
            except Refusal as refusal:
                log.info("door_closed", door=name, code=refusal.code)
            except LOST as fault:
                log.info("door_closed", door=name, code=type(fault).__name__)
        raise DeliveryError("no door is open", retryable=True)

    async def _doors(self, handle: Handle) -> list[tuple[str, Write]]:
        """Ways to write, best first. The first one edits what is there, so it may be repeated."""
        client = await self.client_for(handle.team)
        doors: list[tuple[str, Write]] = []

        async def edit(message: Message, *, last: bool = True) -> Mapping[str, Any]:
            del last
            answer = await api(
                client.chat_update(
                    channel=handle.channel,
                    ts=handle.placeholder or "",
                    text=message.text,
                    blocks=message.blocks,
                )
            )
            return {"channel": answer["channel"], "ts": answer["ts"]}

        async def post(message: Message, *, last: bool = True) -> Mapping[str, Any]:
            del last
            return await self.post(client, handle.channel, message, handle.thread)

        async def respond(message: Message, *, last: bool = True) -> Mapping[str, Any]:
            keep = 0 if last else 1
            await self.respond(handle, message, keep=keep, response_type="ephemeral", replace_original=True)
            return {"private": True, "channel": handle.channel, "thread": handle.thread}

        async def whisper(message: Message, *, last: bool = True) -> Mapping[str, Any]:
            del last
            return await self.whisper(handle, message)

        async def direct(message: Message, *, last: bool = True) -> Mapping[str, Any]:
            del last
            return await self.direct(handle, message)

        if handle.placeholder:
            doors.append(("edit", edit))
        if not handle.private and not handle.placeholder:
            doors.append(("post", post))
        if handle.private and handle.can_respond(self.clock.now()):
            doors.append(("response_url", respond))
        if handle.private and handle.channel:
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
        presentation = (await self.policies.policy(job.request.requester.tenant)).presentation
        linked = presentation.delivery is DeliveryMode.CDN and self.images.public

        def message(sources: Sequence[Source]) -> Message:
            return picture_message(
                job,
                outcome,
                sources,
                private=alone,
                cost=presentation.show_cost,
                version=(handle.version, handle.derived_from),
                linked=linked,
            )

        return await self._climb(write, message, [(job, outcome)], linked=linked, team=handle.team)

    async def show_versions(
        self,
        handle: Handle,
        shown: Sequence[tuple[Job, Delivered]],
        make: Callable[[Sequence[Source]], Message],
    ) -> None:
        """Several jobs' first pictures in one message of a thread, else for the person alone. Raises Refusal."""
        first = [(job, replace(outcome, images=outcome.images[:1])) for job, outcome in shown]
        presentation = (await self.policies.policy(handle.team)).presentation
        linked = presentation.delivery is DeliveryMode.CDN and self.images.public
        for name, write in await self._doors(handle.but(placeholder=None)):
            try:
                await self._climb(write, make, first, linked=linked, team=handle.team)
                return
            except Refusal as refusal:
                log.info("door_closed", door=name, code=refusal.code)
        raise DeliveryError("no door is open", retryable=False)

    async def _climb(
        self,
        write: Write,
        message: Callable[[Sequence[Source]], Message],
        shown: Sequence[tuple[Job, Delivered]],
        *,
        linked: bool,
        team: str,
    ) -> Mapping[str, Any]:
        """The ladder itself: every rung is the same message with its pictures from elsewhere."""
        images = [image for _, outcome in shown for image in outcome.images]
        if linked:
            sources = [Source(url=await self.picture_url(image)) for image in images]
            for pause in (_AGAIN, 0.0):
                done = await self._try(write, message(sources))
                if done is not None:
                    return done
                await self.clock.sleep(pause)
        uploaded: list[Source] = []
        client = await self.client_for(team)
        for job, outcome in shown:
            uploaded += await self.uploads.upload(client, job, outcome)
        if len(uploaded) == len(images):
            for attempt in range(_FILE_TRIES):
                done = await self._try(write, message(uploaded))
                if done is not None:
                    return done
                await self.clock.sleep(_FILE_PAUSE * 1.6**attempt)
        return await write(message([Source()] * len(images)))

    async def _try(self, write: Write, message: Message) -> Mapping[str, Any] | None:
        """None when Slack did not like the picture, or tries are running out; other refusals go up."""
        try:
            return await write(message, last=False)
        except Refusal as refusal:
            if not refusal.about_image and refusal.code != USED_UP:
                raise
            log.info("picture_not_taken", code=refusal.code)
            return None

    async def picture_url(self, image: HostedImage) -> str:
        """A public PNG or JPEG; Slack takes no WebP."""
        if image.media_type is not MediaType.WEBP:
            return image.url
        copy = await jpeg_copy(await self.images.read(image.key), side=2048)
        return self.images.url(await self.images.publish_bytes(copy, MediaType.JPEG))


async def api(request: Awaitable[Any]) -> Any:
    """A Web API call with Slack's refusals as `Refusal`."""
    try:
        return await request
    except SlackApiError as error:
        answer = error.response
        details = " ".join(map(str, answer.get("errors") or ()))
        messages = (answer.get("response_metadata") or {}).get("messages") or ()
        raise Refusal(str(answer.get("error", "unknown")), details + " ".join(map(str, messages))) from None


def _bare(job: Job) -> Handle:
    """What is left to answer by when the handle cannot be read."""
    person = job.request.requester
    return Handle(person.tenant, person.user_id, person.channel_id, person.thread_id, private=True)


def _code_of(body: str) -> str:
    try:
        return str(json.loads(body).get("error", ""))
    except ValueError:
        return body.strip()[:80]

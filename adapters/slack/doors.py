"""Ways to write a message, each by itself: our own placeholder, the channel, a response_url, privately, directly.

The first one edits what is there, so it may be repeated.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient
from slack_sdk.webhook.webhook_response import WebhookResponse

from adapters.slack.again import again
from adapters.slack.handle import Handle
from adapters.slack.render import Message
from adapters.slack.response_urls import ResponseUses
from adapters.slack.web_api import USED_UP, Refusal, api, is_passing, retry_after_in
from bot.ports import Clock

_TRIES: Final = 2
_PAUSE: Final = 1.0


class Write(Protocol):
    """Writes a message, and says where it stands. `last` is false for tries that a plainer message may follow.

    Raises Refusal.
    """

    async def __call__(self, message: Message, *, last: bool = True) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Door:
    """`repeatable`: writing twice is writing once, so a lost answer is no reason to take another door."""

    name: str
    write: Write
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class Doors:
    """`client_for` gives the Web API client of a workspace."""

    client_for: Callable[[str], Awaitable[AsyncWebClient]]
    session: aiohttp.ClientSession
    clock: Clock
    uses: ResponseUses

    async def post(
        self, client: AsyncWebClient, channel: str, message: Message, thread: str | None = None
    ) -> Mapping[str, Any]:
        """A new message in a channel. Raises Refusal."""
        answer = await api(
            client.chat_postMessage(
                channel=channel,
                text=message.fallback,
                blocks=message.blocks,
                thread_ts=thread,
                unfurl_links=False,
                unfurl_media=False,
            )
        )
        return {"channel": answer["channel"], "ts": answer["ts"]}

    async def edit(
        self, client: AsyncWebClient, channel: str, ts: str, message: Message, files: Sequence[str] = ()
    ) -> Mapping[str, Any]:
        """Replace a message of our own; `files` are attached to it. Raises Refusal."""
        attached: dict[str, Any] = {"file_ids": list(files)} if files else {}
        answer = await api(
            client.chat_update(
                channel=channel, ts=ts, text=message.fallback, blocks=message.blocks, **attached
            )
        )
        return {"channel": answer["channel"], "ts": answer["ts"]}

    async def respond(self, handle: Handle, message: Message | None, *, keep: int = 0, **flags: Any) -> None:
        """One use of a response_url, a second one after a bad moment of Slack's where writing twice is writing once.

        Raises Refusal, also for what the SDK hands back in silence.
        """
        webhook = AsyncWebhookClient(
            handle.response_url,
            session=self.session,
            retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=2)],
        )
        body = {"text": message.fallback, "blocks": message.blocks} if message else {}
        repeatable = bool(flags.get("replace_original") or flags.get("delete_original"))

        async def write() -> None:
            if not await self.uses.take(handle, keep=keep):
                raise Refusal(USED_UP)
            answer = await webhook.send_dict({**body, **flags})
            if answer.status_code != 200:
                raise Refusal(_code_of(answer), retry_after=retry_after_in(answer.headers))

        await again(write, self.clock, tries=_TRIES if repeatable else 1, pause=_PAUSE)

    async def whisper(self, handle: Handle, message: Message) -> Mapping[str, Any]:
        """A message that only the person sees; needs membership of the channel. Raises Refusal."""
        client = await self.client_for(handle.team)
        await api(
            client.chat_postEphemeral(
                channel=handle.channel,
                user=handle.user,
                text=message.fallback,
                blocks=message.blocks,
                thread_ts=handle.thread,
            )
        )
        return _private(handle)

    async def direct(self, handle: Handle, message: Message) -> Mapping[str, Any]:
        """A direct message; needs the optional scope im:write. Raises Refusal."""
        client = await self.client_for(handle.team)
        opened = await api(client.conversations_open(users=[handle.user]))
        return await self.post(client, opened["channel"]["id"], message)

    def of(self, handle: Handle) -> list[Door]:
        """What is open for a handle, best first."""
        doors: list[Door] = []
        if handle.placeholder:
            doors.append(Door("edit", self._editing(handle), repeatable=True))
        if not handle.private:
            doors.append(Door("post", self.posting(handle)))
        return doors + (
            self.alone(handle, over=not handle.beside)
            if handle.private
            else [Door("direct", self._directly(handle))]
        )

    def alone(self, handle: Handle, *, over: bool = False) -> list[Door]:
        """Those that only the person sees; `over` puts the message in the place of the one that was clicked."""
        doors: list[Door] = []
        if handle.can_respond(self.clock.now()):
            doors.append(Door("response_url", self._responding(handle, over=over)))
        if handle.channel:
            doors.append(Door("ephemeral", self._whispering(handle)))
        return [*doors, Door("direct", self._directly(handle))]

    def posting(self, handle: Handle) -> Write:
        async def write(message: Message, *, last: bool = True) -> Mapping[str, Any]:
            client = await self.client_for(handle.team)
            return await self.post(client, handle.channel, message, handle.thread)

        return write

    def as_guest(self, handle: Handle) -> Write:
        """For everybody, through a click's response_url; one use of it stays, to remove the preview."""

        async def write(message: Message, *, last: bool = True) -> Mapping[str, Any]:
            keep = 1 if last else 2
            await self.respond(handle, message, keep=keep, response_type="in_channel", replace_original=False)
            return {"channel": handle.channel}

        return write

    def _editing(self, handle: Handle) -> Write:
        async def write(message: Message, *, last: bool = True) -> Mapping[str, Any]:
            client = await self.client_for(handle.team)
            return await self.edit(client, handle.channel, handle.placeholder or "", message)

        return write

    def _responding(self, handle: Handle, *, over: bool) -> Write:
        async def write(message: Message, *, last: bool = True) -> Mapping[str, Any]:
            keep = 0 if last else 1
            await self.respond(handle, message, keep=keep, response_type="ephemeral", replace_original=over)
            return _private(handle)

        return write

    def _whispering(self, handle: Handle) -> Write:
        async def write(message: Message, *, last: bool = True) -> Mapping[str, Any]:
            return await self.whisper(handle, message)

        return write

    def _directly(self, handle: Handle) -> Write:
        async def write(message: Message, *, last: bool = True) -> Mapping[str, Any]:
            return await self.direct(handle, message)

        return write


def _private(handle: Handle) -> Mapping[str, Any]:
    return {"private": True, "channel": handle.channel, "thread": handle.thread}


def _code_of(answer: WebhookResponse) -> str:
    """Slack's error, as JSON or as a bare word. What comes with a bad moment may be a proxy's page: its status says all."""
    status = str(answer.status_code)
    if is_passing(status):
        return status
    try:
        found = json.loads(answer.body)
    except ValueError:
        return answer.body.strip()[:80] or status
    return str((found.get("error") if isinstance(found, dict) else "") or status)

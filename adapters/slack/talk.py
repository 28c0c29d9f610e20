"""Words to the bot: a mention in a channel or thread, or a direct message in the agent's container.

The first words of a thread make a picture, the next ones change the newest version: "make the button blue". With
"v2: make it green" an older version is changed, "v2" alone goes back to it, "compare" shows all of them, and
"new: a castle" begins afresh. The thread's pictures are known from our own store, never from Slack's history.
"""

import re
from typing import Any, Final

from adapters.slack.buttons import Buttons
from adapters.slack.desk import MARK_SECONDS, Desk
from adapters.slack.handle import Handle
from adapters.slack.render import text_message
from adapters.slack.spoken import spoken
from adapters.slack.status import Status
from bot.domain.jobs import Job, JobState
from bot.domain.outcomes import Delivered
from bot.domain.requests import Action, ReferenceRole
from bot.messages.catalogue import Texts
from bot.messages.keys import Say

_WRITTEN: Final = frozenset({None, "file_share", "thread_broadcast"})
"""Kinds of messages that a person writes; the last one is a reply that is also sent to the conversation."""
_VERSION: Final = re.compile(
    r"(?:use\s+|back\s+to\s+)?v(\d{1,3})\s*(?:[:,]\s*(.+))?", re.IGNORECASE | re.DOTALL
)
_NEW: Final = re.compile(r"(?:new|neu|nuevo|nouveau|新規)\s*[:：]\s*(.+)", re.IGNORECASE | re.DOTALL)


class Talk:
    """Everything that is said to the bot in words."""

    def __init__(self, desk: Desk, buttons: Buttons, status: Status) -> None:
        self._desk = desk
        self._buttons = buttons
        self._status = status

    async def mention(self, body: dict[str, Any]) -> None:
        if not body["event"].get("bot_id"):
            await self._said(body)

    async def direct_message(self, body: dict[str, Any]) -> None:
        """In the agent's container every message of a person is the root of a thread, or in one."""
        event = body["event"]
        written = event.get("subtype") in _WRITTEN and not event.get("bot_id")
        if event.get("channel_type") == "im" and written and event.get("user"):
            await self._said(body)

    async def stopped(self, body: dict[str, Any]) -> None:
        """The Stop button of an agent's session: everything of that person in that thread that is not done yet.

        Slack leaves it to us to take the session out of "processing" (docs.slack.dev, agent_session_stopped).
        """
        event, desk = body["event"], self._desk
        handle = desk.handle(body, thread=event.get("thread_ts"), private=False)
        texts = await desk.texts(body)
        requester = await desk.requester(body, handle, texts, admin=True)
        talk = await desk.threads.get(handle.place or "")
        for version in talk.versions:
            job = await desk.studio.parts.jobs.get(version.job_id)
            if job is not None and not job.state.final:
                await desk.studio.cancel(job.job_id, requester)
        await self._status.idle(handle)

    async def _said(self, body: dict[str, Any]) -> None:
        event, desk = body["event"], self._desk
        thread = event.get("thread_ts") or event["ts"]
        handle = desk.handle(body, thread=thread, private=False)
        texts = await desk.texts(body)
        text = spoken(event.get("text", ""))
        if not text or text.lower() == "help":
            await self._help(body, handle, texts)
            return
        if desk.taking:
            await self._understood(body, handle, text, texts)
        else:
            await desk.restarting(handle, texts)

    async def _understood(self, body: dict[str, Any], handle: Handle, text: str, texts: Texts) -> None:
        key = f"{handle.team}:{body['event_id']}"
        fresh, version = _NEW.fullmatch(text), _VERSION.fullmatch(text)
        if text.lower() == "compare":
            if await self._once(key):
                await self._buttons.compare(handle, texts)
        elif version:
            await self._to_version(key, body, handle, int(version[1]), version[2] or "", texts)
        elif fresh:
            await self._draw(key, body, handle, fresh[1].strip(), texts)
        elif picture := await self._newest(handle):
            await self._change(key, body, handle, picture, text, texts)
        else:
            await self._draw(key, body, handle, text, texts)

    async def _to_version(
        self, key: str, body: dict[str, Any], handle: Handle, number: int, words: str, texts: Texts
    ) -> None:
        """Back to a version; with words behind it these change it."""
        if not words and not await self._once(key):
            return
        picture = await self._buttons.go_back(handle, number, texts)
        if picture is None:
            return
        if words:
            await self._change(key, body, handle, picture, words.strip(), texts)
        elif isinstance(picture.outcome, Delivered):
            again = handle.but(version=number)
            await self._desk.delivery.show_again(picture, picture.outcome, again)

    async def _draw(self, key: str, body: dict[str, Any], handle: Handle, text: str, texts: Texts) -> None:
        desk = self._desk
        requester = await desk.requester(body, handle, texts)
        files = await desk.files_of(body["event"].get("files"), handle.team)
        result = await desk.submit(key, requester, text, handle, references=files)
        await desk.start(handle, result, texts)

    async def _change(
        self, key: str, body: dict[str, Any], handle: Handle, picture: Job, text: str, texts: Texts
    ) -> None:
        """The event's id is the child's key: redelivered at any time, to any replica, it is the same child."""
        requester = await self._desk.requester(body, handle, texts)
        files = await self._desk.files_of(body["event"].get("files"), handle.team, ReferenceRole.SUBJECT)
        await self._buttons.press(
            key, handle, picture.job_id, Action.EDIT, requester, texts, text, references=files, exact=True
        )

    async def _newest(self, handle: Handle) -> Job | None:
        """The picture that the next words change: the current version, else the newest that there still is."""
        talk = await self._desk.threads.get(handle.place or "")
        order = sorted(talk.versions, key=lambda item: (item.number == talk.current, item.number))
        for version in reversed(order):
            job = await self._desk.studio.parts.jobs.get(version.job_id)
            if job is not None and isinstance(job.outcome, Delivered) and job.state is not JobState.DELETED:
                return job
        return None

    async def _help(self, body: dict[str, Any], handle: Handle, texts: Texts) -> None:
        if not await self._once(f"{handle.team}:{body['event_id']}"):
            return
        client = await self._desk.delivery.client_for(handle.team)
        message = text_message(f"{texts.say(Say.HELP)}\n{texts.say(Say.THREAD_HELP)}")
        await self._desk.delivery.post(client, handle.channel, message, handle.thread)

    async def _once(self, key: str) -> bool:
        return await self._desk.studio.parts.jobs.mark_once(f"said:{key}", MARK_SECONDS)

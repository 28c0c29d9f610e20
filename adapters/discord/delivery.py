"""The only writer of results: a ladder of doors, each one tried until the end is told.

1  the interaction's token, same message, with the file
2  the same, smaller file; then without a file, as a link
3  the bot's own token on the same message
4  a new message in the channel, mentioning only the person
5  a direct message
6  nothing was open: the picture stays under its job id
"""

from collections.abc import Mapping
from typing import Any

import discord
import structlog

from adapters.discord.content import Content
from adapters.discord.copies import Copies
from adapters.discord.doors import ORIGINAL, Doors, MessageGone, TokenDead
from adapters.discord.handle import Handle
from adapters.discord.pictures import Pictures
from adapters.discord.render import failure_layout, refusal_layout
from bot.domain.errors import DeliveryError
from bot.domain.jobs import Job
from bot.domain.outcomes import DecidedBy, Delivered, Failed, Outcome, RefusalReason, Refused
from bot.ports import Clock

log = structlog.get_logger(__name__)


class Delivery:
    """Shows outcomes. Safe to repeat: every door but the last two edits a message that is known."""

    def __init__(self, doors: Doors, pictures: Pictures, copies: Copies, clock: Clock) -> None:
        self._doors = doors
        self._pictures = pictures
        self._copies = copies
        self._clock = clock

    async def deliver(self, job: Job, outcome: Outcome) -> Mapping[str, Any]:
        """Returns where it is shown. Raises DeliveryError when no door was open."""
        handle = Handle.from_json(job.handle) if job.handle else None
        if isinstance(outcome, Delivered):
            return await self._show(job, handle, await self._pictures.content(job, outcome, handle))
        if isinstance(outcome, Refused):
            return await self._refuse(job, handle, outcome)
        content = _failure(job, outcome)
        if handle is not None and "message_id" not in job.message:
            return await self._apologise(handle, content)
        return await self._show(job, handle, content)

    async def show_again(self, job: Job, outcome: Delivered, handle: Handle, message_id: int) -> None:
        """Show a finished job in another place. Raises DeliveryError."""
        content = await self._pictures.content(job, outcome, handle)
        try:
            shown = await self._doors.edit_by_token(handle, message_id, content)
        except (TokenDead, MessageGone):
            raise DeliveryError("the place to show it is gone") from None
        await self._copies.add(job.job_id, handle.channel_id, int(shown))

    async def _apologise(self, handle: Handle, content: Content) -> Mapping[str, Any]:
        """Nobody knows whether the acknowledgement arrived: if it did, its message is there to be edited.

        If it did not, Discord itself has told the member, and there is nothing to add.
        """
        try:
            await self._doors.edit_by_token(handle, ORIGINAL, content)
        except (TokenDead, MessageGone):
            return {"unacknowledged": True}
        return {}

    async def _refuse(self, job: Job, handle: Handle | None, refused: Refused) -> Mapping[str, Any]:
        """A late no: the public placeholder goes, the requester alone is told.

        Where nobody can be told alone any more, the placeholder becomes a neutral line: why is nobody else's affair.
        """
        content = _refusal(job, refused)
        if handle is None or not handle.alive(self._clock.now()):
            return await self._show(job, handle, _neutral(job))
        if handle.ephemeral:
            return await self._show(job, handle, content)
        try:
            await self._doors.delete_by_token(handle, int(job.message["message_id"]))
        except MessageGone:
            log.info("placeholder_gone", job_id=job.job_id)
        except (TokenDead, discord.HTTPException):
            return await self._show(job, handle, _neutral(job))
        try:
            await self._doors.whisper(handle, content)
        except (TokenDead, MessageGone, discord.HTTPException):
            return await self._doors.direct(handle.user_id, content)
        return {"private": True}

    async def _show(self, job: Job, handle: Handle | None, content: Content) -> Mapping[str, Any]:
        """Down the ladder."""
        message_id = int(job.message.get("message_id", 0))
        try:
            if handle and message_id and handle.alive(self._clock.now()):
                try:
                    shown = await self._doors.edit_by_token(handle, message_id, content)
                    return {**job.message, "message_id": str(shown)}
                except TokenDead:
                    log.info("token_dead", job_id=job.job_id)
            return await self._without_token(job, handle, message_id, content)
        except MessageGone:
            log.info("message_gone", job_id=job.job_id)
            return {**job.message, "dismissed": True}

    async def _without_token(
        self, job: Job, handle: Handle | None, message_id: int, content: Content
    ) -> Mapping[str, Any]:
        channel_id = handle.channel_id if handle else int(job.message.get("channel_id", 0))
        private = handle is not None and handle.ephemeral
        known = channel_id and message_id and not private
        if known and await self._doors.edited_by_bot(channel_id, message_id, content):
            return job.message
        if not message_id and handle is None:
            channel_id = _asked_in(job)
        if channel_id and not private and (handle.can_post if handle else not message_id):
            sent = await self._doors.post(channel_id, job.job_id, content)
            if sent:
                return sent
        user_id = handle.user_id if handle else int(job.request.requester.user_id)
        return await self._doors.direct(user_id, content)


def _failure(job: Job, failed: Failed) -> Content:
    return Content(lambda _, shape: failure_layout(job, failed, shape))


def _refusal(job: Job, refused: Refused) -> Content:
    return Content(lambda _, shape: refusal_layout(job, refused, shape))


def _neutral(job: Job) -> Content:
    """A no that tells others nothing."""
    return _refusal(job, Refused(RefusalReason.OTHER, DecidedBy.GUARD))


def _asked_in(job: Job) -> int:
    """Where a released picture was asked for: its refusal was private, so nothing stands there; 0 for a private chat."""
    person = job.request.requester
    if not person.public or not person.tenant.removeprefix("discord:").isdigit():
        return 0
    return int(person.thread_id or person.channel_id or 0)

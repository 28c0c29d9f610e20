"""The only writer of results: a ladder of doors, each one tried until the end is told.

1  the interaction's token, same message, with the file
2  the same, smaller file; then without a file, as a link
3  the bot's own token on the same message
4  a new message in the channel, mentioning only the person
5  a direct message
6  nothing was open: the picture stays under its job id
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar, cast

import discord
import structlog

from adapters.discord.calls import LOST, call
from adapters.discord.content import BAD_FORM, Content
from adapters.discord.copies import Copies
from adapters.discord.handle import Handle, webhook_of
from adapters.discord.render import (
    Attached,
    failure_layout,
    file_name,
    picture_layout,
    refusal_layout,
)
from bot.domain.errors import DeliveryError, StorageError
from bot.domain.images import MediaType
from bot.domain.jobs import Job
from bot.domain.outcomes import DecidedBy, Delivered, Failed, Outcome, RefusalReason, Refused
from bot.guardrails.places import rules_for
from bot.images.previews import fit_into
from bot.ports import Clock, ImageStore, PolicyStore

log = structlog.get_logger(__name__)

_FILE_SHARE: Final = 0.9
_SMALLER: Final = 3

UNKNOWN_WEBHOOK: Final = 10015
INVALID_TOKEN: Final = 50027
UNKNOWN_MESSAGE: Final = 10008
ORIGINAL: Final = "@original"
"""The message that the acknowledgement made, by the name that every interaction has for it."""

Shown = TypeVar("Shown")


class TokenDead(Exception):
    """The interaction's token is not taken any more."""


class MessageGone(Exception):
    """Somebody deleted the message: nothing is posted again."""


class Delivery:
    """Shows outcomes. Safe to repeat: every door but the last two edits a message that is known."""

    def __init__(
        self, client: discord.Client, images: ImageStore, policies: PolicyStore, copies: Copies, clock: Clock
    ) -> None:
        self._client = client
        self._images = images
        self._policies = policies
        self._copies = copies
        self._clock = clock

    async def deliver(self, job: Job, outcome: Outcome) -> Mapping[str, Any]:
        """Returns where it is shown. Raises DeliveryError when no door was open."""
        handle = Handle.from_json(job.handle) if job.handle else None
        if isinstance(outcome, Delivered):
            return await self._show(job, handle, await self._picture(job, outcome, handle))
        if isinstance(outcome, Refused):
            return await self._refuse(job, handle, outcome)
        content = self._failure(job, outcome)
        if handle is not None and "message_id" not in job.message:
            return await self._apologise(handle, content)
        return await self._show(job, handle, content)

    async def _apologise(self, handle: Handle, content: Content) -> Mapping[str, Any]:
        """Nobody knows whether the acknowledgement arrived: if it did, its message is there to be edited.

        If it did not, Discord itself has told the member, and there is nothing to add.
        """
        try:
            await self._edit_by_token(handle, ORIGINAL, content)
        except (TokenDead, MessageGone):
            return {"unacknowledged": True}
        return {}

    async def show_again(self, job: Job, outcome: Delivered, handle: Handle, message_id: int) -> None:
        """Show a finished job in another place. Raises DeliveryError."""
        content = await self._picture(job, outcome, handle)
        try:
            shown = await self._edit_by_token(handle, message_id, content)
        except (TokenDead, MessageGone):
            raise DeliveryError("the place to show it is gone") from None
        await self._copies.add(job.job_id, handle.channel_id, int(shown))

    async def hang(self, job: Job, outcome: Delivered, channel_id: int, user_id: int) -> None:
        """Put a finished job up in a gallery channel of its own community. Raises DeliveryError."""
        content = await self._picture(job, outcome, None, starred_by=user_id)
        if not await self._may_hang(job, channel_id):
            raise DeliveryError("the gallery is no place for it", retryable=False)
        sent = await self._post(channel_id, job, content)
        if sent is None:
            raise DeliveryError("the gallery takes nothing", retryable=False)
        await self._copies.add(job.job_id, channel_id, int(sent["message_id"]))
        await self._copies.names(job.job_id, user_id)

    async def _may_hang(self, job: Job, channel_id: int) -> bool:
        """A channel of the same server; what was made for adults hangs where only adults look."""
        try:
            channel = self._client.get_channel(channel_id) or await call(
                lambda: self._client.fetch_channel(channel_id), self._clock
            )
        except (discord.HTTPException, discord.InvalidData, *LOST):
            return False
        requester = job.request.requester
        own = requester.tenant == f"discord:{getattr(getattr(channel, 'guild', None), 'id', 0)}"
        return own and (not requester.age_restricted or bool(getattr(channel, "nsfw", False)))

    async def retract(self, job: Job) -> None:
        """Delete every message that shows the job, by the bot's own token; what is gone already is no error.

        Raises:
            DeliveryError: Discord could not be asked about one of them; the next try may reach it.
        """
        own = (int(job.message.get("channel_id", 0)), int(job.message.get("message_id", 0)))
        unreached = 0
        for channel_id, message_id in [own, *await self._copies.of(job.job_id)]:
            if not message_id or not channel_id:
                continue
            message = self._client.get_partial_messageable(channel_id).get_partial_message(message_id)
            try:
                await call(message.delete, self._clock)
            except discord.HTTPException as error:
                log.info("message_not_deleted", job_id=job.job_id, fault=_brief(error))
                unreached += error.status >= 500 or error.status == 429
            except LOST as fault:
                log.info("message_not_deleted", job_id=job.job_id, fault=_brief(fault))
                unreached += 1
        if unreached:
            raise DeliveryError(f"{unreached} messages could not be deleted", retryable=True)
        await self._copies.forget(job.job_id)

    async def show_anew(self, job: Job) -> None:
        """Edit what shows a delivered job; a message that is gone, or closed to the bot, is left as it is.

        Raises:
            DeliveryError: Discord could not be asked about one of them; the next try may reach it.
        """
        if not isinstance(job.outcome, Delivered):
            return
        own = (int(job.message.get("channel_id", 0)), int(job.message.get("message_id", 0)))
        unreached = 0
        for channel_id, message_id in [own, *await self._copies.of(job.job_id, cards=False)]:
            if not message_id or not channel_id:
                continue
            content = await self._picture(job, job.outcome, None)
            try:
                await self._edit_by_bot(channel_id, message_id, content)
            except discord.HTTPException as error:
                log.info("message_not_edited", job_id=job.job_id, fault=_brief(error))
                unreached += error.status >= 500 or error.status == 429
            except LOST as fault:
                log.info("message_not_edited", job_id=job.job_id, fault=_brief(fault))
                unreached += 1
        if unreached:
            raise DeliveryError(f"{unreached} messages could not be edited", retryable=True)

    async def _edit_by_bot(self, channel_id: int, message_id: int, content: Content) -> None:
        edit = self._client.get_partial_messageable(channel_id).get_partial_message(message_id).edit
        await self._with_less(content, lambda less: call(lambda: edit(**less.arguments()), self._clock))

    async def _picture(
        self, job: Job, outcome: Delivered, handle: Handle | None, *, starred_by: int = 0
    ) -> Content:
        requester = job.request.requester
        policy = rules_for(await self._policies.policy(requester.tenant), requester)
        limit = handle.limit if handle else 10 * 1024 * 1024
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

    def _failure(self, job: Job, failed: Failed) -> Content:
        return Content(lambda _, shape: failure_layout(job, failed, shape))

    def _neutral(self, job: Job) -> Content:
        """A no that tells others nothing."""
        refused = Refused(RefusalReason.OTHER, DecidedBy.GUARD)
        return Content(lambda _, shape: refusal_layout(job, refused, shape))

    async def _refuse(self, job: Job, handle: Handle | None, refused: Refused) -> Mapping[str, Any]:
        """A late no: the public placeholder goes, the requester alone is told.

        Where nobody can be told alone any more, the placeholder becomes a neutral line: why is nobody else's affair.
        """
        content = Content(lambda _, shape: refusal_layout(job, refused, shape))
        if handle is None or not handle.alive(self._clock.now()):
            return await self._show(job, handle, self._neutral(job))
        if handle.ephemeral:
            return await self._show(job, handle, content)
        webhook = self._webhook(handle)
        try:
            await self._by_token(lambda: webhook.delete_message(int(job.message["message_id"])))
        except MessageGone:
            log.info("placeholder_gone", job_id=job.job_id)
        except (TokenDead, discord.HTTPException, *LOST):
            return await self._show(job, handle, self._neutral(job))
        try:
            await self._by_token(lambda: webhook.send(**content.for_post(), ephemeral=True, wait=True))
        except (TokenDead, MessageGone, discord.HTTPException, *LOST):
            return await self._direct(job, handle, content)
        return {"private": True}

    async def _show(self, job: Job, handle: Handle | None, content: Content) -> Mapping[str, Any]:
        """Down the ladder."""
        message_id = int(job.message.get("message_id", 0))
        try:
            if handle and message_id and handle.alive(self._clock.now()):
                try:
                    shown = await self._edit_by_token(handle, message_id, content)
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
        if channel_id and message_id and not private:
            channel = self._client.get_partial_messageable(channel_id)
            edit = channel.get_partial_message(message_id).edit
            if await self._try(lambda less: edit(**less.arguments()), content):
                return job.message
        if not message_id and handle is None:
            channel_id = _asked_in(job)
        if channel_id and not private and (handle.can_post if handle else not message_id):
            sent = await self._post(channel_id, job, content)
            if sent:
                return sent
        return await self._direct(job, handle, content)

    async def _post(self, channel_id: int, job: Job, content: Content) -> Mapping[str, Any] | None:
        """A new message in the channel. Not repeated: a lost answer could mean that it is there already."""
        channel = self._client.get_partial_messageable(channel_id)

        async def send(less: Content) -> discord.Message:
            return await call(lambda: channel.send(**less.for_post()), self._clock, tries=1)

        try:
            message = await self._with_less(content, send)
        except (discord.HTTPException, *LOST) as fault:
            log.info("channel_closed", job_id=job.job_id, fault=_brief(fault))
            return None
        return {"message_id": str(message.id), "channel_id": str(channel_id)}

    async def _direct(self, job: Job, handle: Handle | None, content: Content) -> Mapping[str, Any]:
        """A direct message, the last door."""
        user_id = handle.user_id if handle else int(job.request.requester.user_id)
        try:
            user = await call(lambda: self._client.fetch_user(user_id), self._clock)

            async def send(less: Content) -> discord.Message:
                return await call(lambda: user.send(**less.for_post()), self._clock, tries=1)

            message = await self._with_less(content, send)
        except (discord.HTTPException, *LOST) as fault:
            raise DeliveryError(f"no door is open ({_brief(fault)})", retryable=False) from None
        return {"message_id": str(message.id), "channel_id": str(message.channel.id)}

    async def _edit_by_token(self, handle: Handle, message_id: int | str, content: Content) -> int | str:
        """Edit the known message, or `ORIGINAL`; what Discord does not take is sent with less in it, step by step.

        Returns the message that shows it: another one where this one can be edited to nothing that Discord takes.

        Raises:
            DeliveryError: not even the least of it was taken.
        """
        webhook = self._webhook(handle)
        # The library only puts it into the address.
        number = cast("int", message_id)

        async def show(now: Content) -> int | str:
            try:
                await self._by_token(lambda: webhook.edit_message(number, **now.arguments()))
            except discord.HTTPException as error:
                if now.shape.layout or error.code not in BAD_FORM:
                    raise
                return await self._replace(handle, number, now)
            return message_id

        try:
            return await self._with_less(content, show)
        except discord.HTTPException as error:
            raise DeliveryError(f"not taken: {_brief(error)}") from None

    async def _replace(self, handle: Handle, message_id: int, content: Content) -> int:
        """Plain text cannot be put into a message that has once had a layout: a new one, then the old one goes."""
        webhook, told = self._webhook(handle), handle.ephemeral
        message = await call(
            lambda: webhook.send(**content.for_post(), ephemeral=told, wait=True), self._clock, tries=1
        )
        try:
            await call(lambda: webhook.delete_message(message_id), self._clock)
        except (discord.HTTPException, *LOST) as fault:
            log.info("placeholder_stays", fault=_brief(fault))
        return message.id

    async def _with_less(self, content: Content, send: Callable[[Content], Awaitable[Shown]]) -> Shown:
        """What `send` returns, given all of the content or as much of it as Discord takes.

        Raises:
            discord.HTTPException: not even the least of it was taken, or the trouble is another one.
        """
        try:
            return await send(content)
        except discord.HTTPException as refused:
            error = refused
        async for less in content.less(error):
            log.info("sent_with_less", fault=_brief(error))
            try:
                return await send(less)
            except discord.HTTPException as again:
                error = again
        raise error

    async def _by_token(self, request: Callable[[], Awaitable[Any]]) -> None:
        """A call with the interaction's token.

        Raises:
            TokenDead: expired, unknown, or refused again and again: another door is needed.
            MessageGone: the message was deleted.
        """
        try:
            await call(request, self._clock)
        except discord.HTTPException as error:
            if error.code == UNKNOWN_MESSAGE:
                raise MessageGone from None
            if (
                error.status in {401, 404}
                or error.code in {INVALID_TOKEN, UNKNOWN_WEBHOOK}
                or error.status >= 500
            ):
                raise TokenDead from None
            raise
        except LOST:
            raise TokenDead from None

    async def _try(self, request: Callable[[Content], Awaitable[Any]], content: Content) -> bool:
        try:
            await self._with_less(content, lambda less: call(lambda: request(less), self._clock))
        except discord.HTTPException as error:
            if error.code == UNKNOWN_MESSAGE:
                raise MessageGone from None
            log.info("door_closed", fault=_brief(error))
            return False
        except LOST as fault:
            log.info("door_closed", fault=_brief(fault))
            return False
        return True

    def _webhook(self, handle: Handle) -> discord.Webhook:
        return webhook_of(handle, self._client)


def _asked_in(job: Job) -> int:
    """Where a released picture was asked for: its refusal was private, so nothing stands there; 0 for a private chat."""
    person = job.request.requester
    if not person.public or not person.tenant.removeprefix("discord:").isdigit():
        return 0
    return int(person.thread_id or person.channel_id or 0)


def _brief(fault: BaseException) -> str:
    if isinstance(fault, discord.HTTPException):
        return f"{fault.status}/{fault.code}"
    return type(fault).__name__

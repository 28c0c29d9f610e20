"""The doors by which content gets to Discord. Each takes all of it, or as much as Discord does.

token    the interaction's own: edits, deletions and whispers for a quarter of an hour
bot      the bot's own: an edit of a message that is known
channel  a new message where the bot may write
direct   a message to the person
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar, cast

import discord
import structlog

from adapters.discord.calls import LOST, brief, call
from adapters.discord.content import BAD_FORM, Content
from adapters.discord.handle import Handle, webhook_of
from bot.domain.errors import DeliveryError
from bot.domain.requests import JobId
from bot.ports import Clock

log = structlog.get_logger(__name__)

ORIGINAL: Final = "@original"
"""The message that the acknowledgement made, by the name that every interaction has for it."""
_UNKNOWN_MESSAGE: Final = 10008
_UNKNOWN_WEBHOOK: Final = 10015
_INVALID_TOKEN: Final = 50027

Shown = TypeVar("Shown")


class TokenDead(Exception):
    """The interaction's token is not taken any more."""


class MessageGone(Exception):
    """Somebody deleted the message: nothing is posted again."""


class Doors:
    """Of one connection."""

    def __init__(self, client: discord.Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    async def edit_by_token(self, handle: Handle, message_id: int | str, content: Content) -> int | str:
        """Edit the known message, or `ORIGINAL`; what Discord does not take is sent with less in it, step by step.

        Returns the message that shows it: another one where this one can be edited to nothing that Discord takes.

        Raises:
            DeliveryError: not even the least of it was taken.
            TokenDead, MessageGone: see there.
        """
        webhook = webhook_of(handle, self._client)
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
            return await _with_less(content, show)
        except discord.HTTPException as error:
            raise DeliveryError(f"not taken: {brief(error)}") from None

    async def delete_by_token(self, handle: Handle, message_id: int) -> None:
        """Raises TokenDead, MessageGone, discord.HTTPException."""
        webhook = webhook_of(handle, self._client)
        await self._by_token(lambda: webhook.delete_message(message_id))

    async def whisper(self, handle: Handle, content: Content) -> None:
        """A message that only the person sees. Raises TokenDead, MessageGone, discord.HTTPException."""
        webhook = webhook_of(handle, self._client)
        await self._by_token(lambda: webhook.send(**content.for_post(), ephemeral=True, wait=True))

    async def edit_by_bot(self, channel_id: int, message_id: int, content: Content) -> None:
        """Raises discord.HTTPException and what is `LOST`."""
        message = self._client.get_partial_messageable(channel_id).get_partial_message(message_id)
        await _with_less(content, lambda less: call(lambda: message.edit(**less.arguments()), self._clock))

    async def delete_by_bot(self, channel_id: int, message_id: int) -> None:
        """Raises discord.HTTPException and what is `LOST`."""
        message = self._client.get_partial_messageable(channel_id).get_partial_message(message_id)
        await call(message.delete, self._clock)

    async def edited_by_bot(self, channel_id: int, message_id: int, content: Content) -> bool:
        """False if the door is closed.

        Raises:
            MessageGone: see there.
        """
        try:
            await self.edit_by_bot(channel_id, message_id, content)
        except discord.HTTPException as error:
            if error.code == _UNKNOWN_MESSAGE:
                raise MessageGone from None
            log.info("door_closed", fault=brief(error))
            return False
        except LOST as fault:
            log.info("door_closed", fault=brief(fault))
            return False
        return True

    async def post(self, channel_id: int, job_id: JobId, content: Content) -> Mapping[str, Any] | None:
        """A new message in the channel: where it is, None if the channel takes none.

        Not repeated: a lost answer could mean that it is there already.
        """
        channel = self._client.get_partial_messageable(channel_id)
        try:
            message = await self._sent(channel, content)
        except (discord.HTTPException, *LOST) as fault:
            log.info("channel_closed", job_id=job_id, fault=brief(fault))
            return None
        return {"message_id": str(message.id), "channel_id": str(channel_id)}

    async def direct(self, user_id: int, content: Content) -> Mapping[str, Any]:
        """A direct message, the last door: where it is. Raises DeliveryError."""
        try:
            user = await call(lambda: self._client.fetch_user(user_id), self._clock)
            message = await self._sent(user, content)
        except (discord.HTTPException, *LOST) as fault:
            raise DeliveryError(f"no door is open ({brief(fault)})", retryable=False) from None
        return {"message_id": str(message.id), "channel_id": str(message.channel.id)}

    async def _sent(self, place: discord.abc.Messageable, content: Content) -> discord.Message:
        async def send(less: Content) -> discord.Message:
            return await call(lambda: place.send(**less.for_post()), self._clock, tries=1)

        return await _with_less(content, send)

    async def _replace(self, handle: Handle, message_id: int, content: Content) -> int:
        """Plain text cannot be put into a message that has once had a layout: a new one, then the old one goes."""
        webhook, told = webhook_of(handle, self._client), handle.ephemeral
        message = await call(
            lambda: webhook.send(**content.for_post(), ephemeral=told, wait=True), self._clock, tries=1
        )
        try:
            await call(lambda: webhook.delete_message(message_id), self._clock)
        except (discord.HTTPException, *LOST) as fault:
            log.info("placeholder_stays", fault=brief(fault))
        return message.id

    async def _by_token(self, request: Callable[[], Awaitable[Any]]) -> None:
        """A call with the interaction's token.

        Raises:
            TokenDead: expired, unknown, or refused again and again: another door is needed.
            MessageGone: the message was deleted.
        """
        try:
            await call(request, self._clock)
        except discord.HTTPException as error:
            if error.code == _UNKNOWN_MESSAGE:
                raise MessageGone from None
            if (
                error.status in {401, 404}
                or error.code in {_INVALID_TOKEN, _UNKNOWN_WEBHOOK}
                or error.status >= 500
            ):
                raise TokenDead from None
            raise
        except LOST:
            raise TokenDead from None


async def _with_less(content: Content, send: Callable[[Content], Awaitable[Shown]]) -> Shown:
    """What `send` returns, given all of the content or as much of it as Discord takes.

    Raises:
        discord.HTTPException: not even the least of it was taken, or the trouble is another one.
    """
    try:
        return await send(content)
    except discord.HTTPException as refused:
        error = refused
    async for less in content.less(error):
        log.info("sent_with_less", fault=brief(error))
        try:
            return await send(less)
        except discord.HTTPException as again:
            error = again
    raise error

"""The button "tell me when it works again", and the telling.

The person's own request: a message in the channel that pings nobody but them, since they are told long after. Whatever
must not stand in a channel (another member's request, one that is forgotten, a channel where the bot may not write)
goes by the press's own token while that lives, then by direct message.
"""

from typing import Any, Final

import discord
import structlog

from adapters.discord.calls import LOST, brief, call
from adapters.discord.connection import Connection
from adapters.discord.handle import Handle, handle_of, webhook_of
from adapters.discord.render import returned_layout
from adapters.discord.requester import requester_of, texts_of
from adapters.discord.whisper import whisper
from bot.domain.awaiting import Awaited
from bot.domain.errors import DeliveryError
from bot.domain.jobs import Job
from bot.domain.outcomes import Refused
from bot.domain.requests import JobId
from bot.messages.catalogue import texts_for
from bot.messages.keys import Say
from bot.pipeline.awaiting import wish_to_hear

log = structlog.get_logger(__name__)

_CLOSED: Final = (discord.HTTPException, discord.InvalidData, *LOST)


async def wish(client: Connection, interaction: discord.Interaction, job_id: JobId) -> None:
    """The button was pressed: a note, and a word to the person alone."""
    texts, handle = texts_of(interaction), handle_of(interaction, ephemeral=True)
    noted = await wish_to_hear(client.studio.parts, job_id, requester_of(interaction), handle.to_json())
    said = texts.refusal(noted) if isinstance(noted, Refused) else texts.say(Say.NOTIFY_NOTED)
    await whisper(interaction, said)


async def tell_of_return(client: Connection, note: Awaited, job: Job | None) -> None:
    """See `bot.ports.TellsOfReturn`."""
    handle = Handle.from_json(note.handle)
    if _own(note, job) and handle.can_post and await _in_channel(client, handle, note, job):
        return
    if handle.alive(client.context.clock.now()) and await _by_token(client, handle, note, job):
        return
    await _directly(client, handle, note, job)


def _own(note: Awaited, job: Job | None) -> bool:
    """A message that names the person is found and taken back with their own request only."""
    return job is not None and job.request.requester.user_id == note.person.user_id


async def _in_channel(client: Connection, handle: Handle, note: Awaited, job: Job | None) -> bool:
    """False if that door is closed. Raises DeliveryError where it may stand there: by another door it is told twice."""
    person = discord.Object(handle.user_id)
    view = returned_layout(job, texts_for(note.person.locale), mention=handle.user_id)
    mentions = discord.AllowedMentions(everyone=False, roles=False, replied_user=False, users=[person])
    channel = client.get_partial_messageable(handle.channel_id)
    try:
        message = await call(
            lambda: channel.send(view=view, allowed_mentions=mentions, nonce=_nonce(note)),
            client.context.clock,
        )
    except _CLOSED as fault:
        if _passing(fault):
            raise DeliveryError(f"no answer ({brief(fault)})", retryable=True) from None
        log.info("channel_closed", job_id=note.job_id, fault=brief(fault))
        return False
    await client.copies.add(note.job_id, handle.channel_id, message.id, card=True)
    return True


async def _by_token(client: Connection, handle: Handle, note: Awaited, job: Job | None) -> bool:
    webhook = webhook_of(handle, client)
    view: Any = returned_layout(job, texts_for(note.person.locale))
    try:
        await call(lambda: webhook.send(view=view, ephemeral=True, wait=True), client.context.clock, tries=1)
    except _CLOSED as fault:
        log.info("token_closed", job_id=note.job_id, fault=brief(fault))
        return False
    return True


async def _directly(client: Connection, handle: Handle, note: Awaited, job: Job | None) -> None:
    view = returned_layout(job, texts_for(note.person.locale))
    try:
        user = await call(lambda: client.fetch_user(handle.user_id), client.context.clock)
        await call(lambda: user.send(view=view, nonce=_nonce(note)), client.context.clock)
    except _CLOSED as fault:
        raise DeliveryError(f"no door is open ({brief(fault)})", retryable=_passing(fault)) from None


def _nonce(note: Awaited) -> str:
    """Discord makes one message of those with the same nonce within minutes, whichever process sends them."""
    return f"{note.job_id}{int(note.since):x}"


def _passing(fault: BaseException) -> bool:
    """It says nothing about the next try."""
    return not isinstance(fault, discord.HTTPException) or fault.status >= 500 or fault.status == 429

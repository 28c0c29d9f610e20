"""A star puts a picture up in the community's gallery channel, once, whoever presses how often."""

import discord
import structlog

from adapters.discord.acknowledge import receive
from adapters.discord.calls import LOST, call
from adapters.discord.connection import Connection
from adapters.discord.requester import requester_of, texts_of
from adapters.discord.whisper import whisper
from bot.domain.errors import DeliveryError
from bot.domain.jobs import Job
from bot.domain.outcomes import Delivered
from bot.guardrails.places import rules_for
from bot.messages.keys import Say

log = structlog.get_logger(__name__)


async def star(client: Connection, interaction: discord.Interaction, job: Job, outcome: Delivered) -> None:
    """Post the picture in the gallery with its maker's and the presser's name, and tell the presser alone."""
    texts = texts_of(interaction)
    requester = requester_of(interaction)
    policy = rules_for(await client.context.policies.policy(requester.tenant), requester)
    gallery = policy.presentation.gallery_channel
    if not gallery.isdigit() or not interaction.is_guild_integration():
        await whisper(interaction, texts.say(Say.NO_GALLERY))
        return
    place = f"<#{gallery}>"
    if not await receive(interaction):
        return
    if await client.copies.claim_gallery(job.job_id, client.context.clock.now()):
        try:
            await _hang(client, job, outcome, int(gallery), interaction.user.id)
            said = texts.say(Say.FAVOURITED, channel=place)
        except DeliveryError as fault:
            log.info("gallery_closed", job_id=job.job_id, problem=fault.problem)
            await client.copies.open_gallery(job.job_id)
            said = texts.say(Say.FAVOURITE_CLOSED, channel=place)
    else:
        said = texts.say(Say.FAVOURITE_EXISTS, channel=place)
    await whisper(interaction, said)


async def _hang(client: Connection, job: Job, outcome: Delivered, channel_id: int, user_id: int) -> None:
    """Put a finished job up in a gallery channel of its own community. Raises DeliveryError."""
    content = await client.pictures.content(job, outcome, starred_by=user_id)
    if not await _may_hang(client, job, channel_id):
        raise DeliveryError("the gallery is no place for it", retryable=False)
    sent = await client.doors.post(channel_id, job.job_id, content)
    if sent is None:
        raise DeliveryError("the gallery takes nothing", retryable=False)
    await client.copies.add(job.job_id, channel_id, int(sent["message_id"]))
    await client.copies.names(job.job_id, user_id)
    await client.copies.hangs(job.job_id)


async def _may_hang(client: Connection, job: Job, channel_id: int) -> bool:
    """A channel of the same server; what was made for adults hangs where only adults look."""
    try:
        channel = client.get_channel(channel_id) or await call(
            lambda: client.fetch_channel(channel_id), client.context.clock
        )
    except (discord.HTTPException, discord.InvalidData, *LOST):
        return False
    requester = job.request.requester
    own = requester.tenant == f"discord:{getattr(getattr(channel, 'guild', None), 'id', 0)}"
    return own and (not requester.age_restricted or bool(getattr(channel, "nsfw", False)))

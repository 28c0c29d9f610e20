"""A star puts a picture up in the community's gallery channel, once, whoever presses how often."""

import discord
import structlog

from adapters.discord.acknowledge import receive
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
    if await client.copies.claim_gallery(job.job_id):
        try:
            await client.delivery.hang(job, outcome, int(gallery), interaction.user.id)
            said = texts.say(Say.FAVOURITED, channel=place)
        except DeliveryError as fault:
            log.info("gallery_closed", job_id=job.job_id, problem=fault.problem)
            await client.copies.open_gallery(job.job_id)
            said = texts.say(Say.FAVOURITE_CLOSED, channel=place)
    else:
        said = texts.say(Say.FAVOURITE_EXISTS, channel=place)
    await whisper(interaction, said)

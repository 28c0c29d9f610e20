"""A new home: a word to the person who may manage it, and a look at what the bot may do there."""

from typing import Final

import discord
import structlog

from adapters.discord.calls import LOST, call
from adapters.discord.connection import Connection
from adapters.discord.direct import tell
from adapters.discord.mentions import NOBODY
from adapters.discord.permissions import complaint, missing, survey
from adapters.discord.requester import texts_of
from bot.domain.errors import StorageError
from bot.messages.catalogue import texts_for
from bot.messages.keys import Say

log = structlog.get_logger(__name__)

_MONTH: Final = 30 * 86_400.0


async def welcome(client: Connection, guild: discord.Guild) -> None:
    """Tell the owner, once, whichever process hears of the join; the system channel if the owner takes no messages."""
    if not await client.studio.parts.jobs.mark_once(f"discord:welcome:{guild.id}", _MONTH):
        return
    texts = texts_for(str(guild.preferred_locale))
    name = discord.utils.escape_mentions(discord.utils.escape_markdown(guild.name))
    text = f"{texts.say(Say.WELCOME, server=name)}\n{survey(guild, texts)}"
    if guild.owner_id and await tell(client, client.context.clock, guild.owner_id, text):
        return
    channel = guild.system_channel
    if channel is None or not channel.permissions_for(guild.me).send_messages:
        log.info("nobody_welcomed", guild=guild.id)
        return
    try:
        await call(lambda: channel.send(text, allowed_mentions=NOBODY), client.context.clock, tries=1)
    except (discord.HTTPException, *LOST):
        log.info("nobody_welcomed", guild=guild.id)


async def advise(client: Connection, interaction: discord.Interaction) -> None:
    """The first time somebody who manages the server uses a channel: what the bot lacks there, told to them alone."""
    if not (interaction.is_guild_integration() and interaction.permissions.manage_guild):
        return
    lacking = missing(interaction.app_permissions)
    channel_id = interaction.channel_id
    try:
        if not lacking or not await client.studio.parts.jobs.mark_once(
            f"discord:advice:{channel_id}", _MONTH
        ):
            return
    except StorageError:
        return
    texts = texts_of(interaction)
    await tell(
        client, client.context.clock, interaction.user.id, complaint(f"<#{channel_id}>", lacking, texts)
    )

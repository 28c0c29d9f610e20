"""A new home: a word to the person who may manage it, and a look at what the bot may do there."""

from typing import TYPE_CHECKING, Final

import aiohttp
import discord
import structlog

from adapters.discord.calls import call
from adapters.discord.permissions import complaint, missing, survey
from adapters.discord.requester import requester_of
from bot.domain.errors import StorageError
from bot.messages.catalogue import texts_for
from bot.messages.keys import Say

if TYPE_CHECKING:
    from adapters.discord.client import ImagineClient

log = structlog.get_logger(__name__)

NOBODY: Final = discord.AllowedMentions.none()
_MONTH: Final = 30 * 86_400.0
_LOST: Final = (aiohttp.ClientError, OSError, TimeoutError)


async def welcome(client: "ImagineClient", guild: discord.Guild) -> None:
    """Tell the owner, once, whichever process hears of the join; the system channel if the owner takes no messages."""
    if not await client.studio.parts.jobs.mark_once(f"discord:welcome:{guild.id}", _MONTH):
        return
    texts = texts_for(str(guild.preferred_locale))
    name = discord.utils.escape_mentions(discord.utils.escape_markdown(guild.name))
    text = f"{texts.say(Say.WELCOME, server=name)}\n{survey(guild, texts)}"
    if guild.owner_id and await tell(client, guild.owner_id, text):
        return
    channel = guild.system_channel
    if channel is None or not channel.permissions_for(guild.me).send_messages:
        log.info("nobody_welcomed", guild=guild.id)
        return
    try:
        await call(lambda: channel.send(text, allowed_mentions=NOBODY), client.context.clock, tries=1)
    except (discord.HTTPException, *_LOST):
        log.info("nobody_welcomed", guild=guild.id)


async def advise(client: "ImagineClient", interaction: discord.Interaction) -> None:
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
    texts = texts_for(requester_of(interaction).locale)
    await tell(client, interaction.user.id, complaint(f"<#{channel_id}>", lacking, texts))


async def tell(client: discord.Client, user_id: int, text: str) -> bool:
    """A direct message; False if the person takes none. Not repeated: a lost answer may mean that it arrived."""
    clock = client.context.clock  # type: ignore[attr-defined]
    try:
        user = await call(lambda: client.fetch_user(user_id), clock)
        await call(lambda: user.send(text, allowed_mentions=NOBODY), clock, tries=1)
    except (discord.HTTPException, *_LOST) as fault:
        log.info("not_told", fault=type(fault).__name__)
        return False
    return True

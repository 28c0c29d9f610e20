"""Who is asking, as the core wants to know it, and in which language they are answered."""

import discord

from bot.domain.requests import Requester
from bot.messages.catalogue import Texts, texts_for


def requester_of(interaction: discord.Interaction, *, public: bool = True) -> Requester:
    """Where only the person has installed the app, or in a DM, the community is the person alone."""
    user = interaction.user
    guild_id = interaction.guild_id if interaction.is_guild_integration() else None
    channel = interaction.channel
    thread = channel if isinstance(channel, discord.Thread) else None
    parent_id = thread.parent_id if thread is not None else interaction.channel_id
    return Requester(
        platform="discord",
        tenant=f"discord:{guild_id}" if guild_id else f"discord:user:{user.id}",
        user_id=str(user.id),
        channel_id=str(parent_id or ""),
        thread_id=str(thread.id) if thread is not None else None,
        display_name=user.display_name,
        roles=roles_of(user),
        moderator=guild_id is not None and interaction.permissions.manage_guild,
        locale=str(interaction.locale),
        age_restricted=bool(getattr(thread.parent if thread else channel, "nsfw", False)),
        public=public,
        direct=interaction.guild_id is None,
    )


def roles_of(user: discord.User | discord.Member) -> frozenset[str]:
    """Ids as the interaction brings them: `Member.roles` leaves out what no gateway has told, which in HTTP mode is all."""
    if not isinstance(user, discord.Member):
        return frozenset()
    return frozenset(map(str, (user.guild.id, *user._roles)))  # noqa: SLF001 - there is no public way to the ids


def texts_of(interaction: discord.Interaction) -> Texts:
    return texts_for(str(interaction.locale))

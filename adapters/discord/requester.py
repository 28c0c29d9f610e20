"""Who is asking, as the core wants to know it."""

import discord

from bot.domain.requests import Requester


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
        roles=frozenset(str(role.id) for role in user.roles)
        if isinstance(user, discord.Member)
        else frozenset(),
        moderator=guild_id is not None and interaction.permissions.manage_guild,
        locale=str(interaction.locale),
        age_restricted=bool(getattr(thread.parent if thread else channel, "nsfw", False)),
        public=public,
    )

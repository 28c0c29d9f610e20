"""What a member may do in a server right now. Needs no privileged intent: a single member may always be asked for."""

import discord

from adapters.discord.calls import call
from adapters.discord.connection import Connection
from adapters.discord.requester import roles_of
from bot.moderation.ports import Rights

NOBODY = Rights(moderator=False)


async def rights_of(client: Connection, tenant: str, user_id: str) -> Rights:
    """Raises discord.HTTPException and what the network raises."""
    guild_id = tenant.removeprefix("discord:")
    if not guild_id.isdigit() or not user_id.isdigit():
        return NOBODY

    async def look() -> discord.Member:
        guild = client.get_guild(int(guild_id)) or await client.fetch_guild(int(guild_id), with_counts=False)
        return await guild.fetch_member(int(user_id))

    try:
        member = await call(look, client.context.clock, tries=2)
    except (discord.NotFound, discord.Forbidden):  # the bot is not there any more, or the person is not
        return NOBODY
    return Rights(member.guild_permissions.manage_guild, roles_of(member))

"""What `imagine-bot doctor` asks Discord: token, invite link, gateway, permissions. It registers and starts nothing."""

import asyncio
from collections.abc import Sequence
from typing import Final

import discord

from adapters.discord.calls import LOST
from adapters.discord.permissions import invite, missing
from adapters.discord.servers import servers_of
from adapters.discord.settings import DiscordSettings
from bot.clock import SystemClock
from bot.ports import Check

_SECONDS: Final = 20.0
_FEW_LOGINS: Final = 10


async def examine(settings: DiscordSettings) -> Sequence[Check]:
    """With a client of its own, so that no command is synced on the way."""
    token = settings.discord_token.get_secret_value() if settings.discord_token else ""
    try:
        async with asyncio.timeout(_SECONDS), discord.Client(intents=discord.Intents.none()) as client:
            await client.login(token)
            return [
                Check("discord token", "ok", f"logged in as {client.user}"),
                Check("discord invite", "ok", invite(client.application_id or 0)),
                await _gateway(client, settings),
                await _permissions(client),
            ]
    except discord.LoginFailure:
        remedy = "Copy the bot's token anew from the developer portal into DISCORD_TOKEN."
        return [Check("discord token", "failure", "not accepted", remedy)]
    except (discord.HTTPException, *LOST) as fault:
        remedy = "Check this machine's way to Discord and DISCORD_API_BASE_URL."
        return [Check("discord", "failure", f"not reachable ({type(fault).__name__})", remedy)]


async def _gateway(client: discord.Client, settings: DiscordSettings) -> Check:
    if settings.discord_public_key:
        return Check(
            "discord gateway",
            "ok",
            "not used: interactions come by signed HTTP, and AutoMod's changes are not heard",
        )
    shards, _, limit = await client.http.get_bot_gateway()
    remaining = limit["remaining"]
    if remaining < _FEW_LOGINS:
        remedy = "Restart less often; the count starts anew within a day."
        return Check("discord gateway", "warning", f"{remaining} logins are left today", remedy)
    wanted = settings.discord_shard_count
    if wanted and wanted < shards:
        remedy = "Raise DISCORD_SHARD_COUNT and divide DISCORD_SHARD_IDS among the processes anew."
        detail = f"{wanted} shards are set, Discord recommends {shards}"
        return Check("discord gateway", "warning", detail, remedy)
    return Check("discord gateway", "ok", f"{shards} shards recommended, {remaining} logins left today")


async def _permissions(client: discord.Client) -> Check:
    """In each server as a whole; single channels may still differ."""
    guilds = await servers_of(client, SystemClock())
    lacking = [guild["name"] for guild in guilds if missing(discord.Permissions(int(guild["permissions"])))]
    if not lacking:
        return Check("discord permissions", "ok", f"complete in {len(guilds)} servers")
    remedy = "Slow answers may get lost there: let the owner open the invite link once more."
    return Check("discord permissions", "warning", f"incomplete in {', '.join(lacking[:5])}", remedy)

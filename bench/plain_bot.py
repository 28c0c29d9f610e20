"""The least that discord.py can do: `/imagine` is acknowledged, and nothing else happens. Addresses as ours gets them."""

import asyncio
import os

import discord
from discord import app_commands
from discord.gateway import DiscordWebSocket
from yarl import URL


class PlainClient(discord.Client):
    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.tree: app_commands.CommandTree[PlainClient] = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        await self.tree.sync()


async def main() -> None:
    discord.http.Route.BASE = os.environ["DISCORD_API_BASE_URL"]
    async with PlainClient() as client:

        @client.tree.command(description="Acknowledge")
        async def imagine(interaction: discord.Interaction, prompt: str) -> None:
            await interaction.response.defer(thinking=True)

        await client.login(os.environ["DISCORD_TOKEN"])
        _, address, _ = await client.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = URL(address)
        await client.connect()


if __name__ == "__main__":
    asyncio.run(main())

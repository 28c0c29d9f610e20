"""The Discord twin, driven by a small real discord.py client over real sockets."""

import asyncio
import contextlib
import io
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import discord
import pytest
from discord import app_commands
from PIL import Image

from tests.twins.discord_twin import DiscordTwin


def picture(width: int = 8, height: int = 8, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(out, kind)
    return out.getvalue()


def attachment(data: bytes | None = None, name: str = "owl.png", alt: str = "a brass owl") -> discord.File:
    return discord.File(io.BytesIO(data or picture()), name, description=alt)


class Reroll(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"reroll:(?P<job>\w+)"):
    """A stateless button, alive after a restart."""

    def __init__(self, job: str) -> None:
        self.job = job
        super().__init__(discord.ui.Button(label="Reroll", custom_id=f"reroll:{job}"))

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction, __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> "Reroll":
        return cls(match["job"])

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True)
        await interaction.edit_original_response(content=f"rerolled {self.job}", attachments=[attachment()])


class Bot(discord.Client):
    """`setup` adds commands to the tree; they are synced before the gateway is entered."""

    def __init__(self, setup: Callable[["Bot"], None], intents: discord.Intents) -> None:
        super().__init__(intents=intents, allowed_mentions=discord.AllowedMentions.none())
        self.tree = app_commands.CommandTree(self)
        self.is_up = asyncio.Event()
        setup(self)

    async def on_ready(self) -> None:
        self.is_up.set()

    async def setup_hook(self) -> None:
        self.add_dynamic_items(Reroll)
        await self.tree.sync()


@contextlib.asynccontextmanager
async def running(twin: DiscordTwin, setup: Callable[[Bot], None], **intents: bool) -> AsyncIterator[Bot]:
    with twin.library():
        bot = Bot(setup, discord.Intents(guilds=True, **intents))
        task = asyncio.create_task(bot.start(twin.token))
        try:
            ready = asyncio.create_task(asyncio.wait_for(bot.is_up.wait(), 15))
            await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                ready.cancel()
                await task
            await ready
            yield bot
        finally:
            await bot.close()
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def twin() -> AsyncIterator[DiscordTwin]:
    async with DiscordTwin() as discord_twin:
        yield discord_twin
    assert discord_twin.violations == []


def owl_command(bot: Bot) -> None:
    @bot.tree.command(description="Make a picture")
    async def imagine(interaction: discord.Interaction, prompt: str) -> None:
        await interaction.response.defer()
        view = discord.ui.View(timeout=None)
        view.add_item(Reroll("j1"))
        await interaction.edit_original_response(content=prompt, attachments=[attachment()], view=view)


async def test_a_deferred_command_ends_in_a_picture_with_buttons(twin: DiscordTwin) -> None:
    ada = twin.member("ada")
    async with running(twin, owl_command):
        interaction = await ada.slash("imagine", twin.channel, prompt="a brass owl")
        ack = await interaction.acked()
        message = await interaction

        assert ack.latency < 3
        assert message is not None
        assert message.content == "a brass owl"
        assert [message.alt_text(shown) for shown in message.pictures] == ["a brass owl"]
        assert message.labels == ["Reroll"]

        pressed = await ada.click(message, "Reroll")
        answer = await pressed.settled()

        assert answer is not None
        assert answer.content == "rerolled j1"

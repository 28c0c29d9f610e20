"""One bot process between a Discord and an OpenAI of our own, shared by the tests of a file."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx2

from bot.clock import SystemClock
from bot.domain.policy import Policy
from bot.store import open_store
from tests.support.leaks import leaks
from tests.support.process import BotProcess
from tests.twins.discord_twin import DiscordTwin, Interaction, Message, Person
from tests.twins.discord_twin.world import Channel
from tests.twins.openai_twin import OpenAITwin
from tests.twins.self_hosted_twins import VllmOmniTwin

Value = TypeVar("Value")


@dataclass(frozen=True)
class Stage:
    discord: DiscordTwin
    openai: OpenAITwin
    bot: BotProcess
    folder: Path
    own: VllmOmniTwin | None = None
    wished_pings: list[str] = field(default_factory=list)
    """Who has asked to be pinged."""

    async def asked(
        self,
        prompt: str = "a brass owl",
        *,
        by: Person | None = None,
        at: Channel | None = None,
        **options: Any,
    ) -> Interaction:
        """`/imagine`, acknowledged or answered, not waited for."""
        person = by or self.discord.owner
        return await person.slash("imagine", at or self.discord.channel, prompt=prompt, **options)

    async def made(self, prompt: str = "a brass owl", **how: Any) -> Message:
        """`/imagine` and its picture's message."""
        return await (await self.asked(prompt, **how)).picture()

    async def plugged_in(self) -> None:
        """Start the bot once more; returns when Discord has it back."""
        starts = len(self.discord.gateway.identifies)
        await self.bot.start()
        await self.discord.until_identified(starts + 1)

    async def until(self, look: Callable[[], Value | None], what: str = "it did not come to that") -> Value:
        """The first value that is neither None nor False, within 30 seconds."""
        return await self.discord.hub.pulse.until(look, 30.0, lambda: what)

    async def choices(self, asked: Interaction) -> list[dict[str, Any]]:
        """What is offered to somebody who types; it may be nothing."""
        return await self.until(lambda: asked.choices, "no choices")

    async def at_rest(self) -> None:
        """No job is under way: a picture is seen a moment before its row says that it is done."""
        async with asyncio.timeout(20.0), httpx2.AsyncClient() as http:
            while (await http.get(f"{self.bot.address}/readyz")).json()["jobs_in_flight"]:
                await asyncio.sleep(0.05)

    def nothing_is_wrong(self) -> None:
        """No broken rule, nobody pinged unasked, nothing internal said, no message left at "thinking"."""
        assert self.discord.violations == []
        assert self.discord.pings == self.wished_pings
        assert self.discord.thinking == []
        assert leaks(self.discord.transcript()) == []


async def ended(interaction: Interaction) -> Interaction:
    """Wait for the end: news of progress, which a slow machine gets to see, are none."""
    await interaction.acked()
    await interaction.until(lambda one: not one.thinking and "⏳" not in one.text)
    return interaction


@asynccontextmanager
async def open_stage(
    folder: Path,
    policy: Policy | None = None,
    *,
    discord: DiscordTwin | None = None,
    key: bool = True,
    **environment: str,
) -> AsyncIterator[Stage]:
    """Everything started and connected; checked once more at the end. `policy` is the home server's."""
    async with discord or DiscordTwin() as chat, OpenAITwin() as openai:
        if policy is not None:
            await set_policy(folder, f"discord:{chat.home.id}", policy)
        models = {
            **openai.environment,
            "IMAGE_ROUTE": "openai:gpt-image-2",
        }
        given = {**chat.environment, **(models if key else {}), **environment}
        async with BotProcess(given, folder) as bot:
            if "DISCORD_PUBLIC_KEY" not in given:
                await chat.until_ready()
            stage = Stage(chat, openai, bot, folder)
            yield stage
        stage.nothing_is_wrong()


async def set_policy(folder: Path, tenant: str, policy: Policy) -> None:
    """Write a community's rules into the bot's database, before it starts."""
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    store = await open_store(f"sqlite:///{data / 'imagine.db'}", data_dir=data, clock=SystemClock())
    try:
        await store.policies.save(tenant, policy, actor="a test", reason="a test")
    finally:
        await store.aclose()

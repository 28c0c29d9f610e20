"""Two hundred commands within a second, while 50 jobs run of which 8 have large pictures to be encoded."""

import asyncio
from collections.abc import Sequence

from tests.twins import http_twin, openai_modes
from tests.twins.discord_twin import DiscordTwin, Interaction
from tests.twins.openai_twin import OpenAITwin

COMMANDS, RUNNING, ENCODED = 200, 42, 8
_SLOW = 30.0


async def occupy(discord: DiscordTwin, openai: OpenAITwin) -> None:
    """Returns when `RUNNING` pictures are waited for and `ENCODED` large ones have just arrived at the bot."""
    openai.images.always(http_twin.Slow(_SLOW))
    discord.limit_uploads(1024 * 1024)  # so that the bot encodes much and the twin reads little
    for n in range(RUNNING):
        await (await discord.member(f"early{n}").slash("imagine", discord.channel, prompt="an owl")).acked()
    async with asyncio.timeout(60):
        while len(openai.image_requests) < RUNNING:
            await asyncio.sleep(0.05)
    openai.images.queue(*(openai_modes.HugeImage() for _ in range(ENCODED)))
    for n in range(ENCODED):
        await discord.member(f"large{n}").slash("imagine", discord.channel, prompt="a large owl")
    async with asyncio.timeout(30):
        while openai.billed_images < ENCODED:
            await asyncio.sleep(0.02)


async def rush(discord: DiscordTwin, commands: int = COMMANDS) -> Sequence[Interaction]:
    """That many commands by as many people, evenly over one second; returns when each is answered or given up."""
    people = [discord.member(f"member{n}") for n in range(commands)]
    loop = asyncio.get_running_loop()
    started = loop.time()
    asked = []
    for n, person in enumerate(people):
        await asyncio.sleep(max(0.0, started + n / commands - loop.time()))
        asked.append(await person.slash("imagine", discord.channel, prompt=f"{n} owls"))
    await discord.hub.pulse.until(
        lambda: all(one.ack or one.failed for one in asked), 10.0, lambda: "some are still open"
    )
    return asked

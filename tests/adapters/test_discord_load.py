"""How fast 200 commands in one second are acknowledged while 50 jobs run and 8 pictures are being encoded.

The figure is printed (`-s`); the bound that is asserted is a wide one, since the twin, the models' twin and the bot
share the machine with whatever else runs on it.
"""

import asyncio
import statistics
from pathlib import Path

import pytest

from bot.domain.policy import Limits, Policy
from tests.support.discord_stage import set_policy
from tests.support.process import BotProcess
from tests.twins import http_twin, openai_modes
from tests.twins.discord_twin import DiscordTwin
from tests.twins.openai_twin import API_KEY, OpenAITwin

pytestmark = [pytest.mark.long, pytest.mark.process, pytest.mark.xdist_group("discord-load")]

COMMANDS, RUNNING, ENCODED = 200, 42, 8


async def test_two_hundred_commands_in_a_second_are_acknowledged(tmp_path: Path) -> None:
    async with DiscordTwin() as discord, OpenAITwin() as openai:
        limits = Limits(per_tenant_day=0, budget_day=0, budget_month=0)
        await set_policy(tmp_path, f"discord:{discord.home.id}", Policy(limits=limits))
        environment = {**discord.environment, "OPENAI_API_KEY": API_KEY, "OPENAI_BASE_URL": openai.base_url}
        environment |= {"IMAGE_ROUTE": "openai:gpt-image-2", "LOG_LEVEL": "WARNING"}
        openai.images.always(http_twin.Slow(30.0))
        discord.limit_uploads(1024 * 1024)  # so that the bot encodes much and the twin reads little
        bot = BotProcess(environment, tmp_path)
        await bot.start()
        try:
            await discord.until_ready()
            early = [discord.member(f"early{n}") for n in range(RUNNING)]
            for person in early:
                await (await person.slash("imagine", discord.channel, prompt="a patient owl")).acked()
            async with asyncio.timeout(60):
                while len(openai.image_requests) < RUNNING:
                    await asyncio.sleep(0.05)
            openai.images.queue(*(openai_modes.HugeImage() for _ in range(ENCODED)))
            for n in range(ENCODED):
                await discord.member(f"large{n}").slash("imagine", discord.channel, prompt="a large owl")
            people = [discord.member(f"member{n}") for n in range(COMMANDS)]
            async with asyncio.timeout(30):
                while openai.billed_images < ENCODED:
                    await asyncio.sleep(0.02)

            started = asyncio.get_running_loop().time()
            asked = []
            for n, person in enumerate(people):
                await asyncio.sleep(max(0.0, started + n / COMMANDS - asyncio.get_running_loop().time()))
                asked.append(await person.slash("imagine", discord.channel, prompt=f"{n} owls"))
            await discord.hub.pulse.until(
                lambda: all(one.ack or one.failed for one in asked), 10.0, lambda: "some are still open"
            )
            acks = sorted(one.ack.latency for one in asked if one.ack)
            await discord.hub.pulse.until(
                lambda: any("in the queue" in one.text for one in asked), 20.0, lambda: "no place was told"
            )
        finally:
            await bot.kill()

    p50, p99 = statistics.median(acks), acks[int(len(acks) * 0.99) - 1]
    print(f"\nacknowledged {len(acks)} of {COMMANDS}: p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms")
    assert len(acks) >= COMMANDS / 2

"""How fast 200 commands in one second are acknowledged while 50 jobs run and 8 pictures are being encoded.

`python -m bench acks` measures it, and against the plainest bot there can be. Here only the order is looked at, since
this machine's time is shared with the twin, the models' twin and whatever else runs on it.
"""

from pathlib import Path

import pytest

from bot.domain.policy import Limits, Policy
from tests.support.discord_rush import COMMANDS, occupy, rush
from tests.support.discord_stage import set_policy
from tests.support.process import BotProcess
from tests.twins.discord_twin import DiscordTwin
from tests.twins.openai_twin import OpenAITwin

pytestmark = [pytest.mark.long, pytest.mark.process, pytest.mark.xdist_group("discord-load")]


async def test_two_hundred_commands_in_a_second_are_acknowledged(tmp_path: Path) -> None:
    async with DiscordTwin() as discord, OpenAITwin() as openai:
        limits = Limits(per_tenant_day=0, budget_day=0, budget_month=0)
        await set_policy(tmp_path, f"discord:{discord.home.id}", Policy(limits=limits))
        environment = {**discord.environment, **openai.environment}
        environment |= {"IMAGE_ROUTE": "openai:gpt-image-2", "LOG_LEVEL": "WARNING"}
        bot = BotProcess(environment, tmp_path)
        await bot.start()
        try:
            await discord.until_ready()
            await occupy(discord, openai)
            asked = await rush(discord)
            await discord.hub.pulse.until(
                lambda: any("in the queue" in one.text for one in asked), 20.0, lambda: "no place was told"
            )
        finally:
            await bot.kill()

    assert sum(one.ack is not None for one in asked) >= COMMANDS / 2
    assert discord.violations == []

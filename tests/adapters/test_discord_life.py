"""The process's life with Discord: starts, losses, returns, new homes, and never a message left at "thinking"."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.discord_stage import Stage, open_stage
from tests.support.process import BotProcess
from tests.twins.discord_twin import DiscordTwin, Permission
from tests.twins.discord_twin.permissions import BOT

pytestmark = [
    pytest.mark.long,
    pytest.mark.process,
    pytest.mark.xdist_group("discord-life"),
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path_factory.mktemp("bot")) as opened:
        yield opened


async def test_a_new_home_is_greeted_once_with_what_is_lacking(stage: Stage) -> None:
    await stage.bot.until_logged("discord_ready")
    greta = stage.discord.user("greta")
    lesser = BOT & ~Permission.ATTACH_FILES
    home = await stage.discord.guild("Owl *House*", owner=greta, locale="de", bot=lesser, everyone=lesser)
    await stage.until(lambda: greta.received or None, "greta was not greeted")
    again = home.create_event(stage.discord.hub.bot)
    del again["unavailable"]
    await stage.discord.hub.tell("GUILD_CREATE", again, home)
    await stage.made()

    assert len(greta.received) == 1
    assert "Hallo!" in greta.received[0].text
    assert "Dateien anhängen" in greta.received[0].text
    assert r"Owl \*House\*" in greta.received[0].text


async def test_who_takes_no_messages_is_greeted_in_the_system_channel(stage: Stage) -> None:
    await stage.bot.until_logged("discord_ready")
    hugo = stage.discord.user("hugo")
    hugo.close_dms()
    home = await stage.discord.guild("Quiet house", owner=hugo)

    greeting = await stage.discord.until_message(home.channels[0])

    assert "/imagine" in greeting.text
    assert "every permission I need" in greeting.text


async def test_a_fresh_event_that_was_missed_is_served_after_a_resume(stage: Stage) -> None:
    stage.discord.gateway.dropping = True
    asked = await stage.asked("a missed owl")
    stage.discord.gateway.dropping = False
    await stage.discord.gateway.close_all(4000)

    assert (await asked.picture()).pictures
    assert len(stage.discord.gateway.resumes) == 1


async def test_an_event_that_comes_too_late_costs_nothing(stage: Stage) -> None:
    asked = await stage.asked("an owl in time")
    await asked.picture()
    before = len(stage.openai.image_requests)

    late = await stage.discord.replay(asked, age=8.0)
    await stage.made("another owl")

    assert late.ack is None
    assert late.late == []
    assert len(stage.openai.image_requests) == before + 1


async def test_the_same_event_twice_is_one_job(stage: Stage) -> None:
    asked = await stage.asked("a single owl")
    await stage.discord.replay(asked)
    await asked.picture()
    before = len(stage.openai.image_requests)

    await stage.discord.replay(asked)
    await stage.made("one more owl")

    assert len(stage.openai.image_requests) == before + 1
    assert len(asked.messages) == 1


@pytest.mark.parametrize("way", ["timed out", "invalid"])
async def test_a_lost_session_is_opened_anew(stage: Stage, way: str) -> None:
    before = len(stage.discord.gateway.identifies)
    if way == "timed out":
        await stage.discord.gateway.close_all(4009)
    else:
        await stage.discord.gateway.invalidate()
    await stage.discord.until_identified(before + 1)

    assert (await stage.made()).pictures


async def test_a_manager_hears_once_what_is_lacking_in_a_channel(stage: Stage) -> None:
    channel = stage.discord.add_channel("narrow")
    await stage.discord.deny_bot(channel, Permission.SEND_MESSAGES)
    ivy = stage.discord.member("ivy")

    await stage.made("an owl", by=ivy, at=channel)
    await stage.made("an owl", at=channel)
    await stage.until(lambda: stage.discord.owner.received or None, "the owner was not told")
    await stage.made("an owl", at=channel)

    assert ivy.received == []
    assert [message for message in stage.discord.owner.received if "Send Messages" in message.text]
    assert len(stage.discord.owner.received) == 1


async def test_commands_are_put_only_when_they_differ_and_shards_follow_the_settings(tmp_path: Path) -> None:
    async with DiscordTwin() as discord:
        shard = (discord.home.id >> 22) % 2
        shards = {"DISCORD_SHARD_COUNT": "2", "DISCORD_SHARD_IDS": str(shard)}
        for settings, puts in ((shards, 1), ({}, 1), ({}, 2)):
            if puts == 2:
                discord.hub.commands.overwrite([], None)
            async with BotProcess({**discord.environment, **settings}, tmp_path):
                await discord.until_ready()
                await discord.until_synced("imagine", "Remix image", "Describe image")
                if settings:
                    asked = await discord.owner.slash("imagine", discord.channel, prompt="a divided owl")
                    await asked.picture()
            assert len(discord.calls("commands.put")) == puts

        assert discord.gateway.identifies == [(shard, 2), (0, 1), (0, 1)]
        assert discord.violations == []


async def test_discord_may_be_down_at_the_start(tmp_path: Path) -> None:
    async with DiscordTwin() as discord:
        environment = discord.environment
        await discord.rest.stop()
        await discord.gateway.stop()
        async with BotProcess(environment, tmp_path) as bot:
            await bot.until_logged("discord_connection_lost")
            await discord.rest.start()
            await bot.until_logged("Retrying")
            await discord.gateway.start()
            await discord.until_ready()
            asked = await discord.owner.slash("imagine", discord.channel, prompt="a patient owl")
            assert (await asked.picture()).pictures
        assert discord.violations == []

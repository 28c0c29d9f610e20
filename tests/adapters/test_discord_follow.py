"""AutoMod changes, and the rules that were taken over from it with it: at once, after an absence, and never in a loop."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.support.discord_stage import Stage, ended, open_stage
from tests.twins.discord_twin import DiscordTwin, Interaction, Message
from tests.twins.discord_twin.automod import add_rule
from tests.twins.discord_twin.permissions import BOT, Permission
from tests.twins.discord_twin.world import Channel

pytestmark = [
    pytest.mark.long,
    pytest.mark.process,
    pytest.mark.xdist_group("discord-follow"),
    pytest.mark.asyncio(loop_scope="function"),
]
MAY_READ = BOT | Permission.MANAGE_GUILD


@pytest_asyncio.fixture
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """A server whose AutoMod blocks beetles, and whose moderators have taken that over."""
    twin = DiscordTwin()
    twin.add_channel("mods")
    add_rule(twin.home, keywords=["beetle"], name="Insects")
    twin.role(twin.hub.bot.name).permissions = MAY_READ
    async with open_stage(tmp_path_factory.mktemp("bot"), discord=twin) as opened:
        await saved(opened, "set", setting="presentation.log_channel", value=str(mods(opened).id))
        page = await saved(opened, "automod")
        assert "Keep to AutoMod when it changes: off → on" in page.text
        await opened.discord.until_calls("guild.automod", 2)  # by hand, and once it is followed
        yield opened


def mods(stage: Stage) -> Channel:
    return next(channel for channel in stage.discord.home.channels if channel.name == "mods")


async def command(stage: Stage, name: str, **options: Any) -> Interaction:
    used = await stage.discord.owner.slash(f"guardrails {name}", stage.discord.channel, **options)
    await used
    return used


async def saved(stage: Stage, name: str, **options: Any) -> Message:
    page = (await command(stage, name, **options)).messages[0]
    await stage.discord.owner.click(page, "Save")
    await stage.until(lambda: "Saved as version" in page.text, page.text)
    return page


def cards(stage: Stage, says: str) -> list[Message]:
    return [
        message
        for message in stage.discord.messages
        if says in message.text and message.channel is mods(stage)
    ]


async def told(stage: Stage, number: int, says: str = "AutoMod has changed") -> Message:
    """The n-th card that says so; there are no more of them."""
    await stage.until(lambda: len(cards(stage, says)) >= number, f"no card {number}: {says}")
    assert len(cards(stage, says)) == number
    return cards(stage, says)[-1]


async def blocks(stage: Stage, prompt: str) -> bool:
    asked = await ended(await stage.asked(prompt))
    return asked.ephemeral


async def test_a_change_is_taken_over_told_undone_and_not_repeated(stage: Stage) -> None:
    discord = stage.discord
    worm = add_rule(discord.home, keywords=["worm"], regexes=["(?<=a)b"], name="Worms")
    assert not await blocks(stage, "a worm")
    assert await discord.automod_told("CREATE", worm) == 1
    card = await told(stage, 1)
    assert "Rules taken over from AutoMod: 1 added: “Worms” (words: 1, " in card.text
    assert "Not taken over: 1" in card.text
    assert await blocks(stage, "a worm")
    assert "by AutoMod" in (await command(stage, "history")).text

    reads = len(discord.calls("guild.automod"))
    assert "1 removed: “Worms” (words: 1, " in (await command(stage, "undo")).text
    await discord.until_calls("guild.automod", reads + 1)
    await stage.bot.stop()
    await stage.plugged_in()
    await discord.until_calls("guild.automod", reads + 2)  # it is the same AutoMod as before: the undo stays
    assert not await blocks(stage, "a worm")

    discord.home.automod_rules[0]["trigger_metadata"]["keyword_filter"] = ["moth"]
    await discord.automod_told("UPDATE", discord.home.automod_rules[0])
    await told(stage, 2)
    assert await blocks(stage, "a moth")
    assert await blocks(stage, "a worm")
    assert not await blocks(stage, "a beetle")


@pytest.mark.long
async def test_what_happened_in_an_absence_is_made_up_for(stage: Stage) -> None:
    discord = stage.discord
    await stage.bot.stop()
    add_rule(discord.home, keywords=["worm"], name="Worms")
    await stage.plugged_in()
    await told(stage, 1)
    assert await blocks(stage, "a worm")

    gone = discord.home.automod_rules.pop()
    await discord.gateway.invalidate()  # the session is lost, and with it whatever it would have been told
    await discord.until_identified(3)
    await told(stage, 2)
    assert not await blocks(stage, "a worm")

    discord.home.automod_rules.append(gone)
    await saved(stage, "set", setting="content.follow_imported", value="off")
    reads = len(discord.calls("guild.automod"))
    await discord.automod_told("CREATE", gone)
    assert not await blocks(stage, "a worm")
    assert len(discord.calls("guild.automod")) == reads

    await saved(stage, "set", setting="content.follow_imported", value="on")
    await told(stage, 3)
    assert await blocks(stage, "a worm")


async def test_losing_the_permission_is_told_once_and_getting_it_back_is_enough(stage: Stage) -> None:
    discord = stage.discord
    lost = "no longer read this server's AutoMod rules"
    await discord.let_bot(BOT)
    await told(stage, 1, lost)
    worm = add_rule(discord.home, keywords=["worm"], name="Worms")
    assert await discord.automod_told("CREATE", worm) == 0
    reads = len(discord.calls("guild.automod"))
    await stage.bot.stop()
    await stage.plugged_in()
    await discord.until_calls("guild.automod", reads + 1)
    assert await blocks(stage, "a beetle")
    assert not await blocks(stage, "a worm")

    await discord.let_bot(MAY_READ)
    await told(stage, 1)
    assert await blocks(stage, "a worm")
    await told(stage, 1, lost)
    await discord.let_bot(BOT)
    await told(stage, 2, lost)

"""Scenarios S9, S12, S15 to S18 on Discord: one process, several servers with rules of their own."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from bot.domain.policy import Access, BlockedTerm, Content, Limits, Policy
from tests.support.discord_stage import Stage, ended, open_stage, set_policy
from tests.support.process import BotProcess
from tests.twins import http_twin
from tests.twins.discord_twin import DiscordTwin, Person
from tests.twins.discord_twin.world import Guild
from tests.twins.openai_twin import OpenAITwin

pytestmark = [
    pytest.mark.long,
    pytest.mark.process,
    pytest.mark.xdist_group("discord-policy"),
    pytest.mark.asyncio(loop_scope="module"),
]

POLICIES = {
    "one at a time": Policy(limits=Limits(concurrent_per_user=1)),
    "two an hour": Policy(limits=Limits(per_user_hour=2, concurrent_per_user=0)),
    "with a pause": Policy(limits=Limits(cooldown_seconds=60.0)),
    "own buttons": Policy(access=Access(others_may_press=False)),
    "veiled": Policy(content=Content(spoiler_always=True)),
    "no beetles": Policy(content=Content(blocked_terms=(BlockedTerm("beetle"),))),
}


@dataclass(frozen=True)
class House:
    stage: Stage
    guilds: dict[str, Guild]

    def member(self, name: str, of: str) -> Person:
        return self.stage.discord.member(name, self.guilds[of])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("bot")
    discord = DiscordTwin()
    guilds = {name: await discord.guild(name) for name in POLICIES}
    for name, policy in POLICIES.items():
        await set_policy(folder, f"discord:{guilds[name].id}", policy)
    async with open_stage(folder, discord=discord) as stage:
        yield House(stage, guilds)


async def test_one_at_a_time_is_one_paid_call_and_two_private_answers(house: House) -> None:
    """S9: a cap of one running job a person."""
    stage, ada = house.stage, house.member("ada", "one at a time")
    channel = house.guilds["one at a time"].channels[0]
    before = stage.openai.billed_images
    stage.openai.images.queue(http_twin.Slow(1.5))

    asked = await asyncio.gather(*(stage.asked(f"{n} owls", by=ada, at=channel) for n in range(3)))
    for one in asked:
        await ended(one)

    assert stage.openai.billed_images == before + 1
    assert sorted(one.ephemeral for one in asked) == [False, True, True]
    assert all("still working" in one.text for one in asked if one.ephemeral)


async def test_two_an_hour_is_two_in_a_burst_of_eight(house: House) -> None:
    """S15: eight at once."""
    stage, ada = house.stage, house.member("ada2", "two an hour")
    channel = house.guilds["two an hour"].channels[0]
    before = stage.openai.billed_images

    asked = await asyncio.gather(*(stage.asked(f"{n} owls", by=ada, at=channel) for n in range(8)))
    for one in asked:
        await ended(one)

    assert stage.openai.billed_images == before + 2
    assert sum(one.ephemeral for one in asked) == 6
    assert all("limit: 2" in one.text for one in asked if one.ephemeral)


async def test_a_pause_belongs_to_one_person(house: House) -> None:
    """S17: whoever comes next is served."""
    stage, channel = house.stage, house.guilds["with a pause"].channels[0]
    ada, bob = house.member("ada3", "with a pause"), house.member("bob3", "with a pause")
    await stage.made("an owl", by=ada, at=channel)

    assert (await stage.made("an owl", by=bob, at=channel)).pictures
    again = await stage.asked("an owl", by=ada, at=channel)
    await ended(again)
    assert again.ephemeral
    assert "seconds" in again.text


async def test_other_members_buttons_by_policy(house: House) -> None:
    """S12: only the requester may press."""
    stage, channel = house.stage, house.guilds["own buttons"].channels[0]
    ada, bob = house.member("ada4", "own buttons"), house.member("bob4", "own buttons")
    made = await stage.made("an owl", by=ada, at=channel)
    before = stage.openai.billed_images

    press = await bob.click(made, "Vary")
    await ended(press)

    assert press.ephemeral
    assert "Only the person who asked" in press.text
    assert stage.openai.billed_images == before


async def test_spoilers_by_policy_and_no_gallery(house: House) -> None:
    stage, channel = house.stage, house.guilds["veiled"].channels[0]
    ada = house.member("ada6", "veiled")
    made = await stage.made("an owl", by=ada, at=channel)
    pressed = await ada.click(made, "Star")
    await ended(pressed)

    assert made.pictures[0].filename.startswith("SPOILER_")
    assert "no gallery channel" in pressed.text
    assert pressed.ephemeral


async def test_a_harmless_prompt_that_looks_bad_passes_and_a_blocked_word_does_not(house: House) -> None:
    """S16: no list of substrings."""
    stage, channel = house.stage, house.guilds["no beetles"].channels[0]
    ada = house.member("ada5", "no beetles")
    words = "A strikingly majestic MaineCoon cat, lustrous blacks, master painter"

    assert (await stage.made(words, by=ada, at=channel)).pictures
    blocked = await stage.asked("a B e e t l e on a leaf", by=ada, at=channel)
    await ended(blocked)
    assert blocked.ephemeral
    assert "blocked a word" in blocked.text


@pytest.mark.parametrize(
    ("words", "size"),
    [
        ("a red fox —ar 16:9", "1360x768"),
        ("a red fox --ar 16:9", "1360x768"),
        ("a fox — quick and red", "1024x1024"),
    ],
)
async def test_a_phones_dash_is_a_flag_and_a_dash_in_prose_stays(house: House, words: str, size: str) -> None:
    """S18: an em dash before a flag's name only."""
    stage = house.stage
    before = len(stage.openai.image_requests)
    message = await stage.made(words)

    assert stage.openai.image_requests[before].json["size"] == size
    assert ("—" in message.text) is ("quick" in words)


async def test_two_processes_share_one_quota_and_answer_once(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """S15: eight at once, through two processes."""
    folder = tmp_path_factory.mktemp("bot")
    async with DiscordTwin() as discord, OpenAITwin() as openai:
        await set_policy(folder, f"discord:{discord.home.id}", POLICIES["two an hour"])
        environment = {**discord.environment, **openai.environment}
        async with BotProcess(environment, folder), BotProcess(environment, folder):
            await discord.until_identified(2)
            asked = await asyncio.gather(
                *(discord.owner.slash("imagine", discord.channel, prompt=f"{n} owls") for n in range(8))
            )
            for one in asked:
                await ended(one)

        assert openai.billed_images == 2
        assert sum(one.ephemeral for one in asked) == 6
        assert all(len(one.messages) == 1 for one in asked)
        assert discord.violations == []

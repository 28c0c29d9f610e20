"""Scenarios S8 to S20 on Discord: the plug pulled, tokens dead, files too large, buttons pressed twice."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.store import open_store
from tests.support.leaks import leaks
from tests.support.make import picture
from tests.support.process import BotProcess
from tests.twins import http_twin, openai_modes
from tests.twins.discord_twin import DiscordTwin, Interaction, Upload
from tests.twins.openai_twin import API_KEY, OpenAITwin

pytestmark = [pytest.mark.long, pytest.mark.process, pytest.mark.xdist_group("discord-durability")]


@pytest.fixture
async def discord() -> AsyncIterator[DiscordTwin]:
    async with DiscordTwin() as twin:
        yield twin
        assert twin.violations == []
        assert twin.thinking == []
        assert leaks(twin.transcript()) == []


@pytest.fixture
async def openai() -> AsyncIterator[OpenAITwin]:
    async with OpenAITwin() as twin:
        yield twin


@pytest.fixture
def environment(discord: DiscordTwin, openai: OpenAITwin) -> dict[str, str]:
    return {
        **discord.environment,
        "OPENAI_API_KEY": API_KEY,
        "OPENAI_BASE_URL": openai.base_url,
        "IMAGE_ROUTE": "openai:gpt-image-2",
    }


async def until(
    discord: DiscordTwin, condition: Callable[[], object], what: str = "it did not come to that"
) -> None:
    await discord.hub.pulse.until(lambda: condition() or None, 20.0, lambda: what)


async def asked(discord: DiscordTwin, prompt: str = "a brass owl") -> Interaction:
    interaction = await discord.owner.slash("imagine", discord.channel, prompt=prompt)
    await interaction.acked()
    return interaction


async def test_killed_in_the_paid_call_it_is_told_honestly_and_bought_once(
    environment: dict[str, str], discord: DiscordTwin, openai: OpenAITwin, tmp_path: Path
) -> None:
    openai.images.queue(http_twin.Hang(1.0))
    bot = BotProcess(environment, tmp_path)
    await bot.start()
    await discord.until_ready()
    interaction = await asked(discord)
    await until_requested(openai, 1)
    await bot.kill()
    async with BotProcess(environment, tmp_path):
        await interaction

    assert "can't tell whether it was finished" in interaction.text
    assert "given back" in interaction.text
    assert len(openai.image_requests) == 1


async def test_killed_while_the_words_are_read_it_goes_on(
    environment: dict[str, str], discord: DiscordTwin, openai: OpenAITwin, tmp_path: Path
) -> None:
    openai.sanitizer.queue(http_twin.Hang(2.0))
    bot = BotProcess(environment, tmp_path)
    await bot.start()
    await discord.until_ready()
    interaction = await asked(discord)
    async with asyncio.timeout(10):
        while not openai.text_requests:
            await asyncio.sleep(0.02)
    await bot.kill()
    async with BotProcess(environment, tmp_path):
        await interaction

    assert interaction.original is not None
    assert interaction.original.pictures
    assert openai.billed_images == 1


async def test_killed_behind_the_payment_the_picture_is_delivered_not_bought_again(
    environment: dict[str, str], discord: DiscordTwin, openai: OpenAITwin, tmp_path: Path
) -> None:
    openai.moderation.queue(http_twin.Normal(), http_twin.Normal(), http_twin.Hang(3.0))
    bot = BotProcess(environment, tmp_path)
    await bot.start()
    await discord.until_ready()
    interaction = await asked(discord)
    async with asyncio.timeout(10):
        while openai.moderation.pending or not openai.billed_images:
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.1)
    await bot.kill()
    async with BotProcess(environment, tmp_path):
        await interaction

    assert interaction.original is not None
    assert interaction.original.pictures
    assert openai.billed_images == 1


async def test_sigterm_with_twenty_jobs_loses_none(
    environment: dict[str, str], discord: DiscordTwin, openai: OpenAITwin, tmp_path: Path
) -> None:
    openai.images.always(http_twin.Slow(0.5))
    people = [discord.member(f"member{n}") for n in range(20)]
    bot = BotProcess(environment, tmp_path)
    await bot.start()
    await discord.until_ready()
    asked_all = [
        await person.slash("imagine", discord.channel, prompt=f"{n} owls") for n, person in enumerate(people)
    ]
    for interaction in asked_all:
        await interaction.acked()
    assert await bot.stop() == 0
    async with BotProcess(environment, tmp_path):
        for interaction in asked_all:
            await interaction

    assert all(interaction.original.pictures for interaction in asked_all if interaction.original)
    assert openai.billed_images == 20


async def test_a_file_over_the_limit_is_shown_smaller(
    environment: dict[str, str], discord: DiscordTwin, openai: OpenAITwin, tmp_path: Path
) -> None:
    openai.images.always(openai_modes.HugeImage())
    async with BotProcess(environment, tmp_path):
        await discord.until_ready()
        interaction = await asked(discord)
        await interaction

    assert interaction.original is not None
    assert len(interaction.original.pictures[0].data) < 10 * 1024 * 1024


async def test_a_dead_token_leads_to_the_same_message_by_the_bots_own(
    environment: dict[str, str], discord: DiscordTwin, openai: OpenAITwin, tmp_path: Path
) -> None:
    openai.images.always(http_twin.Slow(1.0))
    async with BotProcess(environment, tmp_path):
        await discord.until_ready()
        interaction = await asked(discord)
        interaction.token_dead = True
        await interaction

    assert interaction.original is not None
    assert interaction.original.pictures


async def test_a_double_click_buys_one_picture(
    environment: dict[str, str], discord: DiscordTwin, openai: OpenAITwin, tmp_path: Path
) -> None:
    async with BotProcess(environment, tmp_path):
        await discord.until_ready()
        first = await asked(discord)
        await first
        assert first.original is not None
        clicks = await asyncio.gather(*(discord.owner.click(first.original, "Again") for _ in range(2)))
        for click in clicks:
            await click.acked()
        await until(discord, lambda: not discord.thinking)

    assert openai.billed_images == 2


async def test_another_members_press_is_theirs(
    environment: dict[str, str], discord: DiscordTwin, openai: OpenAITwin, tmp_path: Path
) -> None:
    async with BotProcess(environment, tmp_path):
        await discord.until_ready()
        first = await asked(discord)
        await first
        bob = discord.member("bob")
        assert first.original is not None
        before = first.original.text
        press = await bob.click(first.original, "Vary")
        await press
        refused = await bob.click(first.original, "Delete")
        await until(discord, lambda: "moderator" in refused.text)

    assert press.original is not None
    assert bob.mention in press.original.text
    assert first.original.text == before
    assert not first.original.deleted


async def test_pulled_with_everything_in_the_air_every_message_comes_to_an_end(
    environment: dict[str, str], discord: DiscordTwin, openai: OpenAITwin, tmp_path: Path
) -> None:
    """A picture delivered but not noted, a description, a deletion, a command without its acknowledgement."""
    bot = BotProcess(environment, tmp_path)
    await bot.start()
    await discord.until_ready()
    unwanted = await (await asked(discord, "a perishable owl")).picture()
    discord.faults.lose_answer("webhook.edit", times=99)
    delivered = await asked(discord)
    shown = await delivered.picture()
    openai.sanitizer.queue(http_twin.Hang(6.0))
    look = await discord.owner.send(discord.channel, "look", Upload("owl.png", picture()))
    described = await discord.owner.context_menu("Describe image", look)
    await described.acked()
    await until(discord, lambda: not openai.sanitizer.pending)
    discord.faults.reset("channel.delete", times=99)
    await discord.owner.click(unwanted, "Delete")
    await until(discord, lambda: discord.calls("channel.delete"))
    discord.faults.reset("callback", times=99)
    unheard = await discord.owner.slash("imagine", discord.channel, prompt="an unheard owl")
    await until(discord, lambda: len(discord.calls("callback")) > 4)
    await bot.kill()
    discord.faults.clear()
    await age_promises(tmp_path)
    edits = len(discord.calls("webhook.edit"))
    async with BotProcess(environment, tmp_path):
        await discord.until_identified(2)
        if not unwanted.deleted:
            await discord.owner.click(unwanted, "Delete")
        await until(discord, lambda: unwanted.deleted, "the deletion was not ended")
        await described
        await until(discord, lambda: len(discord.calls("webhook.edit")) > edits)
        job_id = next(
            button["custom_id"].split(":")[1] for button in unwanted.buttons if "custom_id" in button
        )
        gone = await discord.owner.slash("imagine", discord.channel, prompt=f"show {job_id}")
        await gone

    assert "restarted" in described.text
    assert described.ephemeral
    assert delivered.messages == [shown]
    assert unheard.ack is None
    assert openai.billed_images == 2
    assert "can't find" in gone.text
    stored = [file for file in (tmp_path / "data").rglob("*") if file.is_file()]
    assert not [file for file in stored if b"perishable" in file.read_bytes()]
    assert len([file for file in stored if file.suffix == ".png"]) <= 2  # the one that is still shown


async def age_promises(folder: Path) -> None:
    """Let a minute and a half pass for whatever was promised."""
    data = folder / "data"
    store = await open_store(f"sqlite:///{data / 'imagine.db'}", data_dir=data, clock=SystemClock())
    for item in await store.secrets.ids("discord-promise"):
        kept = await store.secrets.get("discord-promise", item)
        assert kept is not None
        await store.secrets.put("discord-promise", item, {**kept[0], "at": kept[0]["at"] - 90})
    await store.aclose()


async def until_requested(openai: OpenAITwin, number: int) -> None:
    async with asyncio.timeout(10):
        while len(openai.image_requests) < number:
            await asyncio.sleep(0.02)

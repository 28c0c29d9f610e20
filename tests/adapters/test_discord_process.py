"""A real bot process with the real discord.py against the Discord twin and the OpenAI twin."""

import hashlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.support.process import BotProcess
from tests.twins import http_twin, openai_modes
from tests.twins.discord_twin import DiscordTwin, Interaction
from tests.twins.flux_twins import BFLTwin
from tests.twins.openai_twin import API_KEY, OpenAITwin

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("discord")]


@pytest.fixture
async def discord() -> AsyncIterator[DiscordTwin]:
    async with DiscordTwin() as twin:
        yield twin
        assert twin.violations == []
        assert twin.pings == []


@pytest.fixture
async def openai() -> AsyncIterator[OpenAITwin]:
    async with OpenAITwin() as twin:
        yield twin


@pytest.fixture
async def bfl() -> AsyncIterator[BFLTwin]:
    async with BFLTwin() as twin:
        yield twin


@pytest.fixture
def environment(discord: DiscordTwin, openai: OpenAITwin, bfl: BFLTwin) -> dict[str, str]:
    return {
        **discord.environment,
        "OPENAI_API_KEY": API_KEY,
        "OPENAI_BASE_URL": openai.base_url,
        "BFL_API_KEY": bfl.key,
        "BFL_BASE_URL": bfl.base_url,
    }


@pytest.fixture
async def bot(environment: dict[str, str], discord: DiscordTwin, tmp_path: Path) -> AsyncIterator[BotProcess]:
    async with BotProcess(environment, tmp_path) as process:
        await discord.until_ready()
        yield process


async def imagine(discord: DiscordTwin, prompt: str = "a brass owl", **options: object) -> Interaction:
    interaction = await discord.owner.slash("imagine", discord.channel, prompt=prompt, **options)
    await interaction
    return interaction


async def until(discord: DiscordTwin, condition: Callable[[], object]) -> None:
    await discord.hub.pulse.until(condition, 10.0, lambda: "it did not come to that")


async def test_a_picture_comes_with_alt_text_and_buttons(
    bot: BotProcess, discord: DiscordTwin, openai: OpenAITwin
) -> None:
    interaction = await imagine(discord, "a brass owl on a stack of books")

    assert interaction.original is not None
    attachment = interaction.original.attachments[0]
    assert hashlib.sha256(attachment.data).hexdigest() == openai.served[0].sha256
    assert "owl" in str(interaction.original.components)
    assert openai.billed_images == 1
    assert openai.refused == []
    assert "Vary" in interaction.text


async def test_the_ack_is_fast_while_twenty_commands_arrive_at_once(
    bot: BotProcess, discord: DiscordTwin, openai: OpenAITwin
) -> None:
    openai.images.always(http_twin.Slow(0.5))
    people = [discord.member(f"member{n}") for n in range(20)]

    asked = [
        await person.slash("imagine", discord.channel, prompt=f"{n} owls") for n, person in enumerate(people)
    ]
    acks = [await interaction.acked() for interaction in asked]
    for interaction in asked:
        await interaction

    assert len(acks) == 20
    assert all(interaction.original.pictures for interaction in asked if interaction.original)
    assert openai.billed_images == 20


async def test_an_old_button_works_after_a_restart(
    environment: dict[str, str], discord: DiscordTwin, openai: OpenAITwin, tmp_path: Path
) -> None:
    async with BotProcess(environment, tmp_path):
        await discord.until_ready()
        first = await imagine(discord)
    async with BotProcess(environment, tmp_path):
        await discord.until_ready()
        assert first.original is not None
        again = await discord.owner.click(first.original, "Again")
        await again

    assert again.original is not None
    assert again.original.pictures
    assert openai.billed_images == 2


async def test_an_outage_falls_back_to_flux_in_the_same_job(
    bot: BotProcess, discord: DiscordTwin, openai: OpenAITwin, bfl: BFLTwin
) -> None:
    openai.images.always(http_twin.ServerError(503))

    interaction = await imagine(discord)

    assert interaction.original is not None
    assert interaction.original.pictures
    assert "backup model" in interaction.text
    assert len(openai.image_requests) == 1


async def test_a_refusal_is_told_privately_and_nobody_else_is_asked(
    bot: BotProcess, discord: DiscordTwin, openai: OpenAITwin, bfl: BFLTwin
) -> None:
    openai.images.always(openai_modes.Refuse(stage="input", categories=["sexual"]))
    interaction = await discord.owner.slash("imagine", discord.channel, prompt="a brass owl")
    await interaction
    await until(discord, lambda: interaction.followups or None)

    assert interaction.original is not None
    assert interaction.original.deleted
    assert [message.ephemeral for message in interaction.followups] == [True]
    assert "safety check" in interaction.text
    assert "Nothing was charged" in interaction.text
    assert len(openai.image_requests) == 1
    assert bfl.requests == []

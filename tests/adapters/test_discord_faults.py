"""Discord having a bad day: lost answers, resets, limits, closed doors. The member always ends with a picture or words."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from tests.support.leaks import leaks
from tests.support.process import BotProcess
from tests.twins import http_twin
from tests.twins.discord_twin import DiscordTwin, Interaction
from tests.twins.openai_twin import API_KEY, OpenAITwin

pytestmark = [
    pytest.mark.process,
    pytest.mark.xdist_group("discord-faults"),
    pytest.mark.asyncio(loop_scope="module"),
]


@dataclass(frozen=True)
class Stage:
    discord: DiscordTwin
    openai: OpenAITwin
    bot: BotProcess

    async def imagine(self, prompt: str = "a brass owl") -> Interaction:
        return await self.discord.owner.slash("imagine", self.discord.channel, prompt=prompt)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with DiscordTwin() as discord, OpenAITwin() as openai:
        environment = {
            **discord.environment,
            "OPENAI_API_KEY": API_KEY,
            "OPENAI_BASE_URL": openai.base_url,
            "IMAGE_ROUTE": "openai:gpt-image-2",
        }
        async with BotProcess(environment, tmp_path_factory.mktemp("bot")) as bot:
            await discord.until_ready()
            yield Stage(discord, openai, bot)
        assert discord.violations == []
        assert discord.thinking == []
        assert leaks(discord.transcript()) == []


async def test_a_lost_answer_to_the_acknowledgement(stage: Stage) -> None:
    stage.discord.faults.lose_answer("callback")
    interaction = await stage.imagine()
    await interaction

    assert interaction.original is not None
    assert interaction.original.pictures


async def test_a_server_error_on_the_acknowledgement(stage: Stage) -> None:
    stage.discord.faults.server_error("callback", 502)
    interaction = await stage.imagine()
    await interaction

    assert interaction.original is not None
    assert interaction.original.pictures


async def test_a_connection_reset_while_the_picture_goes_up(stage: Stage) -> None:
    stage.discord.faults.reset_upload(times=2)
    interaction = await stage.imagine()
    await interaction

    assert interaction.original is not None
    assert interaction.original.pictures


async def test_a_rate_limit_on_the_result(stage: Stage) -> None:
    stage.discord.faults.throttle("webhook.edit", times=2)
    interaction = await stage.imagine()
    await interaction

    assert interaction.original is not None
    assert interaction.original.pictures


async def test_too_large_after_all_is_sent_smaller_then_as_words(stage: Stage) -> None:
    whole = await stage.imagine()
    await whole
    stage.discord.faults.refuse("webhook.edit", 413, 40005)
    smaller = await stage.imagine()
    await smaller
    stage.discord.faults.refuse("webhook.edit", 413, 40005, times=2)
    words = await stage.imagine()
    await words

    assert whole.original is not None
    assert smaller.original is not None
    assert words.original is not None
    assert len(smaller.original.pictures[0].data) < len(whole.original.pictures[0].data) / 2
    assert words.original.pictures == []
    assert "/imagine show" in words.original.text


@pytest.mark.parametrize("code", [200000, 240000, 20009])
async def test_what_a_filter_stops_is_sent_without_words_and_links(stage: Stage, code: int) -> None:
    stage.discord.faults.refuse("webhook.edit", 400, code)
    interaction = await stage.imagine("a crystal swan")
    await interaction

    assert interaction.original is not None
    assert interaction.original.pictures
    assert "swan" not in interaction.original.text
    assert "Again" in interaction.original.labels


async def test_a_form_that_discord_does_not_take_is_sent_bare(stage: Stage) -> None:
    stage.discord.faults.refuse("webhook.edit", 400, 50035)
    interaction = await stage.imagine()
    await interaction

    assert interaction.original is not None
    assert interaction.original.pictures
    assert interaction.original.buttons == []


async def test_a_deleted_message_is_not_posted_again(stage: Stage) -> None:
    stage.openai.images.queue(http_twin.Slow(0.8))
    interaction = await stage.imagine()
    await interaction.acked()
    assert interaction.original is not None
    before = len(stage.discord.messages)
    await stage.discord.owner.delete(interaction.original)
    await asyncio.sleep(1.5)

    assert len(stage.discord.messages) == before


async def test_no_token_and_no_access_lead_to_a_direct_message(stage: Stage) -> None:
    stage.openai.images.queue(http_twin.Slow(0.8))
    ada = stage.discord.member("ada")
    interaction = await ada.slash("imagine", stage.discord.channel, prompt="a private owl")
    await interaction.acked()
    interaction.token_dead = True
    stage.discord.faults.refuse("channel.*", 403, 50001, times=2)
    await stage.discord.hub.pulse.until(lambda: ada.received or None, 15.0, lambda: "no direct message came")

    assert ada.received[-1].pictures
    assert interaction.original is not None
    interaction.original.delete("moderator")


async def test_a_closed_gateway_is_opened_again(stage: Stage) -> None:
    await stage.discord.gateway.close_all(4000)
    await stage.discord.until_ready()
    interaction = await stage.imagine()
    await interaction

    assert interaction.original is not None
    assert interaction.original.pictures

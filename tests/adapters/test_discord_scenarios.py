"""Scenarios S1 to S7 on Discord: one bot process, one fault after the other, and nothing internal in any message."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.discord_stage import Stage, open_stage
from tests.support.leaks import leaks
from tests.support.process import BotProcess
from tests.twins import http_twin, openai_modes
from tests.twins.discord_twin import DiscordTwin
from tests.twins.openai_twin import OpenAITwin

pytestmark = [
    pytest.mark.process,
    pytest.mark.xdist_group("discord-scenarios"),
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path_factory.mktemp("bot")) as opened:
        yield opened


@dataclass(frozen=True)
class Scenario:
    """A fault of the provider, what the person reads, and how often the provider was asked."""

    name: str
    fault: http_twin.Fault
    says: str
    asked: int = 1
    private: bool = False


# A bot a fault, since its host is left alone afterwards. Those of `make test-long` are played on Slack in `make test`,
# whose others are played here.
SCENARIOS = [
    Scenario("S2 refusal", openai_modes.Refuse(), "safety check", private=True),
    Scenario("S3 html error page", http_twin.ServerError(502, html=True), "busy"),
    pytest.param(
        Scenario("S4a null message", openai_modes.NullMessage(), "set up wrongly"), marks=pytest.mark.long
    ),
    Scenario("S4b huge message", openai_modes.HugeMessage(), "set up wrongly"),
    pytest.param(Scenario("S4c empty body", http_twin.EmptyBody(), "busy"), marks=pytest.mark.long),
    pytest.param(
        Scenario("S5a bad key", openai_modes.InvalidKey(), "set up wrongly"), marks=pytest.mark.long
    ),
    Scenario("S5b bad parameter", openai_modes.InvalidParameter(), "set up wrongly"),
    pytest.param(
        Scenario("S6a rate limit", openai_modes.RateLimit(retry_after=30.0), "busy"), marks=pytest.mark.long
    ),
    Scenario("S6b rate limit without a time", openai_modes.RateLimit(retry_after=None), "busy"),
    pytest.param(
        Scenario("S7a out of money", openai_modes.Billing(), "not your words"), marks=pytest.mark.long
    ),
    Scenario("S7b out of quota", openai_modes.Quota(), "not your words"),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
async def test_a_fault_ends_in_our_own_words(tmp_path: Path, scenario: Scenario) -> None:
    async with DiscordTwin() as discord, OpenAITwin() as openai:
        openai.images.always(scenario.fault)
        environment = {
            **discord.environment,
            **openai.environment,
            "IMAGE_ROUTE": "openai:gpt-image-2",
        }
        async with BotProcess(environment, tmp_path):
            await discord.until_ready()
            interaction = await discord.owner.slash("imagine", discord.channel, prompt="a red fox")
            await interaction
            await discord.hub.pulse.until(lambda: interaction.text or None, 30.0, lambda: "no words came")
        assert scenario.says in interaction.text
        assert "quota" in interaction.text
        assert len(openai.image_requests) == scenario.asked
        assert interaction.messages[0].ephemeral is scenario.private
        assert discord.violations == []
        assert discord.thinking == []
        assert leaks(discord.transcript()) == []


async def test_success_is_one_message_and_one_paid_call(stage: Stage) -> None:
    """S1: inside three seconds, with alt text and live buttons."""
    interaction = await stage.discord.owner.slash("imagine", stage.discord.channel, prompt="a red fox")
    await interaction

    assert interaction.ack is not None
    assert interaction.ack.latency < 3.0
    assert interaction.original is not None
    picture = interaction.original.pictures[0]
    assert interaction.original.alt_text(picture)
    assert {"Vary", "Again", "Edit", "Delete"} <= {
        label.split(" ")[-1] for label in interaction.original.labels
    }
    assert stage.openai.billed_images == 1


async def test_delete_removes_the_message_and_the_file(stage: Stage) -> None:
    """S20: told at once, and gone."""
    interaction = await stage.discord.owner.slash("imagine", stage.discord.channel, prompt="a blue fox")
    await interaction
    assert interaction.original is not None

    deletion = await stage.discord.owner.click(interaction.original, "Delete")
    await stage.discord.hub.pulse.until(
        lambda: "gone" in deletion.text or None, 30.0, lambda: f"not told: {deletion.text}"
    )

    original = interaction.original
    await stage.discord.hub.pulse.until(lambda: original.deleted or None, 30.0, lambda: "still shown")
    assert (await deletion.followup()).ephemeral


async def test_words_that_the_sanitizer_spoils_never_reach_the_image_model(stage: Stage) -> None:
    stage.openai.sanitizer.always(openai_modes.PlainText("REJECTED"))
    stage.openai.moderation.always(http_twin.ServerError(503))
    before = len(stage.openai.image_requests)
    interaction = await stage.discord.owner.slash(
        "imagine", stage.discord.channel, prompt="a raw unseen phrase"
    )
    await interaction
    stage.openai.sanitizer.reset()
    stage.openai.moderation.reset()

    assert "can't check wordings" in interaction.text
    assert len(stage.openai.image_requests) == before

"""A real bot process with the real discord.py against the Discord twin and the OpenAI twin."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.support.discord_stage import Stage, ended, open_stage
from tests.twins import http_twin, openai_modes
from tests.twins.flux_twins import BFLTwin

pytestmark = [
    pytest.mark.process,
    pytest.mark.xdist_group("discord"),
    pytest.mark.asyncio(loop_scope="module"),
]

ROUTE = "openai:gpt-image-2,bfl:flux-2-pro"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bfl() -> AsyncIterator[BFLTwin]:
    async with BFLTwin() as twin:
        yield twin


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory, bfl: BFLTwin) -> AsyncIterator[Stage]:
    flux: dict[str, Any] = {"BFL_API_KEY": bfl.key, "BFL_BASE_URL": bfl.base_url}
    async with open_stage(tmp_path_factory.mktemp("bot"), IMAGE_ROUTE=ROUTE, **flux) as opened:
        yield opened


@pytest.fixture(autouse=True)
def a_clean_slate(stage: Stage) -> None:
    """What an earlier test planned is not this one's."""
    stage.openai.images.reset()


async def test_a_picture_comes_with_alt_text_and_buttons(stage: Stage) -> None:
    """S1: one call, one message with the picture's own bytes."""
    before = stage.openai.billed_images
    message = await stage.made("a brass owl on a stack of books")

    attachment = message.attachments[0]
    assert hashlib.sha256(attachment.data).hexdigest() == stage.openai.served[-1].sha256
    assert "owl" in str(message.components)
    assert stage.openai.billed_images == before + 1
    assert stage.openai.refused == []
    assert "Vary" in message.text


async def test_twenty_commands_at_once_are_all_served(stage: Stage) -> None:
    before = stage.openai.billed_images
    stage.openai.images.always(http_twin.Slow(0.5))
    people = [stage.discord.member(f"member{n}") for n in range(20)]

    asked = [await stage.asked(f"{n} owls", by=person) for n, person in enumerate(people)]
    acks = [await interaction.acked() for interaction in asked]
    for interaction in asked:
        await ended(interaction)

    assert len(acks) == 20
    assert all(interaction.original.pictures for interaction in asked if interaction.original)
    assert stage.openai.billed_images == before + 20


async def test_a_refusal_is_told_privately_and_nobody_else_is_asked(stage: Stage, bfl: BFLTwin) -> None:
    """S2, S19: the public placeholder goes, the requester alone is told."""
    before = len(stage.openai.image_requests)
    stage.openai.images.always(openai_modes.Refuse(stage="input", categories=["sexual"]))
    interaction = await stage.asked()
    told = await interaction.followup()

    assert interaction.original is not None
    assert interaction.original.deleted
    assert [message.ephemeral for message in interaction.followups] == [True]
    assert "safety check" in told.text
    assert "Nothing was charged" in told.text
    assert len(stage.openai.image_requests) == before + 1
    assert bfl.requests == []


async def test_an_outage_falls_back_to_flux_in_the_same_job(tmp_path: Path) -> None:
    """S3, S7: another host inside the same job. A process of its own, since the first host is left alone afterwards."""
    async with BFLTwin() as bfl:
        flux: dict[str, Any] = {"BFL_API_KEY": bfl.key, "BFL_BASE_URL": bfl.base_url}
        async with open_stage(tmp_path, IMAGE_ROUTE=ROUTE, **flux) as stage:
            stage.openai.images.always(http_twin.ServerError(503))
            message = await stage.made()

            assert "backup model" in message.text
            assert len(stage.openai.image_requests) == 1


async def test_an_old_button_works_after_a_restart(tmp_path: Path) -> None:
    """S14, also S11: HD is larger, is bought once, and pressed again it leads to the same picture."""
    async with open_stage(tmp_path) as stage:
        message = await stage.made()
        assert await stage.bot.stop() == 0
        await stage.plugged_in()
        again = await stage.discord.owner.click(message, "Again")
        assert (await again.picture()).pictures
        hd = await (await stage.discord.owner.click(message, "HD")).picture()
        await stage.at_rest()
        pressed = await stage.discord.owner.click(message, "HD")
        await ended(pressed)

        assert "1024×1024" in message.text
        assert "1920×1920" in hd.text
        assert pressed.ephemeral
        assert "exists already" in pressed.text
        assert stage.openai.billed_images == 3

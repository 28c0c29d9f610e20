"""Scenarios S8 to S20 on Discord: the plug pulled, tokens dead, files too large, buttons pressed twice."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.store import open_store
from tests.support.discord_stage import Stage, ended, open_stage
from tests.support.make import picture
from tests.twins import http_twin, openai_modes
from tests.twins.discord_twin import Upload

pytestmark = [pytest.mark.long, pytest.mark.process, pytest.mark.xdist_group("discord-durability")]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path) as opened:
        yield opened


async def polled(look: object, seconds: float = 10.0) -> None:
    """Wait for what the models' twin has seen."""
    assert callable(look)
    async with asyncio.timeout(seconds):
        while not look():
            await asyncio.sleep(0.02)


async def test_killed_in_the_paid_call_it_is_told_honestly_and_bought_once(stage: Stage) -> None:
    """S13: a call of unknown result ends in a refund and a clear line."""
    stage.openai.images.queue(http_twin.Hang(1.0))
    interaction = await stage.asked()
    await polled(lambda: stage.openai.image_requests)
    await stage.bot.kill()
    await stage.plugged_in()
    await ended(interaction)

    assert "can't tell whether it was finished" in interaction.text
    assert "given back" in interaction.text
    assert len(stage.openai.image_requests) == 1


async def test_killed_while_the_words_are_read_it_goes_on(stage: Stage) -> None:
    """S13: nothing was paid yet, so it is simply made."""
    stage.openai.sanitizer.queue(http_twin.Hang(2.0))
    interaction = await stage.asked()
    await polled(lambda: stage.openai.text_requests)
    await stage.bot.kill()
    await stage.plugged_in()

    assert (await interaction.picture()).pictures
    assert stage.openai.billed_images == 1


async def test_killed_behind_the_payment_the_picture_is_delivered_not_bought_again(stage: Stage) -> None:
    """S13: stored bytes are delivered, not bought again."""
    stage.openai.moderation.queue(http_twin.Normal(), http_twin.Normal(), http_twin.Hang(3.0))
    interaction = await stage.asked()
    await polled(lambda: not stage.openai.moderation.pending and stage.openai.billed_images)
    await asyncio.sleep(0.1)
    await stage.bot.kill()
    await stage.plugged_in()

    assert (await interaction.picture()).pictures
    assert stage.openai.billed_images == 1


async def test_sigterm_with_twenty_jobs_loses_none(stage: Stage) -> None:
    stage.openai.images.always(http_twin.Slow(0.5))
    people = [stage.discord.member(f"member{n}") for n in range(20)]
    asked = [await stage.asked(f"{n} owls", by=person) for n, person in enumerate(people)]
    for interaction in asked:
        await interaction.acked()
    assert await stage.bot.stop() == 0
    await stage.plugged_in()

    assert all([(await interaction.picture()).pictures for interaction in asked])
    assert stage.openai.billed_images == 20


async def test_a_file_over_the_limit_is_shown_smaller_and_kept_whole(stage: Stage) -> None:
    """S8: the size is checked before the upload, and the store has the original bytes."""
    stage.openai.images.always(openai_modes.HugeImage())
    message = await stage.made()

    assert len(message.pictures[0].data) < 10 * 1024 * 1024
    assert [call for call in stage.discord.requests if call.status == 413] == []
    stored = {digest(file) for file in (stage.folder / "data" / "images").rglob("*") if file.is_file()}
    assert stage.openai.served[0].sha256 in stored


async def test_a_dead_token_leads_to_the_same_message_by_the_bots_own(stage: Stage) -> None:
    """S10: the token dies before the result is there."""
    stage.openai.images.always(http_twin.Slow(1.0))
    interaction = await stage.asked()
    await interaction.acked()
    interaction.token_dead = True

    assert await interaction.picture() is interaction.original


async def test_a_double_click_buys_one_picture(stage: Stage) -> None:
    """S11: both presses mean the same child; a later one means another."""
    made = await stage.made()
    clicks = await asyncio.gather(*(stage.discord.owner.click(made, "Again") for _ in range(2)))
    for click in clicks:
        await click.acked()
    await stage.until(lambda: not stage.discord.thinking)
    assert stage.openai.billed_images == 2

    await asyncio.sleep(3.1)  # the time within which a second press counts as a double click
    assert (await (await stage.discord.owner.click(made, "Again")).picture()).pictures
    assert stage.openai.billed_images == 3


async def test_another_members_press_is_theirs(stage: Stage) -> None:
    """S12: labelled with whoever pressed, and the first one's picture stays untouched."""
    made = await stage.made()
    bob = stage.discord.member("bob")
    before = made.text
    press = await (await bob.click(made, "Vary")).picture()
    refused = await bob.click(made, "Delete")
    await stage.until(lambda: "moderator" in refused.text)

    assert bob.mention in press.text
    assert made.text == before
    assert not made.deleted


async def test_a_button_of_an_unknown_job_is_explained_in_private(stage: Stage) -> None:
    """S14: as after a move to an empty database."""
    made = await stage.made()
    await stage.bot.kill()
    for file in (stage.folder / "data").glob("imagine.db*"):
        file.unlink()
    await stage.plugged_in()
    press = await stage.discord.owner.click(made, "Again")
    await ended(press)

    assert press.ephemeral
    assert "can't find" in press.text
    assert stage.openai.billed_images == 1


async def test_pulled_with_everything_in_the_air_every_message_comes_to_an_end(stage: Stage) -> None:
    """S13, S20: a picture delivered but not noted, a description, a deletion, a command that was not acknowledged."""
    discord, openai = stage.discord, stage.openai
    unwanted = await stage.made("a perishable owl")
    discord.faults.lose_answer("webhook.edit", times=99)
    delivered = await stage.asked()
    shown = await delivered.picture()
    openai.sanitizer.queue(http_twin.Hang(6.0))
    look = await discord.owner.send(discord.channel, "look", Upload("owl.png", picture()))
    described = await discord.owner.context_menu("Describe image", look)
    await described.acked()
    await stage.until(lambda: not openai.sanitizer.pending)
    discord.faults.reset("channel.delete", times=99)
    await discord.owner.click(unwanted, "Delete")
    await stage.until(lambda: discord.calls("channel.delete"))
    discord.faults.reset("callback", times=99)
    unheard = await discord.owner.slash("imagine", discord.channel, prompt="an unheard owl")
    await stage.until(lambda: len(discord.calls("callback")) > 4)
    await stage.bot.kill()
    discord.faults.clear()
    await age_promises(stage.folder)
    edits = len(discord.calls("webhook.edit"))
    await stage.plugged_in()
    if not unwanted.deleted:
        await discord.owner.click(unwanted, "Delete")
    await stage.until(lambda: unwanted.deleted, "the deletion was not ended")
    await described
    await stage.until(lambda: len(discord.calls("webhook.edit")) > edits)
    job_id = next(button["custom_id"].split(":")[1] for button in unwanted.buttons if "custom_id" in button)
    gone = await discord.owner.slash("imagine", discord.channel, prompt=f"show {job_id}")
    await gone
    await stage.bot.stop()

    assert "restarted" in described.text
    assert described.ephemeral
    assert delivered.messages == [shown]
    assert unheard.ack is None
    assert openai.billed_images == 2
    assert "can't find" in gone.text
    stored = [file for file in (stage.folder / "data").rglob("*") if file.is_file()]
    assert not [file for file in stored if b"perishable" in file.read_bytes()]
    assert len([file for file in stored if file.suffix == ".png"]) <= 2  # the one that is still shown


@pytest.mark.parametrize(
    ("ends", "arrives", "says"),
    [
        ("kill", False, "restarted"),
        ("stop", False, "restarted"),
        ("kill", True, "Balanced community"),
    ],
)
async def test_a_moderators_page_whose_process_ended_comes_to_an_end(
    stage: Stage, ends: str, arrives: bool, says: str
) -> None:
    """It is apologised for, unless the page had come after all."""
    faults = stage.discord.faults
    (faults.lose_answer if arrives else faults.reset)("webhook.edit", times=99)
    page = await stage.discord.owner.slash("guardrails show", stage.discord.channel)
    await page.acked()
    await stage.until(lambda: says in page.text if arrives else stage.discord.calls("webhook.edit"))
    await getattr(stage.bot, ends)()
    faults.clear()
    await age_promises(stage.folder)
    looks = len(stage.discord.calls("webhook.get"))
    await stage.plugged_in()
    await stage.until(lambda: len(stage.discord.calls("webhook.get")) > looks)
    await page

    assert says in page.text


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


async def age_promises(folder: Path) -> None:
    """Let a minute and a half pass for whatever was promised."""
    data = folder / "data"
    store = await open_store(f"sqlite:///{data / 'imagine.db'}", data_dir=data, clock=SystemClock())
    for item in await store.secrets.ids("discord-promise"):
        kept = await store.secrets.get("discord-promise", item)
        assert kept is not None
        await store.secrets.put("discord-promise", item, {**kept[0], "at": kept[0]["at"] - 90})
    await store.aclose()

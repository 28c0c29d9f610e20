"""Discord having a bad day: lost answers, resets, limits, closed doors. The member always ends with a picture or words."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.domain.policy import Limits, Policy
from tests.support.discord_stage import Stage, ended, open_stage
from tests.twins import http_twin, openai_modes

pytestmark = [
    pytest.mark.long,
    pytest.mark.process,
    pytest.mark.xdist_group("discord-faults"),
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    rules = Policy(limits=Limits(per_user_hour=0, concurrent_per_user=0))
    async with open_stage(tmp_path_factory.mktemp("bot"), rules) as opened:
        yield opened


@pytest.fixture(autouse=True)
def a_clean_slate(stage: Stage) -> None:
    """What an earlier test planned is not this one's."""
    stage.openai.images.reset()
    stage.openai.sanitizer.reset()
    stage.discord.faults.clear()


async def test_a_lost_answer_to_the_acknowledgement(stage: Stage) -> None:
    stage.discord.faults.lose_answer("callback")
    interaction = await stage.asked()
    await ended(interaction)

    assert interaction.original is not None
    assert interaction.original.pictures


async def test_a_server_error_on_the_acknowledgement(stage: Stage) -> None:
    stage.discord.faults.server_error("callback", 502)
    interaction = await stage.asked()
    await ended(interaction)

    assert interaction.original is not None
    assert interaction.original.pictures


async def test_a_connection_reset_while_the_picture_goes_up(stage: Stage) -> None:
    stage.discord.faults.reset_upload(times=2)
    interaction = await stage.asked()
    await ended(interaction)

    assert interaction.original is not None
    assert interaction.original.pictures


async def test_a_rate_limit_on_the_result(stage: Stage) -> None:
    stage.discord.faults.throttle("webhook.edit", times=2)
    interaction = await stage.asked()
    await ended(interaction)

    assert interaction.original is not None
    assert interaction.original.pictures


async def test_too_large_after_all_is_sent_smaller_then_as_words(stage: Stage) -> None:
    """S8: Discord's own limit is lower than it said."""
    whole = await stage.asked()
    await ended(whole)
    stage.discord.faults.refuse("webhook.edit+files", 413, 40005)
    smaller = await stage.asked()
    await ended(smaller)
    stage.discord.faults.refuse("webhook.edit+files", 413, 40005, times=2)
    words = await stage.asked()
    await ended(words)

    assert whole.original is not None
    assert smaller.original is not None
    assert words.original is not None
    assert len(smaller.original.pictures[0].data) < len(whole.original.pictures[0].data) / 2
    assert words.original.pictures == []
    assert "/imagine show" in words.original.text


@pytest.mark.parametrize("code", [200000, 240000, 20009])
async def test_what_a_filter_stops_is_sent_without_words_and_links(stage: Stage, code: int) -> None:
    stage.discord.faults.refuse("webhook.edit+files", 400, code)
    interaction = await stage.asked("a crystal swan")
    await ended(interaction)

    assert interaction.original is not None
    assert interaction.original.pictures
    assert "swan" not in interaction.original.text
    assert "Again" in interaction.original.labels


async def test_a_form_that_discord_does_not_take_is_sent_bare(stage: Stage) -> None:
    stage.discord.faults.refuse("webhook.edit+files", 400, 50035)
    interaction = await stage.asked()
    await ended(interaction)

    assert interaction.original is not None
    assert interaction.original.pictures
    assert interaction.original.buttons == []


@pytest.mark.parametrize("progress", [False, True], ids=["thinking", "progress shown"])
async def test_where_no_layout_is_taken_the_picture_comes_as_a_plain_attachment(
    stage: Stage, progress: bool
) -> None:
    """A message that has once had a layout takes no plain text any more: then it is another message."""
    if progress:
        stage.openai.images.queue(http_twin.Slow(4.5))
    interaction = await stage.asked("a plain owl")
    await interaction.acked()
    if progress:
        await interaction.until(lambda one: "⏳" in one.text)
    stage.discord.faults.refuse("webhook.edit+files", 400, 50035, times=2)
    message = await interaction.picture()

    assert len(message.pictures) == 1
    assert message.components == []
    assert f"<@{stage.discord.owner.id}>" in message.content
    await stage.until(lambda: interaction.messages == [message], "the placeholder stays")
    assert (message is interaction.original) is not progress
    stage.discord.hub.recorder.forgive()  # plain text into a layout is refused, as the twin knows


async def test_where_no_layout_is_taken_by_the_channel_either(stage: Stage) -> None:
    stage.openai.images.queue(http_twin.Slow(0.8))
    interaction = await stage.asked("a plain swan")
    await interaction.acked()
    interaction.token_dead = True
    stage.discord.faults.refuse("channel.edit+files", 400, 50035, times=2)
    message = await interaction.picture()

    assert message is interaction.original
    assert message.components == []


async def test_a_deleted_message_is_not_posted_again(stage: Stage) -> None:
    stage.openai.images.queue(http_twin.Slow(0.8))
    interaction = await stage.asked()
    await interaction.acked()
    assert interaction.original is not None
    before = len(stage.discord.messages)
    await stage.discord.owner.delete(interaction.original)
    await asyncio.sleep(1.5)

    assert len(stage.discord.messages) == before


async def test_no_token_and_no_access_lead_to_a_direct_message(stage: Stage) -> None:
    """S10: neither the token nor the channel is open."""
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
    interaction = await stage.asked()
    await ended(interaction)

    assert interaction.original is not None
    assert interaction.original.pictures


async def test_a_dead_hook_leads_to_the_same_message_by_the_bots_own_token(stage: Stage) -> None:
    """S10: 404 inside the 15 minutes."""
    for status, code in ((404, 10015), (401, 50027)):
        stage.discord.faults.refuse("webhook.edit+files", status, code)
        interaction = await stage.asked()
        message = await interaction.picture()

        assert message is interaction.original
        assert message.history[-1].via == "bot"


async def test_with_every_door_closed_the_picture_stays_under_its_id(stage: Stage) -> None:
    """S10: not even a direct message is taken."""
    stage.openai.images.queue(http_twin.Slow(0.8))
    ben = stage.discord.member("ben")
    ben.close_dms()
    interaction = await ben.slash("imagine", stage.discord.channel, prompt="a hidden owl")
    await interaction.acked()
    interaction.token_dead = True
    stage.discord.faults.refuse("channel.*", 403, 50001, times=2)
    calls = await stage.discord.until_calls("dm.open", len(stage.discord.calls("dm.open")) + 1)
    assert calls
    offered: list[str] = []
    while not offered:
        listed = await ben.autocomplete("imagine", stage.discord.channel, "prompt", "show")
        offered = [choice["value"] for choice in await stage.choices(listed)]

    shown = await ben.slash("imagine", stage.discord.channel, prompt=offered[0])
    message = await shown.picture()

    assert "hidden owl" in message.text
    assert interaction.original is not None
    interaction.original.delete("moderator")


@pytest.mark.parametrize(("status", "code"), [(404, 10062), (400, 40060)])
async def test_without_an_acknowledgement_nothing_is_bought(stage: Stage, status: int, code: int) -> None:
    before = len(stage.openai.image_requests)
    stage.discord.faults.refuse("callback", status, code)
    lost = await stage.asked("an unheard owl")
    async with asyncio.timeout(10):
        while stage.discord.faults.pending:
            await asyncio.sleep(0.02)
    await ended(await stage.asked("a heard owl"))

    assert lost.ack is None
    assert len(stage.openai.image_requests) == before + 1


async def test_a_late_no_without_a_token_says_nothing_to_others(stage: Stage) -> None:
    """S19: without a live token it is a neutral line."""
    stage.openai.sanitizer.queue(http_twin.Slow(0.8))
    stage.openai.images.queue(openai_modes.Refuse(stage="input", categories=["sexual"]))
    interaction = await stage.asked("a second owl")
    await interaction.acked()
    interaction.token_dead = True
    await ended(interaction)

    assert interaction.original is not None
    assert interaction.original.history[-1].via == "bot"
    assert "I can't make this one" in interaction.text
    assert "owl" not in interaction.text
    assert "safety" not in interaction.text


async def test_a_blocked_address_waits_instead_of_making_it_worse(stage: Stage) -> None:
    stage.openai.images.queue(http_twin.Slow(0.6))
    interaction = await stage.asked("a banned owl")
    await interaction.acked()
    before = len(stage.discord.requests)
    stage.discord.faults.ban(2.0)
    await interaction.picture()

    assert len(stage.discord.requests) - before <= 3


async def test_a_global_storm_of_limits_ends_in_a_picture(stage: Stage) -> None:
    stage.discord.faults.throttle("webhook.edit", times=3, is_global=True)

    assert (await (await stage.asked()).picture()).pictures

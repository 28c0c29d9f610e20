"""The acceptance scenarios of image bots, as far as one process can play them on Slack."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.domain.policy import Limits, Policy
from tests.support.discord_stage import set_policy
from tests.support.slack_stage import ART, Stage, open_stage
from tests.twins import http_twin, openai_modes
from tests.twins.slack_twin import TEAM

pytestmark = [
    pytest.mark.process,
    pytest.mark.xdist_group("slack_scenarios"),
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("bot")
    await set_policy(folder, f"slack:{TEAM}", Policy(limits=Limits(per_user_day=3, concurrent_per_user=1)))
    async with open_stage(folder) as opened:
        yield opened


async def test_s8_too_large_for_the_workspace_comes_smaller_or_as_words(stage: Stage) -> None:
    """The original stays in the store; Slack gets a smaller copy as a file, or the words that bring it up."""
    slack, ada = stage.slack, stage.slack.person("U000ADA08")
    stage.openai.images.queue(openai_modes.HugeImage(1_500_000))
    slack.upload_limit = 1_000_000
    try:
        await ada.slash("a red fox")
        shown = await stage.picture(ada)
        file = slack.files[shown.pictures[0]["slack_file"]["id"]]
        assert file.name.endswith(".jpg")
        assert 0 < len(file.data) <= slack.upload_limit
        stored = max(path.stat().st_size for path in stage.folder.glob("data/images/**/*.png"))
        assert stored > slack.upload_limit
        await stage.settled()

        slack.upload_limit = 10
        known = len(ada.sees())
        await ada.slash("a grey fox")
        told = await stage.until(lambda: next((m for m in ada.sees()[known:] if "Share" in m.all_text), None))
        assert "/imagine show" in told.all_text
    finally:
        slack.upload_limit = 1 << 30


@pytest.mark.parametrize(
    ("channel", "where"), [(ART, ART), ("C000SHUT0", "D000ADA10")], ids=["by bot token", "by direct message"]
)
async def test_s10_a_dead_response_url(stage: Stage, channel: str, where: str) -> None:
    """Another door to the same channel, else a direct message; `/imagine show` brings it up as well."""
    slack, ada = stage.slack, stage.slack.person("U000ADA10")
    slack.doors_dead = True
    try:
        known = len(ada.sees(where))
        await ada.slash("a red fox", channel)
        shown = await stage.picture(ada, where, after=known)
        await stage.settled()
    finally:
        slack.doors_dead = False
    assert shown.only_for == ada.id or where.startswith("D")
    assert not [m for m in slack.messages if m.channel == "C000SHUT0"]
    assert not [m for m in ada.sees(where)[known:] if "On it" in m.text], "nothing is left waiting"
    known = len(ada.sees())
    await ada.slash(f"show {shown.buttons[0]['value'].partition(':')[2]}")
    await stage.picture(ada, after=known)


async def test_s9_s15_one_at_a_time_and_a_quota_that_holds(stage: Stage) -> None:
    ada = stage.slack.person("U000ADA09")
    before = stage.openai.billed_images
    stage.openai.images.queue(http_twin.Slow(1.5))
    await asyncio.gather(*(ada.slash("a red fox") for _ in range(4)))
    await stage.picture(ada)
    await stage.until(lambda: sum("at a time" in m.all_text for m in ada.sees()) == 3)
    assert stage.openai.billed_images == before + 1

    for _ in range(2):
        await stage.settled()
        known = len(ada.sees())
        await ada.slash("a red fox")
        await stage.picture(ada, after=known)
    await stage.settled()
    await ada.slash("a red fox")
    told = await stage.seen(ada, "used up")
    assert told.only_for == ada.id
    assert stage.openai.billed_images == before + 3


async def test_s11_a_double_press_is_one_child(stage: Stage) -> None:
    ada, thread = stage.slack.person("U000ADA11"), "1700000011.000100"
    await ada.mention("a red fox", thread=thread)
    shown = await stage.version(ada, 1, thread)
    await stage.settled()
    before = stage.openai.billed_images
    await asyncio.gather(ada.click(shown, "HD"), ada.click(shown, "HD"))
    await stage.version(ada, 2, thread)
    assert stage.openai.billed_images == before + 1
    assert stage.openai.image_requests[-1].form["size"] == "1920x1920", "HD is larger, not only finer"


async def test_s12_another_members_press_is_theirs(stage: Stage) -> None:
    ada, bob, thread = stage.slack.person("U000ADA12"), stage.slack.person("U000BOB12"), "1700000012.000100"
    await ada.mention("a red fox", thread=thread)
    shown = await stage.version(ada, 1, thread)
    first = shown.all_text
    await stage.settled()
    await bob.click(shown, "Again")
    await stage.version(bob, 2, thread)
    assert shown.all_text == first
    await bob.open_home()
    assert "1 of 3" in str(await stage.until(lambda: stage.slack.homes.get(bob.id)))
    await bob.click(shown, "Delete")
    assert "Only the person" in (await stage.seen(bob, "Only the person")).all_text
    assert not shown.deleted


async def test_s16_s18_harmless_words_and_a_phones_dash(stage: Stage) -> None:
    ada = stage.slack.person("U000ADA16")
    known = len(ada.sees())
    await ada.slash("A strikingly majestic MaineCoon cat — lustrous blacks, master painter —ar 16:9")
    await stage.picture(ada, after=known)
    width, height = map(int, stage.openai.image_requests[-1].json["size"].split("x"))
    assert width > height
    assert "—" in stage.openai.image_requests[-1].json["prompt"]


async def test_s17_a_cooldown_belongs_to_one_person(stage: Stage) -> None:
    ada, bob = stage.slack.person("U000ADA17"), stage.slack.person("U000BOB17")
    stage.openai.images.queue(http_twin.Slow(1.0))
    known = len(ada.sees()), len(bob.sees())
    await ada.slash("a red fox")
    await bob.slash("a blue fox")
    await stage.picture(bob, after=known[1])
    await stage.picture(ada, after=known[0])
    await stage.settled()


async def test_s19_a_refusal_after_a_public_beginning(stage: Stage) -> None:
    """The line in the thread goes and the asker alone is told; where that door is shut the line tells nothing."""
    slack, thread = stage.slack, "1700000019.000100"
    ada, bob = slack.person("U000ADA19"), slack.person("U000BOB19")
    stage.openai.images.queue(openai_modes.Refuse())
    await ada.mention("a red fox", thread=thread)
    told = await stage.seen(ada, "safety check")
    assert told.only_for == ada.id
    assert told.thread == thread
    await stage.until(lambda: not [m for m in bob.sees() if m.thread == thread])
    await stage.settled()

    slack.answers |= dict.fromkeys(("chat.postEphemeral", "conversations.open"), "restricted_action")
    try:
        stage.openai.images.queue(openai_modes.Refuse())
        await ada.mention("a red fox", thread=thread)
        line = await stage.until(
            lambda: next((m for m in bob.sees() if m.thread == thread and "On it" not in m.text), None)
        )
        assert "fox" not in line.all_text
        assert "safety check" not in line.all_text
        await stage.settled()
    finally:
        slack.answers.clear()


async def test_a_file_that_slack_never_shows_is_hung_on_the_message(stage: Stage) -> None:
    slack, ada, thread = stage.slack, stage.slack.person("U000ADA21"), "1700000021.000100"
    slack.shows_files = False
    try:
        await ada.mention("a red fox", thread=thread)
        shown = await stage.until(
            lambda: next((m for m in ada.sees() if m.thread == thread and m.files), None)
        )
        assert not shown.pictures
        assert "Again" in shown.all_text
        assert "/imagine show" not in shown.all_text
        assert slack.files[shown.files[0]].data.startswith(b"\x89PNG")
    finally:
        slack.shows_files = True
    await stage.settled()


async def test_s20_delete_means_delete(stage: Stage) -> None:
    ada, thread = stage.slack.person("U000ADA20"), "1700000020.000100"
    await ada.mention("a red fox", thread=thread)
    shown = await stage.version(ada, 1, thread)
    job_id = shown.buttons[0]["value"].partition(":")[2]
    await stage.until(lambda: any(stage.folder.glob("data/images/**/*.png")))
    await ada.click(shown, "Delete")
    await stage.until(lambda: shown.deleted)
    known = len(ada.sees())
    await ada.slash(f"show {job_id}")
    await stage.until(lambda: any("can't find" in m.all_text for m in ada.sees()[known:]))

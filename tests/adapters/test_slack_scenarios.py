"""The acceptance scenarios of image bots, as far as one process can play them on Slack."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.domain.policy import Limits, Policy
from tests.support.discord_stage import set_policy
from tests.support.slack_stage import Stage, open_stage
from tests.twins import http_twin
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
    await ada.slash("a red fox")
    await bob.slash("a blue fox")
    await stage.picture(bob)
    await stage.picture(ada)


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

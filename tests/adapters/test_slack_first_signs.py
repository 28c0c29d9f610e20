"""The first sign of an answer, "On it …", never stays: not beside an answer, not after a bad moment, not after a deletion."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.slack_stage import ART, Stage, open_stage
from tests.twins import http_twin
from tests.twins.slack_twin import Message, Person

pytestmark = [
    pytest.mark.long,
    pytest.mark.process,
    pytest.mark.xdist_group("slack_first_signs"),
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path_factory.mktemp("bot")) as opened:
        yield opened


def waiting(person: Person) -> list[Message]:
    return [message for message in person.sees() if "On it" in message.all_text]


def alone(person: Person) -> list[Message]:
    """What only this person sees."""
    return [message for message in person.sees(ART) if message.only_for == person.id]


async def test_a_press_on_a_preview_leaves_one_message(stage: Stage) -> None:
    ada = stage.slack.person("U000SIGN1")
    await ada.slash("a brass owl")
    shown = await stage.picture(ada)
    edits = shown.edits
    await ada.click(shown, "Again")
    await stage.until(lambda: shown.edits == edits + 2 and shown.pictures, "sign and picture in its place")
    await stage.settled()

    assert alone(ada) == [shown]


async def test_one_bad_moment_does_not_split_the_answer_in_two(stage: Stage) -> None:
    ada = stage.slack.person("U000SIGN2")
    stage.openai.images.queue(http_twin.Slow(1.0))
    await ada.slash("a brass owl")
    await stage.until(lambda: waiting(ada))
    stage.slack.refuse_writes = 1
    shown = await stage.picture(ada)
    await stage.settled()

    assert alone(ada) == [shown]


async def test_an_answer_by_another_door_takes_the_sign_away_or_its_place(stage: Stage) -> None:
    """The response_url takes one picture no more, but would still delete."""
    ada = stage.slack.person("U000SIGN3")
    stage.openai.images.queue(http_twin.Slow(1.0))
    await ada.slash("a brass owl")
    await stage.until(lambda: waiting(ada))
    stage.slack.refuse_writes = 2
    shown = await stage.picture(ada)
    await stage.until(lambda: not waiting(ada), "the sign stays")
    await stage.settled()

    assert alone(ada) == [shown]


async def test_an_edit_in_a_bad_moment_is_tried_again(stage: Stage) -> None:
    ada, thread = stage.slack.person("U000SIGN4"), "1700000000.004242"
    stage.openai.images.queue(http_twin.Slow(1.0))
    await ada.mention("a brass owl", thread=thread)
    await stage.until(lambda: waiting(ada))
    stage.slack.answers["chat.update"] = "service_unavailable"
    calls = len(stage.slack.calls)
    await stage.until(lambda: any(name == "chat.update" for name, _, _ in stage.slack.calls[calls:]))
    del stage.slack.answers["chat.update"]
    await stage.version(ada, 1, thread)
    await stage.settled()

    assert len([message for message in ada.sees() if message.thread == thread]) == 1


async def test_whoever_erases_everything_is_left_with_nothing(stage: Stage) -> None:
    ada = stage.slack.person("U000SIGN5")
    stage.openai.images.queue(http_twin.Slow(3.0))
    asked = len(stage.openai.image_requests)
    await ada.slash("a brass owl")
    await stage.until(lambda: len(stage.openai.image_requests) > asked)
    await ada.open_home()
    await stage.until(lambda: ada.id in stage.slack.homes)
    await ada.press_home("Delete my data")
    await stage.until(lambda: not alone(ada), "the sign stays")
    await asyncio.wait_for(stage.settled(), 20)

    assert alone(ada) == []


async def test_a_share_that_slack_did_not_take_can_be_pressed_again(stage: Stage) -> None:
    ada, bob = stage.slack.person("U000SIGN6"), stage.slack.person("U000SIGN7")
    known = len(bob.sees())
    await ada.slash("a brass owl")
    shown = await stage.until(lambda: next((m for m in alone(ada) if m.pictures), None))
    await stage.settled()
    stage.slack.answers["chat.postMessage"] = "service_unavailable"
    await ada.click(shown, "Share")
    await stage.until(lambda: any("try again" in message.all_text for message in alone(ada)))
    del stage.slack.answers["chat.postMessage"]
    await ada.click(shown, "Share")
    await stage.until(lambda: len(bob.sees()) > known, "the second press is ignored")
    await stage.until(lambda: shown.deleted)

    assert len([message for message in bob.sees()[known:] if message.only_for is None]) == 1


async def test_a_line_about_a_job_that_does_not_run_yet_names_it(stage: Stage) -> None:
    ada = stage.slack.person("U000SIGN8")
    stage.slack.refuse_writes = 1
    await ada.slash("a brass owl")
    await stage.until(lambda: next((m for m in alone(ada) if m.pictures), None))

    lines = [line for line in stage.bot.log if "first_sign_refused" in line]
    assert lines
    assert all("job_id=" in line for line in lines)

"""Taking a message back: what Slack says about one call, and what is tried again."""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.errors import DeliveryError
from bot.domain.jobs import Job
from bot.domain.requests import JobId
from tests.support.make import job, request, requester
from tests.support.slack_room import ART, TENANT, Room, open_room


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        yield opened


async def shown(room: Room) -> Job:
    """A job whose message the bot has posted."""
    answer = await room.adapter._client.chat_postMessage(channel=ART, text="a brass owl")
    asked = request(requester=requester(platform="slack", tenant=TENANT))
    return dataclasses.replace(job(request=asked), message={"channel": ART, "ts": answer["ts"]})


@pytest.mark.parametrize("code", ["internal_error", "ratelimited"])
async def test_a_passing_refusal_is_tried_again(room: Room, code: str) -> None:
    one = await shown(room)
    room.slack.answers["chat.delete"] = code

    with pytest.raises(DeliveryError) as told:
        await room.adapter.retract(one)

    assert told.value.retryable
    del room.slack.answers["chat.delete"]
    await room.adapter.retract(one)
    assert room.slack.messages[-1].deleted


async def test_a_lost_answer_is_asked_for_again(room: Room) -> None:
    one = await shown(room)
    room.slack.break_call = 1

    with pytest.raises(DeliveryError):
        await room.adapter.retract(one)

    await room.adapter.retract(one)
    assert room.slack.messages[-1].deleted


async def test_what_is_gone_is_taken_back(room: Room) -> None:
    one = await shown(room)
    await room.adapter.retract(one)

    await room.adapter.retract(one)

    assert room.slack.messages[-1].deleted


@pytest.mark.parametrize(("failing", "pictures"), [(0, 1), (1, 1), (9, 0)])
async def test_words_of_an_erased_person_go_although_slack_does_not_get_the_picture(
    room: Room, failing: int, pictures: int
) -> None:
    ada = room.slack.person()
    message = await room.picture(ada, "slack:1", "1700000000.000100")
    made = await room.rig.end_of(JobId(message.buttons[0]["value"].partition(":")[2]))
    made = dataclasses.replace(made, message=(await shown(room)).message)
    posted = room.slack.messages[-1]
    room.slack.fail_images = failing

    await room.adapter.show_anew(made)

    assert (posted.edits, len(posted.pictures)) == (1, pictures)

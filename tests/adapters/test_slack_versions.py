"""Versions of a thread of which there is no picture: deleted, or never made. No other one is shown in their name."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.requests import JobId
from tests.support.make import requester
from tests.support.slack_room import ART, TENANT, Room, open_room
from tests.twins.slack_twin import Message, Person

THREAD = "1700000000.000100"


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        yield opened
        assert opened.slack.violations == []


async def versions(room: Room, ada: Person, number: int) -> list[JobId]:
    """So many pictures in the thread, of which the first one is deleted."""
    found = []
    for place in range(1, number + 1):
        shown = await room.picture(ada, f"slack:{place}", THREAD)
        found.append(JobId(shown.buttons[0]["value"].partition(":")[2]))
    await room.rig.studio.delete(
        found[0], requester(platform="slack", tenant=TENANT, user_id=ada.id, channel_id=ART)
    )
    return found


def said(room: Room, known: int) -> list[Message]:
    return room.slack.messages[known:]


@pytest.mark.parametrize("words", ["v1", "v1: make it green"])
async def test_a_deleted_version_is_not_another_one(room: Room, words: str) -> None:
    ada = room.slack.person()
    _, second = await versions(room, ada, 2)
    known = len(room.slack.messages)
    await ada.mention(words, thread=THREAD)
    await room.quiet()

    (told,) = said(room, known)
    assert (told.only_for, told.pictures) == (ada.id, [])
    assert "can't find that picture any more" in told.text
    talk = await room.adapter._desk.threads.get(f"{TENANT}/{ART}/{THREAD}")
    assert (talk.current, [version.job_id for version in talk.versions][-1]) == (2, second)


async def test_a_version_that_was_never_made_is_none(room: Room) -> None:
    ada = room.slack.person()
    failed = await room.failed(ada, "slack:failed")
    job_id = JobId(failed.buttons[0]["value"].partition(":")[2])
    await room.adapter._desk.threads.add(f"{TENANT}/{ART}/{THREAD}", job_id, None)
    await room.picture(ada, "slack:made", THREAD)
    known = len(room.slack.messages)
    await ada.mention("v1", thread=THREAD)
    await room.quiet()

    (told,) = said(room, known)
    assert "no such version" in told.text


async def test_deleted_versions_are_not_compared(room: Room) -> None:
    ada = room.slack.person()
    await versions(room, ada, 2)
    known = len(room.slack.messages)
    await ada.mention("compare", thread=THREAD)
    await room.quiet()

    (compared,) = said(room, known)
    assert len(compared.pictures) == 1


async def test_a_reply_that_is_also_sent_to_the_conversation_is_heard(room: Room) -> None:
    ada = room.slack.person()
    channel = f"D{ada.id[1:]}"
    room.slack.members.add(channel)
    event = {"type": "message", "channel_type": "im", "user": ada.id, "channel": channel, "text": "help"}
    for number, subtype in enumerate(("thread_broadcast", "message_changed")):
        await ada.event({**event, "subtype": subtype, "ts": f"17.{number}", "thread_ts": THREAD})
        await room.quiet()

    (told,) = said(room, 0)
    assert (told.channel, told.thread) == (channel, THREAD)

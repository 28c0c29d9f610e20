"""What a thread shows while a picture is made ends with the work, also where the end was seen by nobody here."""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from adapters.slack.desk import LIFETIME
from adapters.slack.handle import Handle
from adapters.slack.status import Status
from bot.domain.jobs import Job
from tests.support.fakes import FakeClock
from tests.support.make import job, request, requester
from tests.support.slack_room import TENANT, Room, open_room

MAIL, THREAD = "D000ADA00", "1700000000.000100"
HANDLE = Handle(TENANT, "U000ADA00", MAIL, THREAD, private=False)


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        opened.slack.members.add(MAIL)
        yield opened


def asked(key: str) -> Job:
    who = requester(platform="slack", tenant=TENANT, user_id="U000ADA00")
    return job(request=request(key=key, requester=who))


async def test_work_whose_end_another_process_saw_holds_no_session_for_ever(room: Room) -> None:
    clock = FakeClock()
    desk = room.adapter._desk
    status = Status(dataclasses.replace(desk, context=dataclasses.replace(desk.context, clock=clock)))
    await status.show(HANDLE, asked("slack:1"), "drawing")
    clock.time += LIFETIME + 60
    await status.show(HANDLE, asked("slack:2"), "drawing")
    await status.ended(HANDLE, asked("slack:2"))

    assert room.slack.sessions[MAIL, THREAD][-1] == "active"


async def test_a_thread_with_more_work_stays_at_work(room: Room) -> None:
    status = Status(room.adapter._desk)
    await status.show(HANDLE, asked("slack:1"), "drawing")
    await status.show(HANDLE, asked("slack:2"), "drawing")
    await status.ended(HANDLE, asked("slack:2"))
    assert room.slack.sessions[MAIL, THREAD][-1] == "processing"

    await status.ended(HANDLE, asked("slack:1"))

    assert room.slack.sessions[MAIL, THREAD][-1] == "active"
    assert room.slack.statuses[-1] == ""


async def test_whoever_is_erased_while_a_picture_is_made_leaves_no_session_at_work(room: Room) -> None:
    one = dataclasses.replace(asked("slack:1"), handle=HANDLE.to_json())
    await room.adapter._status.show(HANDLE, one, "drawing")

    await room.adapter.retract(one)

    assert room.slack.sessions[MAIL, THREAD][-1] == "active"


@pytest.mark.parametrize(("code", "again"), [("invalid_thread_ts", True), ("feature_disabled", False)])
async def test_a_no_about_one_thread_is_none_about_the_workspace(room: Room, code: str, again: bool) -> None:
    status = Status(room.adapter._desk)
    room.slack.answers["assistant.threads.setStatus"] = code
    await status.show(HANDLE, asked("slack:1"), "drawing")
    room.slack.answers.clear()

    await status.show(HANDLE.but(thread="1700000000.000200"), asked("slack:2"), "drawing")

    assert bool(room.slack.statuses) is again

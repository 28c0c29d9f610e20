"""Share: whatever breaks on the way the next press shares, nothing is shared twice, and Delete finds all of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.domain.jobs import Job
from bot.domain.requests import JobId
from tests.support.slack_room import Room, open_room
from tests.twins.slack_twin import Message, Person

MOST = 30
ELSEWHERE = "C00WHERE0"


def public(room: Room) -> list[Message]:
    return [one for one in room.slack.messages if one.pictures and not (one.only_for or one.deleted)]


async def test_a_share_that_broke_anywhere_can_be_pressed_again(tmp_path: Path) -> None:
    async with open_room(tmp_path) as room:
        for point in range(1, MOST):
            ada, known = room.slack.person(f"U000ADA{point:02d}"), len(public(room))
            message = await room.picture(ada, f"slack:share{point}")
            room.plant.countdown, room.plant.hit = point, False
            await ada.click(message, "share")
            await room.quiet()
            hit, room.plant.countdown = room.plant.hit, 0

            await ada.click(message, "share")
            await room.quiet()

            assert len(public(room)) == known + 1, point
            if not hit:
                return
    raise AssertionError("no end")


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        opened.slack.members.add(ELSEWHERE)
        yield opened
        assert opened.slack.violations == []


async def drawn(room: Room, ada: Person, *, thread: str = "") -> Job:
    """A picture of the person's in the chat, private without a thread; from now on by the real adapter."""
    room.rig.parts.adapters["slack"] = room.adapter  # type: ignore[index]
    await (ada.mention("a brass owl", thread=thread) if thread else ada.slash("a brass owl"))
    await room.quiet()
    shown = await room.slack.until(lambda: next((one for one in ada.sees() if one.pictures), None))
    return await room.rig.end_of(JobId(shown.buttons[0]["value"].partition(":")[2]))


async def shared_elsewhere(room: Room, ada: Person, job: Job) -> Message:
    """Shown once more by its reference in another channel, and shared there."""
    await ada.slash(f"show {job.job_id}", ELSEWHERE)
    await room.quiet()
    preview = next(one for one in ada.sees(ELSEWHERE) if one.only_for)
    await ada.click(preview, "Share")
    await room.quiet()
    assert preview.deleted
    (shared,) = [one for one in public(room) if one.channel == ELSEWHERE]
    return shared


async def test_what_was_shared_is_shared_in_another_channel_as_well_and_deleted_in_both(room: Room) -> None:
    ada = room.slack.person()
    job = await drawn(room, ada)
    await ada.click(ada.sees()[-1], "Share")
    await room.quiet()

    await shared_elsewhere(room, ada, job)
    assert len(public(room)) == 2
    await room.rig.studio.delete(job.job_id, job.request.requester)

    assert public(room) == []


async def test_a_threads_picture_that_is_shared_elsewhere_is_deleted_in_its_thread_too(room: Room) -> None:
    ada = room.slack.person()
    job = await drawn(room, ada, thread="1700000000.000100")

    shared = await shared_elsewhere(room, ada, job)
    assert shared.thread is None, "that thread is another channel's"
    await room.rig.studio.delete(job.job_id, job.request.requester)

    assert public(room) == []

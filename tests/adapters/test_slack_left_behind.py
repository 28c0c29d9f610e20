"""What Slack still holds of a deleted picture: copies in other places, files, and what came in that very moment."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.jobs import Job, JobState
from bot.domain.outcomes import Delivered
from bot.domain.requests import JobId
from bot.pipeline.janitor import take_back
from tests.support.make import requester
from tests.support.slack_room import TENANT, Room, open_room
from tests.twins.slack_twin import Message, Person


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        yield opened


async def private_picture(room: Room, ada: Person) -> tuple[Message, JobId]:
    """A finished picture that only its person sees; from now on the real adapter takes messages back."""
    message = await room.picture(ada, "slack:mine")
    room.rig.parts.adapters["slack"] = room.adapter  # type: ignore[index]
    return message, JobId(message.buttons[0]["value"].partition(":")[2])


async def job_of(room: Room, job_id: JobId) -> Job:
    job = await room.rig.store.jobs.get(job_id)
    assert job is not None
    return job


def in_channel(room: Room) -> list[Message]:
    """Public messages of the bot's that stand."""
    return [one for one in room.slack.messages if not one.only_for and not one.deleted]


@pytest.mark.parametrize("reachable", [True, False])
async def test_deleted_while_it_is_shared_the_copy_goes_as_well(room: Room, reachable: bool) -> None:
    ada = room.slack.person()
    message, job_id = await private_picture(room, ada)

    async def deleted_meanwhile() -> None:
        room.slack.meanwhile.clear()
        if not reachable:
            room.slack.answers["chat.delete"] = "internal_error"
        await room.rig.store.jobs.mark_deleted(job_id)
        await room.rig.store.jobs.retracted(await job_of(room, job_id))

    room.slack.meanwhile["chat.postMessage"] = deleted_meanwhile
    await ada.click(message, "share")
    await room.quiet()

    assert (await job_of(room, job_id)).state is JobState.DELETED
    assert len(in_channel(room)) == (0 if reachable else 1)
    room.slack.answers.clear()
    await take_back(room.rig.parts)
    assert in_channel(room) == []
    assert (await job_of(room, job_id)).message == {}, "nothing is left to be done"


async def test_deleted_while_it_is_shown_again_that_message_goes_as_well(room: Room) -> None:
    ada, thread = room.slack.person(), "1700000000.000100"
    message = await room.picture(ada, "slack:talk", thread)
    room.rig.parts.adapters["slack"] = room.adapter  # type: ignore[index]
    room.slack.messages.remove(message)
    job_id = JobId(message.buttons[0]["value"].partition(":")[2])

    async def deleted_meanwhile() -> None:
        room.slack.meanwhile.clear()
        await room.rig.studio.delete(job_id, requester(platform="slack", tenant=TENANT, user_id=ada.id))

    room.slack.meanwhile["chat.postMessage"] = deleted_meanwhile
    await ada.mention("v1", thread=thread)
    await room.quiet()
    await take_back(room.rig.parts)

    assert in_channel(room) == []


async def test_a_message_that_shows_it_again_goes_with_the_picture(room: Room) -> None:
    ada, thread = room.slack.person(), "1700000000.000100"
    message = await room.picture(ada, "slack:talk", thread)
    room.rig.parts.adapters["slack"] = room.adapter  # type: ignore[index]
    room.slack.messages.remove(message)
    job_id = JobId(message.buttons[0]["value"].partition(":")[2])
    await ada.mention("v1", thread=thread)
    await ada.mention("compare", thread=thread)
    await room.quiet()
    assert len(in_channel(room)) == 2

    await room.rig.studio.delete(job_id, requester(platform="slack", tenant=TENANT, user_id=ada.id))

    assert in_channel(room) == []


async def test_files_that_show_a_picture_go_with_it(room: Room) -> None:
    """Where Slack cannot read the picture's address, it is uploaded: the preview's file and the shared one's."""
    ada = room.slack.person()
    message, job_id = await private_picture(room, ada)
    await room.rig.store.jobs.amend_message(job_id, {"files": [room.slack.file_of(b"preview")["id"]]})
    room.slack.hosts.clear()
    await ada.click(message, "share")
    await room.quiet()
    assert len(room.slack.files) == 2

    job = await job_of(room, job_id)
    assert isinstance(job.outcome, Delivered)
    await room.rig.studio.delete(job_id, job.request.requester)

    assert room.slack.files == {}
    assert in_channel(room) == []


async def test_files_of_a_message_that_nobody_got_do_not_stay(room: Room) -> None:
    ada = room.slack.person()
    message, _ = await private_picture(room, ada)
    room.slack.hosts.clear()
    room.slack.doors_dead = True

    async def closed_meanwhile() -> None:
        room.slack.answers["chat.postMessage"] = "restricted_action"

    room.slack.meanwhile["files.completeUploadExternal"] = closed_meanwhile
    await ada.click(message, "share")
    await room.quiet()

    assert "files.completeUploadExternal" in [name for name, _, _ in room.slack.calls]
    assert room.slack.files == {}


async def titled(room: Room, ada: Person) -> tuple[tuple[str, str], Job]:
    """A finished picture of a direct message: the session's place, which has the words as its title, and the job."""
    room.rig.parts.adapters["slack"] = room.adapter  # type: ignore[index]
    await ada.write("a brass owl")
    mail = f"D{ada.id[1:]}"
    shown = await room.slack.until(lambda: next((one for one in ada.sees(mail) if one.pictures), None))
    job = await room.rig.end_of(JobId(shown.buttons[0]["value"].partition(":")[2]))
    place = (mail, str(shown.thread))
    assert room.slack.titles[place] == "a brass owl"
    return place, job


async def test_the_title_of_an_agents_session_says_nothing_of_a_deleted_picture(room: Room) -> None:
    place, job = await titled(room, room.slack.person())
    room.slack.answers["agents.sessions.rename"] = "internal_error"
    await room.rig.studio.delete(job.job_id, job.request.requester)
    assert (await job_of(room, job.job_id)).message, "to be tried again"

    room.slack.answers.clear()
    await take_back(room.rig.parts)

    assert room.slack.titles[place] == "Make an image"
    assert (await job_of(room, job.job_id)).message == {}


async def test_the_title_of_an_agents_session_says_nothing_of_who_was_erased(room: Room) -> None:
    place, job = await titled(room, room.slack.person())

    await room.rig.studio.forget(job.request.requester)

    assert room.slack.titles[place] == "Make an image"


async def test_where_there_are_no_sessions_a_picture_is_deleted_all_the_same(room: Room) -> None:
    _, job = await titled(room, room.slack.person())
    room.slack.agents = False

    await room.rig.studio.delete(job.job_id, job.request.requester)

    assert (await job_of(room, job.job_id)).message == {}

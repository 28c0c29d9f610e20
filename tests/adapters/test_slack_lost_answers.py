"""Slack took a message and its answer was lost, or the process died before it: nothing says "On it …" for ever."""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from adapters.slack.handle import Handle
from adapters.slack.render import starting_message, text_message
from bot.domain.errors import DeliveryError
from bot.domain.jobs import Job
from bot.domain.outcomes import Failed, FailureClass
from bot.domain.requests import JobId
from bot.messages.catalogue import texts_for
from bot.pipeline.janitor import take_back
from bot.ports import Accepted
from tests.support.make import job, request, requester
from tests.support.slack_room import ART, TENANT, Room, open_room
from tests.twins.slack_twin import Message, Person

THREAD = "1700000000.000100"


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        opened.rig.parts.adapters["slack"] = opened.adapter  # type: ignore[index]
        yield opened
        assert opened.slack.violations == []


def mail(person: Person) -> str:
    return f"D{person.id[1:]}"


def standing(room: Room, channel: str) -> list[Message]:
    """Messages of the bot's that anybody in the channel sees."""
    return [
        one for one in room.slack.messages if one.channel == channel and not (one.deleted or one.only_for)
    ]


async def drawn(room: Room, channel: str) -> Message:
    """The picture, once its job's books are closed."""
    await room.quiet()
    shown: Message = await room.slack.until(
        lambda: next((one for one in standing(room, channel) if one.pictures), None), "no picture"
    )
    await room.rig.end_of(JobId(shown.buttons[0]["value"].partition(":")[2]))
    return shown


async def test_in_a_direct_message_the_lost_sign_is_found_and_becomes_the_picture(room: Room) -> None:
    ada = room.slack.person()
    room.slack.reset_posts = 1
    await ada.write("a brass owl")
    shown = await drawn(room, mail(ada))

    assert standing(room, mail(ada)) == [shown]
    assert "On it" not in shown.all_text


@pytest.mark.parametrize("looks", [True, False])
async def test_a_picture_of_which_the_answer_was_lost_comes_once(room: Room, looks: bool) -> None:
    """Without a first sign there is nothing to edit, so it is posted; in direct messages it can be seen whether it stands."""
    ada = room.slack.person()
    room.slack.break_connection, room.slack.reset_posts = 1, 1
    if not looks:  # the first sign is looked for in vain, and so is the picture; later it is found

        async def better() -> None:
            room.slack.answers.clear()

        async def worse() -> None:
            room.slack.answers["conversations.replies"] = "internal_error"
            room.slack.meanwhile["conversations.replies"] = better

        room.slack.meanwhile["chat.postMessage"] = worse
    await ada.write("a brass owl")
    shown = await drawn(room, mail(ada))

    assert standing(room, mail(ada)) == [shown]


async def test_a_picture_that_was_not_taken_comes_all_the_same(room: Room) -> None:
    ada = room.slack.person()
    room.slack.break_connection = 2
    await ada.write("a brass owl")
    shown = await drawn(room, mail(ada))

    assert standing(room, mail(ada)) == [shown]


async def test_an_app_that_may_read_its_channels_finds_it_there_too(tmp_path: Path) -> None:
    async with open_room(tmp_path, added={"channels:history"}) as room:
        room.rig.parts.adapters["slack"] = room.adapter  # type: ignore[index]
        room.slack.reset_posts = 1
        await room.slack.person().mention("a brass owl", thread=THREAD)
        shown = await drawn(room, ART)

        assert standing(room, ART) == [shown]


async def test_where_nobody_may_look_the_picture_comes_and_stop_takes_the_sign_away(room: Room) -> None:
    ada = room.slack.person()
    room.slack.reset_posts = 1
    await ada.mention("a brass owl", thread=THREAD)
    shown = await drawn(room, ART)
    (sign,) = [one for one in standing(room, ART) if one is not shown]
    assert "On it" in sign.all_text

    await ada.click(sign, "Stop")
    await room.quiet()

    assert standing(room, ART) == [shown]
    assert "conversations.replies" not in [name for name, _, _ in room.slack.calls]


async def test_stop_on_the_sign_of_a_deleted_picture_takes_it_away(room: Room) -> None:
    ada = room.slack.person()
    room.slack.reset_posts = 1
    await ada.mention("a brass owl", thread=THREAD)
    shown = await drawn(room, ART)
    (sign,) = [one for one in standing(room, ART) if one is not shown]
    await ada.click(shown, "Delete")
    await room.quiet()

    await ada.click(sign, "Stop")
    await room.quiet()

    assert standing(room, ART) == []


async def test_stop_pressed_a_moment_too_late_leaves_the_picture(room: Room) -> None:
    """What the person saw was the sign still; it has become the picture meanwhile."""
    ada = room.slack.person()
    sign: list[Message] = []

    async def remember() -> None:
        sign.append(dataclasses.replace(room.slack.messages[-1]))

    room.slack.meanwhile["chat.postMessage"] = remember
    await ada.mention("a brass owl", thread=THREAD)
    shown = await drawn(room, ART)
    await ada.click(sign[0], "Stop")
    await room.quiet()

    assert standing(room, ART) == [shown]


async def left_by_the_dead(room: Room, person: Person) -> Job:
    """A job as a killed process leaves it: its first sign stands, and nobody has written down where."""
    handle = Handle(TENANT, person.id, mail(person), THREAD, private=False)
    asker = requester(platform="slack", tenant=TENANT, user_id=person.id, channel_id=mail(person))
    now = room.rig.parts.clock.now()
    left = dataclasses.replace(
        job(request=dataclasses.replace(request(requester=asker), created_at=now)), handle=handle.to_json()
    )
    room.slack.members.add(handle.channel)
    delivery = room.adapter._desk.delivery
    client = await delivery.client_for(TENANT)
    await delivery.post(client, handle.channel, starting_message(left, texts_for("en")), THREAD)
    return left


async def test_the_apology_for_a_dead_process_takes_the_signs_place(room: Room) -> None:
    ada = room.slack.person()
    left = await left_by_the_dead(room, ada)

    await room.adapter.deliver(left, Failed(FailureClass.INTERRUPTED))

    (told,) = standing(room, mail(ada))
    assert "On it" not in told.all_text


async def test_the_sign_of_a_deleted_request_goes(room: Room) -> None:
    ada = room.slack.person()
    left = await left_by_the_dead(room, ada)

    await room.adapter.retract(left)

    assert standing(room, mail(ada)) == []


async def test_a_private_sign_goes_although_the_process_that_erased_its_person_died_over_it(
    room: Room,
) -> None:
    """Nothing else can ever take away what only the person sees."""
    ada = room.slack.person()
    now = room.rig.parts.clock.now()
    url = room.slack.open_door(ART, ada.id)
    handle = Handle(TENANT, ada.id, ART, response_url=url, expires_at=now + 1800)
    asker = requester(platform="slack", tenant=TENANT, user_id=ada.id, channel_id=ART)
    accepted = await room.rig.studio.submit(room.rig.ask(requester=asker, handle=handle.to_json()))
    assert isinstance(accepted, Accepted)
    sign = starting_message(accepted.job, texts_for("en"))
    await room.adapter._desk.delivery.respond(handle, sign, response_type="ephemeral", replace_original=False)
    assert [one.all_text for one in ada.sees(ART)] != []
    await room.rig.store.jobs.erase_user("slack", ada.id)

    room.slack.refuse_deletes = 2
    await take_back(room.rig.parts)
    assert ada.sees(ART) != [], "Slack had a bad moment"
    await take_back(room.rig.parts)

    assert ada.sees(ART) == []
    assert await room.rig.store.jobs.unretracted(["slack"]) == []
    row = await room.rig.store.database.read("SELECT handle FROM job")
    assert [one["handle"] for one in row] == [None]


async def test_a_deleted_request_is_looked_for_again_when_slack_was_away(room: Room) -> None:
    ada = room.slack.person()
    left = await left_by_the_dead(room, ada)
    bare = dataclasses.replace(left, handle={}, message={"channel": mail(ada), "thread": THREAD})
    room.slack.answers["conversations.replies"] = "internal_error"
    with pytest.raises(DeliveryError) as told:
        await room.adapter.retract(bare)
    assert told.value.retryable

    del room.slack.answers["conversations.replies"]
    await room.adapter.retract(bare)

    assert standing(room, mail(ada)) == []


@pytest.mark.parametrize("code", ["internal_error", "missing_scope"])
async def test_a_look_that_fails_costs_nobody_the_picture(room: Room, code: str) -> None:
    ada = room.slack.person()
    room.slack.reset_posts = 1
    room.slack.answers["conversations.replies"] = code
    await ada.write("a brass owl")

    assert (await drawn(room, mail(ada))).thread


async def test_a_bad_moment_does_not_make_a_public_answer_private(room: Room) -> None:
    ada = room.slack.person()

    async def better() -> None:
        room.slack.answers.clear()

    room.slack.answers["chat.postMessage"] = "internal_error"
    room.slack.meanwhile["chat.postMessage"] = better
    await ada.mention("a brass owl", thread=THREAD)

    assert (await drawn(room, ART)).only_for is None


async def test_a_sign_that_cannot_be_edited_does_not_stay_beside_the_picture(room: Room) -> None:
    ada = room.slack.person()
    room.slack.answers["chat.update"] = "edit_window_closed"
    await ada.mention("a brass owl", thread=THREAD)

    shown = await drawn(room, ART)
    assert standing(room, ART) == [shown]


async def test_words_for_one_person_are_said_again_where_every_door_had_a_bad_moment(room: Room) -> None:
    ada = room.slack.person()
    slack = room.slack
    slack.answers["chat.postEphemeral"] = slack.answers["conversations.open"] = "service_unavailable"

    async def better() -> None:
        slack.answers.clear()

    slack.meanwhile["conversations.open"] = better
    handle = Handle(TENANT, ada.id, ART)
    await room.adapter._desk.delivery.tell(handle, text_message("Not today."))

    assert [one.text for one in slack.messages if one.only_for == ada.id] == ["Not today."]


async def test_a_door_that_stays_shut_is_not_knocked_at_again(room: Room) -> None:
    ada = room.slack.person()
    room.slack.answers["chat.postEphemeral"] = room.slack.answers["conversations.open"] = "channel_not_found"
    await room.adapter._desk.delivery.tell(Handle(TENANT, ada.id, ART), text_message("Not today."))

    assert [name for name, _, _ in room.slack.calls].count("chat.postEphemeral") == 1


async def previewed(room: Room, ada: Person, channel: str = ART) -> Message:
    await ada.slash("a brass owl", channel)
    await room.quiet()
    shown: Message = await room.slack.until(
        lambda: next((one for one in ada.sees(channel) if one.only_for and one.pictures), None)
    )
    await room.rig.end_of(JobId(shown.buttons[0]["value"].partition(":")[2]))
    return shown


async def test_a_share_of_unknown_fate_is_told_and_can_be_pressed_again(room: Room) -> None:
    """Slack may have it or not: the person can see that, and nobody else can know."""
    ada = room.slack.person()
    shown = await previewed(room, ada)
    room.slack.break_connection = 1
    await ada.click(shown, "Share")
    await room.quiet()
    assert standing(room, ART) == []
    assert "Slack didn't say" in ada.sees()[-1].text

    await ada.click(shown, "Share")
    await room.quiet()

    assert len(standing(room, ART)) == 1
    assert shown.deleted


async def test_delete_on_a_share_that_nobody_has_noted_takes_it_away(room: Room) -> None:
    ada = room.slack.person()
    shown = await previewed(room, ada)
    room.slack.reset_posts = 1
    await ada.click(shown, "Share")
    await room.quiet()
    (shared,) = standing(room, ART)

    await ada.click(shared, "Delete")
    await room.quiet()

    assert standing(room, ART) == []


async def test_delete_on_a_share_where_the_bot_is_no_member_takes_it_away(room: Room) -> None:
    ada, bob, elsewhere = room.slack.person(), room.slack.person("U000BOB00"), "C00WHERE0"
    await ada.click(await previewed(room, ada, elsewhere), "Share")
    await room.quiet()
    (shared,) = standing(room, elsewhere)

    await bob.click(shared, "Delete")
    await room.quiet()
    assert standing(room, elsewhere) == [shared], "it is not his"
    await ada.click(shared, "Delete")
    await room.quiet()

    assert standing(room, elsewhere) == []


async def test_delete_on_what_is_left_of_a_deleted_picture_takes_it_away(room: Room) -> None:
    ada, bob = room.slack.person(), room.slack.person("U000BOB00")
    shown = await previewed(room, ada)
    room.slack.reset_posts = 1
    await ada.click(shown, "Share")
    await room.quiet()
    (shared,) = standing(room, ART)
    await ada.click(shown, "Discard")
    await room.quiet()

    await bob.click(shared, "Delete")
    await room.quiet()

    assert standing(room, ART) == []


async def test_whoever_comes_from_another_workspace_takes_nothing_away(room: Room) -> None:
    """In a channel that two workspaces share, a press may name the other one, which does not have the job."""
    ada, guest = room.slack.person(), room.slack.person("U000BOB00", team="T00OTHER0")
    await ada.mention("a brass owl", thread=THREAD)
    shown = await drawn(room, ART)

    await guest.click(shown, "Delete")
    await room.quiet()

    assert standing(room, ART) == [shown]

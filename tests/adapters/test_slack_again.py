"""Writes of which twice is once: how often, how far apart, and for how long they are tried again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from adapters.slack.again import SECONDS, again
from adapters.slack.handle import RESPONSE_URL_LIFE, Handle
from adapters.slack.render import text_message
from adapters.slack.web_api import Refusal, api
from tests.support.fakes import FakeClock
from tests.support.slack_room import ART, TENANT, Room, open_room
from tests.twins.slack_twin import Message

BUSY = Refusal("ratelimited")


class Write:
    """Meets these faults one after the other, then is taken."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.tries = 0

    async def __call__(self) -> str:
        self.tries += 1
        if self.faults:
            raise self.faults.pop(0)
        return "taken"


async def test_a_bad_moment_and_a_lost_answer_are_tried_again_after_a_pause() -> None:
    write, clock = Write(BUSY, TimeoutError()), FakeClock()

    assert await again(write, clock, tries=3, pause=2.0) == "taken"
    assert clock.slept == [2.0, 2.0]


async def test_slack_is_left_alone_for_as_long_as_it_wants() -> None:
    clock = FakeClock()
    await again(Write(Refusal("ratelimited", retry_after=12.0)), clock, tries=2, pause=1.0)

    assert clock.slept == [12.0]


@pytest.mark.parametrize(
    "fault", [Refusal("invalid_blocks"), Refusal("ratelimited", retry_after=SECONDS + 1), ValueError()]
)
async def test_a_final_no_and_one_that_lasts_too_long_are_not(fault: Exception) -> None:
    write, clock = Write(fault), FakeClock()
    with pytest.raises(type(fault)):
        await again(write, clock, tries=3, pause=1.0)

    assert (write.tries, clock.slept) == (1, [])


@pytest.mark.parametrize("fault", [BUSY, TimeoutError()])
async def test_the_last_trys_fault_comes_out(fault: Exception) -> None:
    write = Write(*[fault] * 9)
    with pytest.raises(type(fault)):
        await again(write, FakeClock(), tries=3, pause=1.0)

    assert write.tries == 3


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        yield opened
        assert opened.slack.violations == []


async def published(room: Room) -> int:
    """How often App Home was sent until it was taken; three bad moments in a row are the most."""
    ada = room.slack.person()
    await ada.open_home()
    await room.quiet()
    assert ada.id in room.slack.homes
    return [name for name, _, _ in room.slack.calls].count("views.publish")


async def test_app_home_is_published_after_two_bad_moments(room: Room) -> None:
    left = ["service_unavailable", "internal_error"]

    async def next_moment() -> None:
        room.slack.answers.pop("views.publish", None)
        if left:
            room.slack.answers["views.publish"] = left.pop()

    room.slack.meanwhile["views.publish"] = next_moment
    await next_moment()

    assert await published(room) == 3


def clicked(room: Room) -> tuple[Message, Handle]:
    """A message that only its reader sees, and the response_url of a click on it."""
    shown = Message(ART, "1.0", "x", [], only_for="U000ADA00")
    room.slack.messages.append(shown)
    url = room.slack.open_door(ART, "U000ADA00", shown)
    ends = room.rig.parts.clock.now() + RESPONSE_URL_LIFE
    return shown, Handle(TENANT, "U000ADA00", ART, response_url=url, expires_at=ends)


async def test_a_lost_answer_to_what_replaces_a_message_opens_no_other_door(room: Room) -> None:
    shown, handle = clicked(room)
    room.slack.lose_writes = 1

    await room.adapter._desk.delivery.tell(handle, text_message("Not today."), over=True)

    assert room.slack.messages == [shown]
    assert (shown.text, shown.edits) == ("Not today.", 2)


async def test_a_proxys_page_at_a_response_url_is_a_bad_moment(room: Room) -> None:
    _, handle = clicked(room)
    room.slack.proxied["response_url"] = ("text/html", "<html>503 Service Unavailable</html>")
    with pytest.raises(Refusal) as refused:
        await room.adapter._desk.delivery.respond(handle, text_message("x"), response_type="ephemeral")

    assert (refused.value.code, refused.value.passing) == ("503", True)


async def test_a_rate_limit_says_for_how_long(room: Room) -> None:
    room.slack.throttle = 1
    client = await room.adapter._desk.delivery.client_for(TENANT)
    client.retry_handlers.clear()
    with pytest.raises(Refusal) as refused:
        await api(client.chat_delete(channel=ART, ts="1.0"))

    assert (refused.value.passing, refused.value.retry_after) == (True, 1.0)

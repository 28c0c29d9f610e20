"""What Slack, or something before it, answers in a bad moment: it says nothing about the next call."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from slack_sdk.errors import SlackApiError

from adapters.slack.handle import Handle
from adapters.slack.web_api import Refusal, api
from adapters.slack.workspaces import OneWorkspace
from bot.domain.images import MediaType
from bot.domain.outcomes import Delivered
from bot.domain.requests import JobId
from bot.pipeline.janitor import take_back
from tests.support.make import hosted, job, request, requester
from tests.support.slack_room import ART, TENANT, Room, open_room
from tests.twins.slack_twin import Message

THREAD = "1700000000.000100"

PROXIES = {
    "a page": ("text/html", "<html>503 Service Unavailable</html>"),
    "a line": ("text/plain", "upstream connect error or disconnect/reset before headers"),
    "nothing": ("application/json", ""),
    "half an answer": ("application/json", '{"ok": fal'),
}


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        opened.rig.parts.adapters["slack"] = opened.adapter  # type: ignore[index]
        yield opened
        assert opened.slack.violations == []


@pytest.mark.parametrize("kind", PROXIES)
async def test_what_a_proxy_says_for_slack_is_a_passing_refusal(room: Room, kind: str) -> None:
    room.slack.proxied["chat.delete"] = PROXIES[kind]
    client = await room.adapter._desk.delivery.client_for(TENANT)

    with pytest.raises(Refusal) as refused:
        await api(client.chat_delete(channel="C1", ts="1.0"))

    assert (refused.value.code, refused.value.passing) == ("503", True)


@pytest.mark.parametrize("kind", PROXIES)
async def test_nobody_is_told_to_copy_a_token_anew_for_it(room: Room, kind: str) -> None:
    room.slack.proxied["auth.test"] = PROXIES[kind]

    (found,) = await room.adapter.examine()

    assert (found.grade, found.detail) == ("failure", "not reachable (503)")
    assert "token" not in found.remedy


@pytest.mark.parametrize("kind", PROXIES)
async def test_a_start_waits_for_slack_whatever_a_proxy_says(room: Room, kind: str) -> None:
    room.slack.proxied["auth.test"] = PROXIES[kind]

    with pytest.raises(SlackApiError):  # what the start waits for; another one would end it
        await OneWorkspace(room.adapter._client).warm_up()


@pytest.mark.parametrize("kind", PROXIES)
async def test_the_line_under_a_thread_comes_back_after_it(room: Room, kind: str) -> None:
    ada = room.slack.person()
    room.slack.proxied["assistant.threads.setStatus"] = PROXIES[kind]
    await ada.mention("a brass owl", thread=THREAD)
    first = await drawn(room, ART)
    assert [one for one in standing(room, ART) if one is not first] == []

    room.slack.proxied.clear()
    await ada.mention("new: a tin owl", thread=THREAD)
    await drawn(room, ART, besides=first)

    assert room.slack.statuses


async def test_a_picture_is_not_taken_for_deleted_because_of_it(room: Room) -> None:
    ada = room.slack.person()
    await ada.mention("a brass owl", thread=THREAD)
    shown = await drawn(room, ART)
    room.slack.proxied["chat.delete"] = PROXIES["a page"]
    await ada.click(shown, "Delete")
    await room.quiet()
    assert standing(room, ART) == [shown]

    room.slack.proxied.clear()
    await take_back(room.rig.parts)

    assert standing(room, ART) == []


async def test_a_picture_takes_the_place_of_its_sign_after_it(room: Room) -> None:
    ada = room.slack.person()

    async def better() -> None:
        room.slack.proxied.clear()

    room.slack.proxied["chat.update"] = PROXIES["a page"]
    room.slack.meanwhile["chat.update"] = better
    await ada.mention("a brass owl", thread=THREAD)
    shown = await drawn(room, ART)

    assert standing(room, ART) == [shown]


def standing(room: Room, channel: str) -> list[Message]:
    """Messages of the bot's that anybody in the channel sees."""
    return [
        one for one in room.slack.messages if one.channel == channel and not (one.deleted or one.only_for)
    ]


async def drawn(room: Room, channel: str, *, besides: Message | None = None) -> Message:
    """The picture, once its job's books are closed."""
    await room.quiet()
    shown: Message = await room.slack.until(
        lambda: next((one for one in standing(room, channel) if one.pictures and one is not besides), None),
        "no picture",
    )
    await room.rig.end_of(JobId(shown.buttons[0]["value"].partition(":")[2]))
    return shown


async def test_a_picture_that_cannot_be_read_now_leaves_nobody_waiting(room: Room) -> None:
    """A WebP is copied for Slack, so the store is asked while it is posted; the words and the buttons come without it."""
    ada = room.slack.person()
    asker = requester(platform="slack", tenant=TENANT, user_id=ada.id, channel_id=ART)
    handle = Handle(TENANT, ada.id, ART, THREAD, private=False)
    made = job(request=request(requester=asker), handle=handle.to_json())
    outcome = Delivered((hosted(key="public/gone.webp", media_type=MediaType.WEBP),))

    await room.adapter.deliver(made, outcome)

    (told,) = standing(room, ART)
    assert (told.pictures, told.thread) == ([], THREAD)
    assert "Again" in told.all_text

"""The database is away for longer than one event: people are still told, by whatever door their event opened."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from adapters.slack.handle import RESPONSE_URL_LIFE, Handle
from adapters.slack.response_urls import ResponseUses
from tests.support.slack_room import ART, Room, open_room
from tests.twins.slack_twin import Message, Person

SORRY = "Something went wrong on our side"


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        yield opened
        assert opened.slack.violations == []


async def command(ada: Person, _picture: Message) -> Any:
    return await ada.slash("a brass owl")


async def elsewhere(ada: Person, _picture: Message) -> Any:
    """Where the bot is no member, the response_url is the only door into the channel."""
    return await ada.slash("a brass owl", "C00WHERE0")


async def mention(ada: Person, _picture: Message) -> Any:
    return await ada.mention("a brass owl")


async def press(ada: Person, picture: Message) -> Any:
    return await ada.click(picture, "reroll")


@pytest.mark.parametrize("act", [command, elsewhere, mention, press])
async def test_whoever_asks_meanwhile_is_told(
    room: Room, act: Callable[[Person, Message], Awaitable[Any]]
) -> None:
    ada = room.slack.person()
    picture = await room.picture(ada, "slack:1")
    room.plant.away = True

    asked = await act(ada, picture)
    await room.quiet()

    told = [one for one in room.slack.messages if SORRY in one.text]
    assert asked.status == 200
    assert [(one.only_for, one.channel.startswith("C")) for one in told] == [(ada.id, True)]


async def test_uses_of_a_response_url_are_counted_without_it(room: Room) -> None:
    parts = room.adapter._desk.studio.parts
    uses = ResponseUses(parts.jobs, parts.clock)
    handle = Handle(
        "slack:T1", "U1", ART, response_url="https://x/1", expires_at=parts.clock.now() + RESPONSE_URL_LIFE
    )
    room.plant.away = True

    given = [await uses.take(handle) for _ in range(7)]

    assert given == [True] * 5 + [False] * 2


async def test_whoever_sends_a_window_is_told_where_it_was_opened(tmp_path: Path) -> None:
    """Slack says nothing of that place when the window comes back, and direct messages may have been declined."""
    async with open_room(tmp_path, declined={"im:write"}) as room:
        ada = room.slack.person()
        picture = await room.picture(ada, "slack:1")
        await ada.click(picture, "edit")
        await room.quiet()
        room.plant.away = True

        await ada.submit(room.slack.views[-1], "at night")
        await room.quiet()

        told = [one for one in room.slack.messages if SORRY in one.text]
        assert [(one.only_for, one.channel) for one in told] == [(ada.id, ART)]

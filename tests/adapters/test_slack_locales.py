"""People are spoken to in the language that they have set in Slack, where the workspace lets us ask for it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from adapters.slack.people import Usual
from bot.messages.catalogue import texts_for
from bot.messages.keys import Say
from tests.support.slack_room import TENANT, Room, open_room
from tests.twins.slack_twin import Person


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        opened.slack.locales["U000ADA00"] = "de-DE"
        yield opened
        assert opened.slack.violations == []


async def privacy(room: Room, person: Person) -> str:
    await person.slash("privacy")
    await room.quiet()
    return person.sees()[-1].text


def said(language: str) -> str:
    return texts_for(language).say(Say.PRIVACY).replace("**", "*")[:40]


def asked(room: Room) -> int:
    return [name for name, _, _ in room.slack.calls].count("users.info")


async def test_in_their_own_language_and_asked_once(room: Room) -> None:
    ada, bob = room.slack.person(), room.slack.person("U000BOB00")

    assert (await privacy(room, ada)).startswith(said("de"))
    assert (await privacy(room, ada)).startswith(said("de"))
    assert asked(room) == 1
    assert (await privacy(room, bob)).startswith(said("en"))


async def test_a_chosen_language_wins(room: Room) -> None:
    ada = room.slack.person()
    await room.adapter._desk.people.save(TENANT, ada.id, Usual(language="fr"))

    assert (await privacy(room, ada)).startswith(said("fr"))


async def test_where_slack_does_not_say_it_is_english(room: Room) -> None:
    room.slack.answers["users.info"] = "internal_error"

    assert (await privacy(room, room.slack.person())).startswith(said("en"))


async def test_an_answer_that_takes_long_is_there_the_next_time(room: Room) -> None:
    ada = room.slack.person()

    async def slowly() -> None:
        await room.slack.pause(1.0)

    room.slack.meanwhile["users.info"] = slowly
    await ada.slash("privacy")
    first = await room.slack.until(lambda: ada.sees())
    assert first[-1].text.startswith(said("en"))
    await room.slack.until(lambda: room.adapter._desk.locales.known(TENANT, ada.id))

    assert (await privacy(room, ada)).startswith(said("de"))


async def test_a_declined_scope_is_not_asked_with(tmp_path: Path) -> None:
    async with open_room(tmp_path, declined={"users:read"}) as room:
        room.slack.locales["U000ADA00"] = "de-DE"

        assert (await privacy(room, room.slack.person())).startswith(said("en"))
        assert asked(room) == 0

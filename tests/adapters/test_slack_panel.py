"""The moderators' panel at the edges: dialogs that were open for long, and pages that are too long for a message."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from tests.support.slack_room import ART, Room, open_room
from tests.twins.slack_twin import Message, Person


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        yield opened
        assert opened.slack.violations == []


def boss_of(room: Room) -> Person:
    boss = room.slack.person("U000BOSS0")
    room.slack.admins.add(boss.id)
    return boss


def private(room: Room, person: Person) -> list[Message]:
    return [one for one in room.slack.messages if one.only_for == person.id or one.channel.startswith("D")]


async def test_a_dialog_that_was_open_for_an_hour_is_answered_beside(room: Room) -> None:
    boss = boss_of(room)
    await boss.slash("test", command="/guardrails")
    await room.quiet()
    view = room.slack.views[-1]
    state: dict[str, Any] = json.loads(view["private_metadata"])
    assert state["until"] > room.rig.parts.clock.now()
    view["private_metadata"] = json.dumps({**state, "until": room.rig.parts.clock.now() - 1800})

    await boss.submit(view, "a brass owl")
    await room.quiet()

    (told,) = private(room, boss)
    assert told.channel == ART
    assert "Nothing was made" in told.all_text


async def test_a_page_comes_although_slack_has_forgotten_the_response_url(room: Room) -> None:
    boss = boss_of(room)
    room.slack.doors_dead = True
    await boss.slash("budget", command="/guardrails")
    await room.quiet()

    (told,) = private(room, boss)
    assert "Budget" in told.all_text


async def test_where_no_door_takes_the_page_an_apology_is_tried(room: Room) -> None:
    boss = boss_of(room)
    room.slack.doors_dead = True
    room.slack.answers["chat.postEphemeral"] = room.slack.answers["conversations.open"] = "restricted_action"
    await boss.slash("budget", command="/guardrails")
    await room.quiet()

    assert [entry["event"] for entry in room.logs].count("person_not_told") == 2

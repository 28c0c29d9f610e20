"""The moderators' panel at the edges: dialogs that were open for long, and pages that are too long for a message."""

import dataclasses
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from adapters.slack.guardrails_pages import cut_to_fit, drawn
from adapters.slack.render import escape
from bot.domain.policy import Override
from bot.moderation.pages import Page
from tests.support.slack_room import ART, FREE, TENANT, Room, open_room
from tests.twins.slack_blocks import problems
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


async def test_a_moderator_is_not_told_to_be_none_in_a_bad_moment(room: Room) -> None:
    boss = boss_of(room)
    room.slack.answers["users.info"] = "internal_error"
    await boss.slash("budget", command="/guardrails")
    await room.quiet()

    (told,) = private(room, boss)
    assert "Something went wrong on our side" in told.all_text


async def test_what_does_not_fit_into_a_message_is_said_to_be_in_the_console(room: Room) -> None:
    places = tuple(
        Override("channel", f"C{place:08d}", (("limits.per_user_day", "7"),)) for place in range(1500)
    )
    rules = dataclasses.replace(FREE, overrides=places)
    await room.rig.store.policies.save(TENANT, rules, actor="U1", reason="")
    boss = boss_of(room)
    await boss.slash("show limits", command="/guardrails")
    await room.quiet()

    (told,) = private(room, boss)
    assert "C00000000" in told.all_text
    assert "C00001499" not in told.all_text
    assert "The console has all of it" in told.all_text
    assert "https://bot.example/" in told.all_text


def test_lines_are_cut_between_each_other() -> None:
    lines = tuple(f"{place}: <{'x' * 900}&" for place in range(20))
    kept = cut_to_fit(lines)
    shown = [block["text"]["text"] for block in drawn(Page("Title", kept)).blocks[1:]]

    assert cut_to_fit(lines[:5]) == lines[:5]
    assert "\n".join(shown).split("\n") == [escape(line) for line in kept]
    assert all(len(text) <= 3000 for text in shown)
    assert cut_to_fit((*kept, "The rest is elsewhere.")) == (*kept, "The rest is elsewhere.")


def test_a_line_that_is_longer_than_a_section_is_whole_all_the_same() -> None:
    line = "&<" * 2000
    shown = [block["text"]["text"] for block in drawn(Page("Title", (line,))).blocks[1:]]

    assert "".join("".join(shown).split("\n")) == escape(line)
    assert problems(drawn(Page("Title", (line,))).blocks) == []

"""The file of a workspace's rules: as code in the message, and where it is too long for that, in the console."""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.policy import BlockedTerm
from tests.support.slack_room import FREE, TENANT, Room, open_room
from tests.twins.slack_twin import Message


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        yield opened
        assert opened.slack.violations == []


async def exported(room: Room, terms: int) -> Message:
    content = dataclasses.replace(
        FREE.content, blocked_terms=tuple(BlockedTerm(f"term number {place}") for place in range(terms))
    )
    await room.rig.store.policies.save(
        TENANT, dataclasses.replace(FREE, content=content), actor="U1", reason=""
    )
    boss = room.slack.person("U000BOSS0")
    room.slack.admins.add(boss.id)
    await boss.slash("export", command="/guardrails")
    await room.quiet()
    return boss.sees()[-1]


async def test_rules_that_fit_are_shown_to_be_copied(room: Room) -> None:
    shown = await exported(room, 3)

    assert "term number 2" in shown.all_text
    assert "[content]" in shown.all_text


@pytest.mark.parametrize("terms", [400, 5000], ids=["one long line", "thousands of terms"])
async def test_rules_that_do_not_fit_are_had_from_the_console(room: Room, terms: int) -> None:
    shown = await exported(room, terms)

    assert "too long for a message" in shown.all_text
    assert "https://bot.example/" in shown.all_text
    assert "term number" not in shown.all_text

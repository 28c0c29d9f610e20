"""A workspace removes the app: nothing of its people is left, on SQLite and on PostgreSQL, in any order of events."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.store.tables import METADATA
from tests.support.slack_room import ART, TENANT, Room, open_room

UNINSTALLED = {"type": "app_uninstalled"}
REVOKED = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U000BOT00"]}}
THREAD = "1700000000.000100"


@pytest.fixture
async def room(database_url: str, tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path, database_url) as opened:
        yield opened


async def everything(room: Room) -> str:
    """All rows of all tables but the audit's bare lines."""
    tables = [table.name for table in METADATA.sorted_tables if "audit" not in table.name]
    found = {name: await room.rig.store.database.read(f"SELECT * FROM {name}") for name in tables}
    return str({name: [dict(row) for row in rows] for name, rows in found.items()})


@pytest.mark.parametrize(
    "events",
    [(UNINSTALLED, REVOKED) * 2, (REVOKED, UNINSTALLED) * 2],
    ids=["uninstalled first", "revoked first"],
)
async def test_nothing_of_its_people_is_left(room: Room, events: tuple[dict[str, Any], ...]) -> None:
    ada = room.slack.person("U000ADA01")
    room.slack.admins.add(ada.id)
    await room.picture(ada, "slack:1", THREAD)
    await ada.mention("make it blue", thread=THREAD)
    await ada.open_home()
    await room.quiet()
    for button, fields in (("Settings", {"style": "slide"}), ("Brand style", {"words": "as in our book"})):
        known = len(room.slack.views)
        await ada.press_home(button)
        await room.quiet()
        await ada.fill(room.slack.views[known], **fields)
        await room.quiet()
    before = await everything(room)
    assert TENANT in before
    assert "as in our book" in before
    assert [*room.rig.folder.glob("images/**/*.png")]

    for event in events:
        assert (await ada.event(event)).status == 200
        await room.quiet()

    left = await everything(room)
    for trace in (ada.id, "brass owl", "blue", "as in our book", THREAD, ART):
        assert trace not in left, trace
    assert TENANT not in await room.rig.parts.jobs.tenants()
    assert [*room.rig.folder.glob("images/**/*.png")] == []
    assert [entry for entry in room.logs if entry["event"] == "listener_failed"] == []

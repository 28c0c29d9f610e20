"""A workspace removes the app: nothing of its people is left, on SQLite and on PostgreSQL, in any order of events."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.slack.brand import Brand
from adapters.slack.people import Usual
from bot.domain.requests import JobId
from bot.moderation.ports import Card
from bot.pipeline.janitor import take_back
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
    shown = await room.picture(ada, "slack:1", THREAD)
    await ada.mention("make it blue", thread=THREAD)
    await ada.mention("compare", thread=THREAD)
    await ada.slash(f"show {shown.buttons[0]['value'].partition(':')[2]}")
    card = Card("Held", ("a brass owl",), about=JobId(shown.buttons[0]["value"].partition(":")[2]))
    assert await room.adapter.post_card(TENANT, ART, card)
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
    assert TENANT not in await room.rig.parts.jobs.tenants(audited=False)
    assert [*room.rig.folder.glob("images/**/*.png")] == []
    assert await room.rig.store.database.read("SELECT * FROM secret_item") == []
    assert [entry for entry in room.logs if entry["event"] == "listener_failed"] == []


async def test_what_comes_after_leaving_leaves_no_note_either(room: Room) -> None:
    """A message that was on its way while the workspace left, and words that were being read."""
    room.rig.parts.adapters["slack"] = room.adapter  # type: ignore[index]
    ada = room.slack.person("U000ADA01")
    shown = await room.picture(ada, "slack:1", THREAD)
    job_id = JobId(shown.buttons[0]["value"].partition(":")[2])

    async def leave() -> None:
        room.slack.meanwhile.clear()
        await ada.event(UNINSTALLED)
        await room.slack.until(lambda: any(entry["event"] == "workspace_left" for entry in room.logs))

    room.slack.meanwhile["chat.postMessage"] = leave
    await ada.mention("new: a tin fox", thread=THREAD)
    await room.quiet()
    await room.adapter._desk.delivery.copies.add([job_id], {"channel": ART, "ts": "1.5"})
    await take_back(room.rig.parts)

    assert await room.rig.store.database.read("SELECT kind, id FROM secret_item") == []


async def test_after_leaving_every_door_is_closed_and_nobody_moderates(room: Room) -> None:
    ada = room.slack.person("U000ADA01")
    room.slack.admins.add(ada.id)
    assert (await room.adapter.rights(TENANT, ada.id)).moderator
    await ada.event(UNINSTALLED)
    await room.quiet()

    assert not await room.adapter.post_card(TENANT, ART, Card("Held"))
    assert not await room.adapter.tell_person(TENANT, ada.id, ART, Card("Held"))
    assert not (await room.adapter.rights(TENANT, ada.id)).moderator


async def test_an_organisation_that_leaves_takes_workspaces_that_never_drew_anything_along(
    room: Room,
) -> None:
    ours, other = "slack:E1:T1", "slack:E2:T2"
    desk = room.adapter._desk
    for tenant in (ours, other):
        await desk.people.save(tenant, "U1", Usual(style="slide"))
        await desk.brands.save(tenant, Brand(words="as in our book"), actor="U1")
        await desk.threads.add(f"{tenant}/{ART}/{THREAD}", JobId("j"), None)
    gone = {**room.slack.person("U1", team=None, enterprise="E1").payload(UNINSTALLED)}
    gone |= {"enterprise_id": "E1", "is_enterprise_install": True}

    await room.slack.send("events_api", gone)
    await room.quiet()

    left = await room.rig.store.database.read("SELECT kind, id FROM secret_item")
    assert [row["id"] for row in left if row["id"].startswith(ours)] == []
    assert len([row for row in left if row["id"].startswith(other)]) == 3
    rules = await room.rig.store.database.read("SELECT DISTINCT tenant FROM policy")
    assert [row["tenant"] for row in rules] == [other]

"""A server removes the bot: two weeks later nothing of its people is left; before that, everything waits for its return."""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import discord
import pytest

from adapters.discord.copies import Copies
from adapters.discord.leaving import AWAY_SECONDS, EVERY_SECONDS, KIND, Leaving
from bot.domain.policy import Content, ImportedRule, Policy
from bot.store.tables import METADATA
from tests.support.discord_room import open_room
from tests.support.fakes import FakeClock
from tests.support.make import requester
from tests.support.rig import Rig
from tests.twins import http_twin
from tests.twins.discord_twin import DiscordTwin


@dataclass
class Office:
    """What looks after servers, at a time of its own."""

    leaving: Leaving
    clock: FakeClock
    rig: Rig
    discord: DiscordTwin

    @property
    def tenant(self) -> str:
        return f"discord:{self.discord.home.id}"

    async def look_after(self, seconds: float) -> None:
        self.clock.time += seconds
        await self.leaving.look()

    async def everything(self) -> str:
        """All rows of all tables but the audit's bare lines."""
        tables = [table.name for table in METADATA.sorted_tables if "audit" not in table.name]
        found = {name: await self.rig.store.database.read(f"SELECT * FROM {name}") for name in tables}
        return json.dumps({name: [dict(row) for row in rows] for name, rows in found.items()})


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """A server whose members have drawn, starred and been judged, and whose moderators have set rules."""
    clock = FakeClock()
    async with DiscordTwin() as twin, Rig(tmp_path, database=database_url) as rig:
        with twin.library():
            async with discord.Client(intents=discord.Intents.none()) as client:
                await client.login(twin.token)
                parts = dataclasses.replace(rig.parts, clock=clock)
                secrets = rig.store.secrets
                opened = Office(Leaving(parts, secrets, lambda: client), clock, rig, twin)
                ada = requester(tenant=opened.tenant, user_id="4242", display_name="Ada")
                made = await rig.finished("a zebra in the rain", requester=ada)
                copies = Copies(secrets, rig.store.jobs)
                assert await copies.claim_gallery(made.job_id, 0.0)
                await copies.add(made.job_id, 1, 77)
                await copies.names(made.job_id, 5151)
                rules = Policy(content=Content(imported_rules=(ImportedRule("A", ("cat",)),)))
                await rig.store.policies.save(opened.tenant, rules, actor="6161", reason="a test")
                await secrets.put("discord-automod", str(twin.home.id), {"rules": "x", "levels": []})
                yield opened


async def test_after_two_weeks_nothing_of_its_people_is_left(office: Office) -> None:
    kept = await office.everything()
    office.discord.home.has_bot = False

    await office.look_after(0)
    await office.look_after(AWAY_SECONDS - 1)
    for trace in ("4242", "5151", "6161", "zebra"):
        assert trace in kept
        assert trace in await office.everything()

    await office.look_after(1)
    left = await office.everything()
    for trace in ("4242", "5151", "6161", "zebra", "cat"):
        assert trace not in left, trace
    assert await office.rig.store.database.read("SELECT * FROM secret_item") == []
    assert office.tenant not in await office.rig.parts.jobs.tenants(audited=False)
    assert [path for path in office.rig.folder.glob("images/**/*") if path.is_file()] == []

    await office.look_after(EVERY_SECONDS)
    assert await office.rig.store.database.read("SELECT * FROM secret_item") == []


async def test_who_invites_the_bot_again_finds_everything_as_it_was(office: Office) -> None:
    before = await office.everything()
    office.discord.home.has_bot = False
    await office.look_after(AWAY_SECONDS - EVERY_SECONDS)
    office.discord.home.has_bot = True
    await office.look_after(EVERY_SECONDS)
    assert await office.everything() == before

    office.discord.home.has_bot = False
    await office.look_after(EVERY_SECONDS)
    await office.look_after(AWAY_SECONDS - EVERY_SECONDS)
    assert "zebra" in await office.everything()


async def test_a_server_that_a_list_leaves_out_loses_nothing(office: Office) -> None:
    """Discord's list is not whole, or the invitation came a moment later: the server itself is asked as well."""
    before = await office.everything()
    for later in (0, AWAY_SECONDS):
        office.discord.faults.plan("me.guilds", http_twin.Answer(200, "[]"))
        await office.look_after(later)
    assert "zebra" in await office.everything()

    await office.look_after(EVERY_SECONDS)
    assert await office.everything() == before


async def test_of_hundreds_of_servers_none_is_overlooked(office: Office) -> None:
    for number in range(200):
        await office.discord.guild(f"Server {number}")
    newest = max(office.discord.hub.guilds)
    await office.rig.store.policies.save(f"discord:{newest}", Policy(), actor="1", reason="a test")

    await office.look_after(0)

    assert await office.rig.store.secrets.ids(KIND) == []


async def test_while_discord_has_no_answer_nothing_is_erased(office: Office) -> None:
    office.discord.home.has_bot = False
    await office.look_after(0)
    office.discord.faults.refuse("guild", 400, 0)
    with pytest.raises(discord.HTTPException):
        await office.look_after(AWAY_SECONDS)
    assert "zebra" in await office.everything()

    await office.look_after(EVERY_SECONDS)
    assert "zebra" not in await office.everything()


async def test_it_is_looked_at_every_hour_and_a_refusal_ends_nothing(office: Office) -> None:
    office.discord.home.has_bot = False
    office.discord.faults.refuse("me.guilds", 400, 0)
    looking = asyncio.create_task(office.leaving.run())
    try:
        async with asyncio.timeout(60):
            while office.tenant in await office.rig.parts.jobs.tenants(audited=False):
                await asyncio.sleep(0.05)
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
    assert len(office.discord.calls("me.guilds")) >= AWAY_SECONDS / EVERY_SECONDS


async def test_a_running_bot_looks_after_servers_that_removed_it_while_it_was_stopped(tmp_path: Path) -> None:
    twin = DiscordTwin()
    gone = await twin.guild("Gone", bot=None)
    async with open_room(tmp_path, discord=twin, policies={f"discord:{gone.id}": Policy()}) as room:
        async with asyncio.timeout(10):
            while not (noted := await room.rig.store.secrets.ids(KIND)):
                await asyncio.sleep(0.05)
        assert noted == [str(gone.id)]

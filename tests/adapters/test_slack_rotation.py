"""A refresh token works once: what it was exchanged for is kept, whatever the database does in that moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.slack.connection import open_session, web_client
from adapters.slack.installations import Installation, Installations, Items, claimed
from adapters.slack.rotation import Rotation
from bot.domain.errors import StorageError
from bot.store import open_store
from tests.support.fakes import FakeClock, Observed
from tests.twins.slack_twin import CLIENT_ID, CLIENT_SECRET, SlackTwin


@dataclass
class Shaky:
    """Items of a database that is away for so many writes; the first ones pass."""

    items: Items
    passing: int = 1
    away: int = 0
    lost: int = 0

    async def get(self, kind: str, item_id: str) -> tuple[dict[str, Any], int] | None:
        return await self.items.get(kind, item_id)

    async def put(self, kind: str, item_id: str, value: dict[str, Any], *, seen: int | None = None) -> bool:
        if self.passing:
            self.passing -= 1
        elif self.away:
            self.away -= 1
            raise StorageError("away")
        elif self.lost:
            self.lost -= 1
            await self.items.put(kind, item_id, value, seen=seen)
            raise StorageError("taken, but not answered")
        return await self.items.put(kind, item_id, value, seen=seen)

    async def ids(self, kind: str) -> list[str]:
        return await self.items.ids(kind)

    async def delete(self, kind: str, item_id: str) -> None:
        await self.items.delete(kind, item_id)


@dataclass
class Scene:
    slack: SlackTwin
    kept: Installations
    shaky: Shaky
    rotation: Rotation
    installed: Installation
    watched: Observed


@asynccontextmanager
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    clock = FakeClock()
    store = await open_store(f"sqlite:///{tmp_path / 'x.db'}", data_dir=tmp_path, clock=clock)
    session = open_session()
    async with SlackTwin() as slack:
        slack.refresh_tokens["xoxe-first"] = (None, "T1")
        slack.token_seconds = 43_200
        installed = Installation(
            "T1", "", "xoxb-old", refresh_token="xoxe-first", expires_at=clock.now() + 60
        )
        kept = Installations(store.secrets, clock)
        await kept.save(installed)
        shaky = Shaky(store.secrets)
        client = web_client(session, f"{slack.origin}/api/", None)
        watched = Observed()
        rotation = Rotation(Installations(shaky, clock), client, CLIENT_ID, CLIENT_SECRET, clock, watched)
        try:
            yield Scene(slack, kept, shaky, rotation, installed, watched)
        finally:
            await session.close()
            await store.aclose()


async def token_kept(scene: Scene) -> str:
    found = await scene.kept.newest(scene.installed.key)
    assert found is not None
    return found[0].bot_token


async def test_new_tokens_outlive_a_database_that_is_away(tmp_path: Path) -> None:
    async with scene(tmp_path) as on:
        on.shaky.away = 5

        renewed = await on.rotation.fresh(on.installed)

        assert renewed.bot_token != "xoxb-old"
        assert await token_kept(on) == renewed.bot_token


async def test_a_write_whose_answer_was_lost_is_no_second_one(tmp_path: Path) -> None:
    async with scene(tmp_path) as on:
        on.shaky.lost = 1

        renewed = await on.rotation.fresh(on.installed)

        assert await token_kept(on) == renewed.bot_token
        assert [name for name, _, _ in on.slack.calls] == ["oauth.v2.access"]


async def test_new_tokens_win_over_a_later_claim_of_the_old_ones(tmp_path: Path) -> None:
    """A database that is away outlasts the lock, and another replica is quicker when it is back."""
    async with scene(tmp_path) as on:

        async def claim() -> None:
            found = await on.kept.newest(on.installed.key)
            assert found is not None
            later = claimed(found[0], found[0].refreshing_until + 60)
            assert await on.kept.save(later, seen=found[1])

        on.slack.meanwhile["oauth.v2.access"] = claim

        renewed = await on.rotation.fresh(on.installed)

        assert renewed.bot_token != "xoxb-old"
        assert await token_kept(on) == renewed.bot_token


async def test_a_workspace_that_leaves_meanwhile_does_not_come_back(tmp_path: Path) -> None:
    async with scene(tmp_path) as on:

        async def leave() -> None:
            await on.kept.delete(on.installed.key)

        on.slack.meanwhile["oauth.v2.access"] = leave

        async with asyncio.timeout(10):
            await on.rotation.fresh(on.installed)

        assert await on.kept.newest(on.installed.key) is None


async def test_a_bad_moment_of_slacks_raises_no_alarm_and_the_next_request_tries_it_again(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as on:
        on.slack.break_call = 1

        assert (await on.rotation.fresh(on.installed)).bot_token == "xoxb-old"
        renewed = await on.rotation.fresh(on.installed)

        assert renewed.bot_token != "xoxb-old"
        assert on.watched.alerts == []


async def test_a_refresh_token_that_slack_does_not_take_is_told_to_the_operators(tmp_path: Path) -> None:
    async with scene(tmp_path) as on:
        on.slack.refresh_tokens.clear()

        await on.rotation.fresh(on.installed)

        assert len(on.watched.alerts) == 1

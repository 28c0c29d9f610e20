"""Discord divided between two processes on one PostgreSQL: each serves its servers, and the survivor ends what the dead one began."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.discord_stage import Stage
from tests.support.process import BotProcess
from tests.twins.discord_twin import DiscordTwin
from tests.twins.discord_twin.world import Guild
from tests.twins.http_twin import Hang
from tests.twins.openai_twin import OpenAITwin
from tests.twins.postgres_server import PostgresServer
from tests.twins.s3_server import S3Server

pytestmark = [
    pytest.mark.long,
    pytest.mark.process,
    pytest.mark.postgres,
    pytest.mark.s3,
    pytest.mark.xdist_group("postgres"),
]


@dataclass
class Pair:
    """Two processes, each with a server of its shard: the one of that number."""

    discord: DiscordTwin
    openai: OpenAITwin
    bots: list[BotProcess]
    homes: list[Guild]
    folder: Path

    @property
    def stage(self) -> Stage:
        return Stage(self.discord, self.openai, self.bots[0], self.folder)

    async def until(self, look: Any) -> None:
        async with asyncio.timeout(45):
            while not look():
                await asyncio.sleep(0.02)


@asynccontextmanager
async def pair(postgres: PostgresServer, s3: S3Server, folder: Path) -> AsyncIterator[Pair]:
    url = await postgres.fresh_database()
    async with AsyncExitStack() as stack:
        discord, openai = DiscordTwin(), OpenAITwin()
        await stack.enter_async_context(discord)
        await stack.enter_async_context(openai)
        homes: dict[int, Guild] = {}
        while len(homes) < 2:
            home = discord.home if not homes else await discord.guild("Next door", owner=discord.owner)
            homes[(home.id >> 22) % 2] = home
        bots: list[BotProcess] = []
        for shard in range(2):
            environment = {
                **discord.environment,
                **openai.environment,
                "IMAGE_ROUTE": "openai:gpt-image-2",
                "DATABASE_URL": url,
                "SECRET_KEY": "a secret that both share",
                "DISCORD_SHARD_COUNT": "2",
                "DISCORD_SHARD_IDS": str(shard),
                **s3.environment,
            }
            own = folder / f"shard{shard}"
            own.mkdir()
            bots.append(await stack.enter_async_context(BotProcess(environment, own)))
        await discord.until_ready(shards=2)
        yield Pair(discord, openai, bots, [homes[0], homes[1]], folder)
    assert discord.violations == []


async def test_servers_are_divided_and_the_survivor_ends_what_the_dead_one_began(
    postgres: PostgresServer, s3: S3Server, tmp_path: Path
) -> None:
    async with pair(postgres, s3, tmp_path) as two:
        assert sorted(two.discord.gateway.identifies) == [(0, 2), (1, 2)]
        made = [await two.stage.made(f"owl {n}", at=home.channels[0]) for n, home in enumerate(two.homes)]
        again = await two.discord.owner.click(made[1], "Again")
        assert (await again.picture()).pictures
        bought = len(two.openai.image_requests)
        assert bought == 3

        two.discord.faults.plan("webhook.edit+files", Hang(600), times=1)
        showing = await two.stage.asked("a white owl", at=two.homes[1].channels[0])
        await two.until(lambda: two.discord.faults.pending == 0)
        two.openai.sanitizer.queue(Hang(600))
        reading = await two.stage.asked("a black owl", at=two.homes[1].channels[0])
        await two.until(lambda: not two.openai.sanitizer.pending)
        await two.bots[1].kill()
        killed = time.monotonic()
        await showing.picture()
        shown = time.monotonic() - killed
        await reading.picture()
        print(f"shown {shown:.2f} s, made {time.monotonic() - killed:.2f} s after the kill")

        assert len(two.openai.image_requests) == bought + 2, "what lay in the store was not bought again"
        assert not two.discord.thinking
        pressed = await two.discord.owner.click(made[0], "Vary")
        assert (await pressed.picture()).pictures, "the survivor serves its own as before"

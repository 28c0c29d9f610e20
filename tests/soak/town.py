"""Three replicas on one PostgreSQL and one object store, between a Discord and two OpenAI servers of our own.

Two replicas are killed again and again; the third one, the elder, lives through everything, with an OpenAI server
that nobody else uses, so that its metrics can be compared with what that server counted.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from bot.clock import SystemClock
from bot.domain.policy import Limits, Policy
from bot.store import Store, open_store
from tests.support.process import BotProcess
from tests.twins.discord_twin import DiscordTwin
from tests.twins.openai_twin import API_KEY, OpenAITwin
from tests.twins.postgres_server import start_postgres
from tests.twins.s3_server import S3Server, start_s3

SECRET = "a secret that all replicas share"
ELDER = 0
"""The replica that is never killed."""


@dataclass
class Town:
    """Everything that runs."""

    discord: DiscordTwin
    shared: OpenAITwin
    elders: OpenAITwin
    s3: S3Server
    store: Store
    http: httpx2.AsyncClient
    environment: dict[str, str]
    folder: Path
    bots: list[BotProcess] = field(default_factory=list)
    down: set[int] = field(default_factory=set)

    def bot(self, place: int) -> BotProcess:
        folder = self.folder / f"replica{place}"
        folder.mkdir(exist_ok=True)
        openai = self.elders if place == ELDER else self.shared
        own = {
            "OPENAI_BASE_URL": openai.base_url,
            "DISCORD_SHARD_COUNT": "3",
            "DISCORD_SHARD_IDS": str(place),
        }
        return BotProcess({**self.environment, **own}, folder)

    @property
    def serving(self) -> list[BotProcess]:
        return [bot for place, bot in enumerate(self.bots) if place not in self.down and bot.address]


async def start(bot: BotProcess, tries: int = 5) -> None:
    """On a busy machine a start may take longer than tests allow; then once more."""
    for left in reversed(range(tries)):
        try:
            await bot.start()
        except TimeoutError:
            await bot.kill()
            if not left:
                raise
        else:
            return


def pid(bot: BotProcess) -> int:
    process = bot._process
    assert process is not None
    return process.pid


def memory(bot: BotProcess) -> int:
    """Resident bytes of the process."""
    with Path(f"/proc/{pid(bot)}/statm").open() as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def open_files(bot: BotProcess) -> int:
    return len(list(Path(f"/proc/{pid(bot)}/fd").iterdir()))


@contextmanager
def _servers() -> Iterator[tuple[object, S3Server]]:
    with start_postgres() as postgres, start_s3() as s3:
        s3.allow_anonymous_read("i/")
        yield postgres, s3


@asynccontextmanager
async def open_town(folder: Path) -> AsyncIterator[Town]:
    """All servers and all replicas, serving."""
    async with AsyncExitStack() as stack:
        postgres, s3 = stack.enter_context(_servers())
        url = await postgres.fresh_database()  # type: ignore[attr-defined]
        store = await open_store(url, data_dir=folder, clock=SystemClock())
        stack.push_async_callback(store.aclose)
        discord = await stack.enter_async_context(DiscordTwin())
        # A budget that is never reached, so that its reservations can be checked in the end.
        rules = Policy(limits=Limits(0, 0, (), 0, 0, 0, 0.0, 10**12, 10**12))
        for tenant in (f"discord:{discord.home.id}", "playground"):
            await store.policies.save(tenant, rules, actor="soak", reason="soak")
        shared = await stack.enter_async_context(OpenAITwin())
        elders = await stack.enter_async_context(OpenAITwin())
        environment = {
            **discord.environment,
            "OPENAI_API_KEY": API_KEY,
            "IMAGE_ROUTE": "openai:gpt-image-2",
            "DATABASE_URL": url,
            "SECRET_KEY": SECRET,
            "S3_BUCKET": s3.bucket,
            "S3_ENDPOINT_URL": s3.endpoint_url,
            "AWS_ACCESS_KEY_ID": s3.access_key,
            "AWS_SECRET_ACCESS_KEY": s3.secret_key,
            "CDN_BASE_URL": f"{s3.endpoint_url}/{s3.bucket}",
            "LOG_FORMAT": "json",
            "LOG_LEVEL": "WARNING",
            "SHUTDOWN_GRACE_SECONDS": "5",
        }
        http = await stack.enter_async_context(httpx2.AsyncClient(timeout=20))
        town = Town(discord, shared, elders, s3, store, http, environment, folder)
        town.bots = [town.bot(place) for place in range(3)]
        try:
            for bot in town.bots:
                await start(bot)
            await discord.until_ready(shards=3, timeout=60)
            yield town
        finally:
            for bot in town.bots:
                if bot._process is not None and bot._process.returncode is None:
                    await bot.stop()


async def settled(town: Town, seconds: float) -> bool:
    """Whether every job came to its end in time."""
    try:
        async with asyncio.timeout(seconds):
            while await _open_jobs(town):
                await asyncio.sleep(0.5)
    except TimeoutError:
        return False
    return True


async def _open_jobs(town: Town) -> int:
    rows = await town.store.database.read(
        "SELECT count(*) AS n FROM job WHERE state IN ('accepted', 'queued', 'running')"
    )
    return int(rows[0]["n"])

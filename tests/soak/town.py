"""Three replicas on one PostgreSQL, between a Discord with two servers, a Slack workspace, the playground, and models.

Two replicas are killed again and again; the third one, the elder, lives through everything. Each replica has image
models and a door to the object store that nobody else uses, so that its metrics can be held against what those counted.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from bot.clock import SystemClock
from bot.domain.policy import BlockedTerm, Content, Limits, Policy, Presentation
from bot.store import Store, open_store
from tests.soak.slack_side import TroubledSlack
from tests.support.process import BotProcess
from tests.twins.discord_twin import DiscordTwin
from tests.twins.discord_twin.world import Channel, Guild
from tests.twins.flux_twins import BFLTwin
from tests.twins.openai_twin import API_KEY, OpenAITwin
from tests.twins.postgres_server import start_postgres
from tests.twins.s3_server import S3FaultProxy, S3Server, start_s3
from tests.twins.slack_twin import TEAM

_START = 240.0
"""Seconds that a process may take to serve, on a machine where others compute as well."""
SECRET = "a secret that all replicas share"
ELDER = 0
"""The replica that is never killed."""
BUDGET = 10**12
"""Never reached, so that its reservations can be checked in the end."""
CDN = "cdn.example.com"
ART, ELSEWHERE = "C000ART00", "C000OTHER"
SUFFIX = "in the manner of the second server"
"""What the second server's moderators add to each prompt: nobody else's prompt may have it."""
BLOCKED = "zeppelin"
MARKS = {"home": "owl", "second": "heron", "slack": "crane", "playground": "fox"}
"""The word in every prompt of a community; it may be read there only."""


@dataclass
class Models:
    """What one replica alone talks to."""

    openai: OpenAITwin
    bfl: BFLTwin
    objects: S3FaultProxy


@dataclass
class Town:
    """Everything that runs."""

    discord: DiscordTwin
    second: Guild
    slack: TroubledSlack
    models: list[Models]
    s3: S3Server
    store: Store
    http: httpx2.AsyncClient
    environment: dict[str, str]
    folder: Path
    random: random.Random
    bots: list[BotProcess] = field(default_factory=list)
    down: set[int] = field(default_factory=set)

    def bot(self, place: int) -> BotProcess:
        folder = self.folder / f"replica{place}"
        folder.mkdir(exist_ok=True)
        models = self.models[place]
        own = {
            "OPENAI_BASE_URL": models.openai.base_url,
            "BFL_API_KEY": models.bfl.key,
            "BFL_BASE_URL": models.bfl.base_url,
            "S3_ENDPOINT_URL": models.objects.endpoint_url,
            "DISCORD_SHARD_COUNT": "3",
            "DISCORD_SHARD_IDS": str(place),
        }
        return BotProcess({**self.environment, **own}, folder, start_seconds=_START)

    @property
    def serving(self) -> list[BotProcess]:
        return [bot for place, bot in enumerate(self.bots) if place not in self.down and bot.address]

    @property
    def channels(self) -> dict[str, Channel]:
        return {"home": self.discord.channel, "second": self.second.channels[0]}

    @property
    def tenants(self) -> dict[str, str]:
        """Keys of the communities, by the names they have here."""
        guilds = {"home": self.discord.home, "second": self.second}
        discord = {name: f"discord:{guild.id}" for name, guild in guilds.items()}
        return {**discord, "slack": f"slack:{TEAM}", "playground": "playground"}

    def balance(self) -> None:
        """What a load balancer does for Slack's requests: the next one goes to any replica that serves."""
        self.slack.bot_url = self.random.choice(self.serving).address


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


def lives(bot: BotProcess) -> bool:
    return bot._process is not None and bot._process.returncode is None


def memory(bot: BotProcess) -> int:
    """Resident bytes of the process."""
    with Path(f"/proc/{pid(bot)}/statm").open() as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def open_files(bot: BotProcess) -> int:
    return len(list(Path(f"/proc/{pid(bot)}/fd").iterdir()))


def policies(tenants: dict[str, str]) -> dict[str, Policy]:
    """The communities' rules by tenant: they differ in quotas, words and looks."""
    open_to_all = Limits(0, 0, (), 0, 0, 0, 0.0, BUDGET, BUDGET)
    words = Content(blocked_terms=(BlockedTerm(BLOCKED),))
    rules = {
        "home": Policy(limits=open_to_all),
        "second": Policy(
            limits=Limits(6, 0, (), 0, 0, 1, 0.0, BUDGET, BUDGET),
            content=words,
            presentation=Presentation(style_suffix=SUFFIX),
        ),
        "slack": Policy(limits=Limits(3, 0, (), 0, 0, 2, 0.0, BUDGET, BUDGET), content=words),
        "playground": Policy(limits=open_to_all),
    }
    return {tenants[name]: policy for name, policy in rules.items()}


@contextmanager
def _servers() -> Iterator[tuple[object, S3Server]]:
    with start_postgres() as postgres, start_s3() as s3:
        s3.allow_anonymous_read("i/")
        yield postgres, s3


@asynccontextmanager
async def open_town(folder: Path, seed: int) -> AsyncIterator[Town]:
    """All servers and all replicas, serving."""
    dice = random.Random(seed)
    async with AsyncExitStack() as stack:
        postgres, s3 = stack.enter_context(_servers())
        url = await postgres.fresh_database()  # type: ignore[attr-defined]
        store = await open_store(url, data_dir=folder, clock=SystemClock())
        stack.push_async_callback(store.aclose)
        discord = await stack.enter_async_context(DiscordTwin())
        second = await discord.guild("Tin Herons")
        slack = await stack.enter_async_context(TroubledSlack(dice=dice))
        slack.hosts = {CDN: f"{s3.endpoint_url}/{s3.bucket}"}
        slack.members |= {ART}
        models = [
            Models(
                await stack.enter_async_context(OpenAITwin()),
                await stack.enter_async_context(BFLTwin()),
                await stack.enter_async_context(S3FaultProxy(target=s3.endpoint_url)),
            )
            for _ in range(3)
        ]
        environment = {
            **discord.environment,
            **slack.environment,
            "OPENAI_API_KEY": API_KEY,
            "IMAGE_ROUTE": "openai:gpt-image-2,bfl:flux-2-pro",
            "DATABASE_URL": url,
            "SECRET_KEY": SECRET,
            "S3_BUCKET": s3.bucket,
            "AWS_ACCESS_KEY_ID": s3.access_key,
            "AWS_SECRET_ACCESS_KEY": s3.secret_key,
            "CDN_BASE_URL": f"https://{CDN}",
            "LOG_FORMAT": "json",
            "LOG_LEVEL": "WARNING",
            "SHUTDOWN_GRACE_SECONDS": "5",
        }
        del environment["SLACK_APP_TOKEN"]
        http = await stack.enter_async_context(httpx2.AsyncClient(timeout=20))
        town = Town(discord, second, slack, models, s3, store, http, environment, folder, dice)
        for tenant, rules in policies(town.tenants).items():
            await store.policies.save(tenant, rules, actor="soak", reason="soak")
        town.bots = [town.bot(place) for place in range(3)]
        try:
            for bot in town.bots:
                await start(bot)
            await discord.until_ready(shards=3, timeout=60)
            await discord.until_synced("imagine", "guardrails", timeout=60)
            yield town
        finally:
            for bot in town.bots:
                if lives(bot):
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

"""The plug is pulled at every point of a job's life at once; after a restart every message reaches its end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.store import Store, open_store
from bot.store.database import Transaction
from tests.support.leaks import leaks
from tests.support.process import BotProcess
from tests.twins.discord_twin import DiscordTwin, Interaction
from tests.twins.http_twin import DoneThenHang, Hang
from tests.twins.openai_twin import OpenAITwin
from tests.twins.s3_server import S3FaultProxy, S3Server

pytestmark = [pytest.mark.long, pytest.mark.process, pytest.mark.s3]

FOR_EVER = 600.0


@dataclass
class Scene:
    """A bot between a Discord, an OpenAI and an object store that stay silent on demand."""

    discord: DiscordTwin
    openai: OpenAITwin
    objects: S3FaultProxy
    server: S3Server
    environment: dict[str, str]
    _asked: int = 0

    async def asks(self, prompt: str) -> Interaction:
        """`/imagine` by somebody who has not asked before."""
        self._asked += 1
        person = self.discord.member(f"person{self._asked}")
        return await person.slash("imagine", self.discord.channel, prompt=prompt)

    async def until(self, look: Any, what: str) -> None:
        async with asyncio.timeout(45):
            while not look():
                await asyncio.sleep(0.02)

    async def killed_in_the_paid_call(self) -> Interaction:
        self.openai.images.queue(Hang(FOR_EVER))
        asked, before = await self.asks("a red fox"), len(self.openai.image_requests)
        await self.until(lambda: len(self.openai.image_requests) > before, "no paid call")
        return asked

    async def killed_with_the_bytes_in_hand(self) -> Interaction:
        return await self._killed_at_the_store("a blue fox", Hang(FOR_EVER))

    async def killed_while_uploading(self) -> Interaction:
        return await self._killed_at_the_store("a green fox", DoneThenHang(FOR_EVER))

    async def _killed_at_the_store(self, prompt: str, fault: Any) -> Interaction:
        self.objects.script.queue(fault)
        asked, before = await self.asks(prompt), len(self.objects.requests)
        await self.until(lambda: len(self.objects.requests) > before, "nothing was stored")
        assert self.objects.requests[-1].method == "PUT"
        return asked

    async def killed_before_the_delivery(self) -> Interaction:
        return await self._killed_at_the_delivery("a white owl", Hang(FOR_EVER))

    async def killed_behind_the_delivery(self) -> Interaction:
        asked = await self._killed_at_the_delivery("a black owl", DoneThenHang(FOR_EVER))
        await self.until(lambda: asked.original and asked.original.pictures, "not delivered")
        return asked

    async def _killed_at_the_delivery(self, prompt: str, fault: Any) -> Interaction:
        before = len(self.discord.calls("webhook.edit"))
        self.discord.faults.plan("webhook.edit+files", fault, times=1)
        asked = await self.asks(prompt)
        await self.until(lambda: self.discord.faults.pending == 0, "no delivery")
        await self.until(lambda: len(self.discord.calls("webhook.edit")) > before, "no delivery")
        return asked

    async def killed_while_reading_the_words(self) -> Interaction:
        self.openai.sanitizer.queue(Hang(FOR_EVER))
        asked, before = await self.asks("a brass owl"), len(self.openai.text_requests)
        await self.until(lambda: len(self.openai.text_requests) > before, "no words were read")
        return asked

    async def killed_while_deleting(self, made: Interaction) -> Interaction:
        assert made.original is not None
        self.objects.script.queue(Hang(FOR_EVER))
        before = len(self.objects.requests)
        pressed = await self.discord.owner.click(made.original, "Delete")
        await self.until(lambda: len(self.objects.requests) > before, "nothing was deleted")
        assert self.objects.requests[-1].method == "DELETE"
        return pressed

    async def killed_before_the_acknowledgement(self) -> Interaction:
        """Discord takes it, but the bot does not live to hear of that."""
        before = len(self.discord.calls("callback"))
        self.discord.faults.plan("callback", DoneThenHang(FOR_EVER), times=9)
        asked = await self.asks("a paper boat")
        await self.until(lambda: len(self.discord.calls("callback")) > before, "no acknowledgement")
        return asked

    def good_days_again(self) -> None:
        self.openai.images.reset()
        self.openai.sanitizer.reset()
        self.objects.script.reset()
        self.discord.faults.clear()


@asynccontextmanager
async def scene(database_url: str, s3: S3Server) -> AsyncIterator[Scene]:
    async with (
        DiscordTwin() as discord,
        OpenAITwin() as openai,
        S3FaultProxy(target=s3.endpoint_url) as proxy,
    ):
        environment = {
            **discord.environment,
            **openai.environment,
            "IMAGE_ROUTE": "openai:gpt-image-2",
            "DATABASE_URL": database_url,
            **s3.environment,
            "S3_ENDPOINT_URL": proxy.endpoint_url,
        }
        yield Scene(discord, openai, proxy, s3, environment)


@asynccontextmanager
async def ledger(database_url: str, folder: Path) -> AsyncIterator[Store]:
    store = await open_store(database_url, data_dir=folder / "data", clock=SystemClock())
    try:
        yield store
    finally:
        await store.aclose()


async def half_a_minute_passes(database_url: str, folder: Path) -> None:
    """For those whose acknowledgement nobody heard of."""

    async def unit(tx: Transaction) -> int:
        return await tx.run("UPDATE job SET created_at = created_at - 40 WHERE state = 'accepted'")

    async with ledger(database_url, folder) as store:
        assert await store.database.write(unit) == 1


async def test_killed_at_every_point_each_message_reaches_its_end(
    database_url: str, s3: S3Server, tmp_path: Path
) -> None:
    async with scene(database_url, s3) as world:
        others = set(s3.list_keys())
        bot = BotProcess(world.environment, tmp_path)
        await bot.start()
        await world.discord.until_ready()
        made = await world.discord.owner.slash("imagine", world.discord.channel, prompt="a paper crane")
        await made
        objects = {key for key in set(s3.list_keys()) - others if key.endswith(".png")}
        assert objects
        lost = [
            await world.killed_in_the_paid_call(),
            await world.killed_with_the_bytes_in_hand(),
            await world.killed_while_uploading(),
        ]
        shown = [
            await world.killed_before_the_delivery(),
            await world.killed_behind_the_delivery(),
        ]
        await world.killed_while_deleting(made)
        shown.append(await world.killed_while_reading_the_words())
        unheard = await world.killed_before_the_acknowledgement()
        paid = len(world.openai.image_requests)
        await bot.kill()
        world.good_days_again()
        await half_a_minute_passes(database_url, tmp_path)

        async with BotProcess(world.environment, tmp_path):
            for interaction in (*lost, *shown, unheard):
                await interaction
            await world.until(lambda: made.original and made.original.deleted, "the deleted one stays")
            await world.until(lambda: not objects & set(s3.list_keys()), "its files stay")
            await world.until(lambda: not world.discord.thinking, "somebody waits for ever")

        for interaction in lost:
            assert "can't tell whether it was finished" in interaction.text
            assert "given back" in interaction.text
        for interaction in shown:
            assert interaction.original is not None
            assert len(interaction.original.pictures) == 1
        assert "restarted" in unheard.text
        assert len(world.openai.image_requests) == paid + 1, "only what had not been paid for is bought"
        assert world.discord.violations == []
        assert leaks(world.discord.transcript()) == []
        async with ledger(database_url, tmp_path) as store:
            assert await store.database.read("SELECT * FROM hold WHERE kind <> 'booked'") == []
            assert await store.database.read("SELECT * FROM budget WHERE held <> 0") == []
            unfinished = "SELECT job_id FROM job WHERE state IN ('accepted', 'queued', 'running')"
            assert await store.database.read(unfinished) == []
            quotas = await store.database.read(
                "SELECT sum(used) AS used FROM budget WHERE scope LIKE '%/all' "
            )
            assert [int(row["used"]) for row in quotas] == [len(shown) + 1], "pictures people got"
            noted = await store.database.read("SELECT key FROM image_use UNION SELECT key FROM doomed")
            assert set(s3.list_keys()) - others <= {row["key"] for row in noted}, (
                "nothing lies there for ever"
            )

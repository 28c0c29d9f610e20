"""A process comes before its database or its store is up, and goes with twenty jobs at work: nothing is lost."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.process import BotProcess
from tests.twins.http_twin import ResetBeforeHeaders, Slow
from tests.twins.openai_twin import OpenAITwin
from tests.twins.s3_server import S3FaultProxy, S3Server

pytestmark = [pytest.mark.long, pytest.mark.process, pytest.mark.s3]

FINAL = {"delivered", "refused", "failed", "deleted"}


@dataclass
class House:
    """A bot's playground, and what it talks to."""

    openai: OpenAITwin
    environment: dict[str, str]
    folder: Path
    http: httpx2.AsyncClient

    async def asked(self, bot: BotProcess, number: int) -> str:
        body = {"prompt": f"{number} paper boats", "user": f"person{number}"}
        answer = await self.http.post(f"{bot.address}/api/imagine", json=body)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["job_id"])

    async def job(self, bot: BotProcess, job_id: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.http.get(f"{bot.address}/api/jobs/{job_id}")).json()
        return found

    async def ends(self, bot: BotProcess, jobs: list[str], seconds: float = 60) -> list[str]:
        async with asyncio.timeout(seconds):
            while True:
                found = [(await self.job(bot, job))["state"] for job in jobs]
                if all(state in FINAL for state in found):
                    return found
                await asyncio.sleep(0.05)

    async def until(self, look: Callable[[], object], seconds: float = 45) -> None:
        async with asyncio.timeout(seconds):
            while not look():
                await asyncio.sleep(0.02)


@asynccontextmanager
async def house(folder: Path, database_url: str, **environment: str) -> AsyncIterator[House]:
    async with OpenAITwin() as openai, httpx2.AsyncClient(timeout=20) as http:
        given = {
            **openai.environment,
            "IMAGE_ROUTE": "openai:gpt-image-2",
            "DATABASE_URL": database_url,
            **environment,
        }
        yield House(openai, given, folder, http)


async def test_told_to_stop_with_twenty_jobs_at_work_it_loses_none(database_url: str, tmp_path: Path) -> None:
    """All twenty are being paid for; they end within the grace period, and the exit is a clean one."""
    async with house(tmp_path, database_url) as place:
        place.openai.images.always(Slow(3.0))
        async with BotProcess(place.environment, tmp_path) as bot:
            jobs = [await place.asked(bot, number) for number in range(20)]
            await place.until(lambda: len(place.openai.image_requests) == 20)
            assert place.openai.billed_images < 20, "some are still being made"
            assert await bot.stop() == 0
        async with BotProcess(place.environment, tmp_path) as bot:
            assert await place.ends(bot, jobs) == ["delivered"] * 20
        assert place.openai.billed_images == len(place.openai.image_requests) == 20


async def test_what_does_not_end_within_the_grace_period_is_handed_over(
    database_url: str, tmp_path: Path
) -> None:
    """Ten wait for the text model: the next process makes them. Ten are being paid for: told and given back."""
    async with house(tmp_path, database_url, SHUTDOWN_GRACE_SECONDS="0.2") as place:
        place.openai.images.always(Slow(30.0))
        async with BotProcess(place.environment, tmp_path) as bot:
            paying = [await place.asked(bot, number) for number in range(10)]
            await place.until(lambda: len(place.openai.image_requests) == 10)
            place.openai.sanitizer.always(Slow(30.0))
            read = len(place.openai.text_requests)
            reading = [await place.asked(bot, number) for number in range(10, 20)]
            await place.until(lambda: len(place.openai.text_requests) >= read + 10)
            assert await bot.stop() == 0
        place.openai.images.reset()
        place.openai.sanitizer.reset()
        async with BotProcess(place.environment, tmp_path) as bot:
            assert await place.ends(bot, paying + reading) == ["failed"] * 10 + ["delivered"] * 10
            assert "given back" in (await place.job(bot, paying[0]))["message"]
        assert len(place.openai.image_requests) == 20


async def test_a_store_that_is_not_up_yet_is_waited_for_before_anything_is_paid(
    database_url: str, s3: S3Server, tmp_path: Path
) -> None:
    async with S3FaultProxy(target=s3.endpoint_url) as proxy:
        environment = {
            **s3.environment,
            "S3_ENDPOINT_URL": proxy.endpoint_url,
        }
        proxy.script.always(ResetBeforeHeaders())
        async with (
            house(tmp_path, database_url, **environment) as place,
            BotProcess(place.environment, tmp_path) as bot,
        ):
            await bot.until_logged("store_not_ready")
            ready = await place.http.get(f"{bot.address}/readyz")
            job = await place.asked(bot, 1)
            tries = len(proxy.requests)
            await place.until(lambda: len(proxy.requests) > tries)
            assert place.openai.image_requests == []
            proxy.script.reset()

            assert await place.ends(bot, [job]) == ["delivered"]
    assert ready.status_code == 503
    assert ready.json()["store"]["ok"] is False

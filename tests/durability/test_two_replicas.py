"""Two real processes on one PostgreSQL and one object store, as behind a load balancer."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from bot.clock import SystemClock
from bot.domain.policy import Limits, Policy
from bot.store import open_store
from tests.support.process import BotProcess
from tests.twins.http_twin import Hang, Slow
from tests.twins.openai_twin import OpenAITwin
from tests.twins.postgres_server import PostgresServer
from tests.twins.s3_server import S3Server

pytestmark = [
    pytest.mark.long,
    pytest.mark.process,
    pytest.mark.postgres,
    pytest.mark.s3,
    pytest.mark.xdist_group("postgres"),
    pytest.mark.asyncio(loop_scope="module"),
]

SECRET = "a secret that both replicas share"
QUOTA = 2
FINAL = {"delivered", "refused", "failed", "deleted"}


@dataclass
class Pair:
    """Two replicas between one OpenAI and its people."""

    openai: OpenAITwin
    url: str
    folder: Path
    environment: dict[str, str]
    http: httpx2.AsyncClient
    bots: list[BotProcess] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)

    async def start(self, place: int) -> BotProcess:
        folder = self.folder / f"replica{place}"
        folder.mkdir(exist_ok=True)
        bot = BotProcess(self.environment, folder, log=self.logs)
        await bot.start()
        return bot

    async def ask(self, bot: BotProcess, user: str, prompt: str, key: str = "") -> httpx2.Response:
        body = {"prompt": prompt, "user": user, **({"id": key} if key else {})}
        return await self.http.post(f"{bot.address}/api/imagine", json=body)

    async def asked(self, bot: BotProcess, user: str, prompt: str) -> str:
        answer = await self.ask(bot, user, prompt)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["job_id"])

    async def ends(self, bot: BotProcess, jobs: Sequence[str], seconds: float = 60) -> list[dict[str, Any]]:
        """The jobs' ends, as that replica tells them."""
        async with asyncio.timeout(seconds):
            while True:
                found = [(await self.http.get(f"{bot.address}/api/jobs/{job}")).json() for job in jobs]
                if all(job.get("state") in FINAL for job in found):
                    return found
                await asyncio.sleep(0.05)

    async def until(self, look: Callable[[], object]) -> None:
        async with asyncio.timeout(45):
            while not look():
                await asyncio.sleep(0.02)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pair(
    postgres: PostgresServer, s3: S3Server, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Pair]:
    url = await postgres.fresh_database()
    folder = tmp_path_factory.mktemp("pair")
    store = await open_store(url, data_dir=folder, clock=SystemClock())
    rules = Policy(limits=Limits(per_user_hour=QUOTA, concurrent_per_user=0))
    await store.policies.save("playground", rules, actor="a test", reason="a test")
    await store.aclose()
    async with OpenAITwin() as openai, httpx2.AsyncClient(timeout=20) as http:
        environment = {
            **openai.environment,
            "IMAGE_ROUTE": "openai:gpt-image-2",
            "DATABASE_URL": url,
            "SECRET_KEY": SECRET,
            "MAX_JOBS": "4",
            **s3.environment,
        }
        made = Pair(openai, url, folder, environment, http)
        made.bots = [await made.start(0), await made.start(1)]
        yield made
        for bot in made.bots:
            assert await bot.stop() == 0
        print(*made.logs, sep="\n")


async def test_an_interaction_that_arrives_four_times_is_one_generation(pair: Pair) -> None:
    before = len(pair.openai.image_requests)
    answers = await asyncio.gather(
        *(pair.ask(pair.bots[n % 2], "ada", "a brass owl", "the-same") for n in range(4))
    )

    (job_id,) = {answer.json()["job_id"] for answer in answers}
    assert [job["state"] for job in await pair.ends(pair.bots[0], [job_id])] == ["delivered"]
    assert len(pair.openai.image_requests) == before + 1


async def test_a_button_works_on_any_replica_and_pressed_on_both_it_makes_one_child(pair: Pair) -> None:
    job_id = await pair.asked(pair.bots[0], "hal", "a copper kettle")
    await pair.ends(pair.bots[0], [job_id])
    before = len(pair.openai.image_requests)
    press = {"action": "upscale", "user": "hal"}
    answers = await asyncio.gather(
        *(pair.http.post(f"{bot.address}/api/jobs/{job_id}/actions", json=press) for bot in pair.bots * 2)
    )

    (child,) = {answer.json()["job_id"] for answer in answers}
    assert [job["state"] for job in await pair.ends(pair.bots[1], [child])] == ["delivered"]
    assert len(pair.openai.image_requests) == before + 1


async def test_eight_at_once_under_a_quota_of_two_are_two_paid_calls(pair: Pair) -> None:
    before = len(pair.openai.image_requests)
    answers = await asyncio.gather(*(pair.ask(pair.bots[n % 2], "bob", f"owl number {n}") for n in range(8)))
    taken = [answer.json()["job_id"] for answer in answers if answer.status_code == 202]
    ends = await pair.ends(pair.bots[1], taken)

    assert [job["state"] for job in ends] == ["delivered"] * QUOTA
    assert len(pair.openai.image_requests) == before + QUOTA
    refused = [answer.json()["error"] for answer in answers if answer.status_code != 202]
    assert [error["code"] for error in refused] == ["quota"] * 6
    assert all("Try again in about" in error["message"] for error in refused)


async def test_a_database_that_goes_away_under_load_loses_and_doubles_nothing(
    pair: Pair, postgres: PostgresServer
) -> None:
    """Eight are being paid for, four wait in the queue: those are not paid for before the database is back.

    A third replica that starts in the meantime waits for it as well.
    """
    before = len(pair.openai.image_requests)
    pair.openai.images.always(Slow(1.5))
    jobs = [await pair.asked(pair.bots[n % 2], f"person{n}", f"{n} paper boats") for n in range(12)]
    await pair.until(lambda: len(pair.openai.image_requests) == before + 8)
    served = pair.openai.billed_images
    postgres.kill()
    await pair.until(lambda: pair.openai.billed_images == served + 8)
    assert len(pair.openai.image_requests) == before + 8
    starting = asyncio.create_task(pair.start(2))
    await pair.until(lambda: "database_not_ready" in str(pair.logs))
    postgres.start()

    ends = await pair.ends(pair.bots[0], jobs, seconds=60)
    pair.openai.images.reset()

    assert Counter(job["state"] for job in ends) == {"delivered": 12}
    assert len(pair.openai.image_requests) == before + 12
    pair.bots.append(await starting)


async def test_replicas_that_are_told_to_stop_lose_nothing(pair: Pair) -> None:
    if len(pair.bots) < 3:
        pair.bots.append(await pair.start(2))
    before = len(pair.openai.image_requests)
    pair.openai.images.always(Slow(0.5))
    jobs = [await pair.asked(pair.bots[n % 2], f"person{n}", f"{n} kites") for n in range(20)]
    assert await asyncio.gather(*(pair.bots.pop(0).stop() for _ in range(2))) == [0, 0]

    ends = await pair.ends(pair.bots[0], jobs)
    pair.openai.images.reset()

    assert Counter(job["state"] for job in ends) == {"delivered": 20}
    assert len(pair.openai.image_requests) == before + 20


async def test_the_survivor_finishes_what_a_killed_one_has_begun(pair: Pair) -> None:
    """Only one replica is left from the test before, so that it is known who runs the two jobs."""
    doomed = pair.bots[0]
    pair.openai.sanitizer.queue(Hang(600))
    reading = await pair.asked(doomed, "cleo", "a lighthouse")
    await pair.until(lambda: not pair.openai.sanitizer.pending)
    before = len(pair.openai.image_requests)
    pair.openai.images.queue(Hang(600))
    paying = await pair.asked(doomed, "dora", "a windmill")
    await pair.until(lambda: len(pair.openai.image_requests) == before + 1)
    pair.bots[0] = survivor = await pair.start(3)
    await doomed.kill()
    killed = time.monotonic()

    ends = await pair.ends(survivor, [reading, paying])
    print(f"finished {time.monotonic() - killed:.2f} s after the kill")

    assert [job["state"] for job in ends] == ["delivered", "failed"]
    assert "given back" in ends[1]["message"]
    assert len(pair.openai.image_requests) == before + 2


async def test_in_the_end_all_books_are_settled(pair: Pair) -> None:
    store = await open_store(pair.url, data_dir=pair.folder, clock=SystemClock())
    try:
        assert await store.database.read("SELECT * FROM hold WHERE kind <> 'booked'") == []
        assert await store.database.read("SELECT * FROM budget WHERE held <> 0") == []
        assert await store.database.read("SELECT * FROM job WHERE state IN ('queued', 'running')") == []
    finally:
        await store.aclose()

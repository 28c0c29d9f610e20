"""The playground's routes on the whole core in this process: a store that is away, lost answers, who waits for what."""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from adapters.playground.adapter import PlaygroundAdapter
from adapters.playground.returned import until_told
from bot.adapter_api import AdapterContext
from bot.domain.errors import NoVerdict, StorageError
from bot.domain.jobs import Job, Stage
from bot.domain.requests import JobId
from bot.pipeline.recovered import Recoveries
from bot.ports import Progress
from bot.store.database import Statement
from bot.telemetry.metrics import Metrics
from bot.web.plane import Plane, listen, serving
from tests.support.looks import Looks
from tests.support.rig import FakeSanitizer, Rig
from tests.support.slack_room import FREE

PUBLIC = "https://images.example.org"


class Ledger:
    """The rig's own, which can be away: `fault` is what it raises then."""

    def __init__(self, jobs: Any) -> None:
        self._jobs = jobs
        self.fault: StorageError | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._jobs, name)

    async def get(self, job_id: JobId) -> Job | None:
        if self.fault is not None:
            raise self.fault
        found: Job | None = await self._jobs.get(job_id)
        return found


@dataclass
class House:
    rig: Rig
    ledger: Ledger
    adapter: PlaygroundAdapter
    api: httpx2.AsyncClient

    async def ended(self, prompt: str = "a brass owl", state: str = "delivered") -> str:
        answer = await self.api.post("/api/imagine", json={"prompt": prompt})
        assert answer.status_code == 202, answer.text
        job_id = str(answer.json()["job_id"])
        await self.rig.end_of(JobId(job_id))
        assert (await self.view(job_id))["state"] == state
        return job_id

    def read_words(self, *, works: bool) -> None:
        """Whether anybody can check the words of a request."""
        assert self.rig.moderator is not None
        self.rig.sanitizer.verdict = None if works else NoVerdict("outage")
        self.rig.moderator.text_down = not works

    async def view(self, job_id: str) -> dict[str, Any]:
        answer = await self.api.get(f"/api/jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def press(self, job_id: str, action: str) -> int:
        return (await self.api.post(f"/api/jobs/{job_id}/actions", json={"action": action})).status_code

    async def news(self, job_id: str) -> AsyncIterator[dict[str, Any]]:
        async with self.api.stream("GET", f"/api/jobs/{job_id}/events") as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data: "):
                    yield json.loads(line[6:])


async def readiness() -> dict[str, Any]:
    return {"ready": True}


@asynccontextmanager
async def opened(folder: Path, *, loopback: bool = True) -> AsyncIterator[House]:
    async with Rig(folder, policy=FREE) as rig:
        ledger = Ledger(rig.store.jobs)
        parts = dataclasses.replace(rig.parts, jobs=ledger)
        context = AdapterContext(
            studio=dataclasses.replace(rig.studio, parts=parts),
            images=rig.parts.images,
            policies=rig.store.policies,
            secrets=rig.store.secrets,
            telemetry=rig.observed,
            clock=rig.parts.clock,
            data_dir=folder,
            base_url="http://127.0.0.1" if loopback else PUBLIC,
            loopback=loopback,
            playground_token="open-sesame",
            offline=False,
            desk=rig.desk,
        )
        adapter = PlaygroundAdapter(context)
        rig.parts.adapters["playground"] = adapter  # type: ignore[index]
        listener = listen("127.0.0.1", 0)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with (
            serving(Plane(Metrics(), readiness, None, adapter.routes()).app(), listener),
            httpx2.AsyncClient(base_url=address, timeout=30) as api,
        ):
            yield House(rig, ledger, adapter, api)
            await adapter.aclose()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(tmp_path) as running:
        yield running


async def test_a_store_that_is_away_is_told_so_that_the_page_tries_again(house: House) -> None:
    """The page takes 503 for a lost connection: it goes on following its jobs as soon as there is an answer."""
    job_id = await house.ended()
    house.ledger.fault = StorageError("no connection")
    for path in (f"/api/jobs/{job_id}", f"/api/jobs/{job_id}/events"):
        answer = await house.api.get(path, headers={"accept-language": "de"})
        error = answer.json()["error"]

        assert (answer.status_code, error["code"]) == (503, "storage_away"), path
        assert "Bitte wiederhole ihn" in error["message"]
        assert "no connection" not in answer.text
    house.ledger.fault = None
    assert (await house.view(job_id))["state"] == "delivered"


async def test_a_store_that_goes_away_ends_the_events_and_breaks_nothing(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.read_words(works=False)
    job_id = await house.ended(state="failed")
    assert await house.press(job_id, "notify") == 202
    news = house.news(job_id)
    assert (await anext(news))["awaiting"] is True
    house.ledger.fault = StorageError("no connection")
    house.rig.parts.progress.publish(Progress(JobId(job_id), Stage.DONE))

    async with asyncio.timeout(30):
        assert [view async for view in news] == []
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_picture_is_deleted_once_and_may_be_asked_for_twice(house: House) -> None:
    """The first answer may have been lost on its way, or another tab was quicker."""
    job_id = await house.ended()

    assert await house.press(job_id, "delete") == await house.press(job_id, "delete") == 202
    assert (await house.view(job_id))["state"] == "deleted"
    assert await house.press(job_id, "vary") == 422
    assert await house.press("nothing", "delete") == 404


async def test_a_press_that_is_sent_again_much_later_is_the_same_child(house: House) -> None:
    """The answer was lost, and the page had no network until the child was long done: it is not paid for twice."""
    parent = await house.ended()
    path = f"/api/jobs/{parent}/actions"
    pressed = {"action": "vary", "id": "one press"}
    child = (await house.api.post(path, json=pressed)).json()["job_id"]
    await house.rig.end_of(JobId(child))
    row = "UPDATE job SET created_at = created_at - 60 WHERE job_id = :job_id"
    await house.rig.store.database.write_all(Statement(row, {"job_id": child}))

    assert (await house.api.post(path, json=pressed)).json() == {"job_id": child}
    other = (await house.api.post(path, json={**pressed, "id": "another press"})).json()["job_id"]
    assert other != child


async def test_every_bell_rings(house: House) -> None:
    """Each request of the page is waited for by itself; a second bell takes nothing from the first."""
    house.read_words(works=False)
    jobs = [await house.ended(words, "failed") for words in ("a brass owl", "a red fox")]
    for job_id in jobs:
        assert await house.press(job_id, "notify") == 202
    assert [(await house.view(job_id))["awaiting"] for job_id in jobs] == [True, True]
    house.read_words(works=True)

    assert await Recoveries(house.rig.parts).round() == 2
    told = [await house.view(job_id) for job_id in jobs]
    assert [view["awaiting"] for view in told] == [False, False]
    assert all("should work again now" in view["works_again"] for view in told)


async def test_what_this_process_tells_is_heard_without_asking_the_store_for_it(house: House) -> None:
    house.read_words(works=False)
    job_id = JobId(await house.ended(state="failed"))
    assert await house.press(job_id, "notify") == 202
    house.read_words(works=True)
    ledger = Looks(house.rig.store.jobs)
    parts = dataclasses.replace(house.rig.parts, jobs=ledger)
    heard = asyncio.ensure_future(anext(until_told(parts, job_id, every=3600.0)))
    async with asyncio.timeout(30):
        await ledger.looked.wait()
        await Recoveries(house.rig.parts).round()
        assert (await heard).job_id == job_id


async def test_a_page_that_waits_hears_what_another_process_told(house: House) -> None:
    house.read_words(works=False)
    job_id = JobId(await house.ended(state="failed"))
    assert await house.press(job_id, "notify") == 202
    ledger = Looks(house.rig.store.jobs)
    parts = dataclasses.replace(house.rig.parts, jobs=ledger)
    heard = asyncio.ensure_future(anext(until_told(parts, job_id, every=0.01)))
    async with asyncio.timeout(30):
        await ledger.looked.wait()
        await house.rig.store.jobs.amend_message(job_id, {"works_again": True})
        assert (await heard).job_id == job_id


async def test_a_process_that_leaves_lets_the_pages_go_that_wait(house: House) -> None:
    house.read_words(works=False)
    job_id = await house.ended(state="failed")
    assert await house.press(job_id, "notify") == 202
    news = house.news(job_id)
    assert (await anext(news))["awaiting"] is True
    await house.adapter.aclose()

    async with asyncio.timeout(30):
        assert [view async for view in news] == []


async def test_asking_only_for_the_head_of_the_events_keeps_no_connection_busy(house: House) -> None:
    house.read_words(works=False)
    job_id = await house.ended(state="failed")
    assert await house.press(job_id, "notify") == 202
    head = await house.api.head(f"/api/jobs/{job_id}/events")

    assert (head.status_code, head.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert (await house.view(job_id))["awaiting"] is True, "on the same connection"


@pytest.mark.parametrize(
    ("origin", "status"),
    [(PUBLIC, 202), ("http://images.example.org", 403), (f"{PUBLIC}.evil.example", 403), ("null", 403)],
)
async def test_the_public_address_counts_behind_a_proxy_that_replaces_the_host(
    tmp_path: Path, origin: str, status: int
) -> None:
    async with opened(tmp_path, loopback=False) as house:
        headers = {"authorization": "Bearer open-sesame", "origin": origin}
        answer = await house.api.post("/api/imagine", json={"prompt": "an owl"}, headers=headers)

        assert answer.status_code == status


@pytest.mark.parametrize(
    "host",
    [
        "a{b}.evil.example",
        'a"b.evil.example:80',
        "a@127.0.0.1",
        "evil.example:99999",
        "127.0.0.1#.evil",
        "[",
        "",
    ],
)
async def test_a_name_that_the_framework_cannot_read_is_not_this_machine(house: House, host: str) -> None:
    """A page of another site whose name points to this machine meanwhile sends that name, and is its own origin."""
    headers = {"host": host, "origin": f"http://{host}"}
    answer = await house.api.post("/api/imagine", json={"prompt": "an owl"}, headers=headers)

    assert answer.status_code == 421


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:8080"])
async def test_this_machine_has_several_names(house: House, host: str) -> None:
    assert (await house.api.get("/words", headers={"host": host})).status_code == 200


async def test_who_opens_it_by_a_strange_name_reads_what_to_set(house: House) -> None:
    answer = await house.api.get("/", headers={"host": "192.168.1.5:8080"})

    assert answer.status_code == 421
    assert "PUBLIC_BASE_URL" in answer.json()["error"]["message"]


async def test_sentences_and_page_are_in_the_same_language(house: House) -> None:
    """The first that there is, when the one that is wanted most is not there."""
    house.rig.sanitizer = FakeSanitizer()
    headers = {"accept-language": "nl-NL,nl;q=0.9,de;q=0.8,en;q=0.7"}
    words = (await house.api.get("/words", headers=headers)).json()
    refused = await house.api.post("/api/imagine", json={"prompt": ""}, headers=headers)

    assert words["language"] == "de"
    assert "zeichnen" in refused.json()["error"]["message"]

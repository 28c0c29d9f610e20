"""The FLUX.2 hosts, driven over HTTP the way each vendor documents it."""

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from PIL import Image

from tests.twins import pictures
from tests.twins.flux_host import SubmitPollTwin
from tests.twins.flux_modes import (
    Aborted,
    Canceled,
    ColdStart,
    CutDownload,
    ExpiredSample,
    Failed,
    ForeignPollingUrl,
    ForeignSample,
    Forever,
    HugeDownload,
    InvalidInput,
    ModeratedInput,
    ModeratedOutput,
    NoResult,
    NotYetThere,
    OutOfCredit,
    OutOfMemory,
    Overloaded,
    PollFails,
    Queued,
    RedirectDownload,
    RedirectPoll,
    RedirectSubmit,
    SlowDownload,
    TaskNotFound,
    TooMany,
    TruncatedDownload,
    UnknownStatus,
    UnsafeDownload,
    WrongContentType,
)
from tests.twins.flux_twins import BFLTwin, FalTwin, ReplicateTwin, RunPodTwin
from tests.twins.http_twin import Fault, Hang, ResetBeforeHeaders, ServerError

PROMPT = "a brass owl"


@dataclass
class Reply:
    status: int
    body: Any
    headers: Any

    @property
    def state(self) -> str:
        return str(self.body.get("status"))


class Client:
    """The least that a client of any host has to do; follows redirects on purpose, like a careless one."""

    def __init__(self, twin: SubmitPollTwin, session: aiohttp.ClientSession) -> None:
        self.twin = twin
        self.session = session

    @property
    def auth(self) -> dict[str, str]:
        key = self.twin.key
        if isinstance(self.twin, BFLTwin):
            return {"x-key": key}
        return {"Authorization": f"{'Key' if isinstance(self.twin, FalTwin) else 'Bearer'} {key}"}

    async def call(self, method: str, url: str, *, auth: bool = True, **options: Any) -> Reply:
        headers = (self.auth if auth else {}) | options.pop("headers", {})
        async with self.session.request(method, url, headers=headers, **options) as answer:
            raw = await answer.read()
            is_json = answer.content_type == "application/json"
            return Reply(answer.status, await answer.json() if is_json else raw, answer.headers)

    async def submit(self, body: dict[str, Any] | None = None, **options: Any) -> Reply:
        fields: dict[str, Any] = {"prompt": PROMPT} | (body or {})
        if isinstance(self.twin, FalTwin) and "width" in fields:
            fields["image_size"] = {"width": fields.pop("width"), "height": fields.pop("height")}
        paths: dict[type, tuple[str, Any]] = {
            BFLTwin: ("/v1/flux-2-pro", fields),
            ReplicateTwin: ("/v1/models/black-forest-labs/flux-2-pro/predictions", {"input": fields}),
            FalTwin: ("/fal-ai/flux-2-pro", fields),
            RunPodTwin: ("/v2/twin-endpoint/run", {"input": fields}),
        }
        path, sent = paths[type(self.twin)]
        return await self.call("POST", self.twin.base_url + path, json=sent, **options)

    def poll_url(self, submitted: Reply) -> str:
        body = submitted.body
        match self.twin:
            case BFLTwin():
                return str(body["polling_url"])
            case ReplicateTwin():
                return str(body["urls"]["get"])
            case FalTwin():
                return str(body["status_url"])
        return f"{self.twin.base_url}/v2/twin-endpoint/status/{body['id']}"

    async def finish(self, submitted: Reply) -> tuple[list[str], Reply]:
        """States seen, and the last answer (fal: that of the response address)."""
        states: list[str] = []
        for _ in range(20):
            reply = await self.call("GET", self.poll_url(submitted))
            if not isinstance(reply.body, dict):
                states.append(str(reply.status))
                continue
            states.append(reply.state)
            if reply.state not in ("Pending", "starting", "processing", "IN_QUEUE", "IN_PROGRESS"):
                break
        if isinstance(self.twin, FalTwin) and states[-1] == "COMPLETED":
            reply = await self.call("GET", submitted.body["response_url"])
        return states, reply

    def sample(self, reply: Reply) -> str:
        body = reply.body
        match self.twin:
            case BFLTwin():
                return str(body["result"]["sample"])
            case ReplicateTwin():
                return str(body["output"])
            case FalTwin():
                return str(body["images"][0]["url"])
        return str(body["output"]["image_url"])

    async def sample_of(self, mode: Fault) -> str:
        self.twin.script.queue(mode)
        _, reply = await self.finish(await self.submit())
        return self.sample(reply)

    async def cancel(self, submitted: Reply) -> Reply:
        match self.twin:
            case ReplicateTwin():
                return await self.call("POST", submitted.body["urls"]["cancel"])
            case FalTwin():
                return await self.call("PUT", submitted.body["cancel_url"])
        return await self.call("POST", self.poll_url(submitted).replace("/status/", "/cancel/"))


@pytest.fixture(params=[BFLTwin, ReplicateTwin, FalTwin, RunPodTwin], ids=lambda kind: kind.__name__)
async def client(request: pytest.FixtureRequest) -> AsyncIterator[Client]:
    timeout = aiohttp.ClientTimeout(total=5)
    async with request.param() as twin, aiohttp.ClientSession(timeout=timeout) as session:
        yield Client(twin, session)


@pytest.fixture
async def bfl() -> AsyncIterator[Client]:
    async with BFLTwin() as twin, aiohttp.ClientSession() as session:
        yield Client(twin, session)


async def test_a_picture_comes_from_the_cdn_without_the_key(client: Client) -> None:
    twin = client.twin
    _, reply = await client.finish(await client.submit({"width": 768, "height": 512}))

    downloaded = await client.call("GET", client.sample(reply), auth=False)

    image = Image.open(io.BytesIO(downloaded.body))
    image.load()
    assert image.size == (768, 512)
    assert twin.served_bytes(hashlib.sha256(downloaded.body).hexdigest()) == downloaded.body
    assert client.sample(reply).startswith(twin.cdn.origin)
    assert (twin.leaked_keys(), twin.billed_images, twin.prompts, twin.refused) == ([], 1, [PROMPT], [])


async def test_a_wrong_or_missing_key_is_refused(client: Client) -> None:
    missing = await client.submit(auth=False)
    client.twin.key, wrong = "another", client.auth
    asked = await client.submit(headers=wrong)

    assert missing.status in (401, 403)
    assert asked.status in (401, 403)
    assert client.twin.tasks == {}
    assert len(client.twin.refused) == 2


async def test_polls_need_the_key_too(client: Client) -> None:
    submitted = await client.submit()

    assert (await client.call("GET", client.poll_url(submitted), auth=False)).status in (401, 403)


@pytest.mark.parametrize(
    ("mode", "status"),
    [
        (OutOfCredit(), 402),
        (TooMany(retry_after=3), 429),
        (TooMany(retry_after=3, in_header=False, in_body=True), 429),
        (Overloaded(), 503),
        (InvalidInput(), 422),
        (ServerError(502, html=True), 502),
    ],
)
async def test_submit_errors(client: Client, mode: Fault, status: int) -> None:
    client.twin.script.queue(mode)

    reply = await client.submit()

    own = {(FalTwin, 402): 403, (RunPodTwin, 422): 400}
    assert reply.status == own.get((type(client.twin), status), status)
    if isinstance(mode, TooMany):
        said = reply.headers.get("Retry-After") if mode.in_header else reply.body["retry_after"]
        assert float(said) == 3
    assert client.twin.tasks == {}
    assert client.twin.refused == []


async def test_a_submit_that_breaks(client: Client) -> None:
    client.twin.script.queue(ResetBeforeHeaders(work_done=True), Hang(0.2))

    with pytest.raises(aiohttp.ClientError):
        await client.submit()
    assert client.twin.billed_images == 1
    with pytest.raises(TimeoutError):
        await client.submit(timeout=aiohttp.ClientTimeout(total=0.05))
    await client.twin.pause(0.5)
    assert client.twin.billed_images == 2


@pytest.mark.parametrize(
    ("mode", "ends"),
    [
        (ModeratedInput(), {"Request Moderated", "failed", "COMPLETED"}),
        (ModeratedOutput(), {"Content Moderated", "failed", "COMPLETED"}),
        (Failed(), {"Error", "failed", "COMPLETED", "FAILED"}),
        (OutOfMemory(), {"Error", "failed", "COMPLETED", "FAILED"}),
        (UnknownStatus(), {"Reticulating", "reticulating", "RETICULATING"}),
        (Canceled(), {"Error", "canceled", "COMPLETED", "CANCELLED"}),
        (Aborted(), {"Error", "aborted", "COMPLETED", "TIMED_OUT"}),
        (NoResult(), {"Ready", "succeeded", "COMPLETED"}),
    ],
)
async def test_ends(client: Client, mode: Fault, ends: set[str]) -> None:
    client.twin.script.queue(mode)

    states, _ = await client.finish(await client.submit())

    assert states[-1] in ends
    assert client.twin.script.pending == 0


async def test_a_forgotten_task(client: Client) -> None:
    client.twin.script.queue(TaskNotFound())

    states, reply = await client.finish(await client.submit())

    assert reply.status == 404 or states[-1] == "Task not found"


@pytest.mark.parametrize("mode", [Queued(4), ColdStart(4)])
async def test_long_waits(client: Client, mode: Fault) -> None:
    client.twin.script.queue(mode)

    states, _ = await client.finish(await client.submit())

    assert len(states) == 5
    if isinstance(mode, ColdStart) and not isinstance(client.twin, BFLTwin):
        assert set(states[:4]) <= {"starting", "IN_QUEUE"}


async def test_polls_that_fail_recover(client: Client) -> None:
    client.twin.script.queue(PollFails(times=2, status=502))

    states, reply = await client.finish(await client.submit())

    assert states[:2] == ["502", "502"]
    assert client.sample(reply)


async def test_cancel_is_recorded(client: Client) -> None:
    if isinstance(client.twin, BFLTwin):
        pytest.skip("BFL has no cancel call")
    client.twin.script.queue(Forever())
    submitted = await client.submit()

    await client.cancel(submitted)

    assert client.twin.cancelled == [next(iter(client.twin.tasks))]


async def test_downloads_that_fail(client: Client) -> None:
    async def fetch(mode: Fault) -> Reply:
        return await client.call("GET", await client.sample_of(mode), auth=False)

    assert (await fetch(ExpiredSample())).status == 403
    assert (await fetch(WrongContentType())).headers["Content-Type"].startswith("text/html")
    lying = await fetch(WrongContentType(lying=True))
    assert lying.headers["Content-Type"].startswith("image/")
    assert pictures.format_of(lying.body) is None
    assert len((await fetch(HugeDownload(3_000_000, announced=False))).body) == 3_000_000
    with pytest.raises(OSError, match=r"(?i)truncated|cannot|could not|broken|unpack"):
        Image.open(io.BytesIO((await fetch(TruncatedDownload())).body)).load()
    with pytest.raises(aiohttp.ClientError):
        await fetch(CutDownload())
    assert pictures.unsafe_category((await fetch(UnsafeDownload("self-harm"))).body) == "self-harm"
    sample = await client.sample_of(NotYetThere(2))
    assert [(await client.call("GET", sample, auth=False)).status for _ in range(3)] == [404, 404, 200]
    assert await client.sample_of(ForeignSample("http://10.0.0.1/x.png")) == "http://10.0.0.1/x.png"


async def test_a_slow_download_outlasts_a_short_deadline(client: Client) -> None:
    sample = await client.sample_of(SlowDownload(5))

    with pytest.raises(TimeoutError):
        await client.call("GET", sample, timeout=aiohttp.ClientTimeout(total=0.3))


async def test_keys_at_foreign_hosts_are_noticed(bfl: Client) -> None:
    """A careless client: redirects followed, the key sent to the CDN and to whatever address the body names."""
    twin = bfl.twin
    steps: list[Callable[[], Awaitable[Any]]] = []

    async def careless_download() -> None:
        await bfl.call("GET", await bfl.sample_of(RedirectDownload()))

    async def foreign_poll() -> None:
        twin.script.queue(ForeignPollingUrl())
        await bfl.call("GET", bfl.poll_url(await bfl.submit()))

    async def redirected_poll() -> None:
        twin.script.queue(RedirectPoll())
        await bfl.call("GET", bfl.poll_url(await bfl.submit()))

    async def redirected_submit() -> None:
        twin.script.queue(RedirectSubmit())
        await bfl.submit()

    steps += [careless_download, foreign_poll, redirected_poll, redirected_submit]
    for step in steps:
        before = len(twin.leaked_keys())
        await step()
        assert len(twin.leaked_keys()) > before, step.__name__


@pytest.mark.parametrize(
    "extra",
    [
        {"width": 1000},
        {"width": 4096, "height": 2048},
        {"safety_tolerance": 6},
        {"output_format": "gif"},
        {"transparent_bg": True},
        {"seed": None},
        {"aspect_ratio": "16:9"},
        {"prompt_upsampling": True},
        {"input_image_9": "aGk="},
        {"input_image": "http://inside/x.png"},
        {"prompt": ""},
    ],
)
async def test_bfl_refuses_what_it_does_not_know(bfl: Client, extra: dict[str, Any]) -> None:
    reply = await bfl.submit(extra)

    assert reply.status == 422
    assert len(bfl.twin.refused) == 1


async def test_bfl_takes_references_and_tells_the_cost(bfl: Client) -> None:
    reply = await bfl.submit({"width": 2048, "height": 1024, "input_image": "aGk=", "disable_pup": True})

    assert reply.status == 200
    assert reply.body["cost"] == pytest.approx(3 + 1.5 * (2048 * 1024 / 1e6 - 1) + 1.5, abs=1e-3)


async def test_bfl_has_24_slots(bfl: Client) -> None:
    bfl.twin.script.always(Forever())

    statuses = [reply.status for reply in await asyncio.gather(*(bfl.submit() for _ in range(26)))]

    assert sorted(statuses) == [200] * 24 + [429] * 2
    assert isinstance(bfl.twin, BFLTwin)
    assert bfl.twin.peak_active == 24


async def test_a_bfl_slot_is_free_after_the_end(bfl: Client) -> None:
    assert isinstance(bfl.twin, BFLTwin)
    bfl.twin.active_limit = 1
    first = await bfl.submit()
    assert (await bfl.submit()).status == 429
    await bfl.finish(first)

    assert (await bfl.submit()).status == 200


async def test_replicate_answers_in_the_same_call_on_request() -> None:
    async with ReplicateTwin() as twin, aiohttp.ClientSession() as session:
        client = Client(twin, session)

        done = await client.submit(headers={"Prefer": "wait=30"})
        twin.script.queue(Queued(9))
        waiting = await client.submit(headers={"Prefer": "wait=30"})

    assert (done.status, done.state) == (201, "succeeded")
    assert (waiting.status, waiting.state) == (202, "processing")


async def test_runpod_runs_synchronously_and_tells_its_health() -> None:
    async with RunPodTwin(output="base64") as twin, aiohttp.ClientSession() as session:
        client = Client(twin, session)
        url = f"{twin.base_url}/v2/twin-endpoint"

        done = await client.call("POST", f"{url}/runsync?wait=1000", json={"input": {"prompt": PROMPT}})
        bad = await client.call("POST", f"{url}/runsync?wait=1", json={"input": {"prompt": PROMPT}})
        health = await client.call("GET", f"{url}/health")

    assert done.state == "COMPLETED"
    assert len(done.body["output"]["images"]) == 1
    assert bad.status == 400
    assert health.body["workers"]["ready"] == 1


async def test_fal_names_its_refusals() -> None:
    async with FalTwin() as twin, aiohttp.ClientSession() as session:
        client = Client(twin, session)
        twin.script.queue(ModeratedInput(), ModeratedOutput(), Aborted())

        _, refused = await client.finish(await client.submit())
        _, flagged = await client.finish(await client.submit())
        _, aborted = await client.finish(await client.submit())

    assert (refused.status, refused.body["detail"][0]["type"]) == (422, "content_policy_violation")
    assert (flagged.status, flagged.body["has_nsfw_concepts"]) == (200, [True])
    assert (aborted.status, aborted.headers["X-Fal-Error-Type"]) == (504, "startup_timeout")

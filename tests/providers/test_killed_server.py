"""A provider dies in the middle of each phase: the job ends in a class of the table, within its deadline."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.domain.clock import Deadline
from bot.domain.errors import NotFetched, ProviderError, UnknownOutcome, Unreachable
from bot.domain.images import ImageTask, SafePrompt
from bot.domain.policy import Recovery
from bot.domain.requests import JobId, Quality
from bot.http import HttpClient, open_http
from bot.ports import ImageProvider
from bot.providers.circuit import Circuit
from bot.providers.dialects import OPENAI
from bot.providers.hosts import HOSTS
from bot.providers.openai_client import open_client
from bot.providers.openai_images import OpenAIImages
from bot.providers.profiles import FLUX_SELF_HOSTED, profile_of
from bot.providers.route import Route
from bot.providers.router import Router
from bot.providers.submit_poll import SubmitPoll
from tests.support.fakes import MemoryAttempts, Observed
from tests.support.stands import ENGINES
from tests.twins.flux_modes import Forever, SilentResult, SlowDownload
from tests.twins.flux_twins import TWINS, RunPodTwin
from tests.twins.http_twin import Hang, HttpTwin, ResetMidBody
from tests.twins.openai_modes import StreamHangAfterPartial
from tests.twins.openai_twin import API_KEY, OpenAITwin
from tests.twins.self_hosted_twins import SERVED_MODEL

CLOCK = SystemClock()
TASK = ImageTask(SafePrompt("an owl"), 256, 256, quality=Quality.LOW, safety_identifier="x")
SECONDS = 2.5
LONGER_THAN_ANY_END = 20.0


@dataclass(frozen=True)
class Phase:
    """Where the server dies, and how the attempt has to end."""

    name: str
    kinds: tuple[type[ProviderError], ...]
    billed: str

    def __str__(self) -> str:
        return self.name


CONNECT = Phase("connect", (Unreachable,), "no")
HEADERS = Phase("headers", (UnknownOutcome,), "maybe")
BODY = Phase("body", (UnknownOutcome,), "maybe")
POLL = Phase("poll", (NotFetched,), "maybe")
RESULT = Phase("result", (NotFetched,), "maybe")
DOWNLOAD = Phase("download", (NotFetched,), "maybe")
PREVIEW = Phase("preview", (UnknownOutcome,), "maybe")


async def kill(twin: HttpTwin) -> None:
    """Close the port and drop all connections, as a process does that is killed."""
    runner = twin._runner
    assert runner is not None
    assert runner.server is not None
    for site in list(runner.sites):
        await site.stop()
    for connection in list(runner.server.connections):
        if connection.transport is not None:
            connection.transport.abort()


async def until(seen: Callable[[], bool]) -> None:
    while not seen():
        await asyncio.sleep(0.01)


async def end_of(
    provider: ImageProvider,
    dies: Callable[[], Awaitable[None]],
    task: ImageTask = TASK,
    seen: list[Any] | None = None,
) -> tuple[ProviderError, MemoryAttempts]:
    """The fault of a job whose provider is killed by `dies`, and the ledger; `seen` gets its previews."""
    attempts = MemoryAttempts()
    router = Router([Route(provider, Circuit(CLOCK.now), asyncio.Semaphore(4))], attempts, CLOCK, Observed())
    killer = asyncio.ensure_future(dies())
    with pytest.raises(ProviderError) as caught:
        await asyncio.wait_for(_drain(router, task, seen), LONGER_THAN_ANY_END)
    await asyncio.wait_for(killer, LONGER_THAN_ANY_END)
    return caught.value, attempts


async def _drain(router: Router, task: ImageTask, seen: list[Any] | None) -> None:
    events = router.generate(JobId("job"), task, Deadline(CLOCK.now() + SECONDS), Recovery())
    async with contextlib.aclosing(events):
        async for event in events:
            if seen is not None:
                seen.append(event)


def check(phase: Phase, fault: ProviderError, attempts: MemoryAttempts) -> None:
    assert isinstance(fault, phase.kinds)
    assert fault.maybe_billed is (phase.billed == "maybe")
    assert {row.billed for row in attempts.rows.values()} == {phase.billed}


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async with open_http(seconds=10) as client:
        yield client


@pytest.mark.parametrize("phase", [CONNECT, HEADERS, BODY], ids=str)
async def test_an_images_server_dies(phase: Phase) -> None:
    async with OpenAITwin() as twin:
        client = await open_client(SecretStr(API_KEY), twin.base_url)
        provider = OpenAIImages("openai", "gpt-image-2", profile_of("gpt-image-2"), OPENAI, client, CLOCK)
        twin.images.always(ResetMidBody() if phase is BODY else Hang(30))
        if phase is CONNECT:
            await kill(twin)

        async def dies() -> None:
            if phase is not CONNECT:
                await until(lambda: bool(twin.requests))
            if phase is HEADERS:
                await kill(twin)

        fault, attempts = await end_of(provider, dies)

        check(phase, fault, attempts)
        assert len(twin.image_requests) == (phase is not CONNECT)
        await provider.aclose()


@pytest.mark.parametrize("phase", [CONNECT, HEADERS, BODY], ids=str)
@pytest.mark.parametrize("engine", list(ENGINES))
async def test_a_server_of_our_own_dies(engine: str, phase: Phase) -> None:
    kind, dialect = ENGINES[engine]
    async with kind() as twin, open_http(seconds=10) as http:
        client = await open_client(None, twin.base_url)
        profile = FLUX_SELF_HOSTED if dialect.self_hosted else profile_of(SERVED_MODEL)
        provider = OpenAIImages(engine, SERVED_MODEL, profile, dialect, client, CLOCK, http)
        twin.script.always(ResetMidBody() if phase is BODY else Hang(30))
        if phase is CONNECT:
            await kill(twin)

        async def dies() -> None:
            if phase is HEADERS:
                await until(lambda: bool(twin.sent_to("/generations")))
                await kill(twin)

        fault, attempts = await end_of(provider, dies)

        # A server of our own bills nothing, whatever becomes of the picture.
        check(replace(phase, billed="no") if dialect.self_hosted else phase, fault, attempts)
        assert len(twin.sent_to("/generations")) == (phase is not CONNECT)
        await provider.aclose()


async def test_an_images_server_dies_after_a_preview() -> None:
    async with OpenAITwin() as twin:
        client = await open_client(SecretStr(API_KEY), twin.base_url)
        provider = OpenAIImages("openai", "gpt-image-2", profile_of("gpt-image-2"), OPENAI, client, CLOCK)
        twin.images.always(StreamHangAfterPartial(30))
        seen: list[Any] = []

        async def dies() -> None:
            await until(lambda: bool(seen))
            await kill(twin)

        task = replace(TASK, width=1024, height=1024, partials=1)
        fault, attempts = await end_of(provider, dies, task, seen)

        check(PREVIEW, fault, attempts)
        assert len(twin.image_requests) == 1
        await provider.aclose()


@pytest.mark.long
@pytest.mark.parametrize(
    ("host", "phase"),
    [
        (host, phase)
        for host in TWINS
        for phase in (CONNECT, HEADERS, BODY, POLL, RESULT, DOWNLOAD)
        if phase is not RESULT or HOSTS[host].result
    ],
    ids=str,
)
async def test_a_submit_and_poll_host_dies(host: str, phase: Phase, http: HttpClient) -> None:
    made: Any = TWINS[host]
    async with made(output="url") if made is RunPodTwin else made() as twin:
        provider = SubmitPoll(
            HOSTS[host],
            model="flux-2-pro",
            profile=profile_of("flux-2-pro"),
            key=SecretStr(twin.key),
            base_url=twin.base_url,
            http=http,
            clock=CLOCK,
            endpoint=twin.endpoint if isinstance(twin, RunPodTwin) else None,
        )
        twin.script.always(
            {
                HEADERS: Hang(30),
                BODY: ResetMidBody(),
                RESULT: SilentResult(30),
                DOWNLOAD: SlowDownload(30),
            }.get(phase, Forever())
        )
        if phase is CONNECT:
            await kill(twin)

        async def dies() -> None:
            if phase is HEADERS:
                await until(lambda: bool(twin.requests))
                await kill(twin)
            elif phase is POLL:
                await until(lambda: any(task.polls for task in twin.tasks.values()))
                await kill(twin)
            elif phase is RESULT:
                await until(
                    lambda: any(r.path.endswith(tuple(twin.tasks)) for r in twin.requests if twin.tasks)
                )
                await kill(twin)
            elif phase is DOWNLOAD:
                await until(lambda: any(task.downloads for task in twin.tasks.values()))
                await kill(twin.cdn)

        fault, attempts = await end_of(provider, dies)

        check(phase, fault, attempts)
        assert len(twin.tasks) <= 1
        assert twin.leaked_keys() == []

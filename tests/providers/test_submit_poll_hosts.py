"""Every host through the engine, against its twin on loopback."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.domain import errors
from bot.domain.clock import Deadline
from bot.domain.images import (
    ImageTask,
    MediaType,
    Produced,
    ProviderRefusal,
    ReferenceImage,
    RefusalStage,
    SafePrompt,
)
from bot.domain.money import MicroUSD
from bot.domain.profile import ModelProfile, QualityTier, SizeRule
from bot.domain.requests import Quality, ReferenceRole
from bot.http import open_http
from bot.providers.hosts import HOSTS
from bot.providers.submit_poll import SubmitPoll
from tests.twins import flux_modes as m
from tests.twins.flux_host import SubmitPollTwin
from tests.twins.flux_twins import TWINS, BFLTwin, RunPodTwin
from tests.twins.http_twin import (
    Answer,
    CutBody,
    EmptyBody,
    Fault,
    HtmlOk,
    ResetBeforeHeaders,
    ServerError,
)
from tests.twins.pictures import make_picture

PROFILE = ModelProfile(
    family="flux.2",
    sizes=SizeRule(min_pixels=256 * 256, max_pixels=1024 * 1024),
    qualities={Quality.AUTO: QualityTier(MicroUSD(30_000), 60.0)},
    max_references=4,
    roles=frozenset({ReferenceRole.EDIT}),
    seed=True,
)
TASK = ImageTask(prompt=SafePrompt("a brass owl"), width=256, height=256, seed=7)
EVERY_HOST = tuple(TWINS)
CAN_CANCEL = ("replicate", "fal", "runpod")


class Brisk(SystemClock):
    """Real time, in which nobody waits longer than a moment."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(min(seconds, 0.005))


@pytest.fixture(params=EVERY_HOST)
async def twin(request: pytest.FixtureRequest) -> AsyncIterator[SubmitPollTwin]:
    async with TWINS[request.param]() as twin:
        yield twin


def host_of(twin: SubmitPollTwin) -> str:
    return next(name for name, kind in TWINS.items() if isinstance(twin, kind))


def provider(twin: SubmitPollTwin, http: Any, **changes: Any) -> SubmitPoll:
    values: dict[str, Any] = {
        "model": "flux-2-pro",
        "profile": PROFILE,
        "key": SecretStr(twin.key),
        "base_url": twin.base_url,
        "http": http,
        "clock": Brisk(),
        "endpoint": twin.endpoint if isinstance(twin, RunPodTwin) else None,
    }
    return SubmitPoll(HOSTS[host_of(twin)], **{**values, **changes})


async def run(
    twin: SubmitPollTwin,
    mode: Fault | None = None,
    *,
    task: ImageTask = TASK,
    seconds: float = 20.0,
    **changes: Any,
) -> Produced | ProviderRefusal:
    if mode is not None:
        twin.script.queue(mode)
    async with open_http(seconds=10) as http:
        made = provider(twin, http, **changes)
        stream = made.generate(task, Deadline(SystemClock().now() + seconds))
        async with aclosing(stream):
            ends = [event async for event in stream]
    assert len(ends) == 1
    assert isinstance(ends[0], Produced | ProviderRefusal)
    assert twin.leaked_keys() == []
    return ends[0]


async def fault(twin: SubmitPollTwin, mode: Fault | None = None, **changes: Any) -> errors.ProviderError:
    with pytest.raises(errors.ProviderError) as caught:
        await run(twin, mode, **changes)
    assert twin.leaked_keys() == []
    assert len([r for r in twin.requests if r.method == "POST" and "cancel" not in r.path]) <= 1
    assert (caught.value.provider, caught.value.model) == (host_of(twin), "flux-2-pro")
    return caught.value


async def test_a_picture_arrives_untouched(twin: SubmitPollTwin) -> None:
    made = await run(twin)

    assert isinstance(made, Produced)
    (task,) = twin.tasks.values()
    assert made.images[0].data == task.data
    assert made.request_id == task.id
    assert made.images[0].media_type is MediaType.PNG or isinstance(twin, RunPodTwin)
    assert twin.refused == []
    assert task.input["prompt"] == "a brass owl"
    assert made.cost == MicroUSD(30_000)
    assert made.seed in {7, None}


@pytest.mark.parametrize(("name", "strictest"), [("bfl", 0), ("replicate", 1)])
async def test_a_strict_community_gets_the_hosts_strictest_filter(name: str, strictest: int) -> None:
    async with TWINS[name]() as twin:
        await run(twin)
        await run(twin, task=dataclasses.replace(TASK, strict=True))

        assert [task.input.get("safety_tolerance") for task in twin.tasks.values()] == [None, strictest]
        assert twin.refused == []


async def test_bfl_tells_its_price() -> None:
    async with BFLTwin() as twin:
        made = await run(twin, model="flux-2-max", task=replace(TASK, width=1024, height=1024))

    assert isinstance(made, Produced)
    (task,) = twin.tasks.values()
    assert made.cost == MicroUSD(round((7 + 3 * (1024 * 1024 / 1e6 - 1)) * 10_000))
    assert (task.width, task.height) == (1024, 1024)
    assert made.seed == 7


async def test_an_unknown_price_stays_unknown() -> None:
    async with TWINS["replicate"]() as twin:
        made = await run(twin, profile=ModelProfile("flux.2"))

    assert isinstance(made, Produced)
    assert made.cost is None


async def test_references_go_along(twin: SubmitPollTwin) -> None:
    png = make_picture(64, 64, marker="reference")
    references = (ReferenceImage(png, MediaType.PNG, ReferenceRole.EDIT),) * 2

    assert isinstance(await run(twin, task=replace(TASK, references=references)), Produced)

    (task,) = twin.tasks.values()
    sent = str(task.input)
    assert sent.count("iVBORw0KGgo") == 2
    assert twin.refused == []


@pytest.mark.parametrize("shape", ["url", "base64", "list"])
async def test_runpod_workers_answer_in_several_shapes(shape: Any) -> None:
    async with RunPodTwin(output=shape) as twin:
        made = await run(twin)

    assert isinstance(made, Produced)
    assert made.images[0].data == next(iter(twin.tasks.values())).data


@pytest.mark.parametrize(
    "mode",
    [
        m.Queued(4),
        m.ColdStart(4),
        m.PollFails(3, 502),
        m.PollFails(2, 0),
        m.NotYetThere(3),
        m.MislabelledDownload(),
        m.CutDownload(2),
        m.RedirectDownload(),
    ],
    ids=lambda mode: type(mode).__name__,
)
async def test_free_calls_are_repeated(twin: SubmitPollTwin, mode: Fault) -> None:
    assert isinstance(await run(twin, mode), Produced)
    assert len(twin.tasks) == 1


async def test_refused_words(twin: SubmitPollTwin) -> None:
    refusal = await run(twin, m.ModeratedInput(("Sexual Content",)))

    assert isinstance(refusal, ProviderRefusal)
    stage, billed = (
        (RefusalStage.UNKNOWN, True) if host_of(twin) == "replicate" else (RefusalStage.INPUT, False)
    )
    assert (refusal.stage, refusal.maybe_billed) == (stage, billed)
    assert refusal.categories == (("sexual content",) if host_of(twin) in {"bfl", "runpod"} else ())
    assert refusal.request_id in twin.tasks


async def test_refused_pictures(twin: SubmitPollTwin) -> None:
    refusal = await run(twin, m.ModeratedOutput(("Violence",)))

    assert isinstance(refusal, ProviderRefusal)
    assert refusal.stage is (RefusalStage.UNKNOWN if host_of(twin) == "replicate" else RefusalStage.OUTPUT)
    assert refusal.maybe_billed
    assert twin.cancelled == []


NO_BILL = [
    (m.OutOfCredit(), errors.Exhausted),
    (m.InvalidInput(), errors.Rejected),
    (m.RedirectSubmit(), errors.Misconfigured),
    (m.TooMany(), errors.Throttled),
    (Answer(status=404, body={"detail": "Not Found"}), errors.Misconfigured),
]
MAYBE_BILLED = [
    (HtmlOk(), errors.ProviderFailed),
    (EmptyBody(), errors.ProviderFailed),
    (ResetBeforeHeaders(), errors.UnknownOutcome),
    (CutBody(), errors.UnknownOutcome),
    (Answer(status=409, body={"detail": "Conflict"}), errors.ProviderFailed),
    (m.Failed(), errors.ProviderFailed),
    (m.UnknownStatus(), errors.ProviderFailed),
    (m.TaskNotFound(), errors.ProviderFailed),
    (m.NoResult(), errors.ProviderFailed),
    (m.ExpiredSample(), errors.NotFetched),
    (m.WrongContentType(lying=True), errors.ProviderFailed),
    (m.HugeDownload(80 * 1024 * 1024), errors.ProviderFailed),
    (m.ForeignSample(), errors.ProviderFailed),
    (m.RedirectDownload("https://example.org/x.png"), errors.ProviderFailed),
]


def name_of(value: Any) -> str:
    return value.__name__ if isinstance(value, type) else type(value).__name__


@pytest.mark.parametrize(("mode", "kind"), NO_BILL, ids=name_of)
async def test_a_rejected_request_costs_nothing(
    twin: SubmitPollTwin, mode: Fault, kind: type[errors.ProviderError]
) -> None:
    problem = await fault(twin, mode)

    assert type(problem) is kind
    assert not problem.maybe_billed
    assert twin.elsewhere.requests == []


@pytest.mark.parametrize(("mode", "kind"), MAYBE_BILLED, ids=name_of)
async def test_what_may_have_been_paid_is_said_so(
    twin: SubmitPollTwin, mode: Fault, kind: type[errors.ProviderError]
) -> None:
    problem = await fault(twin, mode)

    assert type(problem) is kind
    unpaid = host_of(twin) == "fal" and isinstance(mode, m.Failed)
    assert problem.maybe_billed is not unpaid
    assert "worker" not in str(problem)
    assert TASK.prompt not in str(problem)


@pytest.mark.parametrize("mode", [m.Overloaded(), ServerError(500), ServerError(502, html=True)], ids=name_of)
async def test_server_errors_of_the_paid_call(twin: SubmitPollTwin, mode: Fault) -> None:
    problem = await fault(twin, mode)

    unpaid = host_of(twin) == "fal" or (host_of(twin) == "bfl" and isinstance(mode, m.Overloaded))
    assert problem.maybe_billed is not unpaid
    assert type(problem) is (errors.QueueFull if isinstance(mode, m.Overloaded) else errors.ProviderFailed)


@pytest.mark.parametrize(
    ("mode", "seconds"),
    [
        (m.TooMany(2.5), 2.5),
        (m.TooMany(3.0, in_header=False, in_body=True), 3.0),
        (m.TooMany(None), None),
    ],
)
async def test_the_wait_is_read_from_header_or_body(
    twin: SubmitPollTwin, mode: Fault, seconds: float | None
) -> None:
    problem = await fault(twin, mode)

    assert isinstance(problem, errors.Throttled)
    assert problem.retry_after == seconds


async def test_full_memory(twin: SubmitPollTwin) -> None:
    problem = await fault(twin, m.OutOfMemory())

    # The makers' own host does not tell why it failed.
    assert isinstance(problem, errors.OutOfMemory) == (host_of(twin) != "bfl")
    assert isinstance(problem, errors.ProviderFailed)


async def test_given_up_before_it_started() -> None:
    for name in ("replicate", "fal"):
        async with TWINS[name]() as twin:
            problem = await fault(twin, m.Aborted())

        assert isinstance(problem, errors.ColdStart)
        assert not problem.maybe_billed


async def test_an_expired_run_may_be_billed() -> None:
    async with RunPodTwin(endpoint="twin-endpoint") as twin:
        problem = await fault(twin, m.Aborted())

    assert type(problem) is errors.ProviderFailed
    assert problem.maybe_billed


async def test_a_wrong_key_is_ours(twin: SubmitPollTwin) -> None:
    problem = await fault(twin, key=SecretStr("wrong"))

    assert type(problem) is errors.Misconfigured
    assert not problem.maybe_billed


async def test_nobody_listens(twin: SubmitPollTwin) -> None:
    await twin.stop()
    problem = await fault(twin)
    await twin.start()

    assert type(problem) is errors.Unreachable
    assert not problem.maybe_billed


@pytest.mark.parametrize("mode", [m.ForeignPollingUrl(), m.RedirectPoll()], ids=name_of)
async def test_the_key_stays_at_home(twin: SubmitPollTwin, mode: Fault) -> None:
    if host_of(twin) == "runpod" and isinstance(mode, m.ForeignPollingUrl):
        assert isinstance(await run(twin, mode), Produced)
    else:
        problem = await fault(twin, mode)
        assert isinstance(problem, errors.ProviderFailed)
        assert problem.maybe_billed
    assert twin.elsewhere.requests == []


async def test_the_deadline_cancels(twin: SubmitPollTwin) -> None:
    problem = await fault(twin, m.Forever(), seconds=0.5)

    assert type(problem) is errors.UnknownOutcome
    assert problem.maybe_billed
    assert len(twin.cancelled) == (host_of(twin) in CAN_CANCEL)


async def test_what_never_began_and_was_taken_back_is_not_billed() -> None:
    for name, kind in (
        ("replicate", errors.ColdStart),
        ("runpod", errors.ColdStart),
        ("fal", errors.QueueFull),
    ):
        async with TWINS[name]() as twin:
            problem = await fault(twin, m.ColdStart(100_000), seconds=0.5)

        assert type(problem) is kind
        assert not problem.maybe_billed
        assert len(twin.cancelled) == 1


async def test_a_slow_download_ends_with_the_deadline(twin: SubmitPollTwin) -> None:
    problem = await fault(twin, m.SlowDownload(30), seconds=1.0)

    assert problem.maybe_billed
    assert twin.cancelled == []


async def test_leaving_cancels(twin: SubmitPollTwin) -> None:
    twin.script.queue(m.Forever())
    working = asyncio.create_task(run(twin))
    while not any(task.polls > 2 for task in twin.tasks.values()):
        await asyncio.sleep(0.01)

    working.cancel()

    with pytest.raises(asyncio.CancelledError):
        await working
    assert len(twin.cancelled) == (host_of(twin) in CAN_CANCEL)
    assert twin.leaked_keys() == []


async def test_a_dead_host_holds_nobody_back(twin: SubmitPollTwin) -> None:
    twin.script.queue(m.Forever())
    working = asyncio.create_task(run(twin))
    while not any(task.polls > 2 for task in twin.tasks.values()):
        await asyncio.sleep(0.01)
    await twin.stop()

    working.cancel()

    with pytest.raises(asyncio.CancelledError):
        await working
    await twin.start()


async def test_no_time_means_no_request(twin: SubmitPollTwin) -> None:
    assert not (await fault(twin, seconds=-1.0)).maybe_billed
    assert twin.requests == []


async def test_probe(twin: SubmitPollTwin) -> None:
    tells = host_of(twin) in {"bfl", "runpod"}
    async with open_http(seconds=5) as http:
        assert (await provider(twin, http).probe()).ok
        assert (await provider(twin, http, key=SecretStr("wrong")).probe()).ok is not tells
        await twin.stop()
        assert (await provider(twin, http).probe()).ok is not tells
    await twin.start()


@pytest.mark.parametrize("address", ["http://api.bfl.ai", "ftp://127.0.0.1", "api.bfl.ai", "", "http://[::1"])
async def test_a_base_url_has_to_be_safe(address: str) -> None:
    async with BFLTwin() as twin, open_http(seconds=5) as http:
        with pytest.raises(errors.ConfigurationError):
            provider(twin, http, base_url=address)

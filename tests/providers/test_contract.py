"""What holds for every provider, whatever its API: one suite over OpenAI, self-hosted engines and each host's spec.

`ENDS` names what a server can do; `CLASSES` says how the attempt has to end, and `EXCEPTIONS` where a host's own
wire tells more or less than the others'.
"""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.domain import errors as e
from bot.domain.images import (
    ImageTask,
    MediaType,
    Produced,
    ProviderRefusal,
    ReferenceImage,
    RefusalStage,
    SafePrompt,
)
from bot.domain.requests import Quality, ReferenceRole
from bot.images.inspect import inspect_bytes
from bot.providers.decisions import decide
from tests.support.stands import ENDS, Stand, open_stand
from tests.twins.http_twin import Hang, Normal
from tests.twins.pictures import make_picture

PROMPT = SafePrompt("a brass owl on a lighthouse")
TASK = ImageTask(PROMPT, 256, 256, quality=Quality.LOW, safety_identifier="a-stable-hash")
EVERYBODY = tuple(ENDS)
SHORT = 1.0
"""Seconds for ends that only the deadline brings."""

NO, MAYBE = False, True
REFUSAL = ProviderRefusal

# fmt: off
CLASSES: dict[str, tuple[type, bool]] = {
    # what the server does         how the attempt ends, and whether it may be billed
    "refused words":               (REFUSAL, NO),
    "refused by an older word":    (REFUSAL, NO),
    "refused picture":             (REFUSAL, MAYBE),
    "throttled":                   (e.Throttled, NO),
    "throttled in the body":       (e.Throttled, NO),
    "out of money":                (e.Exhausted, NO),
    "spending limit":              (e.Exhausted, NO),
    "key not taken":               (e.Misconfigured, NO),
    "account not verified":        (e.Misconfigured, NO),
    "redirect":                    (e.Misconfigured, NO),
    "request not taken":           (e.Rejected, NO),
    "server error":                (e.ProviderFailed, MAYBE),
    "gateway page":                (e.ProviderFailed, MAYBE),
    "page for an answer":          (e.ProviderFailed, MAYBE),
    "empty answer":                (e.ProviderFailed, MAYBE),
    "no picture":                  (e.ProviderFailed, MAYBE),
    "null for a picture":          (e.ProviderFailed, MAYBE),
    "broken base64":               (e.ProviderFailed, MAYBE),
    "page for a picture":          (e.ProviderFailed, MAYBE),
    "task failed":                 (e.ProviderFailed, MAYBE),
    "unknown status":              (e.ProviderFailed, MAYBE),
    "task forgotten":              (e.ProviderFailed, MAYBE),
    "cancelled by others":         (e.ProviderFailed, MAYBE),
    "download too large":          (e.ProviderFailed, MAYBE),
    "download elsewhere":          (e.ProviderFailed, MAYBE),
    "poll redirected":             (e.ProviderFailed, MAYBE),
    "queue full":                  (e.QueueFull, MAYBE),
    "memory full":                 (e.OutOfMemory, MAYBE),
    "given up before it began":    (e.ColdStart, NO),
    "cut answer":                  (e.UnknownOutcome, MAYBE),
    "reset in the answer":         (e.UnknownOutcome, MAYBE),
    "reset before the answer":     (e.UnknownOutcome, MAYBE),
    "silence":                     (e.UnknownOutcome, MAYBE),
    "never ends":                  (e.UnknownOutcome, MAYBE),
    "download forbidden":          (e.NotFetched, MAYBE),
    "download cut":                (e.NotFetched, MAYBE),
    "download slow":               (e.NotFetched, MAYBE),
}
EXCEPTIONS: dict[tuple[str, str], tuple[type, bool]] = {
    # BFL: busy is told before a task exists, and "Error" is all it says of its own troubles
    ("bfl", "queue full"):                     (e.QueueFull, NO),
    ("bfl", "memory full"):                    (e.ProviderFailed, MAYBE),
    ("bfl", "given up before it began"):       (e.ProviderFailed, MAYBE),
    # Replicate tells no stage
    ("replicate", "refused words"):            (REFUSAL, MAYBE),
    # fal bills no server error
    ("fal", "server error"):                   (e.ProviderFailed, NO),
    ("fal", "gateway page"):                   (e.ProviderFailed, NO),
    ("fal", "queue full"):                     (e.QueueFull, NO),
    ("fal", "task failed"):                    (e.ProviderFailed, NO),
    ("fal", "memory full"):                    (e.OutOfMemory, NO),
    # RunPod's time limit may have struck in the middle
    ("runpod", "given up before it began"):    (e.ProviderFailed, MAYBE),
    # an engine says so before it begins
    ("compatible", "queue full"):              (e.QueueFull, NO),
    ("compatible", "memory full"):             (e.OutOfMemory, NO),
}
# fmt: on
OURS = frozenset({"vllm-omni", "sglang"})
"""Servers of our own: nothing is billed a picture."""
CASES = [(name, end) for name, ends in ENDS.items() for end in ends]


def expected(name: str, end: str) -> tuple[type, bool]:
    kind, billed = EXCEPTIONS.get((name, end), CLASSES[end])
    return kind, billed and name not in OURS


async def end_of(stand: Stand, task: ImageTask = TASK, seconds: float = 20.0) -> Any:
    """The last event, or the fault."""
    try:
        return (await stand.run(task, seconds))[-1]
    except e.ProviderError as fault:
        return fault


@pytest.fixture(params=EVERYBODY)
async def stand(request: pytest.FixtureRequest) -> AsyncIterator[Stand]:
    async with open_stand(request.param) as stand:
        yield stand


async def test_a_picture_arrives_whole_and_is_written_down(stand: Stand) -> None:
    end = await end_of(stand)

    assert isinstance(end, Produced)
    assert (end.provider, end.model) == (stand.name, stand.provider.model)
    assert [(await inspect_bytes(image.data)).data for image in end.images] == [end.images[0].data]
    assert stand.paid_calls == 1
    assert stand.attempts.told == [(stand.name, "ok", "yes")]
    assert (end.cost == 0) is (stand.name in OURS)
    assert stand.strays == []


async def test_references_go_along_as_bytes(stand: Stand) -> None:
    picture = ReferenceImage(make_picture(64, 64, marker="reference"), MediaType.PNG, ReferenceRole.SUBJECT)

    end = await end_of(stand, dataclasses.replace(TASK, references=(picture, picture)))

    assert isinstance(end, Produced)
    assert stand.paid_calls == 1
    assert getattr(stand.twin, "fetched_urls", []) == []
    assert stand.twin.refused == []


async def test_several_pictures_are_as_many(stand: Stand) -> None:
    end = await end_of(stand, dataclasses.replace(TASK, count=2))

    assert isinstance(end, Produced)
    assert len(end.images) == 2
    assert stand.paid_calls == (1 if stand.provider.profile.max_count > 1 else 2)


@pytest.mark.parametrize(("name", "end"), CASES)
async def test_every_end_has_its_class(name: str, end: str) -> None:
    kind, billed = expected(name, end)
    async with open_stand(name) as stand:
        stand.play(stand.ends[end])
        seconds = SHORT if end in {"silence", "never ends", "download slow"} else 20.0

        told = await end_of(stand, seconds=seconds)

        assert isinstance(told, e.ProviderError | ProviderRefusal)
        assert type(told) is kind
        assert (told.provider, told.model) == (name, stand.provider.model)
        assert told.maybe_billed is billed
        result = decide(told).result if isinstance(told, e.ProviderError) else "refused"
        assert stand.attempts.told == [(name, result, "maybe" if billed else "no")]
        assert stand.paid_calls == 1
        assert stand.strays == []
        for secret in (PROMPT, "worker", "handler.py", "CUDA", "org-"):
            assert secret not in str(told)


@pytest.mark.parametrize("name", [name for name in EVERYBODY if "refused words" in ENDS[name]])
@pytest.mark.parametrize("end", ["refused words", "refused picture"])
async def test_a_refusal_says_at_which_stage(name: str, end: str) -> None:
    stage = RefusalStage.INPUT if end == "refused words" else RefusalStage.OUTPUT
    async with open_stand(name) as stand:
        stand.play(stand.ends[end])

        told = await end_of(stand)

        assert told.stage is (RefusalStage.UNKNOWN if name == "replicate" else stage)
        assert not stand.router.routes[0].circuit.is_open


@pytest.mark.parametrize("name", [name for name in EVERYBODY if "throttled" in ENDS[name]])
async def test_the_wait_of_a_throttle_is_kept(name: str) -> None:
    async with open_stand(name) as stand:
        stand.play(stand.ends["throttled"])

        assert (await end_of(stand)).retry_after == 7.0
        assert (await end_of(stand)).retry_after <= 7.0
        assert stand.paid_calls == 1


@pytest.mark.parametrize("name", EVERYBODY)
async def test_a_wrong_key_is_for_the_operator(name: str) -> None:
    async with open_stand(name, key="sk-wrong") as stand:
        assert type(await end_of(stand)) is e.Misconfigured
        await end_of(stand)

        assert stand.paid_calls == 1
        assert stand.telemetry.alerts == ["provider_misconfigured"]


async def test_nobody_listens(stand: Stand) -> None:
    await stand.twin.stop()

    told = await end_of(stand)

    assert type(told) is e.Unreachable
    assert not told.maybe_billed
    assert stand.attempts.told == [(stand.name, "unreachable", "no")] * 2
    await stand.twin.start()


async def test_without_time_nothing_is_sent(stand: Stand) -> None:
    told = await end_of(stand, seconds=-1.0)

    assert not told.maybe_billed
    assert stand.paid_calls == 0


async def test_a_job_that_is_cancelled_leaves_no_open_row(stand: Stand) -> None:
    stand.play(stand.ends.get("never ends", Hang(20)))
    working = asyncio.create_task(stand.run(TASK))
    async with asyncio.timeout(10):
        while not stand.paid_calls:
            await asyncio.sleep(0.005)

    working.cancel()

    with pytest.raises(asyncio.CancelledError):
        await working
    assert stand.attempts.told == [(stand.name, "cancelled", "no" if stand.name in OURS else "maybe")]
    assert not stand.router.routes[0].circuit.is_open


@pytest.mark.parametrize("name", ["vllm-omni", "replicate", "fal", "runpod"])
@pytest.mark.parametrize("why", ["deadline", "cancelled"])
async def test_what_is_left_behind_is_taken_back_where_the_server_can(name: str, why: str) -> None:
    async with open_stand(name) as stand:
        stand.play(stand.ends.get("never ends", Hang(20)))
        working = asyncio.create_task(end_of(stand, seconds=1.5 if why == "deadline" else 20.0))
        async with asyncio.timeout(10):
            # A task can be taken back once its number is known: when it is first asked for.
            while not (stand.paid_calls if name == "vllm-omni" else stand.polls):
                await asyncio.sleep(0.005)
            if why == "cancelled":
                working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            while not stand.given_up:
                await asyncio.sleep(0.005)

        assert stand.given_up == 1


async def test_a_bad_day_ends_with_the_next_good_answer(stand: Stand) -> None:
    stand.play(stand.ends["server error"])
    assert isinstance(await end_of(stand), e.ProviderFailed)
    stand.play(Normal())

    assert isinstance(await end_of(stand), Produced)

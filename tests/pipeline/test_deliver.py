"""Telling the end: how often a door is tried, within which time, and what is remembered when none opens."""

import dataclasses
from pathlib import Path

import pytest

from bot.domain.errors import DeliveryError, LostJob, StorageError
from bot.domain.jobs import Job, JobState
from bot.domain.outcomes import DecidedBy, Delivered, Failed, FailureClass, Outcome, RefusalReason, Refused
from bot.domain.policy import Policy
from bot.domain.requests import JobId
from bot.pipeline.deliver import deliver
from bot.pipeline.run import Run
from bot.ports import Accepted
from tests.support.fakes import FakeClock
from tests.support.make import hosted
from tests.support.rig import Rig

END = Failed(FailureClass.BUSY)


async def told(rig: Rig, seconds: float = 600.0, end: Outcome = END) -> tuple[Run, FakeClock]:
    """A claimed job with so much time left, whose end was told, on a clock that moves with sleep alone."""
    await rig.workers.stop(grace=0.0)
    accepted = await rig.studio.submit(rig.ask())
    assert isinstance(accepted, Accepted)
    assert await rig.studio.begin(accepted.job.job_id, {"token": "t"}, {"message_id": "5", "channel_id": "7"})
    job = await rig.store.jobs.claim(["discord"])
    assert job is not None
    clock = FakeClock(rig.parts.clock.now())
    parts = dataclasses.replace(rig.parts, clock=clock, retry_seconds=0.5)
    run = Run(parts, dataclasses.replace(job, deadline=clock.now() + seconds), Policy())
    assert await deliver(run, end) == end
    return run, clock


async def stored(rig: Rig, run: Run) -> Job:
    job = await rig.store.jobs.get(run.job.job_id)
    assert job is not None
    return job


@pytest.mark.parametrize(
    ("faults", "pauses"),
    [
        ([], []),
        ([DeliveryError("reset", retryable=True)], [0.5]),
        ([DeliveryError("reset", retryable=True), RuntimeError("a bug"), OSError("reset")], [0.5, 1.0, 2.0]),
    ],
)
async def test_a_door_that_opens_in_the_end_is_tried_with_growing_pauses(
    tmp_path: Path, faults: list[Exception], pauses: list[float]
) -> None:
    async with Rig(tmp_path) as rig:
        rig.chat.faults = list(faults)
        run, clock = await told(rig)

        assert clock.slept == pauses
        assert len(rig.chat.delivered) == 1
        assert rig.observed.alerts == []
        assert (await stored(rig, run)).message == {"message_id": "5"}, "what the chat said"


@pytest.mark.parametrize(
    ("fault", "seconds", "pauses"),
    [
        (DeliveryError("reset", retryable=True), 600.0, [0.5, 1.0, 2.0]),
        (DeliveryError("forbidden", retryable=False), 600.0, []),
        (RuntimeError("a bug"), 600.0, [0.5, 1.0, 2.0]),
        (RuntimeError("a bug"), 0.0, []),
        (RuntimeError("a bug"), 0.75, [0.5, 0.25]),
    ],
    ids=["four tries", "no other would help", "of a bug too", "no time left", "as long as there is time"],
)
async def test_after_the_last_try_nobody_waits_and_operators_and_the_row_are_told(
    tmp_path: Path, fault: Exception, seconds: float, pauses: list[float]
) -> None:
    async with Rig(tmp_path) as rig:
        rig.chat.faults = [fault] * 9
        run, clock = await told(rig, seconds)

        assert clock.slept == pytest.approx(pauses)
        assert len(rig.chat.faults) == 9 - 1 - len(pauses)
        assert rig.observed.alerts == ["delivery"]
        ended = await stored(rig, run)
        assert ended.message == {"message_id": "5", "channel_id": "7", "undelivered": True}
        assert ended.state is JobState.FAILED


@pytest.mark.parametrize(
    ("end", "counted", "refusals"),
    [
        (END, "failed", []),
        (Delivered((hosted(),)), "delivered", []),
        (Refused(RefusalReason.GORE, DecidedBy.SANITIZER), "refused", [("sanitizer", "gore")]),
    ],
)
async def test_each_end_is_counted_by_its_kind_and_a_refusal_by_its_reason(
    tmp_path: Path, end: Outcome, counted: str, refusals: list[tuple[str, str]]
) -> None:
    async with Rig(tmp_path) as rig:
        await told(rig, end=end)

        assert rig.observed.ended == [("discord", counted)]
        assert rig.observed.refusals == refusals


class Lost:
    """The real ledger, for which the job belongs to somebody else when it is to be finished."""

    def __init__(self, rig: Rig, found: Job | StorageError | None) -> None:
        self._real, self._found = rig.store.jobs, found

    async def update_message(self, job_id: JobId, message: object) -> None:
        del job_id, message

    async def finish(self, job: Job, outcome: object) -> None:
        raise LostJob(job.job_id)

    async def get(self, job_id: JobId) -> Job | None:
        if isinstance(self._found, StorageError):
            raise self._found
        return self._found


@pytest.mark.parametrize(
    ("state", "counted"), [(None, True), (JobState.DELETED, True), (JobState.RUNNING, False)]
)
async def test_of_a_job_that_was_lost_at_the_end_only_one_that_is_gone_is_counted(
    tmp_path: Path, state: JobState | None, *, counted: bool
) -> None:
    async with Rig(tmp_path) as rig:
        run, _ = await told(rig)
        ended, rig.observed.ended = rig.observed.ended, []
        found = None if state is None else dataclasses.replace(run.job, state=state)
        run.parts = dataclasses.replace(run.parts, jobs=Lost(rig, found))  # type: ignore[arg-type]

        with pytest.raises(LostJob):
            await deliver(run, END)
        assert rig.observed.ended == (ended if counted else [])


async def test_a_job_that_was_lost_is_lost_also_while_the_ledger_cannot_be_asked_why(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        run, _ = await told(rig)
        rig.observed.ended = []
        run.parts = dataclasses.replace(run.parts, jobs=Lost(rig, StorageError("postgres: away")))  # type: ignore[arg-type]

        with pytest.raises(LostJob):
            await deliver(run, END)
        assert rig.observed.ended == []

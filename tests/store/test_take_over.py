"""Who runs a job when its owner is gone, was away, or wrote what nobody here can read."""

import asyncio
import dataclasses
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.domain.errors import LostJob, StorageError
from bot.domain.jobs import JobState, Stage, Steps
from bot.domain.limits import Limit, LimitKind
from bot.domain.outcomes import Delivered, Failed, FailureClass
from bot.domain.purchases import Purchase
from bot.store import Store, open_store
from bot.store.database import Transaction
from bot.store.liveness import FileLiveness
from tests.support.ledger import PLATFORMS, OpenAnother, SetClock, get, queued, running
from tests.support.make import NOW, hosted, request


async def change(store: Store, sql: str, **values: object) -> None:
    async def unit(tx: Transaction) -> int:
        return await tx.run(sql, **values)

    assert await store.database.write(unit) == 1


async def test_eight_at_once_take_every_job_over_once(store: Store, another: OpenAnother) -> None:
    jobs = {(await running(store, f"discord:{number}")).job_id for number in range(20)}
    survivors = [await another() for _ in range(8)]
    await store.aclose()

    taken = await asyncio.gather(*(survivor.jobs.take_over() for survivor in survivors))

    found = [job.job_id for batch in taken for job in batch]
    assert sorted(found) == sorted(jobs)


async def test_the_old_owner_writes_nothing_more(store: Store, another: OpenAnother) -> None:
    job = await running(store)
    await change(store, "UPDATE job SET lease_until = 1")
    (mine,) = await (await another()).jobs.take_over()

    assert (mine.fence, mine.attempts) == (job.fence + 1, job.attempts + 1)
    with pytest.raises(LostJob):
        await store.jobs.checkpoint(job, Stage.GENERATE, Steps(paying="openai"))
    with pytest.raises(LostJob):
        await store.jobs.open_attempt(job.job_id, Purchase("openai", "gpt-image-2"))
    with pytest.raises(LostJob):
        await store.jobs.finish(job, Failed(FailureClass.BUSY))
    await store.jobs.release(job)
    assert (await get(store, job.job_id)).state is JobState.RUNNING


async def test_a_live_owner_with_a_fresh_lease_is_left_alone(store: Store, another: OpenAnother) -> None:
    await running(store)

    assert await (await another()).jobs.take_over() == ()


async def test_handing_over_is_no_failed_attempt(store: Store) -> None:
    job = await running(store)
    await store.jobs.release(job)
    again = await store.jobs.claim(PLATFORMS)

    assert again is not None
    assert (again.attempts, again.fence) == (job.attempts, job.fence + 1)


async def test_what_was_taken_over_and_cannot_be_told_here_is_left_to_another_as_one_more_attempt(
    store: Store, another: OpenAnother
) -> None:
    job = await running(store)
    await change(store, "UPDATE job SET lease_until = 1")
    other = await another()
    (theirs,) = await other.jobs.take_over()
    await other.jobs.release(theirs)
    again = await store.jobs.claim(PLATFORMS)

    assert again is not None
    assert (again.job_id, again.attempts) == (job.job_id, job.attempts + 1)
    assert again.fence > theirs.fence


async def test_of_two_ends_one_settles(store: Store) -> None:
    limit = Limit(LimitKind.QUOTA, "s", "w", 3, 10)
    job = await running(store, limits=(limit,))
    outcome = Delivered((hosted(),) * 3)
    done = dataclasses.replace(job, steps=Steps(outcome=outcome))

    ends = [store.jobs.finish(done, outcome) for _ in range(5)]
    ends.append(store.jobs.finish(job, Failed(FailureClass.BUSY)))
    results = await asyncio.gather(*ends, return_exceptions=True)

    assert [type(result) for result in results].count(LostJob) == 5
    assert [(usage.used, usage.held) for usage in await store.jobs.usage(["s"])] == [(3, 0)]


async def test_a_row_that_cannot_be_read_keeps_nobody_else_waiting(timed: Store, clock: SetClock) -> None:
    limits = (Limit(LimitKind.QUOTA, "s", "w", 1, 10),)
    strange = await queued(timed, "strange", created_at=NOW, limits=limits)
    await queued(timed, "plain", created_at=NOW + 1)
    await change(
        timed,
        "UPDATE job SET steps = :steps WHERE job_id = :job_id",
        steps='{"verdicts": 7}',
        job_id=strange.job_id,
    )

    job = await timed.jobs.claim(PLATFORMS)
    assert job is not None
    assert job.request.key == "plain"
    assert await timed.jobs.claim(PLATFORMS) is None
    rows = await timed.database.read("SELECT state FROM job WHERE job_id = :id", id=strange.job_id)
    assert rows[0]["state"] == "queued", "a newer version may still read it"

    clock.at += 10_000
    assert await timed.jobs.claim(PLATFORMS) is None
    closed = await get(timed, strange.job_id)
    assert (closed.state, closed.outcome) == (JobState.FAILED, Failed(FailureClass.INTERNAL))
    assert [usage.held for usage in await timed.jobs.usage(["s"])] == [0]


async def test_under_another_secret_a_job_runs_on_without_its_handle(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    job = await running(store)
    await store.aclose()
    other = await open_store(
        database_url, data_dir=tmp_path, clock=SystemClock(), secret=SecretStr("another")
    )

    (mine,) = await other.jobs.take_over()

    assert (mine.job_id, mine.handle, mine.message) == (job.job_id, {}, {"message_id": "5"})
    await other.aclose()


async def test_a_deleted_job_is_lost_to_its_worker(store: Store) -> None:
    job = await running(store)
    await store.jobs.mark_deleted(job.job_id)

    with pytest.raises(LostJob):
        await store.jobs.checkpoint(job, Stage.GENERATE, Steps())
    await store.jobs.update_message(job.job_id, {"message_id": "6"})
    both = await get(store, job.job_id)
    assert both.message == {"message_id": "5", "copies": [{"message_id": "6"}]}, "both have to go"
    await store.jobs.retracted(job)
    assert (await get(store, job.job_id)).message == both.message, "what came meanwhile is not forgotten"
    await store.jobs.retracted(both)
    assert (await get(store, job.job_id)).message == {}
    assert (await store.jobs.accept(request(), [], [], 1)).job.state is JobState.DELETED  # type: ignore[union-attr]


async def test_locks_of_dead_owners_are_cleared_away_and_live_ones_are_not(tmp_path: Path) -> None:
    living = FileLiveness(tmp_path, "living")
    (tmp_path / "dead").touch()
    third = FileLiveness(tmp_path, "third")

    assert sorted(file.name for file in tmp_path.iterdir()) == ["living", "third"]
    assert [await third.is_dead(name) for name in ("living", "dead", "third")] == [False, True, False]
    await living.aclose()
    assert await third.is_dead("living")
    await third.aclose()


def test_a_folder_that_cannot_be_written_is_told() -> None:
    with pytest.raises(StorageError):
        FileLiveness(Path("/proc/nowhere"), "owner")

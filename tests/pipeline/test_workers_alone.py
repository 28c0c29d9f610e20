"""The workers with a ledger in memory that does what a test wants: what they ask it for, and when they give a job up."""

import asyncio
import dataclasses
from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import StorageError
from bot.domain.jobs import Job, JobState
from bot.domain.policy import Policy
from bot.domain.requests import JobId
from bot.pipeline.workers import Workers
from tests.support.make import job as a_job
from tests.support.make import request, requester
from tests.support.rig import Rig

AWAY = StorageError("postgres: ConnectionDoesNotExistError")
NEVER_THOUGHT_OF = RuntimeError("never thought of")


@dataclasses.dataclass
class Ledger:
    """Jobs that wait, jobs that a dead process has left, and jobs that are ours although nobody here knows it.

    Attributes:
        asked: How often for what.
        faults: What a call ends with instead, once each.
    """

    waiting: list[Job] = dataclasses.field(default_factory=list)
    orphans: list[Job] = dataclasses.field(default_factory=list)
    dropped: list[Job] = dataclasses.field(default_factory=list)
    forgotten: list[JobId] = dataclasses.field(default_factory=list)
    asked: Counter[str] = dataclasses.field(default_factory=Counter)
    faults: dict[str, Exception] = dataclasses.field(default_factory=dict)
    too_old: list[float] = dataclasses.field(default_factory=list)
    known: dict[JobId, Job] = dataclasses.field(default_factory=dict)
    released: list[Job] = dataclasses.field(default_factory=list)

    async def _ask(self, what: str) -> None:
        self.asked[what] += 1
        await asyncio.sleep(0)
        if fault := self.faults.pop(what, None):
            raise fault

    async def claim(self, platforms: Collection[str]) -> Job | None:
        assert list(platforms) == ["discord"]
        await self._ask("claim")
        return self.waiting.pop(0) if self.waiting else None

    async def take_over(self) -> Sequence[Job]:
        await self._ask("take_over")
        taken, self.orphans = self.orphans, []
        return taken

    async def in_hand(self) -> Sequence[Job]:
        await self._ask("in_hand")
        return self.dropped

    async def abandon(self, older_than: float) -> Sequence[JobId]:
        await self._ask("abandon")
        self.too_old.append(older_than)
        closed, self.forgotten = self.forgotten, []
        return closed

    async def get(self, job_id: JobId) -> Job | None:
        await self._ask("get")
        return self.known.get(job_id)

    async def release(self, job: Job) -> None:
        await self._ask("release")
        self.released.append(job)


@dataclasses.dataclass
class Gate:
    """Communities' rules, which every job asks for first: it waits here, and ends the way a test wants.

    Attributes:
        begun: Jobs that came so far.
        inside: Jobs that wait now; those that are told to stop need a moment for it.
        ends: What each of them ends with in turn; then they wait until it is opened, and end all the same.
    """

    ends: list[BaseException] = dataclasses.field(default_factory=list)
    opened: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)
    begun: int = 0
    inside: int = 0

    async def policy(self, tenant: str) -> Policy:
        del tenant
        self.begun += 1
        self.inside += 1
        try:
            if self.ends:
                raise self.ends.pop(0)
            await self.opened.wait()
        finally:
            await settled(3)
            self.inside -= 1
        raise AWAY


class Hurried:
    """A clock on which a sleep takes no time."""

    def now(self) -> float:
        return 1000.0

    async def sleep(self, seconds: float) -> None:
        del seconds
        await asyncio.sleep(0)


class Still(Hurried):
    """A clock on which a sleep has no end."""

    async def sleep(self, seconds: float) -> None:
        del seconds
        await asyncio.Event().wait()


@dataclasses.dataclass
class Alone:
    """Workers that nobody has started, and who they work with."""

    workers: Workers
    rig: Rig
    ledger: Ledger
    gate: Gate


@asynccontextmanager
async def alone(folder: Path, *, concurrency: int = 64, hurried: bool = False) -> AsyncIterator[Alone]:
    async with Rig(folder) as rig:
        ledger, gate, clock = Ledger(), Gate(), Hurried() if hurried else Still()
        parts: Any = dataclasses.replace(rig.parts, jobs=ledger, policies=gate, clock=clock)  # type: ignore[arg-type]
        workers = Workers(parts, concurrency)
        yield Alone(workers, rig, ledger, gate)
        await workers.stop(grace=0.0)


def jobs(count: int, **changes: Any) -> list[Job]:
    return [a_job(request=request(key=f"discord:{number}"), **changes) for number in range(count)]


async def settled(times: int = 200) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


async def test_no_more_jobs_run_here_than_may(tmp_path: Path) -> None:
    async with alone(tmp_path, concurrency=2) as it:
        it.ledger.waiting = jobs(5)
        await it.workers.start()
        await settled()

        assert (it.gate.inside, it.workers.in_flight, len(it.ledger.waiting)) == (2, 2, 3)


async def test_the_end_of_a_job_makes_room_for_the_next_at_once(tmp_path: Path) -> None:
    async with alone(tmp_path, concurrency=1) as it:
        it.ledger.waiting = jobs(3)
        it.gate.ends = [AWAY, AWAY]
        await it.workers.start()
        await settled()

        assert it.gate.begun == 3


async def test_what_a_dead_process_has_left_is_taken_over_and_counted(tmp_path: Path) -> None:
    async with alone(tmp_path) as it:
        it.ledger.orphans = jobs(3)
        await it.workers.sweep()
        await it.workers.sweep()
        await settled()

        assert it.gate.begun == it.workers.in_flight == 3
        assert it.rig.observed.recovered == 3


async def test_what_another_process_has_queued_is_found_although_nobody_says_so(tmp_path: Path) -> None:
    async with alone(tmp_path) as it:
        await it.workers.start()
        await settled()
        for begun in (1, 2):
            it.ledger.waiting = jobs(begun)[-1:]
            async with asyncio.timeout(15):
                while it.gate.begun < begun:
                    await asyncio.sleep(0.05)


@pytest.mark.parametrize("found", ["orphans", "dropped"])
async def test_a_job_of_a_chat_that_is_not_served_here_goes_to_the_queue_of_who_serves_it(
    tmp_path: Path, found: str
) -> None:
    elsewhere = a_job(request=request(key="slack:1", requester=requester(platform="slack")))
    async with alone(tmp_path) as it:
        it.gate.ends = [AWAY]
        it.ledger.waiting = jobs(1)
        await it.workers.start()
        await settled()
        setattr(it.ledger, found, [elsewhere])
        await it.workers.sweep()
        await settled()

        assert (it.gate.begun, it.workers.in_flight) == (1, 0)
        assert it.ledger.released == [elsewhere]


async def test_what_was_never_acknowledged_is_closed_after_half_a_minute_and_told_at_once(
    tmp_path: Path,
) -> None:
    async with alone(tmp_path) as it:
        await it.workers.start()
        await settled()
        asked = it.ledger.asked["claim"]
        await it.workers.sweep()
        await settled()
        assert it.ledger.asked["claim"] == asked, "nothing was closed"

        it.ledger.forgotten = [JobId("forgotten")]
        await it.workers.sweep()
        await settled()

        assert it.ledger.asked["claim"] > asked
        assert set(it.ledger.too_old) == {970.0}


@pytest.mark.parametrize("fault", [AWAY, NEVER_THOUGHT_OF])
@pytest.mark.parametrize("at", ["claim", "take_over", "abandon"])
async def test_after_an_answer_that_was_lost_the_ledger_is_asked_for_half_a_minute_what_is_ours(
    tmp_path: Path, at: str, fault: Exception
) -> None:
    async with alone(tmp_path, hurried=True) as it:
        await it.workers.start()
        await settled()
        assert it.ledger.asked["in_hand"] == 0, "without a doubt nobody asks"

        it.ledger.faults = {at: fault}
        it.workers.wake()
        await settled(2000)

        assert it.ledger.asked["in_hand"] == 30
        before = it.ledger.asked["take_over"], it.ledger.asked["claim"]
        it.workers.wake()
        await settled()
        assert it.ledger.asked["take_over"] > before[0]
        assert it.ledger.asked["claim"] > before[1]


@pytest.mark.parametrize("end", [AWAY, NEVER_THOUGHT_OF, asyncio.CancelledError()])
async def test_a_job_whose_task_broke_off_is_begun_again(tmp_path: Path, end: BaseException) -> None:
    async with alone(tmp_path) as it:
        it.ledger.dropped = jobs(1)
        it.ledger.waiting = list(it.ledger.dropped)
        it.gate.ends = [end]
        await it.workers.start()
        await settled()
        assert (it.gate.begun, it.workers.in_flight) == (1, 0)

        await it.workers.sweep()
        await it.workers.sweep()
        await settled()

        assert (it.gate.begun, it.workers.in_flight) == (2, 1), "once more, not twice"


async def test_at_the_end_running_jobs_stop_before_they_are_handed_over(tmp_path: Path) -> None:
    inside: list[int] = []
    async with alone(tmp_path) as it:
        queued, ended, gone = jobs(3)
        it.ledger.waiting = [queued, ended, gone]
        it.ledger.known = {
            queued.job_id: queued,
            ended.job_id: dataclasses.replace(ended, state=JobState.DELIVERED),
        }

        class Watched(Ledger):
            async def get(self, job_id: JobId) -> Job | None:
                inside.append(it.gate.inside)
                return await super().get(job_id)

        ledger = Watched(**vars(it.ledger))
        it.workers.parts = dataclasses.replace(it.workers.parts, jobs=ledger)  # type: ignore[arg-type]
        await it.workers.start()
        await settled()
        assert it.gate.inside == 3
        await it.workers.stop(grace=0.0)

        assert inside == [0, 0, 0]
        assert ledger.released == [queued], "neither what has ended nor what is no more"


async def test_what_ends_within_grace_is_not_handed_over(tmp_path: Path) -> None:
    async with alone(tmp_path) as it:
        it.ledger.waiting = jobs(2)
        await it.workers.start()
        await settled()
        stopping = asyncio.create_task(it.workers.stop(grace=60.0))
        await settled()
        assert (it.gate.inside, stopping.done()) == (2, False)
        it.gate.opened.set()
        await stopping

        assert it.workers.in_flight == it.ledger.asked["get"] == 0


async def test_a_job_that_cannot_be_handed_over_keeps_no_other_from_it(tmp_path: Path) -> None:
    async with alone(tmp_path) as it:
        first, second = jobs(2)
        it.ledger.waiting = [first, second]
        it.ledger.known = {first.job_id: first, second.job_id: second}
        it.ledger.faults = {"release": AWAY}
        await it.workers.start()
        await settled()
        await it.workers.stop(grace=0.0)

        assert it.ledger.released == [second]


async def test_when_the_workers_have_stopped_the_ledger_is_left_alone(tmp_path: Path) -> None:
    at_hand: list[str] = []

    class Slow(Ledger):
        """Needs a moment to let go of a question."""

        async def _ask(self, what: str) -> None:
            at_hand.append(what)
            try:
                await asyncio.Event().wait()
            finally:
                await settled(5)
                at_hand.remove(what)

    async with alone(tmp_path) as it:
        it.workers.parts = dataclasses.replace(it.workers.parts, jobs=Slow())  # type: ignore[arg-type]
        await it.workers.start()
        await settled()
        assert sorted(at_hand) == ["claim", "take_over"]
        await it.workers.stop(grace=0.0)

        assert at_hand == []

"""Work that its requester may stop: when a wish stops it, what is left of it then, and what is no wish."""

import asyncio
import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.domain.errors import StorageError
from bot.domain.jobs import Job, Steps
from bot.domain.outcomes import Failed, FailureClass, Outcome
from bot.domain.policy import Policy
from bot.domain.requests import JobId
from bot.pipeline.cancel import WISH, CancelBoard
from bot.pipeline.cancellable import unless_cancelled
from bot.pipeline.run import Run
from tests.support.make import job, paid
from tests.support.rig import Rig

END = Failed(FailureClass.BUSY)
STOPPED = Failed(FailureClass.CANCELLED)


@dataclasses.dataclass
class Ledger:
    """Answers in turn what it knows of the job; then the same again and again."""

    answers: Sequence[Job | Exception | None] = (None,)
    asked: int = 0

    async def get(self, job_id: JobId) -> Job | None:
        del job_id
        self.asked += 1
        answer = self.answers[min(self.asked, len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclasses.dataclass
class Work:
    """Goes on until it may end; one that is told to stop needs a moment for it."""

    may_end: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)
    under_way: bool = False

    async def __call__(self) -> Outcome:
        self.under_way = True
        try:
            await self.may_end.wait()
            return END
        finally:
            for _ in range(5):
                await asyncio.sleep(0)
            self.under_way = False


async def run_of(folder: Path, of: Job, ledger: Ledger | None = None) -> tuple[Run, CancelBoard]:
    async with Rig(folder) as rig:
        board = CancelBoard()
        parts = dataclasses.replace(rig.parts, jobs=ledger or Ledger(), cancels=board)  # type: ignore[arg-type]
        return Run(parts, of, Policy()), board


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_without_a_wish_work_ends_as_it_ends_and_nobody_listens_any_more(tmp_path: Path) -> None:
    run, board = await run_of(tmp_path, job())
    work = Work()
    ending = asyncio.create_task(unless_cancelled(run, work()))
    await settled()
    assert not ending.done()
    work.may_end.set()

    assert await ending == END
    assert vars(board) == {"_listening": {}}


@pytest.mark.parametrize(
    ("steps", "end"),
    [(Steps(), STOPPED), (Steps(paying="openai"), Failed(FailureClass.CANCELLED, maybe_billed=True))],
)
async def test_a_wish_stops_it_before_its_end_is_told(tmp_path: Path, steps: Steps, end: Failed) -> None:
    of = dataclasses.replace(job(), steps=steps)
    run, board = await run_of(tmp_path, of)
    work = Work()
    ending = asyncio.create_task(unless_cancelled(run, work()))
    await settled()
    board.cancel(of.job_id)

    assert await ending == end
    assert not work.under_way


async def test_a_wish_that_was_there_before_stops_it_at_once(tmp_path: Path) -> None:
    run, _ = await run_of(tmp_path, job(message={WISH: True}))

    assert await unless_cancelled(run, Work()()) == STOPPED


async def test_what_is_bought_is_shown_in_spite_of_a_wish(tmp_path: Path) -> None:
    run, board = await run_of(tmp_path, job(steps=Steps(pictures=paid())))
    work = Work()
    ending = asyncio.create_task(unless_cancelled(run, work()))
    await settled()
    board.cancel(run.job.job_id)
    await settled()
    assert work.under_way
    work.may_end.set()

    assert await ending == END


async def test_a_wish_that_another_process_has_written_is_found_also_after_a_bad_moment(
    tmp_path: Path,
) -> None:
    ledger = Ledger((StorageError("postgres: away"), None, job(message={WISH: True})))
    run, _ = await run_of(tmp_path, job(), ledger)

    assert await unless_cancelled(run, Work()()) == STOPPED
    assert ledger.asked == 3


async def test_a_fault_of_who_looks_for_a_wish_is_none(tmp_path: Path) -> None:
    ledger = Ledger((ValueError("a row of a newer version"),))
    run, _ = await run_of(tmp_path, job(), ledger)
    work = Work()
    ending = asyncio.create_task(unless_cancelled(run, work()))
    while not ledger.asked:
        await asyncio.sleep(0.05)
    await settled()
    assert work.under_way
    work.may_end.set()

    assert await ending == END

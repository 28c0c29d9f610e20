"""Where a journey gives up, how long its stages took, and what is said of a look that is missing."""

import dataclasses
import time
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import LostJob, ProviderFailed
from bot.domain.jobs import Job, JobState, Stage, Steps
from bot.domain.outcomes import Delivered, Failed, FailureClass, NoticeKey, Outcome
from bot.domain.policy import Presentation
from bot.pipeline.journey import Journey
from bot.ports import Accepted
from bot.providers.profiles import GPT_IMAGE_2
from tests.support.fakes import Observed, ScriptedProvider, produced
from tests.support.rig import Rig


async def claimed(rig: Rig) -> Job:
    """A job in hand of a process whose workers do nothing."""
    await rig.workers.stop(grace=0.0)
    accepted = await rig.studio.submit(rig.ask())
    assert isinstance(accepted, Accepted)
    assert await rig.studio.begin(accepted.job.job_id, {"token": "t"}, {"message_id": "5"})
    job = await rig.store.jobs.claim(["discord"])
    assert job is not None
    return job


@pytest.mark.parametrize(
    ("attempts", "paying", "end"),
    [
        (3, None, None),
        (4, None, Failed(FailureClass.INTERRUPTED)),
        (4, "openai", Failed(FailureClass.INTERRUPTED, maybe_billed=True)),
    ],
)
async def test_what_has_taken_three_processes_down_is_not_tried_a_fourth_time(
    tmp_path: Path, attempts: int, paying: str | None, end: Failed | None
) -> None:
    async with Rig(tmp_path) as rig:
        job = await claimed(rig)
        job = dataclasses.replace(job, attempts=attempts, steps=Steps(paying=paying))

        outcome = await Journey(rig.parts).run(job)

        assert isinstance(outcome, Delivered) if end is None else outcome == end
        assert len(rig.providers[0].tasks) == (end is None)
        assert [told for _, told in rig.chat.delivered] == [outcome]


async def test_an_end_that_is_known_is_told_and_nothing_else_done(tmp_path: Path) -> None:
    """As after a restart between the end and its telling, however often that happened."""
    known = Failed(FailureClass.STORAGE)
    async with Rig(tmp_path) as rig:
        job = await claimed(rig)
        job = dataclasses.replace(job, attempts=9, steps=Steps(outcome=known))

        assert await Journey(rig.parts).run(job) == known
        assert rig.providers[0].tasks == []
        assert rig.sanitizer.tasks == []


class Watched:
    """The real ledger; what becomes of a lost job's leftovers is remembered, and a job may be gone."""

    def __init__(self, real: Any, *, gone: bool) -> None:
        self._real, self._gone = real, gone
        self.cleared: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name in {"mark_deleted", "drop_objects", "clear_traces"}:
            self.cleared.append(name)
        return getattr(self._real, name)

    async def get(self, job_id: Any) -> Job | None:
        found: Job | None = await self._real.get(job_id)
        return None if self._gone else found

    async def checkpoint(self, job: Job, stage: Stage, steps: Steps) -> None:
        raise LostJob(job.job_id)


@pytest.mark.parametrize("gone", [True, False])
async def test_a_job_that_another_process_has_or_that_is_no_more_is_left_to_itself(
    tmp_path: Path, *, gone: bool
) -> None:
    async with Rig(tmp_path) as rig:
        job = await claimed(rig)
        ledger = Watched(rig.store.jobs, gone=gone)
        rig.use_ledger(ledger)

        assert await Journey(rig.parts).run(job) is None
        assert ledger.cleared == []
        assert rig.chat.delivered == []
        left = await rig.store.jobs.get(job.job_id)
        assert left is not None
        assert left.state is JobState.RUNNING


class Timed(Observed):
    """Remembers how long each stage took."""

    def __init__(self) -> None:
        super().__init__()
        self.took: list[tuple[str, float]] = []

    def stage_took(self, stage: str, seconds: float) -> None:
        self.took.append((stage, seconds))


@pytest.mark.parametrize("refused", [True, False])
async def test_every_stage_that_was_begun_is_measured_once(tmp_path: Path, *, refused: bool) -> None:
    observed = Timed()
    async with Rig(tmp_path, observed=observed) as rig:
        assert rig.moderator is not None
        rig.moderator.image_scores = [{"violence": 0.95}] if refused else []
        began = time.perf_counter()
        await rig.finished()
        while rig.workers.in_flight:
            await rig.parts.clock.sleep(0.01)
        all_of_it = time.perf_counter() - began

    before, shown = ["guard", "sanitize", "generate", "inspect"], [] if refused else ["rehost"]
    assert [stage for stage, _ in observed.took] == [*before, *shown, "deliver"]
    assert 0.0 < sum(seconds for _, seconds in observed.took) <= all_of_it


def taking(*loras: str) -> Any:
    return dataclasses.replace(GPT_IMAGE_2, named_loras=dict.fromkeys(loras, frozenset()))


@pytest.mark.parametrize(
    ("wished", "served", "others", "said"),
    [
        ("", (), ("brand",), False),
        ("brand", ("brand",), (), False),
        ("brand", (), ("brand",), True),
        ("brand", (), (), False),
        ("brand", ("other",), ("other",), False),
    ],
    ids=["none wished", "taken", "another takes it", "nobody takes it", "everybody takes another"],
)
async def test_that_a_communitys_look_is_missing_is_said_where_another_model_would_have_had_it(
    tmp_path: Path, wished: str, served: tuple[str, ...], others: tuple[str, ...], *, said: bool
) -> None:
    first = ScriptedProvider("openai", [[produced("openai")]], profile=taking(*served))
    second = ScriptedProvider("azure", [[ProviderFailed("azure")]], profile=taking(*others))
    async with Rig(tmp_path, providers=(first, second)) as rig:
        rig.with_policy(presentation=Presentation(lora=wished))
        outcome: Outcome | None = (await rig.finished()).outcome

    assert isinstance(outcome, Delivered)
    assert (NoticeKey.WITHOUT_LORA in [notice.key for notice in outcome.notices]) is said

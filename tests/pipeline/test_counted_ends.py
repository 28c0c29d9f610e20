"""Every request that ended is counted once, also one that its person deletes in the moment it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.domain.jobs import Job, JobState
from bot.domain.outcomes import Outcome
from bot.ports import Accepted
from tests.support.rig import FakeChat, Rig


@dataclass
class Impatient(FakeChat):
    """Its people act on what they see before the bot has settled its books."""

    rig: Rig | None = None
    lost: bool = False

    async def deliver(self, job: Job, outcome: Outcome) -> Mapping[str, Any]:
        shown = await super().deliver(job, outcome)
        assert self.rig is not None
        if self.lost:
            await self.rig.store.jobs._run(
                "UPDATE job SET fence = fence + 1 WHERE job_id = :id", {"id": job.job_id}
            )
        else:
            await self.rig.store.jobs.mark_deleted(job.job_id)
        return shown


async def ended(rig: Rig) -> Job:
    accepted = await rig.studio.submit(rig.ask())
    assert isinstance(accepted, Accepted)
    await rig.studio.begin(accepted.job.job_id, {}, {})
    while not rig.chat.delivered or rig.workers.in_flight:
        await rig.parts.clock.sleep(0.01)
    job = await rig.store.jobs.get(accepted.job.job_id)
    assert job is not None
    return job


async def test_what_is_deleted_in_the_moment_it_is_shown_counts(tmp_path: Path) -> None:
    chat = Impatient()
    async with Rig(tmp_path, chat=chat) as rig:
        chat.rig = rig
        job = await ended(rig)

        assert job.state is JobState.DELETED
        assert rig.observed.ended == [("discord", "delivered")]


async def test_what_another_process_has_taken_over_is_counted_there(tmp_path: Path) -> None:
    chat = Impatient(lost=True)
    async with Rig(tmp_path, chat=chat) as rig:
        chat.rig = rig
        job = await ended(rig)

        assert not job.state.final
        assert rig.observed.ended == []

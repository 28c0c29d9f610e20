"""A job that was deleted, or whose person was erased, by another process in the moment of its end."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import StorageError
from bot.domain.jobs import Job
from bot.domain.outcomes import Outcome, Refused
from bot.pipeline.journey import Journey
from bot.ports import Accepted
from tests.support.make import requester
from tests.support.rig import FakeChat, FakeModerator, Rig

ADA = requester()


class Impatient(FakeChat):
    """While it is told the end, the person asks another process to forget the job, or all about them."""

    def __init__(self, *, all_about_them: bool) -> None:
        super().__init__()
        self.all_about_them = all_about_them
        self.rig: Rig | None = None

    async def deliver(self, job: Job, outcome: Outcome) -> Mapping[str, Any]:
        shown = await super().deliver(job, outcome)
        assert self.rig is not None
        if self.all_about_them:
            await self.rig.store.jobs.erase_user(ADA.platform, ADA.user_id)
        else:
            await self.rig.store.jobs.mark_deleted(job.job_id)
        return shown


async def begun(rig: Rig) -> Job:
    accepted = await rig.studio.submit(rig.ask("a brass owl"))
    assert isinstance(accepted, Accepted)
    assert await rig.studio.begin(accepted.job.job_id, {"token": "t"}, {"message_id": "5"})
    return accepted.job


@pytest.mark.parametrize("all_about_them", [True, False])
async def test_a_lock_outlives_its_job_and_goes_with_the_name_of_its_person(
    tmp_path: Path, *, all_about_them: bool
) -> None:
    moderator = FakeModerator(image_scores=({"sexual/minors": 0.99},))
    chat = Impatient(all_about_them=all_about_them)
    async with Rig(tmp_path, moderator=moderator, chat=chat) as rig:
        chat.rig = rig
        await begun(rig)
        while not chat.delivered or rig.workers.in_flight:
            await rig.parts.clock.sleep(0.01)

        ((_, outcome),) = chat.delivered
        assert isinstance(outcome, Refused)
        assert outcome.strike
        left = await rig.store.jobs.export_user(ADA.platform, ADA.user_id)
        assert len(left["moderation"]["suspension"]) == (0 if all_about_them else 1)


class Forgetful:
    """The real ledger, which cannot be reached any more once a job is to be cleared away."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self.refused = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    async def mark_deleted(self, *_: Any, **__: Any) -> None:
        self.refused += 1
        raise StorageError("postgres: ConnectionDoesNotExistError")


async def test_a_lost_job_is_let_go_although_its_leftovers_cannot_be_cleared_now(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        await rig.workers.stop(grace=0.0)
        await begun(rig)
        mine = await rig.store.jobs.claim([ADA.platform])
        assert mine is not None
        await rig.store.jobs.mark_deleted(mine.job_id)
        ledger = Forgetful(rig.store.jobs)
        rig.use_ledger(ledger)

        assert await Journey(rig.parts).run(mine) is None
        assert ledger.refused == 1

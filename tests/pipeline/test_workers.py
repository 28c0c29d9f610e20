"""The workers: how they ask for work, what they count, and what becomes of the jobs in hand when they stop."""

import asyncio
import dataclasses
from collections.abc import Iterable
from pathlib import Path

from bot.domain.jobs import Job, JobState
from bot.pipeline.workers import Workers
from bot.ports import Accepted
from tests.support.fakes import ScriptedProvider, produced
from tests.support.rig import Rig


class Idle:
    """A ledger without any work, which counts how often it is asked for some."""

    def __init__(self) -> None:
        self.asked = 0

    async def claim(self, platforms: Iterable[str]) -> Job | None:
        del platforms
        self.asked += 1
        await asyncio.sleep(0)
        return None

    async def take_over(self) -> list[Job]:
        return []

    async def abandon(self, before: float) -> int:
        del before
        return 0


async def test_without_work_the_ledger_is_left_alone_until_somebody_wakes_it(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        idle = Idle()
        workers = Workers(dataclasses.replace(rig.parts, jobs=idle))  # type: ignore[arg-type]
        await workers.start()
        for _ in range(300):
            await asyncio.sleep(0)
        left_alone = idle.asked
        workers.wake()
        for _ in range(300):
            await asyncio.sleep(0)
        await workers.stop(grace=0.0)

    assert left_alone < 5
    assert left_alone < idle.asked < 10


async def test_what_is_still_running_at_the_end_of_grace_is_queued_again_and_no_more_counted(
    tmp_path: Path,
) -> None:
    answer = asyncio.Event()
    provider = ScriptedProvider("openai", [[answer, produced("openai")]])
    async with Rig(tmp_path, providers=(provider,)) as rig:
        accepted = await rig.studio.submit(rig.ask())
        assert isinstance(accepted, Accepted)
        assert await rig.studio.begin(accepted.job.job_id, {"token": "t"}, {"message_id": "5"})
        while not provider.tasks:
            await rig.parts.clock.sleep(0.01)
        assert rig.observed.in_flight == rig.workers.in_flight == 1

        await rig.workers.stop(grace=0.0)

        job = await rig.store.jobs.get(accepted.job.job_id)
        assert job is not None
        assert job.state is JobState.QUEUED
        assert rig.observed.in_flight == rig.workers.in_flight == 0

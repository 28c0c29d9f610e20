"""Signs of progress: a slow watcher sees the newest, and a chat that refuses one is told the next."""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

from bot.domain.jobs import Job, Stage
from bot.domain.requests import JobId
from bot.pipeline.narrate import narrating
from bot.pipeline.progress import ProgressBus
from bot.ports import Progress
from tests.support.make import job as a_job
from tests.support.rig import FakeChat, Rig

HERE = JobId("here")


def sign(number: int) -> Progress:
    return Progress(HERE, Stage(list(Stage)[number % len(Stage)]))


@contextlib.asynccontextmanager
async def watching(bus: ProgressBus, every: float = 60.0) -> AsyncIterator["asyncio.Task[Progress | None]"]:
    """The first sign that comes; the watcher is there when the block begins."""
    async with contextlib.aclosing(bus.watch(HERE, every=every)) as seen:
        first = asyncio.ensure_future(anext(seen))
        await settled()
        yield first


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_slow_watcher_loses_the_oldest_signs_and_keeps_their_order() -> None:
    bus = ProgressBus()
    signs = [sign(number) for number in range(40)]
    async with contextlib.aclosing(bus.watch(HERE, every=60.0)) as seen:
        first = asyncio.ensure_future(anext(seen))
        await settled()
        for one in signs:
            bus.publish(one)
        got = [await first]
        while got[-1] is not signs[-1]:
            got.append(await anext(seen))

    assert 1 < len(got) < 40
    assert all(one is known for one, known in zip(got, signs[-len(got) :], strict=True))


async def test_one_watcher_that_leaves_takes_no_sign_from_another() -> None:
    bus = ProgressBus()
    async with watching(bus) as staying:
        async with watching(bus) as leaving:
            bus.publish(sign(0))
            assert await leaving == sign(0)
        assert await staying == sign(0)
    async with watching(bus) as later:
        assert not later.done()
        bus.publish(sign(1))
        assert await later == sign(1)
    assert bus._watchers == {}, "nothing is kept of jobs that nobody watches"


async def test_silence_is_told() -> None:
    async with watching(ProgressBus(), every=0.0) as first:
        assert await first is None


class Touchy(FakeChat):
    """Refuses the first sign, and needs a moment to let go of the one at hand when it is told to stop."""

    def __init__(self) -> None:
        super().__init__()
        self.faults_left = 1
        self.at_hand = 0

    async def progress(self, job: Job, progress: Progress) -> None:
        if self.faults_left:
            self.faults_left -= 1
            raise RuntimeError("a fault of the adapter")
        await super().progress(job, progress)
        self.at_hand += 1
        try:
            await asyncio.sleep(0 if len(self.shown) < 2 else 60)
        finally:
            await asyncio.sleep(0)
            self.at_hand -= 1


async def test_a_chat_is_told_the_newest_and_nothing_once_the_block_has_ended(tmp_path: Path) -> None:
    chat = Touchy()
    async with Rig(tmp_path, chat=chat) as rig:
        job = a_job()
        async with narrating(rig.parts, job):
            await settled()
            for stage in (Stage.GUARD, Stage.GENERATE, Stage.REHOST):
                rig.parts.progress.publish(Progress(job.job_id, stage))
                await settled()
            assert chat.at_hand == 1
        assert chat.at_hand == 0

    assert [told.stage for told in chat.shown] == [Stage.GENERATE, Stage.REHOST]


class Remembering(ProgressBus):
    """Remembers the stages of all signs."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Stage] = []

    def publish(self, progress: Progress) -> None:
        self.told.append(progress.stage)
        super().publish(progress)


async def test_each_stage_is_told_as_it_begins(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        bus = Remembering()
        rig.parts = dataclasses.replace(rig.parts, progress=bus)
        rig.studio = dataclasses.replace(rig.studio, parts=rig.parts)
        rig.workers.parts = rig.parts
        await rig.finished()

    assert bus.told == [
        Stage.GUARD,
        Stage.SANITIZE,
        Stage.GENERATE,
        Stage.INSPECT,
        Stage.REHOST,
        Stage.DELIVER,
        Stage.DONE,
    ]

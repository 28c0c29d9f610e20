"""Who runs the jobs: claims queued ones, takes over those of dead owners, drains at the end."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

import structlog

from bot.domain.errors import BotError, StorageError
from bot.domain.jobs import Job
from bot.pipeline.journey import Journey
from bot.pipeline.run import Parts

log = structlog.get_logger(__name__)

SWEEP_SECONDS: Final = 1.0
_DOUBTFUL_SWEEPS: Final = 30
UNACKNOWLEDGED_SECONDS: Final = 30.0
"""A job whose acknowledgement never arrived is closed after this time; nothing was paid for it. Acknowledging takes
a few seconds, with all its own tries under 20."""


@dataclass
class Workers:
    """Takes new jobs while fewer than `concurrency` run in this process; the queue itself is in the store.

    Every task it starts is in `_running` or is one of the two loops, and `stop` waits for all of them.
    """

    parts: Parts
    concurrency: int = 64
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _running: dict[asyncio.Task[object], Job] = field(default_factory=dict)
    _loops: list[asyncio.Task[None]] = field(default_factory=list)
    _taking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _doubtful_sweeps: int = 0

    def wake(self) -> None:
        """Look at the queue now."""
        self._wake.set()

    @property
    def in_flight(self) -> int:
        return len(self._running)

    async def start(self) -> None:
        self._loops = [
            asyncio.create_task(self._claim_loop(), name="claim"),
            asyncio.create_task(self._sweep_loop(), name="sweep"),
        ]

    async def stop(self, grace: float) -> None:
        """Take no more jobs, give the running ones `grace` seconds, hand the rest back to the queue."""
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        if self._running:
            log.info("draining", jobs=len(self._running), grace=grace)
            await asyncio.wait(self._running, timeout=grace)
        left = dict(self._running)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await asyncio.gather(*(self._hand_over(job) for job in left.values()))

    async def _hand_over(self, job: Job) -> None:
        try:
            current = await self.parts.jobs.get(job.job_id)
            if current is not None and not current.state.final:
                await self.parts.jobs.release(job)
                log.info("job_handed_over", job_id=job.job_id)
        except BotError as fault:
            log.warning("job_not_handed_over", job_id=job.job_id, fault=str(fault))

    async def _claim_loop(self) -> None:
        while True:
            self._wake.clear()
            try:
                while len(self._running) < self.concurrency and await self._claim():
                    pass
            except StorageError as fault:
                log.warning("queue_unreachable", fault=fault.problem)
                self._doubt()
            except Exception:
                # Whatever it is: without this loop nothing runs any more.
                log.exception("claim_crashed")
                self._doubt()
            await self._wait_for_work()

    async def _claim(self) -> bool:
        """Take one job from the queue; False when there is none."""
        async with self._taking:
            job = await self.parts.jobs.claim(self.parts.adapters.keys())
            if job is not None:
                self._start(job)
            return job is not None

    async def _wait_for_work(self) -> None:
        try:
            async with asyncio.timeout(SWEEP_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _sweep_loop(self) -> None:
        while True:
            try:
                await self.sweep()
            except StorageError as fault:
                log.warning("sweep_failed", fault=fault.problem)
                self._doubt()
            except Exception:
                log.exception("sweep_crashed")
                self._doubt()
            await self.parts.clock.sleep(SWEEP_SECONDS)

    async def sweep(self) -> None:
        """Take over what dead processes left, and close what was never acknowledged."""
        taken = await self.parts.jobs.take_over()
        for job in taken:
            log.info("job_taken_over", job_id=job.job_id, stage=job.stage, attempts=job.attempts)
            await self._take_up(job)
        if taken:
            self.parts.telemetry.jobs_recovered(len(taken))
        if self._doubtful_sweeps:
            await self._resume_dropped()
            self._doubtful_sweeps -= 1
        if await self.parts.jobs.abandon(self.parts.clock.now() - UNACKNOWLEDGED_SECONDS):
            self.wake()

    def _doubt(self) -> None:
        """The ledger may have given us jobs in an answer that never arrived, for as long as it takes to commit."""
        self._doubtful_sweeps = _DOUBTFUL_SWEEPS

    async def _resume_dropped(self) -> None:
        """Jobs that are ours although nobody here works on them; as we are alive, nobody else would take them over."""
        async with self._taking:
            at_work = {job.job_id for job in self._running.values()}
            for job in await self.parts.jobs.in_hand():
                if job.job_id not in at_work:
                    log.info("job_resumed", job_id=job.job_id, stage=job.stage)
                    await self._take_up(job)

    async def _take_up(self, job: Job) -> None:
        """Run it here, or leave it to a process that serves its chat: nobody here could tell its end."""
        if job.request.requester.platform in self.parts.adapters:
            self._start(job)
        else:
            await self.parts.jobs.release(job)

    def _start(self, job: Job) -> None:
        task: asyncio.Task[object] = asyncio.create_task(
            Journey(self.parts).run(job), name=f"job {job.job_id}"
        )
        self._running[task] = job
        self.parts.telemetry.jobs_in_flight(+1)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[object]) -> None:
        job = self._running.pop(task)
        self.parts.telemetry.jobs_in_flight(-1)
        self.wake()
        if task.cancelled():
            # At a drain the loops have ended, and this does nothing.
            self._doubt()
        elif fault := task.exception():
            log.error("job_task_failed", job_id=job.job_id, fault=type(fault).__name__, detail=str(fault))
            self._doubt()

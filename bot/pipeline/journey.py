"""The whole journey of a job, on one screen.

    guard -> sanitize -> generate -> inspect -> rehost -> deliver

Each stage either returns its result or ends the journey with an outcome. Results that cost money or time are
stored before the next stage begins, so that a restart, also on another machine, goes on behind the last one.
"""

import asyncio
import dataclasses
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

import structlog

from bot.domain.errors import BotError, LostJob, StorageError
from bot.domain.jobs import Job, JobState, PaidPictures, SafeWords, Stage
from bot.domain.lora import lora_of
from bot.domain.outcomes import Delivered, Failed, FailureClass, Outcome
from bot.guardrails.compiled import ready
from bot.guardrails.places import rules_for
from bot.observe import job_context, stage_span
from bot.pipeline.cancellable import unless_cancelled
from bot.pipeline.deliver import deliver
from bot.pipeline.faults import failure_of
from bot.pipeline.generate import generate
from bot.pipeline.guard import guard
from bot.pipeline.inspect import Inspected, inspect
from bot.pipeline.narrate import narrating
from bot.pipeline.notices import notices_for
from bot.pipeline.rehost import rehost
from bot.pipeline.run import Parts, Run
from bot.pipeline.sanitize import sanitize
from bot.ports import Progress

log = structlog.get_logger(__name__)

_MOST_ATTEMPTS: Final = 3
"""A job that has taken so many processes down with it is not tried again."""
_TO_DELIVER: Final = 60.0
"""Seconds kept back for telling the end when everything before has used up the job's deadline."""
_TO_SHOW_PAID: Final = 180.0
"""Seconds that a job with paid pictures gets in any case."""


@dataclass(frozen=True, slots=True)
class Journey:
    """Runs jobs from wherever they stand to their end."""

    parts: Parts

    async def run(self, job: Job) -> Outcome | None:
        """Bring the job to its end and tell it. None when another process has taken it over."""
        with job_context(job.job_id, job.request.requester.platform):
            policy = await self.parts.policies.policy(job.request.requester.tenant)
            shown = _with_time_to_show(job, self.parts.clock.now())
            run = Run(self.parts, shown, rules_for(policy, job.request.requester))
            try:
                await ready(run.policy.content)  # in a thread, if it has to be
                async with narrating(self.parts, job):
                    outcome = run.steps.outcome or _given_up(job) or await self._make(run)
                await run.save(Stage.DELIVER, outcome=outcome)
                async with self._stage(run, Stage.DELIVER):
                    return await deliver(run, outcome)
            except LostJob:
                log.info("job_lost", stage=job.stage)
                await self._clear_away(run)
                return None

    async def _clear_away(self, run: Run) -> None:
        """What was written for a job that was deleted meanwhile. One that was taken over still needs it."""
        jobs, person = self.parts.jobs, run.job.request.requester
        try:
            job = await jobs.get(run.job.job_id)
            if job is None or job.state is not JobState.DELETED:
                return
            await jobs.mark_deleted(job.job_id)
            await jobs.drop_objects(run.written)
            if not job.request.requester.user_id:
                await jobs.clear_traces(job.job_id, person)
        except StorageError as fault:
            log.warning("leftovers_not_cleared", problem=fault.problem)

    async def _make(self, run: Run) -> Outcome:
        try:
            return await self._in_time(run)
        except LostJob:
            raise
        except BotError as fault:
            log.warning("job_failed", fault=type(fault).__name__, detail=str(fault))
            return failure_of(fault)
        except Exception:
            log.exception("job_crashed")
            return Failed(FailureClass.INTERNAL)

    async def _in_time(self, run: Run) -> Outcome:
        """What the stages end with before the deadline; pictures that were paid just before it get their time."""
        paid_before = run.steps.pictures is not None
        with suppress(TimeoutError):
            return await self._until_deadline(run)
        if paid_before or run.steps.pictures is None:
            return _timed_out(run)
        log.warning("paid_at_the_last_moment", stage=run.job.stage)
        run.job = _with_time_to_show(run.job, self.parts.clock.now())
        with suppress(TimeoutError):
            return await self._until_deadline(run)
        return _timed_out(run)

    async def _until_deadline(self, run: Run) -> Outcome:
        async with asyncio.timeout(max(0.0, run.remaining() - _TO_DELIVER)):
            return await unless_cancelled(run, self._stages(run))

    async def _stages(self, run: Run) -> Outcome:
        async with self._stage(run, Stage.GUARD):
            refusal = await guard(run)
        if refusal:
            return refusal

        async with self._stage(run, Stage.SANITIZE):
            words = await sanitize(run)
        if not isinstance(words, SafeWords):
            return words

        async with self._stage(run, Stage.GENERATE):
            pictures = await generate(run, words)
        if not isinstance(pictures, PaidPictures):
            return pictures

        async with self._stage(run, Stage.INSPECT):
            inspected = await inspect(run, pictures)
        if not isinstance(inspected, Inspected):
            return inspected

        async with self._stage(run, Stage.REHOST):
            hosted = await rehost(run, pictures, inspected)
        return Delivered(
            hosted,
            notices_for(
                run.job.request.options,
                run.steps.words or words,
                pictures,
                run.policy.presentation,
                without_lora=_lora_left_out(run, pictures),
                withheld=len(pictures.images) - len(hosted),
            ),
            pictures.cost,
        )

    @asynccontextmanager
    async def _stage(self, run: Run, stage: Stage) -> AsyncIterator[None]:
        started = time.perf_counter()
        self.parts.progress.publish(Progress(run.job.job_id, stage))
        try:
            with stage_span(stage):
                yield
        finally:
            self.parts.telemetry.stage_took(stage, time.perf_counter() - started)


def _with_time_to_show(job: Job, now: float) -> Job:
    """What is paid for is shown however late it came; the adapters know doors that stay open."""
    if job.steps.pictures is None:
        return job
    return dataclasses.replace(job, deadline=max(job.deadline, now + _TO_SHOW_PAID))


def _timed_out(run: Run) -> Outcome:
    return Failed(FailureClass.TIMED_OUT, maybe_billed=run.steps.paying is not None)


def _given_up(job: Job) -> Outcome | None:
    if job.attempts <= _MOST_ATTEMPTS:
        return None
    log.error("job_given_up", attempts=job.attempts, stage=job.stage)
    return Failed(FailureClass.INTERRUPTED, maybe_billed=job.steps.paying is not None)


def _lora_left_out(run: Run, pictures: PaidPictures) -> bool:
    """Another model stood in for those that take the community's LoRA; where none does, that was said before."""
    lora = lora_of(run.policy.presentation.lora, run.job.request.requester.tenant)
    profile = run.parts.router.profile(pictures.provider, pictures.model)
    if lora is None or profile is None or profile.takes(lora):
        return False
    return run.parts.router.takes_lora(lora)

"""What adapters talk to: hand in requests, press buttons, look at jobs."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.domain.jobs import DeliveryHandle, Job, JobState
from bot.domain.outcomes import DecidedBy, RefusalReason, Refused
from bot.domain.requests import (
    ImagineRequest,
    JobId,
    RawWords,
    Reference,
    Requester,
)
from bot.guardrails.intake import read_request
from bot.guardrails.places import rules_for
from bot.pipeline.admit import admit, count_refused
from bot.pipeline.cancel import WISH
from bot.pipeline.children import Press, child_request
from bot.pipeline.farewell import forget_person
from bot.pipeline.janitor import bury, retract
from bot.pipeline.run import Parts
from bot.ports import Accepted, Duplicate, Progress, Reported

_WATCH_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Ask:
    """A request as an adapter received it.

    Attributes:
        key: The platform's id of the interaction, unique for ever, e.g. "discord:1234".
        text: Words as typed, with flags.
        typed: Options from typed fields, by the names of `guardrails.intake.TypedOptions`.
        lifetime: Seconds for which the platform takes an answer.
        handle: How to answer, where that is known before the acknowledgement: whoever finds the job orphaned
            between the two can then still say so.
    """

    key: str
    requester: Requester
    text: str
    typed: Mapping[str, Any] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    lifetime: float = 840.0
    handle: DeliveryHandle | None = None


@dataclass(frozen=True, slots=True)
class Studio:
    """The core's front door.

    A new request takes two steps: `submit` writes the row and reserves the quota, so that a refusal can still be
    private; `begin` starts the work once the platform has its acknowledgement. Nothing is paid in between.

    Attributes:
        patience: See `bot.pipeline.admit`.
    """

    parts: Parts
    wake_workers: Callable[[], None]
    patience: float = 0.3

    async def submit(self, ask: Ask) -> Accepted | Duplicate | Refused:
        """Check and write down a request. A redelivered one comes back as Duplicate."""
        intake = read_request(ask.text, dict(ask.typed))
        if isinstance(intake, Refused):
            return count_refused(self.parts, intake, ask.requester.platform)
        return await admit(
            self.parts,
            ImagineRequest(
                key=ask.key,
                requester=ask.requester,
                words=RawWords(intake.words),
                options=intake.options,
                references=ask.references,
                created_at=self.parts.clock.now(),
                deadline=self.parts.clock.now() + ask.lifetime,
            ),
            ask.handle,
            self.patience,
        )

    async def press(self, press: Press) -> Accepted | Duplicate | Refused:
        """Make the child job of a button; pressed twice at once it is the same child.

        `delete`, `report` and the other free actions have functions of their own.
        """
        parent = await self.find(press.job_id, press.requester)
        if isinstance(parent, Refused):
            return parent
        policy = rules_for(await self.parts.policies.policy(press.requester.tenant), press.requester)
        if not policy.access.others_may_press and not may_manage(press.requester, parent):
            return Refused(RefusalReason.NOT_YOURS, DecidedBy.GUARD)
        child = await child_request(self.parts, press, parent)
        return (
            child
            if isinstance(child, Refused)
            else await admit(self.parts, child, press.handle, self.patience)
        )

    async def begin(
        self, job_id: JobId, handle: DeliveryHandle, message: Mapping[str, Any] | None = None
    ) -> bool:
        """The platform has its acknowledgement: start the work. False if somebody began or closed it before."""
        job = await self.parts.jobs.get(job_id)
        deadline = job.request.deadline if job else self.parts.clock.now()
        begun = await self.parts.jobs.begin(job_id, handle, message or {}, deadline)
        if begun:
            self.wake_workers()
        return begun

    async def is_gone(self, job_id: JobId) -> bool:
        """Whether a job was deleted, so that nobody else will ever take its first sign away."""
        job = await self.parts.jobs.get(job_id)
        return job is None or job.state is JobState.DELETED

    async def find(self, job_id: JobId, requester: Requester) -> Job | Refused:
        """A job of the requester's own community; others' do not exist for them."""
        job = await self.parts.jobs.get(job_id)
        if job is None or job.request.requester.tenant != requester.tenant or job.state is JobState.DELETED:
            return Refused(RefusalReason.UNKNOWN_JOB, DecidedBy.GUARD)
        return job

    async def find_refused(self, job_id: JobId, requester: Requester) -> Job | Refused:
        """As `find`; also a request of the person's own that was refused before it became a job."""
        job = await self.find(job_id, requester)
        if not isinstance(job, Refused):
            return job
        return await self.parts.watch.turned_away_as(requester, job_id) or job

    async def delete(
        self, job_id: JobId, requester: Requester, told: Callable[[], Awaitable[None]] | None = None
    ) -> Job | Refused:
        """Delete message, objects and words of a job; a bare line stays. Returns the job as it was.

        `told` is awaited once nothing can undo it any more: a crash afterwards leaves the rest to the janitor.
        """
        job = await self.find(job_id, requester)
        if isinstance(job, Refused):
            return job
        if not may_manage(requester, job):
            return Refused(RefusalReason.NOT_YOURS, DecidedBy.GUARD)
        keys = await self.parts.jobs.mark_deleted(job_id)
        self.parts.cancels.cancel(job_id)  # nobody will see what is still being made here
        await self.parts.policies.audit(
            requester.tenant,
            "job_deleted",
            {"job": job_id, "by": self.parts.identities.safety_identifier(requester)},
        )
        if told is not None:
            await told()
        await bury(self.parts, keys)
        adapter = self.parts.adapters.get(job.request.requester.platform)
        if adapter is not None:
            await retract(self.parts, adapter, job)
        return job

    async def cancel(self, job_id: JobId, requester: Requester) -> Job | Refused:
        """Stop a job that is not done yet, on any process. Returns the job as it was: a final one is left alone."""
        job = await self.find(job_id, requester)
        if isinstance(job, Refused) or job.state.final:
            return job
        if not may_manage(requester, job):
            return Refused(RefusalReason.NOT_YOURS, DecidedBy.GUARD)
        await self.parts.jobs.amend_message(job_id, {WISH: True})
        self.parts.cancels.cancel(job_id)
        return job

    async def report(self, job_id: JobId, requester: Requester, text: str) -> Reported | Refused:
        """Put a job before the moderators: a complaint about a picture, or an appeal against a refusal."""
        job = await self.find_refused(job_id, requester)
        if isinstance(job, Refused):
            return job
        reporter = self.parts.identities.safety_identifier(requester)
        data = {"job": job_id, "by": reporter, "state": job.state.value, "with_text": bool(text.strip())}
        await self.parts.policies.audit(requester.tenant, "job_reported", data)
        return await self.parts.watch.reported(job, requester, text)

    async def export(self, requester: Requester) -> Mapping[str, Any]:
        """Everything that is stored about the requester, as JSON-compatible values."""
        return await self.parts.jobs.export_user(requester.platform, requester.user_id)

    async def forget(self, requester: Requester) -> int:
        """Erase the requester everywhere: rows, words, objects, messages. Returns the number of jobs.

        What cannot be deleted at once stays on the janitor's list.
        """
        return (await forget_person(self.parts, requester.platform, requester.user_id)).jobs

    async def history(self, requester: Requester, *, limit: int = 20) -> Sequence[Job]:
        """The requester's own jobs in this community, newest first."""
        return await self.parts.jobs.history(requester.tenant, requester.user_id, limit=limit)

    async def watch(self, job_id: JobId) -> AsyncGenerator[tuple[Job, Progress | None], None]:
        """The job whenever something about it changes, until it is final."""
        last: Job | None = None
        async for progress in self.parts.progress.watch(job_id, every=_WATCH_SECONDS, at_once=True):
            job = await self.parts.jobs.get(job_id)
            if job is None:
                return
            if progress is not None or job != last:
                yield job, progress
            if job.state.final:
                return
            last = job


def may_manage(requester: Requester, job: Job) -> bool:
    """The person who asked, and moderators."""
    owner = job.request.requester
    return requester.moderator or (owner.platform, owner.user_id) == (requester.platform, requester.user_id)

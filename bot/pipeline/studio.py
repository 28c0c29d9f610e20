"""What adapters talk to: hand in requests, press buttons, look at jobs."""

import dataclasses
import hashlib
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from bot.domain.errors import StorageError
from bot.domain.images import ImageTask, MediaType, ReferenceImage, SafePrompt
from bot.domain.jobs import DeliveryHandle, Job, JobState
from bot.domain.limits import LimitReached
from bot.domain.lora import lora_of
from bot.domain.moderators import Suspension
from bot.domain.money import MicroUSD
from bot.domain.outcomes import DecidedBy, Delivered, RefusalReason, Refused
from bot.domain.policy import Policy
from bot.domain.requests import (
    Action,
    ImagineRequest,
    JobId,
    Lineage,
    Options,
    Quality,
    RawWords,
    Reference,
    ReferenceRole,
    Requester,
)
from bot.guardrails.compiled import ready
from bot.guardrails.intake import asked_for, read_request, well_formed
from bot.guardrails.places import rules_for
from bot.guardrails.quotas import limits_for, rates_for, refusal_for
from bot.pipeline.cancel import WISH
from bot.pipeline.farewell import forget_person
from bot.pipeline.generate import wished_size
from bot.pipeline.guard import APPROVED, check_request
from bot.pipeline.janitor import retract
from bot.pipeline.notes import note_refused
from bot.pipeline.run import Parts
from bot.ports import Accepted, Duplicate, Progress, Reported

log = structlog.get_logger(__name__)

DOUBLE_PRESS_SECONDS: Final = 3.0
"""A second press within this time after the first one's child was made answers with the same child."""
_WATCH_SECONDS: Final = 1.0
_TO_BE_HAD_AGAIN: Final = frozenset({JobState.FAILED, JobState.DELETED})
"""Ends after which even a button that makes one child makes another."""


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
class Press:
    """A button of a picture, pressed.

    Attributes:
        index: Which picture of the job, from 0.
        text: New words (reword) or an instruction (edit), "" for the others.
        handle: See `Ask`.
        exact: The key alone names the child, as for words in a thread: their redelivery is the same child at any
            time, and the same words said once more are another one.
    """

    key: str
    requester: Requester
    job_id: JobId
    action: Action
    index: int = 0
    text: str = ""
    references: tuple[Reference, ...] = ()
    lifetime: float = 840.0
    handle: DeliveryHandle | None = None
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Studio:
    """The core's front door.

    A new request takes two steps: `submit` writes the row and reserves the quota, so that a refusal can still be
    private; `begin` starts the work once the platform has its acknowledgement. Nothing is paid in between.

    Attributes:
        patience: Seconds for which an acknowledgement waits while a community's long list of words, just changed, is
            made ready for use. After them the words are looked at when the job begins, before all else.
    """

    parts: Parts
    wake_workers: Callable[[], None]
    patience: float = 0.3

    async def submit(self, ask: Ask) -> Accepted | Duplicate | Refused:
        """Check and write down a request. A redelivered one comes back as Duplicate."""
        intake = read_request(ask.text, dict(ask.typed))
        if isinstance(intake, Refused):
            return self._count(intake, ask.requester.platform)
        return await self._accept(
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
        child = await self._child_request(press, parent)
        return child if isinstance(child, Refused) else await self._accept(child, press.handle)

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
        await self.parts.jobs.mark_deleted(job_id)
        await self.parts.policies.audit(
            requester.tenant,
            "job_deleted",
            {"job": job_id, "by": self.parts.identities.safety_identifier(requester)},
        )
        if told is not None:
            await told()
        await self.remove_objects([job])
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

    async def remove_objects(self, jobs: Sequence[Job]) -> None:
        """Delete the stored bytes of jobs, except those that another job still shows."""
        for job in jobs:
            keys = object_keys(job)
            shared = await self.parts.jobs.shared_keys(keys, job.job_id)
            for key in keys:
                if key in shared:
                    continue
                try:
                    await self.parts.images.delete(key)
                except StorageError:
                    log.warning("object_not_deleted", job_id=job.job_id)
                    self.parts.telemetry.alert("storage", "an object could not be deleted")

    async def history(self, requester: Requester, *, limit: int = 20) -> Sequence[Job]:
        """The requester's own jobs in this community, newest first."""
        return await self.parts.jobs.history(requester.tenant, requester.user_id, limit=limit)

    async def watch(self, job_id: JobId) -> AsyncIterator[tuple[Job, Progress | None]]:
        """The job whenever something about it changes, until it is final."""
        last: Job | None = None
        async for progress in self._changes(job_id):
            job = await self.parts.jobs.get(job_id)
            if job is None:
                return
            if progress is not None or job != last:
                yield job, progress
            if job.state.final:
                return
            last = job

    async def _changes(self, job_id: JobId) -> AsyncIterator[Progress | None]:
        yield None
        async for progress in self.parts.progress.watch(job_id, every=_WATCH_SECONDS):
            yield progress

    async def _accept(
        self, request: ImagineRequest, handle: DeliveryHandle | None
    ) -> Accepted | Duplicate | Refused:
        person, words = request.requester, asked_for(request)
        policy = rules_for(await self.parts.policies.policy(person.tenant), person)
        admission = await self.parts.watch.admission(person, words)
        if admission.suspension is not None:
            return await self._turn_away(request, _suspended(admission.suspension, self.parts.clock.now()))
        if admission.approved is not None:
            request = dataclasses.replace(
                request, metadata={**request.metadata, APPROVED: admission.approved}
            )
        words_known = await ready(policy.content, self.patience)
        if refused := check_request(request, policy, words_too=words_known):
            await note_refused(self.parts, request, policy, refused)
            if refused.appealable and policy.recovery.appeals:
                refused = dataclasses.replace(refused, appeal=request.job_id)
            return await self._turn_away(request, refused)
        result = await self.parts.jobs.accept(
            request,
            limits_for(
                request.requester,
                policy.limits,
                pictures=request.options.count,
                price=self._price(request, policy),
                now=self.parts.clock.now(),
            ),
            rates_for(request.requester, policy.limits),
            weight=request.options.count,
            handle=handle,
        )
        if isinstance(result, LimitReached):
            return await self._turn_away(request, refusal_for(result))
        if admission.approved is not None and isinstance(result, Accepted):
            await self.parts.watch.use_approval(person, words)
        return result

    async def _turn_away(self, request: ImagineRequest, refused: Refused) -> Refused:
        await self.parts.watch.turned_away(request.requester, refused)
        return self._count(refused, request.requester.platform)

    def _price(self, request: ImagineRequest, policy: Policy) -> MicroUSD | None:
        """What the model that would serve now takes, for the reservation; references cost as well."""
        options = request.options
        width, height = wished_size(request, policy.access)
        references = tuple(ReferenceImage(b"", MediaType.PNG, item.role) for item in request.references)
        task = ImageTask(
            SafePrompt(""),
            width,
            height,
            options.count,
            options.quality,
            references=references,
            lora=lora_of(policy.presentation.lora, request.requester.tenant),
        )
        order = policy.recovery.route_order
        return self.parts.router.estimate(task, model=options.model, order=order)

    def _count(self, refused: Refused, platform: str) -> Refused:
        self.parts.telemetry.refused(refused.decided_by, refused.reason)
        self.parts.telemetry.request_ended(platform, "refused")
        return refused

    async def _child_request(self, press: Press, parent: Job) -> ImagineRequest | Refused:
        words, options, instruction = parent.request.words, parent.request.options, None
        if press.action is Action.REWORD:
            intake = read_request(press.text, _as_typed(options))
            if isinstance(intake, Refused):
                return intake
            words, options = RawWords(intake.words), intake.options
        elif press.text:
            instruction = RawWords(well_formed(press.text))
        now = self.parts.clock.now()
        return ImagineRequest(
            key=press.key if press.exact else await self._child_key(press, now),
            requester=press.requester,
            words=words,
            options=_child_options(press.action, options),
            references=_own_reference(press, parent) + press.references,
            lineage=Lineage(parent.job_id, press.action, press.index, instruction),
            created_at=now,
            deadline=now + press.lifetime,
        )

    async def _child_key(self, press: Press, now: float) -> str:
        """The same key for presses that mean the same child, so that the ledger's primary key keeps them one.

        Once-only actions have one child for ever. The others get a new generation when the last child is done
        and old enough not to be a double click.
        """
        siblings = await self.parts.jobs.find_child(press.job_id, press.action, press.index)
        mine = [child for child in siblings if child.request.requester.user_id == press.requester.user_id]
        base = f"{press.job_id}:{press.action}:{press.index}"
        if press.action.once_only:
            return f"{base}:{sum(child.state in _TO_BE_HAD_AGAIN for child in siblings)}"
        done = sum(child.state.final and now - child.created_at > DOUBLE_PRESS_SECONDS for child in mine)
        # The job's id is made of the key and outlives person and words: neither may be guessed from it.
        who = self.parts.identities.safety_identifier(press.requester)
        meant = hmac.new(who.encode(), press.text.encode(), hashlib.sha256).hexdigest()
        return f"{base}:{meant}:{done}"


def may_manage(requester: Requester, job: Job) -> bool:
    """The person who asked, and moderators."""
    owner = job.request.requester
    return requester.moderator or (owner.platform, owner.user_id) == (requester.platform, requester.user_id)


def object_keys(job: Job) -> list[str]:
    """Every object of a job in the image store: originals, public copies, previews, references."""
    keys: list[str] = []
    if job.steps.pictures:
        keys += [image.key for image in job.steps.pictures.images]
    if isinstance(job.outcome, Delivered):
        keys += [key for image in job.outcome.images for key in (image.key, image.preview_key)]
    keys += [reference.key for reference in job.steps.references or () if not reference.external]
    return list(dict.fromkeys(keys))


def _suspended(suspension: Suspension, now: float) -> Refused:
    wait = None if suspension.until is None else max(0.0, suspension.until - now)
    return Refused(RefusalReason.SUSPENDED, DecidedBy.MODERATOR, wait=wait)


def _as_typed(options: Options) -> dict[str, Any]:
    return {
        "aspect": str(options.aspect),
        "count": options.count,
        "quality": options.quality.value,
        "style": options.style,
        "background": options.background.value,
        "model": options.model,
        "exclude": options.exclude,
    }


def _child_options(action: Action, options: Options) -> Options:
    """A reroll has no fixed seed; an upscale is one picture at the highest quality (and larger: `wished_size`)."""
    match action:
        case Action.UPSCALE:
            return dataclasses.replace(options, count=1, quality=Quality.HIGH)
        case Action.VARY | Action.EDIT:
            return dataclasses.replace(options, count=1, seed=None)
        case _:
            return dataclasses.replace(options, seed=None)


def _own_reference(press: Press, parent: Job) -> tuple[Reference, ...]:
    """The parent's picture goes along with an edit, a variation and an upscale; first, as a mask means the first."""
    if press.action not in {Action.VARY, Action.EDIT, Action.UPSCALE} or not isinstance(
        parent.outcome, Delivered
    ):
        return ()
    images = parent.outcome.images
    image = images[min(press.index, len(images) - 1)]
    return (Reference(image.key, ReferenceRole.EDIT, image.media_type),)

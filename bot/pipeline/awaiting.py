"""The button "tell me when it works again": a note in the ledger that `recovered` reads."""

from bot.domain.awaiting import KEPT_SECONDS, Awaited, Part, part_down
from bot.domain.jobs import DeliveryHandle, Job, JobState
from bot.domain.outcomes import DecidedBy, Failed, RefusalReason, Refused
from bot.domain.requests import JobId, Requester
from bot.guardrails.places import rules_for
from bot.pipeline.run import Parts

_UNKNOWN = Refused(RefusalReason.UNKNOWN_JOB, DecidedBy.GUARD)


async def wish_to_hear(
    parts: Parts, job_id: JobId, person: Requester, handle: DeliveryHandle
) -> Job | Refused:
    """Note that the person wants to hear when what made the job fail works again; twice is one note.

    Who may not press the other buttons of the job may not press this one. Nothing of the request is kept for it.

    Raises:
        StorageError: the note could not be kept; nothing was promised.
    """
    job = await parts.jobs.get(job_id)
    if job is None or job.request.requester.tenant != person.tenant or job.state is JobState.DELETED:
        return _UNKNOWN
    policy = rules_for(await parts.policies.policy(person.tenant), person)
    if not policy.access.others_may_press and not _may_manage(person, job):
        return Refused(RefusalReason.NOT_YOURS, DecidedBy.GUARD)
    # The outcome, not the state: the message with the button stands a moment before the row is final.
    part = part_down(job.outcome) if isinstance(job.outcome, Failed) else None
    if part is None:
        return _UNKNOWN
    now = parts.clock.now()
    model = (job.request.options.model or "") if part is Part.MODELS else ""
    note = Awaited(person, job_id, part, model, now, now + KEPT_SECONDS, handle)
    return job if await parts.jobs.await_part(note) else _UNKNOWN


def _may_manage(person: Requester, job: Job) -> bool:
    owner = job.request.requester
    return person.moderator or (owner.platform, owner.user_id) == (person.platform, person.user_id)

"""How a request becomes a job, or is turned away before anything is paid for: who asks, what, and how often."""

import dataclasses

from bot.domain.jobs import DeliveryHandle
from bot.domain.limits import LimitReached
from bot.domain.moderators import Suspension
from bot.domain.outcomes import DecidedBy, RefusalReason, Refused
from bot.domain.requests import ImagineRequest
from bot.guardrails.compiled import ready
from bot.guardrails.intake import asked_for
from bot.guardrails.places import rules_for
from bot.guardrails.quotas import limits_for, rates_for, refusal_for
from bot.pipeline.guard import APPROVED, check_request
from bot.pipeline.notes import note_refused
from bot.pipeline.run import Parts
from bot.pipeline.spending import expected_price
from bot.ports import Accepted, Duplicate


async def admit(
    parts: Parts, request: ImagineRequest, handle: DeliveryHandle | None, patience: float
) -> Accepted | Duplicate | Refused:
    """Ask the moderators' side, check, and write the row down with everything it may use up.

    An acknowledgement waits for `patience` seconds while a community's long list of words, just changed, is made ready
    for use. After them the words are looked at when the job begins, before all else.
    """
    person, words = request.requester, asked_for(request)
    policy = rules_for(await parts.policies.policy(person.tenant), person)
    admission = await parts.watch.admission(person, words)
    if admission.suspension is not None:
        if known := await _known(parts, request):
            return known
        return await _turn_away(parts, request, suspended(admission.suspension, parts.clock.now()))
    if admission.approved is not None:
        request = dataclasses.replace(request, metadata={**request.metadata, APPROVED: admission.approved})
    words_known = await ready(policy.content, patience)
    if refused := check_request(request, policy, words_too=words_known):
        if known := await _known(parts, request):
            return known
        await note_refused(parts, request, policy, refused)
        if refused.appealable and policy.recovery.appeals:
            refused = dataclasses.replace(refused, appeal=request.job_id)
        return await _turn_away(parts, request, refused)
    result = await parts.jobs.accept(
        request,
        limits_for(
            request.requester,
            policy.limits,
            pictures=request.options.count,
            price=expected_price(parts, request, policy),
            now=parts.clock.now(),
        ),
        rates_for(request.requester, policy.limits),
        weight=request.options.count,
        handle=handle,
    )
    if isinstance(result, LimitReached):
        return await _turn_away(parts, request, refusal_for(result))
    if admission.approved is not None and isinstance(result, Accepted):
        await parts.watch.use_approval(person, words)
    return result


async def _known(parts: Parts, request: ImagineRequest) -> Duplicate | None:
    """A redelivery of what was let in before: an approval is used up by that, and rules may have changed since."""
    job = await parts.jobs.get(request.job_id)
    return None if job is None else Duplicate(job)


async def _turn_away(parts: Parts, request: ImagineRequest, refused: Refused) -> Refused:
    await parts.watch.turned_away(request.requester, refused)
    return count_refused(parts, refused, request.requester.platform)


def count_refused(parts: Parts, refused: Refused, platform: str) -> Refused:
    parts.telemetry.refused(refused.decided_by, refused.reason)
    parts.telemetry.request_ended(platform, "refused")
    return refused


def suspended(suspension: Suspension, now: float) -> Refused:
    """The no for somebody who is suspended, with the wait where it ends by itself."""
    wait = None if suspension.until is None else max(0.0, suspension.until - now)
    return Refused(RefusalReason.SUSPENDED, DecidedBy.MODERATOR, wait=wait)

"""The moderators' side of every request: who may ask, what was decided, and what follows from how it ended."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog

from bot.domain.clock import Deadline
from bot.domain.errors import BotError, ProviderError
from bot.domain.jobs import Job
from bot.domain.moderation import Looked
from bot.domain.moderators import Case, CaseKind, Judged, Strike, Suspension
from bot.domain.outcomes import DecidedBy, Delivered, Failed, Outcome, RefusalReason, Refused
from bot.domain.policy import Policy
from bot.domain.requests import JobId, Requester
from bot.guardrails.intake import asked_for
from bot.guardrails.places import rules_for
from bot.guardrails.quotas import CHANNEL
from bot.guardrails.text import stored_form
from bot.moderation.cases import appeals_left
from bot.moderation.desk import Desk
from bot.moderation.turned_away import as_job
from bot.ports import Admission, Reported

log = structlog.get_logger(__name__)

_DAY: Final = 86_400.0
_SECOND_LOOK_SECONDS: Final = 15.0
GRANT_BELOW: Final = 0.2
"""A second look lets an appeal pass below this probability of a violation."""

SecondLook = Callable[[str, Policy, Deadline, str], Any]
"""Asks another model how probably words of a person (a safety identifier) violate the rules; raises ProviderError when it gives no answer."""


@dataclass(frozen=True, slots=True)
class DeskWatch:
    """Implements `Watch` over the moderators' desk. What only keeps or tells never fails a request."""

    desk: Desk
    second_look: SecondLook | None = None

    async def admission(self, person: Requester, words: str) -> Admission:
        """Raises StorageError: who may ask is not known, so nobody is let in."""
        suspension = await self.desk.people.suspended(person)
        if suspension is not None:
            return Admission(suspension)
        return Admission(approved=await self.desk.case_desk.approval(person, words))

    async def use_approval(self, person: Requester, words: str) -> bool:
        return await self.desk.case_desk.use_approval(person, words)

    async def judged(self, judged: Judged) -> None:
        try:
            await self.desk.store.note(judged)
            await self.desk.policies.audit(judged.person.tenant, "decision", self._audit_of(judged))
        except BotError as fault:
            log.warning("decision_not_kept", fault=type(fault).__name__)
            self.desk.parts.telemetry.alert("audit", "a decision could not be written to the audit trail")

    async def ended(self, job: Job, outcome: Outcome) -> None:
        person = job.request.requester
        try:
            policy = rules_for(await self.desk.policies.policy(person.tenant), person)
            await self.desk.policies.audit(person.tenant, "ended", self._ended(job, outcome))
            if isinstance(outcome, Refused):
                await self._refused(job, outcome, policy)
            await self._budget(person.tenant, policy)
        except BotError as fault:
            log.warning("aftermath_failed", fault=type(fault).__name__)
            self.desk.parts.telemetry.alert(
                "audit", "the end of a job could not be written to the audit trail"
            )

    async def turned_away(self, person: Requester, refused: Refused) -> None:
        if refused.reason is not RefusalReason.BUDGET or CHANNEL in dict(refused.params):
            return
        try:
            policy = await self.desk.policies.policy(person.tenant)
            await self._budget(person.tenant, policy, refused=True)
        except BotError as fault:
            log.warning("aftermath_failed", fault=type(fault).__name__)

    async def turned_away_as(self, person: Requester, job_id: JobId) -> Job | None:
        judged = await self.desk.store.refusal_of(person.tenant, job_id)
        if judged is None or judged.decided_by != DecidedBy.GUARD:
            return None
        theirs = (judged.person.platform, judged.person.user_id) == (person.platform, person.user_id)
        return as_job(judged) if theirs else None

    async def reported(self, job: Job, reporter: Requester, text: str) -> Reported | Refused:
        """An appeal of the person themselves, or anybody's report of a picture."""
        person = job.request.requester
        mine = (person.platform, person.user_id) == (reporter.platform, reporter.user_id)
        outcome = job.outcome
        if not (mine and isinstance(outcome, Refused)):
            case = await self.desk.case_desk.open(CaseKind.REPORT, job, text, reporter=reporter)
            await self._announce(case)
            return Reported(job)
        policy = rules_for(await self.desk.policies.policy(person.tenant), person)
        since = self.desk.parts.clock.now() - _DAY
        used = await self.desk.store.appeals_since(person.tenant, person.user_id, since)
        if not outcome.appealable or appeals_left(policy, used) == 0:
            limit = str(policy.recovery.appeals_per_day if policy.recovery.appeals else 0)
            return Refused(RefusalReason.APPEALS, DecidedBy.LIMITS, params=(("limit", limit),))
        case = await self.desk.case_desk.open(CaseKind.APPEAL, job, text, reporter=reporter)
        if case is None:
            return Reported(job)
        if case.approvable and await self._harmless(job, policy):
            await self.desk.case_desk.grant(job, case.case_id)
            await self.desk.case_desk.passed_second_look(case)
            return Reported(job, granted=True)
        await self._announce(case)
        return Reported(job)

    async def _harmless(self, job: Job, policy: Policy) -> bool:
        """Layer one of an appeal, where the moderators want it and a second model is set up."""
        if self.second_look is None or not policy.recovery.appeals_second_look:
            return False
        deadline = Deadline(self.desk.parts.clock.now() + _SECOND_LOOK_SECONDS)
        try:
            words, who = asked_for(job.request), self._who(job.request.requester)
            probability = float(await self.second_look(words, policy, deadline, who))
        except ProviderError as fault:
            log.warning("second_look_down", fault=type(fault).__name__)
            return False
        return probability < GRANT_BELOW

    async def _refused(self, job: Job, refused: Refused, policy: Policy) -> None:
        person = job.request.requester
        if refused.reason is RefusalReason.MINORS:
            await self._minors(job, refused)
        elif refused.strike or await self._repeated_injection(job, refused):
            strike = Strike(self.desk.parts.clock.now(), refused.reason.value, "guardrails", job.job_id)
            rung = await self.desk.people.strike(person, strike, policy)
            if rung is not None and not rung.suspend_hours:
                await self._announce(await self.desk.case_desk.open(CaseKind.STRIKES, job))
            elif rung is not None:
                await self.desk.news.suspended(job, rung, policy)
        if refused.reason is RefusalReason.HELD:
            await self._announce(await self.desk.case_desk.open(CaseKind.HELD, job))
        if refused.reason is not RefusalReason.MINORS:
            await self.desk.news.refused(job, refused, policy)

    async def _minors(self, job: Job, refused: Refused) -> None:
        """Scores and providers lock at once. A text model's word alone may be a misfire: moderators review it, operators
        are told, and only a second one within a day locks.
        """
        if refused.strike or await self._again("minors", job):
            await self._lock(job)
            return
        self.desk.parts.telemetry.alert(
            "safety", "a request about minors was stopped, by a text model's word"
        )
        await self.desk.case_desk.open(CaseKind.SAFETY, job)

    async def _lock(self, job: Job) -> None:
        """Anything sexual about minors: locked until a moderator has looked, operators told, nothing in public logs."""
        person, now = job.request.requester, self.desk.parts.clock.now()
        await self.desk.store.suspend(
            Suspension(person.tenant, person.platform, person.user_id, None, "safety", "guardrails", now)
        )
        self.desk.parts.telemetry.alert("safety", "a request about minors was stopped; its sender is locked")
        await self.desk.case_desk.open(CaseKind.SAFETY, job)
        await self.desk.policies.audit(person.tenant, "locked", {"who": self._who(person), "job": job.job_id})

    async def _repeated_injection(self, job: Job, refused: Refused) -> bool:
        """The first attempt in a day may be an accident."""
        if refused.reason is not RefusalReason.INJECTION:
            return False
        return await self._again("injection", job)

    async def _again(self, what: str, job: Job) -> bool:
        """Whether this has happened within a day before, by another request: an end that is told twice counts once."""
        person, marks = job.request.requester, self.desk.parts.jobs
        key = f"{what}:{_keyed(self._who(person), person.tenant.encode())}"
        if not await marks.mark_once(f"{key}:{job.job_id}", _DAY):
            return False
        return not await marks.mark_once(key, _DAY)

    async def _budget(self, tenant: str, policy: Policy, *, refused: bool = False) -> None:
        for budget, step in await self.desk.money.crossed(tenant, policy.limits, refused=refused):
            self.desk.parts.telemetry.alert(
                "budget", f"{step} % of a community's budget ({budget.period}) is used"
            )
            await self.desk.policies.audit(
                tenant, "budget", {"window": budget.window, "percent": step, "cap": budget.cap}
            )
            await self.desk.news.budget(tenant, budget, step, policy)

    async def _announce(self, case: Case | None) -> None:
        if case is not None:
            await self.desk.news.case(case, await self.desk.policies.policy(case.tenant))

    def _who(self, person: Requester) -> str:
        return self.desk.parts.identities.safety_identifier(person)

    def _audit_of(self, judged: Judged) -> Mapping[str, Any]:
        who = self._who(judged.person)
        return {
            "job": judged.job_id,
            "who": who,
            "channel": "" if judged.person.direct else judged.person.channel_id,
            "policy": judged.policy_version,
            "words": _keyed(who, _canonical(judged.words)),
            "decision": judged.decision,
            "decided_by": judged.decided_by,
            "reason": judged.reason,
            "layers": [list(layer) for layer in judged.layers],
            "scores": {
                name: round(score, 4) for name, score in (judged.scores or {}).items() if score >= 0.01
            },
            "seconds": round(judged.seconds, 3),
        }

    def _ended(self, job: Job, outcome: Outcome) -> Mapping[str, Any]:
        data: dict[str, Any] = {"job": job.job_id, "who": self._who(job.request.requester)}
        words = job.steps.words
        if words is not None and (words.reworded or words.degraded):
            data |= {"reworded": words.reworded, "changes": len(words.changes), "degraded": words.degraded}
        if job.steps.looked:
            data["looked"] = "; ".join(map(_told, job.steps.looked))
        match outcome:
            case Delivered(images=images, cost=cost):
                paid = job.steps.pictures
                data |= {
                    "outcome": "delivered",
                    "cost": cost,
                    "images": [
                        {"sha256": image.sha256, "provider": image.provider, "model": image.model}
                        for image in images
                    ],
                    "fell_back": bool(paid and paid.fell_back),
                    "checked": list(job.steps.verdicts or ()),
                }
            case Refused(reason=reason, decided_by=by, strike=strike):
                data |= {
                    "outcome": "refused",
                    "reason": reason.value,
                    "decided_by": by.value,
                    "strike": strike,
                }
            case Failed(failure=failure, maybe_billed=maybe):
                data |= {"outcome": "failed", "reason": failure.value, "maybe_billed": maybe}
        return data


def _keyed(who: str, message: bytes) -> str:
    return hmac.new(who.encode(), message, hashlib.sha256).hexdigest()


def _canonical(words: str) -> bytes:
    return " ".join(stored_form(words).split()).casefold().encode()


def _told(one: Looked) -> str:
    """One look at one picture, as a line of the trail that moderators read."""
    score = f"{one.score:.4f} in {one.seconds:.3f} s" if one.says != "outage" else ""
    return " ".join(
        part for part in (str(one.picture), one.check, one.says, one.reason, score, one.model) if part
    )

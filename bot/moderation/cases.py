"""The review queue: appeals, reports, held pictures, and people who collect strikes.

A moderator claims a case, looks, and rules. An approval lets the same person have the same words once; it never
overrides a provider, scores over the upper thresholds, or anything about minors.
"""

import dataclasses
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.jobs import Job
from bot.domain.moderators import Case, CaseKind, CaseState, Ruling, Strike
from bot.domain.outcomes import DecidedBy, RefusalReason, Refused
from bot.domain.policy import Policy
from bot.domain.requests import Requester
from bot.guardrails.intake import asked_for
from bot.guardrails.text import stored_form
from bot.moderation.answers import No, Problem, may_moderate
from bot.moderation.held import HeldPictures
from bot.moderation.ports import DeskStore, Rules
from bot.moderation.reported import ReportedPictures
from bot.moderation.rules import Changed, Edit, RuleDesk
from bot.moderation.standing import StandingDesk
from bot.moderation.turned_away import as_job
from bot.ports import Clock, Identities, JobStore

CLAIM_SECONDS: Final = 900.0
"""After this time somebody else may claim what nobody has ruled on."""
APPROVAL_SECONDS: Final = 24 * 3600.0
_COUNTED: Final = 200
"""Open cases that are looked at for how many are about one person."""
_APPROVAL: Final = "approval"
_OF_WORDS: Final = frozenset({Ruling.APPROVE_ONCE, Ruling.ALLOW_PHRASE, Ruling.UPHOLD, Ruling.STRIKE})
_ENDS: Final = {
    CaseKind.HELD: frozenset({Ruling.RELEASE, Ruling.DISCARD, Ruling.STRIKE}),
    CaseKind.REPORT: frozenset({Ruling.DISMISS, Ruling.DISCARD, Ruling.STRIKE}),
}
"""How cases about pictures may end; the others end like cases about words."""
_NEVER: Final = frozenset({RefusalReason.MINORS})
_OURS: Final = frozenset(
    {
        DecidedBy.GUARD,
        DecidedBy.SANITIZER,
        DecidedBy.MODERATION,
        DecidedBy.POST_CHECK,
        DecidedBy.OUTPUT_CHECK,
        DecidedBy.LOCAL_CHECK,
    }
)


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with what a moderator needs to rule on it.

    Attributes:
        words: The person's own words; show them behind a reveal. "" when they are forgotten.
        strikes: Strikes of that person that still count.
        cases: How many cases about that person are open.
        pictures: How many pictures are held, or reported and still there.
        name: The person's name as the chat knew it, "" if it did not.
    """

    case: Case
    words: str
    strikes: int
    cases: int
    pictures: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Ruled:
    """A closed case; `change` is the new version of the rules if the ruling made one. `told`: the person has heard."""

    case: Case
    change: Changed | None = None
    told: bool = False


@dataclass(frozen=True, slots=True)
class CaseDesk:
    store: DeskStore
    rules: Rules
    rule_desk: RuleDesk
    standing: StandingDesk
    jobs: JobStore
    clock: Clock
    held: HeldPictures
    reported: ReportedPictures
    identities: Identities

    async def open(
        self, kind: CaseKind, job: Job, text: str = "", *, reason: str = "", reporter: Requester | None = None
    ) -> Case | None:
        """Put a job before the moderators; None when it lies there already. `text` is the `reporter`'s."""
        outcome = job.outcome
        refused = outcome if isinstance(outcome, Refused) else None
        person = job.request.requester
        case = Case(
            case_id=secrets.token_hex(8),
            tenant=person.tenant,
            kind=kind,
            state=CaseState.OPEN,
            platform=person.platform,
            user_id=person.user_id,
            job_id=job.job_id,
            created_at=self.clock.now(),
            text=text.strip()[:1000],
            reporter=self.identities.safety_identifier(reporter) if reporter and text.strip() else "",
            reason=reason or (refused.reason.value if refused else ""),
            decided_by=refused.decided_by.value if refused else "",
            approvable=refused is not None and approvable(refused),
        )
        return case if await self.store.open_case(case) else None

    async def queue(self, actor: Requester, limit: int = 25) -> Sequence[CaseView] | Problem:
        """Open and claimed cases, oldest first."""
        if problem := await self._denied(actor):
            return problem
        cases = await self._open(actor)
        return [await self._view(case, cases) for case in cases[:limit]]

    async def _open(self, actor: Requester) -> Sequence[Case]:
        return await self.store.cases(actor.tenant, [CaseState.OPEN, CaseState.CLAIMED], _COUNTED)

    async def look(self, actor: Requester, case_id: str) -> CaseView | Problem:
        if problem := await self._denied(actor):
            return problem
        case = await self.store.case(actor.tenant, case_id)
        return Problem(No.UNKNOWN_CASE) if case is None else await self._view(case, await self._open(actor))

    async def claim(self, actor: Requester, case_id: str) -> CaseView | Problem:
        """Lock a case for this moderator, so that no two rule on it."""
        if problem := await self._denied(actor):
            return problem
        stale = self.clock.now() - CLAIM_SECONDS
        case = await self.store.claim(actor.tenant, case_id, actor.user_id, stale)
        if case is None:
            return await self._not_mine(actor, case_id)
        return await self._view(case, await self._open(actor))

    async def rule(self, actor: Requester, case_id: str, ruling: Ruling, phrase: str = "") -> Ruled | Problem:
        """End a claimed case. `phrase` goes with ALLOW_PHRASE; it has to occur in the person's words."""
        view = await self.claim(actor, case_id)
        if isinstance(view, Problem):
            return view
        change: Changed | Problem | None
        if ruling not in _ENDS.get(view.case.kind, _OF_WORDS):
            return Problem(No.HELD_ONLY)
        if view.case.kind is CaseKind.HELD:
            change = await self._rule_held(view.case, ruling)
        elif view.case.kind is CaseKind.REPORT:
            await self._rule_reported(actor, view.case, ruling)
            change = None
        else:
            change = await self._approve(actor, view, ruling, phrase)
        if isinstance(change, Problem):
            return change
        # Closed last: whatever fails before, the ruling may be made again, and none of it is missing in the end.
        await self._strike(actor, view.case, ruling)
        await self.rules.audit(
            actor.tenant,
            "case_ruled",
            {
                "case": case_id,
                "job": view.case.job_id,
                "ruling": ruling.value,
                "by": self.identities.safety_identifier(actor),
            },
        )
        case = await self.store.close(actor.tenant, case_id, actor.user_id, ruling)
        if case is None:
            return await self._not_mine(actor, case_id)
        return Ruled(case, change)

    async def _strike(self, actor: Requester, case: Case, ruling: Ruling) -> None:
        """One for a case, however often it is ruled on."""
        if ruling is Ruling.STRIKE and case.user_id:
            person = Requester(platform=case.platform, tenant=case.tenant, user_id=case.user_id)
            strike = Strike(self.clock.now(), case.reason or case.kind.value, actor.user_id, case.case_id)
            await self.standing.strike(person, strike, await self.rules.policy(case.tenant))

    async def _rule_held(self, case: Case, ruling: Ruling) -> Problem | None:
        """Before the case is closed: a process that dies in between leaves it open, and both may be repeated."""
        if case.job_id is None:
            return Problem(No.PICTURE_GONE)
        if ruling is not Ruling.RELEASE:
            await self.held.discard(case.job_id)
            return None
        return None if await self.held.release(case.job_id) else Problem(No.PICTURE_GONE)

    async def _rule_reported(self, actor: Requester, case: Case, ruling: Ruling) -> None:
        """As with held pictures: before the case is closed, and it may be repeated."""
        if ruling is not Ruling.DISMISS and case.job_id is not None:
            await self.reported.take_down(actor, case.job_id)

    async def _approve(
        self, actor: Requester, view: CaseView, ruling: Ruling, phrase: str
    ) -> Changed | Problem | None:
        if ruling not in {Ruling.APPROVE_ONCE, Ruling.ALLOW_PHRASE}:
            return None
        if not view.case.approvable:
            return Problem(No.NOT_APPROVABLE)
        change: Changed | None = None
        if ruling is Ruling.ALLOW_PHRASE:
            added = await self._allow(actor, view.words, phrase)
            if isinstance(added, Problem):
                return added
            change = added
        await self._grant(view)
        return change

    async def job_of(self, case: Case) -> Job | None:
        """The job that a case is about; a request that was refused before it became one counts as such."""
        if case.job_id is None:
            return None
        job = await self.jobs.get(case.job_id)
        if job is not None:
            return job
        judged = await self.store.refusal_of(case.tenant, case.job_id)
        return None if judged is None else as_job(judged)

    async def approval(self, person: Requester, words: str) -> str | None:
        """The id of the case by which a moderator has approved these words of this person, None if none did."""
        found = await self.store.look(_APPROVAL, _approval_of(person, words), self.clock.now())
        return None if found is None else str(found["case"])

    async def use_approval(self, person: Requester, words: str) -> bool:
        """Use it up; False when it was used already."""
        secret = _approval_of(person, words)
        return await self.store.redeem(_APPROVAL, secret, self.clock.now()) is not None

    async def grant(self, job: Job, case_id: str) -> None:
        """Let a job's person have its words once."""
        await self.store.issue(
            _APPROVAL,
            _approval_of(job.request.requester, asked_for(job.request)),
            job.request.requester.tenant,
            {"case": case_id, "job": job.job_id},
            self.clock.now() + APPROVAL_SECONDS,
        )

    async def passed_second_look(self, case: Case) -> None:
        """A second model has let an appeal pass: the case is closed before anybody has to look."""
        by = "second look"
        await self.store.claim(case.tenant, case.case_id, by, 0.0)
        await self.store.close(case.tenant, case.case_id, by, Ruling.APPROVE_ONCE)
        await self.rules.audit(
            case.tenant, "case_ruled", {"case": case.case_id, "job": case.job_id, "ruling": "second_look"}
        )

    async def _grant(self, view: CaseView) -> None:
        job = await self.job_of(view.case)
        if job is not None and job.request.words:
            await self.grant(job, view.case.case_id)

    async def _allow(self, actor: Requester, words: str, phrase: str) -> Changed | Problem | None:
        """One more allow-phrase in the rules; None if it is among them, as after another case about it."""
        line = " ".join(phrase.split())
        if not line or line.casefold() not in " ".join(words.split()).casefold():
            return Problem(No.NO_PHRASE)
        policy = await self.rules.policy(actor.tenant)
        if line in policy.content.allow_phrases:
            return None
        phrases = "\n".join([*policy.content.allow_phrases, line])
        return await self.rule_desk.change(actor, [Edit("content.allow_phrases", phrases)])

    async def _view(self, case: Case, cases: Sequence[Case]) -> CaseView:
        job = await self.job_of(case)
        policy = await self.rules.policy(case.tenant)
        since = self.clock.now() - policy.strikes.memory_hours * 3600.0
        strikes = await self.store.strikes(case.tenant, case.user_id, since) if case.user_id else ()
        mine = sum(other.user_id == case.user_id and other.state is not CaseState.CLOSED for other in cases)
        words = asked_for(job.request) if job and job.request.words else ""
        shown = self._pictures_of(case)
        pictures = await shown.number(case.job_id) if shown else 0
        name = job.request.requester.display_name if job and case.user_id else ""
        return CaseView(case, words, len(strikes), mine, pictures, name)

    async def pictures(self, actor: Requester, case_id: str) -> Sequence[bytes] | Problem:
        """Copies of the pictures of a case that this moderator has claimed."""
        view = await self.look(actor, case_id)
        if isinstance(view, Problem):
            return view
        if view.case.state is not CaseState.CLAIMED or view.case.claimed_by != actor.user_id:
            return await self._not_mine(actor, case_id)
        shown = self._pictures_of(view.case)
        copies = await shown.copies(view.case.job_id) if shown and view.case.job_id and view.pictures else ()
        return copies or Problem(No.PICTURE_GONE)

    def _pictures_of(self, case: Case) -> HeldPictures | ReportedPictures | None:
        if case.kind is CaseKind.HELD:
            return self.held
        return self.reported if case.kind is CaseKind.REPORT else None

    async def _not_mine(self, actor: Requester, case_id: str) -> Problem:
        case = await self.store.case(actor.tenant, case_id)
        if case is None:
            return Problem(No.UNKNOWN_CASE)
        if case.state is CaseState.CLOSED:
            return Problem(No.CLOSED)
        return Problem(No.CLAIMED, (("who", case.claimed_by),))

    async def _denied(self, actor: Requester) -> Problem | None:
        policy = await self.rules.policy(actor.tenant)
        return None if may_moderate(actor, policy) else Problem(No.NOT_A_MODERATOR)


def approvable(refused: Refused) -> bool:
    """Whether a moderator's approval can count: only against our own layers, below the upper thresholds."""
    return (
        refused.decided_by in _OURS
        and refused.reason not in _NEVER
        and not refused.strike
        and refused.appealable
    )


def appeals_left(policy: Policy, used: int) -> int:
    """Appeals that a person has left today; 0 when the community takes none."""
    return max(0, policy.recovery.appeals_per_day - used) if policy.recovery.appeals else 0


def _approval_of(person: Requester, words: str) -> str:
    canonical = " ".join(stored_form(words).split()).casefold()
    return "\n".join((person.tenant, person.platform, person.user_id, canonical))


def forgotten(view: CaseView) -> CaseView:
    """The case without anybody's words, for a channel that others read."""
    return dataclasses.replace(view, words="")

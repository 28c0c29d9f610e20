"""The moderators' desk: one door for every surface (Discord, Slack, the console's page), values in and values out.

Every method takes the acting person as the chat knows them (`Requester`, with `moderator` and roles) and works on
that person's community only. Those who may not moderate get `Problem(No.NOT_A_MODERATOR)`; so does nothing else need
a check of its own. Raises StorageError when the store does not answer.

    rules       presets, show, choose_preset, change, follow, history, undo, export_file, import_file
    trying      test (a dry run of one prompt), what_would_change (replay of the last decisions under edits)
    people      standing, suspend, lift, suspensions
    cases       queue, claim, rule, held_pictures
    money       budget, days (charts: use, refusals, cost)
    pictures    verify_file, verify (whose is it, what does the file say)
    trail       decisions, audit_page, audit_is_whole
    console     link, enter, session, leave
"""

import asyncio
import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.moderators import Judged, Ruling, Suspension
from bot.domain.outcomes import DecidedBy
from bot.domain.requests import Requester
from bot.guardrails.places import rules_for
from bot.guardrails.presets import PRESETS
from bot.moderation.answers import No, Problem, may_moderate
from bot.moderation.budget import Budget, BudgetDesk, Day
from bot.moderation.cases import CaseDesk, CaseView, Ruled
from bot.moderation.console import ConsoleDoor, Link, Session
from bot.moderation.held import HeldPictures
from bot.moderation.news import News
from bot.moderation.ports import DeskStore, Rules
from bot.moderation.provenance import ProvenanceDesk, Verified
from bot.moderation.replay import REPLAYED, Replay, replay
from bot.moderation.reported import ReportedPictures
from bot.moderation.rights import RightsDesk
from bot.moderation.rules import Changed, Edit, RuleDesk, RulesView, VersionView, drafted
from bot.moderation.standing import Standing, StandingDesk
from bot.pipeline.dry_run import DryRun, dry_run
from bot.pipeline.judge import Judge
from bot.pipeline.run import Parts

_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit trail. `data` holds no words of anybody."""

    number: int
    at: float
    event: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """See the module. Built by `open_desk`."""

    parts: Parts
    store: DeskStore
    policies: Rules
    rule_desk: RuleDesk
    people: StandingDesk
    case_desk: CaseDesk
    money: BudgetDesk
    door: ConsoleDoor
    news: News
    provenance: ProvenanceDesk

    def presets(self) -> tuple[str, ...]:
        """Names that `choose_preset` takes."""
        return tuple(PRESETS)

    async def may_moderate(self, actor: Requester) -> bool:
        return may_moderate(actor, await self.policies.policy(actor.tenant))

    async def show(self, actor: Requester) -> RulesView | Problem:
        """All settings with their values."""
        return await self._denied(actor) or await self.rule_desk.show(actor.tenant)

    async def choose_preset(self, actor: Requester, name: str) -> Changed | Problem:
        return await self.rule_desk.choose_preset(actor, name)

    async def change(
        self, actor: Requester, edits: Sequence[Edit], *, seen: int | None = None
    ) -> Changed | Problem:
        """Several settings as one new version; all or nothing. See `RuleDesk.change`."""
        return await self.rule_desk.change(actor, edits, seen=seen)

    async def follow(
        self, tenant: str, edits: Sequence[Edit], source: str, skipped: int = 0
    ) -> Changed | Problem:
        """The chat's own rules have changed; moderators who follow them read so in the log. See `RuleDesk.follow`.

        `skipped` is how much of them cannot be taken over.
        """
        changed = await self.rule_desk.follow(tenant, edits, source)
        if isinstance(changed, Changed):
            await self.news.followed(tenant, changed, skipped)
        return changed

    async def history(self, actor: Requester, limit: int = 20) -> Sequence[VersionView] | Problem:
        return await self.rule_desk.history(actor, limit)

    async def undo(self, actor: Requester, version: int | None = None) -> Changed | Problem:
        return await self.rule_desk.undo(actor, version)

    async def export_file(self, actor: Requester) -> str | Problem:
        """TOML text."""
        return await self.rule_desk.export_file(actor)

    async def import_file(self, actor: Requester, text: str) -> Changed | Problem:
        return await self.rule_desk.import_file(actor, text)

    async def test(self, actor: Requester, words: str, edits: Sequence[Edit] = ()) -> DryRun | Problem:
        """What each layer decides about words, here, under the rules or a draft of them; nothing is generated."""
        if problem := await self._denied(actor):
            return problem
        draft = await asyncio.to_thread(drafted, await self.policies.policy(actor.tenant), edits)
        if isinstance(draft, Problem):
            return draft
        judge = Judge(self.parts.sanitizer, self.parts.moderator, self.parts.rules, self.parts.clock)
        run = await dry_run(words, rules_for(draft, actor), judge)
        return dataclasses.replace(run, picture_checks=self._picture_checks())

    async def what_would_change(self, actor: Requester, edits: Sequence[Edit]) -> Replay | Problem:
        """The last 200 decisions under a draft of the rules, without asking any model."""
        if problem := await self._denied(actor):
            return problem
        policy = await self.policies.policy(actor.tenant)
        draft = await asyncio.to_thread(drafted, policy, edits)
        if isinstance(draft, Problem):
            return draft
        decisions = await self.store.decisions(actor.tenant, REPLAYED)
        return await asyncio.to_thread(replay, decisions, policy, draft, self.parts.rules)

    async def standing(self, actor: Requester, user_id: str) -> Standing | Problem:
        return await self.people.of(actor, user_id)

    async def suspend(
        self, actor: Requester, user_id: str, hours: float | None, reason: str = ""
    ) -> Standing | Problem:
        """`hours` None bans for good."""
        return await self.people.suspend(actor, user_id, hours, reason)

    async def lift(self, actor: Requester, user_id: str) -> Standing | Problem:
        """Unban: ends a suspension and forgives the strikes."""
        return await self.people.lift(actor, user_id)

    async def suspensions(self, actor: Requester) -> Sequence[Suspension] | Problem:
        return await self.people.list(actor)

    async def queue(self, actor: Requester, limit: int = 25) -> Sequence[CaseView] | Problem:
        return await self.case_desk.queue(actor, limit)

    async def claim(self, actor: Requester, case_id: str) -> CaseView | Problem:
        return await self.case_desk.claim(actor, case_id)

    async def rule(self, actor: Requester, case_id: str, ruling: Ruling, phrase: str = "") -> Ruled | Problem:
        """End a case and tell the person; `phrase` goes with ALLOW_PHRASE."""
        ruled = await self.case_desk.rule(actor, case_id, ruling, phrase)
        if isinstance(ruled, Problem):
            return ruled
        job = await self.case_desk.job_of(ruled.case)
        told = await self.news.ruled(ruled.case, job, await self.policies.policy(actor.tenant))
        return dataclasses.replace(ruled, told=told)

    async def held_pictures(self, actor: Requester, case_id: str) -> Sequence[bytes] | Problem:
        """JPEG copies of held pictures, for the moderator who has claimed their case."""
        return await self.case_desk.pictures(actor, case_id)

    async def budget(self, actor: Requester) -> Sequence[Budget] | Problem:
        """Today's and this month's budget."""
        if problem := await self._denied(actor):
            return problem
        policy = await self.policies.policy(actor.tenant)
        return await self.money.status(actor.tenant, policy.limits)

    async def days(self, actor: Requester, days: int = 30) -> Sequence[Day] | Problem:
        """Use, refusals and cost a day, oldest first."""
        return await self._denied(actor) or await self.money.days(actor.tenant, min(days, 366))

    @property
    def sends_files(self) -> bool:
        """A file that somebody looks up is sent to a maker's own check, too."""
        return self.provenance.reader is not None

    async def verify_file(self, actor: Requester, data: bytes) -> Verified | Problem:
        """Whether a file is a picture of ours, and what it says about where it comes from."""
        return await self.provenance.file(actor, data)

    async def verify(self, actor: Requester, text: str) -> Sequence[Verified] | Problem:
        """The same for a request's number, a SHA-256, or a link with one."""
        return await self.provenance.named(actor, text)

    async def decisions(self, actor: Requester, limit: int = 20) -> Sequence[Judged] | Problem:
        """The last decisions about words, with every layer's answer; words are for moderators' eyes only."""
        return await self._denied(actor) or await self.store.decisions(actor.tenant, min(limit, REPLAYED))

    async def audit_page(self, actor: Requester, before: int | None = None) -> Sequence[AuditEntry] | Problem:
        """50 entries, newest first; go on with the last one's number."""
        if problem := await self._denied(actor):
            return problem
        rows = await self.policies.audited(actor.tenant, _PAGE, before)
        known = await self._moderators(actor)
        found: list[AuditEntry] = []
        for row in rows:
            data = json.loads(row["data"])
            if by := known.get(str(data.get("by"))):
                data["by"] = by
            found.append(AuditEntry(int(row["number"]), float(row["at"]), row["event"], data))
        return found

    async def _moderators(self, actor: Requester) -> dict[str, str]:
        """Ids of the moderators that the rules and their history name, by the keyed hashes of the audit trail.

        Of one who was erased only the hash is left.
        """
        policy = await self.policies.policy(actor.tenant)
        authors = await self.policies.authors(actor.tenant)
        ids = {actor.user_id, *policy.access.moderators, *authors} - {""}
        people = [dataclasses.replace(actor, user_id=user_id) for user_id in ids]
        return {self.parts.identities.safety_identifier(person): person.user_id for person in people}

    async def audit_is_whole(self, actor: Requester) -> bool | Problem:
        """Whether nobody has touched the trail since it was written."""
        if problem := await self._denied(actor):
            return problem
        return await self.policies.chain_is_whole()

    async def link(self, actor: Requester, case_id: str = "") -> Link | Problem:
        """A one-time link to the console, to a case there if one is named; belongs into a private message."""
        return await self.door.mint(actor, f"queue/{case_id}" if case_id else "")

    async def enter(self, secret: str) -> Session | Problem:
        return await self.door.redeem(secret)

    async def session(self, secret: str) -> Session | None:
        return await self.door.session(secret)

    async def leave(self, secret: str) -> None:
        await self.door.leave(secret)

    def _picture_checks(self) -> tuple[DecidedBy, ...]:
        """Those that are set up here; when each one is asked, the rules and the picture's host decide."""
        parts = {DecidedBy.OUTPUT_CHECK: self.parts.moderator, DecidedBy.LOCAL_CHECK: self.parts.local_check}
        return tuple(check for check, part in parts.items() if part is not None)

    async def _denied(self, actor: Requester) -> Problem | None:
        return None if await self.may_moderate(actor) else Problem(No.NOT_A_MODERATOR)


def open_desk(parts: Parts, store: DeskStore, policies: Rules, base_url: str) -> Desk:
    """Put the desk together. `base_url` is the address of the HTTP plane that people open."""
    rule_desk = RuleDesk(policies, parts.identities, parts.rules)
    people = StandingDesk(store, policies, parts.clock, parts.identities)
    cases = CaseDesk(
        store,
        policies,
        rule_desk,
        people,
        parts.jobs,
        parts.clock,
        HeldPictures(parts),
        ReportedPictures(parts),
        parts.identities,
    )
    money = BudgetDesk(store, parts.jobs, parts.clock)
    rights = RightsDesk(parts.adapters, parts.clock)
    door = ConsoleDoor(store, policies, parts.clock, base_url, rights, parts.identities)
    news = News(parts.adapters)
    provenance = ProvenanceDesk(
        policies, parts.jobs, parts.images, parts.clock, parts.identities, parts.marks
    )
    return Desk(parts, store, policies, rule_desk, people, cases, money, door, news, provenance)

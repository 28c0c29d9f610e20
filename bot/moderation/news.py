"""What moderators and members are told on their own: cards in the log and review channels, rulings to the person.

No card holds anybody's words; those are behind a button that only moderators may press. What follows a member's own
act is posted behind it: a chat that makes the moderators' channel wait must not keep the member's answer waiting too.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import structlog

from bot.domain.jobs import Job
from bot.domain.moderators import Case, CaseKind, Ruling
from bot.domain.outcomes import Refused
from bot.domain.policy import Policy, Rung
from bot.messages.catalogue import reference
from bot.messages.desk import DeskSay, DeskTexts, desk_texts, without_marks
from bot.messages.rule_words import change_line, hours_words
from bot.moderation.budget import Budget
from bot.moderation.ports import Card, Herald
from bot.moderation.rules import Changed
from bot.ports import ChatAdapter

log = structlog.get_logger(__name__)

_SECONDS: Final = 5.0
_BEHIND_SECONDS: Final = 60.0
"""How long a card may take behind an act: rate limits of a channel are waited out."""
_PATIENCE: Final = 0.3
"""How long the act waits for it all the same, so that news mostly come in the order of what they tell."""
CASE_BUTTON: Final = "case"
AGAIN_BUTTON: Final = "again"


@dataclass(frozen=True, slots=True)
class News:
    """Posts through whatever adapter serves the community's platform; a closed door is only logged."""

    adapters: Mapping[str, ChatAdapter]
    _under_way: set[asyncio.Task[bool]] = field(default_factory=set)

    async def drain(self) -> None:
        """Wait for cards that are under way, for a few seconds; then they are given up."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=_SECONDS)
        left = list(self._under_way)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def refused(self, job: Job, refused: Refused, policy: Policy) -> None:
        """One line in the log channel: who, which reason, which layer."""
        person, texts = job.request.requester, _texts(policy)
        line = texts.say(
            DeskSay.LOG_REFUSED,
            who=person.display_name or person.user_id,
            reason=texts.word("reason", refused.reason),
            by=texts.word("layer", refused.decided_by),
            reference=reference(job.job_id),
        )
        await self._behind(person.tenant, policy.presentation.log_channel, Card(line, about=job.job_id))

    async def suspended(self, job: Job, rung: Rung, policy: Policy) -> None:
        """One line in the log channel: who was suspended for how long, by this job."""
        person, texts = job.request.requester, _texts(policy)
        line = texts.say(
            DeskSay.LOG_SUSPENDED,
            who=person.display_name or person.user_id,
            time=hours_words(rung.suspend_hours, texts),
            strikes=rung.strikes,
        )
        await self._behind(person.tenant, policy.presentation.log_channel, Card(line, about=job.job_id))

    async def budget(self, tenant: str, budget: Budget, step: int, policy: Policy) -> None:
        texts = _texts(policy)
        line = texts.say(
            DeskSay.LOG_BUDGET_FULL if step >= 100 else DeskSay.LOG_BUDGET,
            percent=step,
            period=texts.say(DeskSay.DAY if budget.period == "day" else DeskSay.MONTH),
            used=f"${(budget.used + budget.held) / 1_000_000:.2f}",
            cap=f"${budget.cap / 1_000_000:.2f}",
        )
        await self._behind(tenant, policy.presentation.log_channel, Card(line))

    async def case(self, case: Case, policy: Policy) -> None:
        """A card in the review channel, with the button that opens the case."""
        texts = _texts(policy)
        number = reference(case.job_id) if case.job_id else case.case_id[:6].upper()
        title = texts.say(DeskSay.CASE_TITLE, kind=texts.word("case", case.kind), reference=number)
        button = (texts.say(DeskSay.BUTTON_LOOK), CASE_BUTTON, case.case_id)
        told = case.reason and case.reason != case.kind
        reason = (texts.word("reason", case.reason),) if told else ()
        channel = policy.presentation.review_channel or policy.presentation.log_channel
        await self._behind(case.tenant, channel, Card(title, reason, (button,)))

    async def followed(self, tenant: str, changed: Changed, skipped: int) -> None:
        """The rules taken over from the chat's own ones have changed with them; `skipped` parts could not."""
        texts = _texts(changed.policy)
        lines = [without_marks(change_line(diff, texts)) for diff in changed.diffs]
        if skipped:
            lines.append(texts.say(DeskSay.LOG_FOLLOW_SKIPPED, number=skipped))
        title = texts.say(DeskSay.LOG_FOLLOWED, version=changed.version)
        await self._post(tenant, changed.policy.presentation.log_channel, Card(title, tuple(lines)))

    async def not_followed(self, tenant: str, policy: Policy) -> bool:
        """The chat's own rules may not be read any more; in the log channel, else where reviews are. False: nowhere."""
        texts, looks = _texts(policy), policy.presentation
        setting = texts.word("setting", "content.follow_imported")
        card = Card(texts.say(DeskSay.LOG_FOLLOW_LOST, setting=setting))
        return await self._post(tenant, looks.log_channel or looks.review_channel, card)

    async def ruled(self, case: Case, job: Job | None, policy: Policy) -> bool:
        """Tell the person how their case ended. False: no door was open, or there is nobody to tell."""
        herald = _herald(self.adapters.get(case.platform))
        if not case.user_id or job is None or case.ruling is None or herald is None:
            return False
        person = job.request.requester
        texts = desk_texts(person.locale)
        key = _ruled(case.kind, case.ruling)
        if key is None:
            return False
        approved = key is DeskSay.RULED_APPROVED
        line = texts.say(key, reference=reference(job.job_id))
        buttons = (
            ((texts.say(DeskSay.BUTTON_AGAIN), AGAIN_BUTTON, job.job_id),) if approved and job.message else ()
        )
        try:
            async with asyncio.timeout(_SECONDS):
                return await herald.tell_person(
                    case.tenant, case.user_id, person.channel_id, Card(line, buttons=buttons)
                )
        except Exception as fault:  # noqa: BLE001 - the ruling stands whether it could be told or not
            log.warning("ruling_not_told", fault=type(fault).__name__)
            return False

    async def _behind(self, tenant: str, channel: str, card: Card) -> None:
        """Posted by a task of ours, see `drain`."""
        work = self._post(tenant, channel, card, _BEHIND_SECONDS)
        task = asyncio.create_task(work, name="card for moderators")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        await asyncio.wait({task}, timeout=_PATIENCE)

    async def _post(self, tenant: str, channel: str, card: Card, seconds: float = _SECONDS) -> bool:
        herald = _herald(self.adapters.get(tenant.split(":")[0]))
        if not channel or herald is None:
            return False
        try:
            async with asyncio.timeout(seconds):
                if await herald.post_card(tenant, channel, card):
                    return True
                log.info("card_not_posted", tenant=tenant)
        except Exception as fault:  # noqa: BLE001 - a log line must not fail what it is about
            log.warning("card_not_posted", fault=type(fault).__name__)
        return False


def _ruled(kind: CaseKind, ruling: Ruling) -> DeskSay | None:
    """What the person whom a case is about hears of its end; None for a report that led to nothing."""
    if ruling in {Ruling.APPROVE_ONCE, Ruling.ALLOW_PHRASE}:
        return DeskSay.RULED_APPROVED
    if ruling is Ruling.RELEASE:
        return DeskSay.RULED_RELEASED
    if kind is CaseKind.HELD:
        return DeskSay.RULED_DISCARDED
    if kind is CaseKind.REPORT:
        return None if ruling is Ruling.DISMISS else DeskSay.RULED_TAKEN_DOWN
    return DeskSay.RULED_UPHELD


def _herald(adapter: object) -> Herald | None:
    return adapter if isinstance(adapter, Herald) else None


def _texts(policy: Policy) -> DeskTexts:
    return desk_texts(policy.presentation.locale)

"""Appeals, reports, held pictures; strikes, suspensions, bans; budgets; the console's door."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import ProviderFailed
from bot.domain.jobs import Job
from bot.domain.moderators import CaseKind, Ruling
from bot.domain.outcomes import Delivered, RefusalReason, Refused
from bot.domain.policy import BlockedTerm, Content, Limits, OnUnsafePicture, Recovery, Rung, Strikes
from bot.domain.requests import JobId
from bot.domain.verdict import Category, Decision, ReasonCode, Verdict
from bot.moderation.answers import No, Problem
from bot.moderation.cases import CaseView, Ruled
from bot.moderation.console import Session
from bot.moderation.news import News
from bot.moderation.pages import Page
from bot.moderation.panel import Panel
from bot.moderation.ports import Card
from bot.moderation.rules import Changed
from bot.moderation.standing import Standing
from bot.ports import Accepted, Duplicate, Reported
from tests.support.make import requester
from tests.support.rig import ELSEWHERE, MODERATOR, OTHER, FakeChat, Rig

REFUSE = Verdict(Decision.REJECT, category=Category.VIOLENCE, reason_code=ReasonCode.VIOLENCE)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with Rig(tmp_path) as opened:
        opened.with_policy(
            presentation=dataclasses.replace(
                opened.policy.presentation, log_channel="log", review_channel="rev"
            )
        )
        yield opened


async def refused_job(rig: Rig, text: str = "shooting star", **changes: Any) -> Job:
    rig.sanitizer.verdict = REFUSE
    job = await rig.finished(text, **changes)
    rig.sanitizer.verdict = None
    assert isinstance(job.outcome, Refused)
    return job


async def appealed(rig: Rig, text: str = "shooting star") -> tuple[Job, CaseView]:
    job = await refused_job(rig, text)
    assert isinstance(await rig.studio.report(job.job_id, job.request.requester, "it is a meteor"), Reported)
    queue = await rig.desk.queue(MODERATOR)
    assert not isinstance(queue, Problem)
    return job, queue[0]


async def test_an_approved_appeal_lets_the_same_words_pass_once(rig: Rig) -> None:
    job, view = await appealed(rig)
    assert (view.case.kind, view.words, view.case.text) == (
        CaseKind.APPEAL,
        "shooting star",
        "it is a meteor",
    )
    assert [channel for channel, _ in rig.chat.cards] == ["log", "rev"]
    assert "shooting star" not in str(rig.chat.cards)

    ruled = await rig.desk.rule(MODERATOR, view.case.case_id, Ruling.APPROVE_ONCE)
    assert isinstance(ruled, Ruled)
    assert ruled.told
    assert rig.chat.told[0][1].buttons[0][2] == job.job_id

    rig.sanitizer.verdict = REFUSE
    again = await rig.finished("Shooting  star")
    assert isinstance(again.outcome, Delivered)
    once_more = await rig.finished("shooting star")
    assert isinstance(once_more.outcome, Refused)


@pytest.mark.parametrize("since", ["the approval was used", "they were suspended"])
async def test_a_redelivery_of_what_was_let_in_is_known_and_not_refused(rig: Rig, since: str) -> None:
    if since == "the approval was used":
        rig.with_policy(content=Content(blocked_terms=(BlockedTerm("quagga"),)))
        turned_away = await rig.studio.submit(rig.ask("a quagga"))
        assert isinstance(turned_away, Refused)
        assert turned_away.appeal is not None
        person = requester()
        assert isinstance(
            await rig.studio.report(JobId(turned_away.appeal), person, "it is a zebra"), Reported
        )
        queue = await rig.desk.queue(MODERATOR)
        assert not isinstance(queue, Problem)
        await rig.desk.rule(MODERATOR, queue[0].case.case_id, Ruling.APPROVE_ONCE)
    ask = rig.ask("a quagga")
    accepted = await rig.studio.submit(ask)
    assert isinstance(accepted, Accepted)
    if since == "they were suspended":
        await rig.desk.suspend(MODERATOR, "42", 1)

    again = await rig.studio.submit(ask)

    assert isinstance(again, Duplicate)
    assert again.job.job_id == accepted.job.job_id


async def test_an_approval_is_for_that_person_and_those_words(rig: Rig) -> None:
    _, view = await appealed(rig)
    await rig.desk.rule(MODERATOR, view.case.case_id, Ruling.APPROVE_ONCE)
    rig.sanitizer.verdict = REFUSE

    assert isinstance((await rig.finished("shooting star", requester=OTHER)).outcome, Refused)
    assert isinstance((await rig.finished("shooting stars")).outcome, Refused)
    assert isinstance((await rig.finished("shooting star")).outcome, Delivered)


@pytest.mark.parametrize("row", ["over the upper threshold", "minors", "provider"])
async def test_an_approval_never_overrides(rig: Rig, row: str) -> None:
    job, view = await appealed(rig)
    await rig.desk.rule(MODERATOR, view.case.case_id, Ruling.APPROVE_ONCE)
    assert rig.moderator is not None
    if row == "minors":
        rig.sanitizer.verdict = dataclasses.replace(
            REFUSE, category=Category.MINORS, reason_code=ReasonCode.MINORS
        )
    else:
        rig.sanitizer.verdict = REFUSE
        if row == "provider":
            rig.moderator.text_down = True  # without our own scores nobody's word counts
        else:
            rig.moderator.text_scores = {"star": {"violence": 0.99}}

    again = await rig.finished(job.request.words)

    assert isinstance(again.outcome, Refused)
    assert rig.providers[0].tasks == []


async def test_a_phrase_is_allowed_from_the_queue(rig: Rig) -> None:
    rig.with_policy(content=Content(blocked_terms=(), patterns=()))
    _, view = await appealed(rig, "the moby dick of kitchens")

    no = await rig.desk.rule(MODERATOR, view.case.case_id, Ruling.ALLOW_PHRASE, "captain ahab")
    yes = await rig.desk.rule(MODERATOR, view.case.case_id, Ruling.ALLOW_PHRASE, "Moby Dick")

    assert no == Problem(No.NO_PHRASE)
    assert isinstance(yes, Ruled)
    assert isinstance(yes.change, Changed)
    assert (await rig.store.policies.policy(MODERATOR.tenant)).content.allow_phrases == ("Moby Dick",)


async def test_a_phrase_that_is_allowed_already_ends_the_next_case_about_it_too(rig: Rig) -> None:
    for number in range(2):
        _, view = await appealed(rig, f"shooting star {number}")
        ruled = await rig.desk.rule(MODERATOR, view.case.case_id, Ruling.ALLOW_PHRASE, "shooting star")
        assert isinstance(ruled, Ruled)
        assert (ruled.change is None) is bool(number)

    assert (await rig.store.policies.policy(MODERATOR.tenant)).content.allow_phrases == ("shooting star",)
    assert await rig.desk.queue(MODERATOR) == []


async def test_a_claimed_case_is_locked_for_others(rig: Rig) -> None:
    _, view = await appealed(rig)
    second = requester(user_id="45", moderator=True)

    claims = await asyncio.gather(*(rig.desk.claim(who, view.case.case_id) for who in (MODERATOR, second)))
    winner = MODERATOR if isinstance(claims[0], CaseView) else second
    loser = second if winner is MODERATOR else MODERATOR

    assert sum(isinstance(claim, CaseView) for claim in claims) == 1
    ruled = await rig.desk.rule(loser, view.case.case_id, Ruling.UPHOLD)
    assert ruled == Problem(No.CLAIMED, (("who", winner.user_id),))
    assert isinstance(await rig.desk.rule(winner, view.case.case_id, Ruling.UPHOLD), Ruled)
    assert await rig.desk.rule(loser, view.case.case_id, Ruling.UPHOLD) == Problem(No.CLOSED)


async def test_nobody_sees_or_rules_on_another_communitys_cases(rig: Rig) -> None:
    _, view = await appealed(rig)
    stranger = dataclasses.replace(ELSEWHERE, moderator=True)

    assert await rig.desk.queue(stranger) == []
    assert await rig.desk.rule(stranger, view.case.case_id, Ruling.UPHOLD) == Problem(No.UNKNOWN_CASE)
    assert await rig.desk.queue(requester()) == Problem(No.NOT_A_MODERATOR)


async def test_appeals_are_limited_and_can_be_switched_off(rig: Rig) -> None:
    rig.with_policy(recovery=Recovery(appeals_per_day=1))
    await appealed(rig)
    second = await refused_job(rig, "another star")
    no = await rig.studio.report(second.job_id, second.request.requester, "")

    assert isinstance(no, Refused)
    assert no.reason is RefusalReason.APPEALS


@pytest.mark.parametrize(("probability", "granted"), [(0.1, True), (0.4, False), (None, False)])
async def test_a_second_look_comes_before_the_moderators(
    tmp_path: Path, probability: float | None, granted: bool
) -> None:
    async def look(*_: object) -> float:
        if probability is None:
            raise ProviderFailed("decisions")
        return probability

    async with Rig(tmp_path, second_look=look) as rig:
        rig.with_policy(recovery=Recovery(appeals_second_look=True))
        job = await refused_job(rig)
        reported = await rig.studio.report(job.job_id, job.request.requester, "")

        assert isinstance(reported, Reported)
        assert reported.granted is granted
        queue = await rig.desk.queue(MODERATOR)
        assert not isinstance(queue, Problem)
        assert len(queue) == (0 if granted else 1)
        rig.sanitizer.verdict = REFUSE
        again = await rig.finished("shooting star")
        assert isinstance(again.outcome, Delivered if granted else Refused)


async def test_a_held_picture_waits_for_a_moderator(rig: Rig) -> None:
    assert rig.moderator is not None
    rig.with_policy(content=Content(on_unsafe_picture=OnUnsafePicture.HOLD))
    rig.moderator.image_scores = ({"violence": 0.95},)

    job = await rig.finished("a knight")

    assert isinstance(job.outcome, Refused)
    assert job.outcome.reason is RefusalReason.HELD
    queue = await rig.desk.queue(MODERATOR)
    assert not isinstance(queue, Problem)
    assert [view.case.kind for view in queue] == [CaseKind.HELD]


async def test_strikes_climb_the_ladder_and_decay(rig: Rig) -> None:
    rig.with_policy(strikes=Strikes((Rung(2, 24, 1), Rung(3, 48, 0))))
    assert rig.moderator is not None
    rig.moderator.text_scores = {"blood": {"violence": 0.99}}
    for number in range(2):
        await rig.finished(f"blood {number}")

    no = await rig.studio.submit(rig.ask("a brass owl"))
    assert isinstance(no, Refused)
    assert no.reason is RefusalReason.SUSPENDED
    assert no.wait is not None
    assert 3500 < no.wait <= 3600
    assert isinstance(await rig.studio.submit(rig.ask("a brass owl", requester=OTHER)), Accepted)

    lifted = await rig.desk.lift(MODERATOR, "42")
    assert lifted == Standing("42", (), None)
    assert isinstance(await rig.studio.submit(rig.ask("a brass owl")), Accepted)


async def test_a_ban_holds_until_it_is_lifted(rig: Rig) -> None:
    banned = await rig.desk.suspend(MODERATOR, "42", None, "spam")
    assert isinstance(banned, Standing)
    assert banned.suspension is not None
    assert banned.suspension.until is None

    no = await rig.studio.submit(rig.ask())
    assert isinstance(no, Refused)
    assert (no.reason, no.wait) == (RefusalReason.SUSPENDED, None)
    listed = await rig.desk.suspensions(MODERATOR)
    assert not isinstance(listed, Problem)
    assert [one.user_id for one in listed] == ["42"]
    assert isinstance(await rig.studio.submit(rig.ask(requester=ELSEWHERE)), Accepted)
    assert await rig.desk.suspend(OTHER, "42", 1) == Problem(No.NOT_A_MODERATOR)
    assert isinstance(await rig.desk.lift(MODERATOR, "42"), Standing)
    assert await rig.desk.lift(MODERATOR, "42") == Problem(No.NOT_SUSPENDED)
    assert isinstance(await rig.studio.submit(rig.ask()), Accepted)


async def test_an_hour_is_told_as_one_hour(rig: Rig) -> None:
    rig.with_policy(strikes=Strikes((Rung(1, 24, 1),)))
    assert rig.moderator is not None
    rig.moderator.text_scores = {"blood": {"violence": 0.99}}
    await rig.finished("blood")

    assert rig.chat.cards[0][1].title == "Suspended for 1 hour (strikes: 1): Ada"
    page = await Panel(rig.desk).act(MODERATOR, "user:42")
    assert isinstance(page, Page)
    assert "Suspended for another 1 hour: strikes" in page.lines


async def test_a_strike_never_shortens_a_ban(rig: Rig) -> None:
    """Whoever bans somebody first and rules on the open cases then has not let them back in within the hour."""
    rig.with_policy(strikes=Strikes((Rung(1, 24, 1),)))
    _, view = await appealed(rig)
    await rig.desk.suspend(MODERATOR, "42", None, "spam")

    assert isinstance(await rig.desk.rule(MODERATOR, view.case.case_id, Ruling.STRIKE), Ruled)

    standing = await rig.desk.standing(MODERATOR, "42")
    assert isinstance(standing, Standing)
    assert len(standing.strikes) == 1
    assert standing.suspension is not None
    assert (standing.suspension.until, standing.suspension.reason) == (None, "spam")


@pytest.mark.parametrize("reason", [ReasonCode.MINORS, ReasonCode.INJECTION])
async def test_an_end_that_is_told_twice_is_no_second_attempt(rig: Rig, reason: ReasonCode) -> None:
    """A process that dies right then, or a ledger that is away, has the same end told once more."""
    rig.with_policy(strikes=Strikes((Rung(1, 24, 1),)))
    rig.sanitizer.verdict = Verdict(Decision.REJECT, category=Category(reason.value), reason_code=reason)
    job = await rig.finished("one")
    assert isinstance(job.outcome, Refused)
    for _ in range(2):
        await rig.parts.watch.ended(job, job.outcome)

    assert await rig.desk.standing(MODERATOR, "42") == Standing("42", (), None)

    await rig.finished("two")
    standing = await rig.desk.standing(MODERATOR, "42")
    assert isinstance(standing, Standing)
    assert standing.suspension is not None


@pytest.mark.parametrize(
    ("typed", "hours", "reason"),
    [
        ("24 spam", 24.0, "spam"),
        ("24h spam", 24.0, "spam"),
        ("2d", 48.0, ""),
        ("1,5h links", 1.5, "links"),
        ("30min", 0.5, ""),
        ("", None, ""),
        ("spam", None, "spam"),
        ("ever 3 strikes already", None, "3 strikes already"),
        ("3rd time", None, "3rd time"),
    ],
)
async def test_a_ban_lasts_as_long_as_its_moderator_has_typed(
    rig: Rig, typed: str, hours: float | None, reason: str
) -> None:
    await Panel(rig.desk).command(MODERATOR, f"ban <@42> {typed}")

    standing = await rig.desk.standing(MODERATOR, "42")
    assert isinstance(standing, Standing)
    found = standing.suspension
    assert found is not None
    assert found.reason == reason
    assert (None if found.until is None else round(found.until - found.at)) == (hours and hours * 3600)


async def test_a_providers_block_holds_in_every_community(rig: Rig) -> None:
    identifier = rig.parts.identities.safety_identifier(requester())
    await rig.desk.people.suspend_everywhere(identifier, "safety_identifier.blocked")

    for person in (requester(), ELSEWHERE):
        no = await rig.studio.submit(rig.ask(requester=person))
        assert isinstance(no, Refused)
        assert no.reason is RefusalReason.SUSPENDED
    assert isinstance(await rig.studio.submit(rig.ask(requester=OTHER)), Accepted)
    assert await rig.desk.lift(MODERATOR, "42") == Problem(No.NOT_SUSPENDED)


async def test_budgets_are_told_at_50_80_and_100_percent_once_each(rig: Rig) -> None:
    rig.with_policy(limits=Limits(budget_day=125_000, budget_month=0, per_user_hour=0))
    for number in range(4):
        result = await rig.studio.submit(rig.ask(f"owl {number}"))
        if isinstance(result, Accepted):
            await rig.begun(result)
    lines = [card.title for _, card in rig.chat.cards]

    budget = await rig.desk.budget(MODERATOR)
    assert not isinstance(budget, Problem)
    assert budget[0].used == 100_000
    assert ["80 %" in line or "50 %" in line or "used up" in line for line in lines] == [True] * len(lines)
    assert len(lines) == 2 or len(lines) == 3
    assert "used up" in lines[-1]
    assert rig.observed.alerts.count("budget") == len(lines)


async def test_a_full_budget_of_one_channel_is_not_told_as_the_communitys(rig: Rig) -> None:
    rig.with_policy(limits=Limits(budget_channel_day=75_000, budget_day=9_000_000, budget_month=0))
    assert isinstance(await rig.studio.submit(rig.ask("one")), Accepted)

    no = await rig.studio.submit(rig.ask("two"))

    assert isinstance(no, Refused)
    assert no.reason is RefusalReason.BUDGET
    assert rig.chat.cards == []
    assert "budget" not in rig.observed.alerts


async def test_days_add_up_for_charts(rig: Rig) -> None:
    await rig.finished("a brass owl")
    await refused_job(rig)

    days = await rig.desk.days(MODERATOR, 7)

    assert not isinstance(days, Problem)
    assert len(days) == 7
    assert (days[-1].allowed, days[-1].refused, days[-1].refusals) == (1, 1, (("violence", 1),))
    assert (days[-1].pictures, days[-1].cost) == (1, 50_000)


async def test_a_console_link_works_once_for_its_community(rig: Rig) -> None:
    link = await rig.desk.link(MODERATOR)
    assert not isinstance(link, Problem)
    assert link.url.startswith("https://bot.example/console/enter?link=")
    assert await rig.desk.link(requester()) == Problem(No.NOT_A_MODERATOR)

    tries = await asyncio.gather(*(rig.desk.enter(link.secret) for _ in range(4)))
    sessions = [one for one in tries if isinstance(one, Session)]
    assert len(sessions) == 1
    session = await rig.desk.session(sessions[0].secret)
    assert session is not None
    assert (session.actor.tenant, session.actor.user_id) == (MODERATOR.tenant, MODERATOR.user_id)
    assert session.csrf_matches(sessions[0].csrf)
    assert not session.csrf_matches("x")
    assert await rig.desk.session("guess") is None
    assert await rig.desk.enter("guess") == Problem(No.LINK_USED)
    await rig.desk.leave(session.secret)
    assert await rig.desk.session(session.secret) is None
    assert link.secret not in str(await rig.store.database.read("SELECT * FROM pass"))


async def test_a_session_ends_with_the_right_to_moderate(rig: Rig) -> None:
    from bot.moderation.rules import Edit

    await rig.desk.change(MODERATOR, [Edit("access.moderators", "43")])
    link = await rig.desk.link(OTHER)
    assert not isinstance(link, Problem)
    session = await rig.desk.enter(link.secret)
    assert isinstance(session, Session)
    assert await rig.desk.session(session.secret) is not None

    await rig.desk.change(MODERATOR, [Edit("access.moderators", "")])

    assert await rig.desk.session(session.secret) is None


async def test_what_was_decided_is_on_record_without_words(rig: Rig) -> None:
    await refused_job(rig, "shooting star")

    decisions = await rig.desk.decisions(MODERATOR)
    audit = await rig.desk.audit_page(MODERATOR)

    assert not isinstance(decisions, Problem)
    assert not isinstance(audit, Problem)
    assert (decisions[0].words, decisions[0].decided_by, decisions[0].reason) == (
        "shooting star",
        "sanitizer",
        "violence",
    )
    assert {entry.event for entry in audit} >= {"decision", "ended"}
    assert "shooting" not in str(audit)
    assert "shooting" not in str(await rig.store.database.read("SELECT * FROM judged"))
    await rig.store.jobs.erase_user("discord", "42")
    assert await rig.desk.decisions(MODERATOR) == []


async def test_a_moderators_channel_that_makes_wait_keeps_no_member_waiting(rig: Rig) -> None:
    """Discord lets five messages into a channel in five seconds; an acknowledgement has three."""
    free = asyncio.Event()
    posted: list[str] = []

    class Slow(FakeChat):
        async def post_card(self, tenant: str, channel_id: str, card: Card) -> bool:
            await free.wait()
            posted.append(card.title)
            return True

    news = News({"discord": Slow()})
    case = await rig.desk.case_desk.open(CaseKind.APPEAL, await refused_job(rig))
    assert case is not None

    await news.case(case, rig.policy)

    assert posted == []
    free.set()
    await news.drain()
    assert len(posted) == 1

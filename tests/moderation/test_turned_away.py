"""Words that the community's own list stops never become a job; their person can ask a moderator all the same."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.jobs import Job
from bot.domain.moderators import CaseKind, Ruling
from bot.domain.outcomes import DecidedBy, Delivered, RefusalReason, Refused
from bot.domain.policy import BlockedTerm, Content, Policy, Recovery
from bot.domain.requests import JobId
from bot.moderation.answers import Problem
from bot.moderation.cases import CaseView
from bot.moderation.rules import Edit
from bot.ports import Accepted, Reported
from tests.support.make import requester
from tests.support.rig import ELSEWHERE, MODERATOR, OTHER, Rig

WORDS = "a beetle on a leaf"
LISTED = Policy(content=Content(blocked_terms=(BlockedTerm("beetle"),)))


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with Rig(tmp_path, policy=LISTED) as opened:
        yield opened


async def turned_away(rig: Rig, words: str = WORDS) -> JobId:
    refused = await rig.studio.submit(rig.ask(words))
    assert isinstance(refused, Refused)
    assert refused.reason is RefusalReason.BLOCKED_TERM
    assert refused.appeal is not None
    return JobId(refused.appeal)


async def appealed(rig: Rig) -> CaseView:
    """The case of a member who asks, claimed."""
    asked = await rig.studio.report(await turned_away(rig), requester(), "it is an insect")
    assert isinstance(asked, Reported)
    queue = await rig.desk.queue(MODERATOR)
    assert not isinstance(queue, Problem)
    assert [(view.case.kind, view.words) for view in queue] == [(CaseKind.APPEAL, WORDS)]
    view = await rig.desk.claim(MODERATOR, queue[0].case.case_id)
    assert isinstance(view, CaseView)
    assert (view.case.text, view.case.reason, view.case.approvable) == (
        "it is an insect",
        "blocked_term",
        True,
    )
    return view


async def test_an_approval_lets_the_same_words_pass_once(rig: Rig) -> None:
    view = await appealed(rig)

    ruled = await rig.desk.rule(MODERATOR, view.case.case_id, Ruling.APPROVE_ONCE)

    assert not isinstance(ruled, Problem)
    assert ruled.told
    assert "approved your request" in rig.chat.told[-1][1].title
    assert rig.chat.told[-1][1].buttons == ()  # there is no job to make again
    assert isinstance((await rig.finished(WORDS)).outcome, Delivered)
    assert isinstance(await rig.studio.submit(rig.ask(WORDS)), Refused)


async def test_a_phrase_is_allowed_for_everybody_from_then_on(rig: Rig) -> None:
    view = await appealed(rig)

    ruled = await rig.desk.rule(MODERATOR, view.case.case_id, Ruling.ALLOW_PHRASE, "beetle on a leaf")

    assert not isinstance(ruled, Problem)
    assert ruled.change is not None
    assert (await rig.store.policies.policy(MODERATOR.tenant)).content.allow_phrases == ("beetle on a leaf",)
    accepted = await rig.studio.submit(rig.ask(WORDS, requester=OTHER))
    assert isinstance(accepted, Accepted)


async def test_upholding_tells_the_person(rig: Rig) -> None:
    view = await appealed(rig)

    await rig.desk.rule(MODERATOR, view.case.case_id, Ruling.UPHOLD)

    assert "stays no" in rig.chat.told[-1][1].title
    assert isinstance(await rig.studio.submit(rig.ask(WORDS)), Refused)


async def test_the_same_question_twice_is_one_case_and_the_limit_holds(rig: Rig) -> None:
    appeal = await turned_away(rig)
    for _ in range(2):
        assert isinstance(await rig.studio.report(appeal, requester(), ""), Reported)
    queue = await rig.desk.queue(MODERATOR)
    assert not isinstance(queue, Problem)
    assert len(queue) == 1

    await rig.desk.change(MODERATOR, [Edit("recovery.appeals_per_day", "1")])
    late = await rig.studio.report(await turned_away(rig, "another beetle"), requester(), "")
    assert isinstance(late, Refused)
    assert late.reason is RefusalReason.APPEALS


async def test_nobody_else_can_ask_and_nothing_else_can_be_done_with_it(rig: Rig) -> None:
    appeal = await turned_away(rig)

    for stranger in (OTHER, ELSEWHERE, MODERATOR):
        assert isinstance(await rig.studio.report(appeal, stranger, ""), Refused)
    assert isinstance(await rig.studio.find(appeal, requester()), Refused)
    assert isinstance(await rig.studio.delete(appeal, requester()), Refused)
    assert isinstance(await rig.studio.find_refused(appeal, requester()), Job)


async def test_where_no_appeals_are_taken_no_way_is_shown(rig: Rig) -> None:
    rig.with_policy(recovery=Recovery(appeals=False))

    refused = await rig.studio.submit(rig.ask(WORDS))

    assert refused == Refused(RefusalReason.BLOCKED_TERM, DecidedBy.GUARD, appealable=True)


async def test_erased_words_cannot_be_approved(rig: Rig) -> None:
    view = await appealed(rig)
    await rig.studio.forget(requester())

    again = await rig.desk.claim(MODERATOR, view.case.case_id)

    assert isinstance(again, CaseView)
    assert (again.words, again.case.text, again.case.user_id) == ("", "", "")
    await rig.desk.rule(MODERATOR, view.case.case_id, Ruling.APPROVE_ONCE)
    assert isinstance(await rig.studio.submit(rig.ask(WORDS)), Refused)

"""A reported picture: seen by the moderator who has the case, left or taken down; its owner hears the truth."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.errors import StorageError
from bot.domain.jobs import Job, JobState
from bot.domain.moderators import CaseKind, Ruling
from bot.domain.outcomes import Delivered
from bot.moderation.answers import No, Problem
from bot.moderation.cases import CaseView, Ruled
from bot.moderation.standing import Standing
from tests.support.make import requester
from tests.support.rig import MODERATOR, OTHER, Rig

REPORTER = requester(user_id="43")


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with Rig(tmp_path) as opened:
        yield opened


async def reported(rig: Rig) -> tuple[Job, CaseView]:
    job = await rig.finished()
    await rig.studio.report(job.job_id, REPORTER, "this is my teacher")
    queue = await rig.desk.queue(MODERATOR)
    assert not isinstance(queue, Problem)
    view = await rig.desk.claim(MODERATOR, queue[-1].case.case_id)
    assert isinstance(view, CaseView)
    assert (view.case.kind, view.case.text, view.pictures) == (CaseKind.REPORT, "this is my teacher", 1)
    return job, view


async def test_the_picture_is_shown_to_who_has_the_case_and_to_nobody_else(rig: Rig) -> None:
    _, view = await reported(rig)
    copies = await rig.desk.held_pictures(MODERATOR, view.case.case_id)

    assert not isinstance(copies, Problem)
    assert [copy[:2] for copy in copies] == [b"\xff\xd8"]
    assert await rig.desk.held_pictures(OTHER, view.case.case_id) == Problem(No.NOT_A_MODERATOR)


@pytest.mark.parametrize(("ruling", "strikes"), [(Ruling.DISCARD, 0), (Ruling.STRIKE, 1)])
async def test_it_is_taken_down_and_its_owner_is_told_so(rig: Rig, ruling: Ruling, strikes: int) -> None:
    job, view = await reported(rig)
    assert isinstance(job.outcome, Delivered)
    ruled = await rig.desk.rule(MODERATOR, view.case.case_id, ruling)

    assert isinstance(ruled, Ruled)
    gone = await rig.parts.jobs.get(job.job_id)
    assert gone is not None
    assert gone.state is JobState.DELETED
    assert rig.chat.retracted == [job.job_id]
    with pytest.raises(StorageError):
        await rig.parts.images.read(job.outcome.images[0].key)
    (told,) = rig.chat.told
    assert told[0] == job.request.requester.user_id
    assert "has taken down your picture" in told[1].title
    standing = await rig.desk.standing(MODERATOR, job.request.requester.user_id)
    assert isinstance(standing, Standing)
    assert len(standing.strikes) == strikes


async def test_it_is_left_and_nobody_is_bothered(rig: Rig) -> None:
    job, view = await reported(rig)
    ruled = await rig.desk.rule(MODERATOR, view.case.case_id, Ruling.DISMISS)

    assert isinstance(ruled, Ruled)
    kept = await rig.parts.jobs.get(job.job_id)
    assert kept is not None
    assert kept.state is JobState.DELIVERED
    assert rig.chat.told == []
    assert await rig.desk.queue(MODERATOR) == []


@pytest.mark.parametrize("ruling", [Ruling.UPHOLD, Ruling.APPROVE_ONCE, Ruling.RELEASE])
async def test_no_other_end_fits_a_report(rig: Rig, ruling: Ruling) -> None:
    _, view = await reported(rig)

    assert await rig.desk.rule(MODERATOR, view.case.case_id, ruling) == Problem(No.HELD_ONLY)


async def test_what_its_owner_has_deleted_meanwhile_can_still_be_ruled_on(rig: Rig) -> None:
    job, view = await reported(rig)
    await rig.studio.delete(job.job_id, job.request.requester)
    again = await rig.desk.claim(MODERATOR, view.case.case_id)

    assert isinstance(again, CaseView)
    assert again.pictures == 0
    assert await rig.desk.held_pictures(MODERATOR, view.case.case_id) == Problem(No.PICTURE_GONE)
    assert isinstance(await rig.desk.rule(MODERATOR, view.case.case_id, Ruling.STRIKE), Ruled)

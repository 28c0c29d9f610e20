"""Held pictures: nobody sees one before a moderator has released it; discarded, forgotten or erased, its bytes go."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import StorageError
from bot.domain.images import GeneratedImage, MediaType
from bot.domain.jobs import Job, Stage, Steps
from bot.domain.moderators import CaseKind, Ruling
from bot.domain.outcomes import DecidedBy, Delivered, Outcome, RefusalReason, Refused
from bot.domain.policy import Content, OnUnsafePicture, Presentation, Retention
from bot.domain.requests import Action, JobId
from bot.moderation.answers import No, Problem
from bot.moderation.cases import CaseView
from bot.moderation.held import HeldPictures
from bot.moderation.pages import Page
from bot.moderation.panel import Panel
from bot.moderation.ports import Card
from bot.pipeline.children import Press
from bot.pipeline.progress import ProgressBus
from bot.ports import Accepted, Watch
from tests.support.fakes import ScriptedProvider, produced
from tests.support.looks import Looks
from tests.support.make import picture, requester
from tests.support.rig import ELSEWHERE, MODERATOR, OTHER, Rig

HOLD = Content(on_unsafe_picture=OnUnsafePicture.HOLD)
OTHER_MODERATOR = requester(user_id="45", moderator=True)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    colours = ((180, 120, 40), (20, 60, 90))
    two = tuple(GeneratedImage(picture(colour=colour), MediaType.PNG) for colour in colours)
    script = [dataclasses.replace(produced("openai"), images=two)]
    async with Rig(tmp_path, [ScriptedProvider("openai", [script])]) as opened:
        opened.with_policy(content=HOLD)
        assert opened.moderator is not None
        opened.moderator.image_scores = [{"violence": 0.95}]
        yield opened


class StopsOnceHeld:
    """A ledger whose first answer to a job that has just been held never comes."""

    def __init__(self, ledger: Any) -> None:
        self._ledger = ledger
        self.held = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    async def checkpoint(self, job: Job, stage: Stage, steps: Steps) -> None:
        await self._ledger.checkpoint(job, stage, steps)
        if steps.held is not None and not self.held.is_set():
            self.held.set()
            await asyncio.Event().wait()


async def held(rig: Rig) -> tuple[Job, CaseView]:
    """A job whose pictures wait, and its case, claimed."""
    job = await rig.finished(typed={"count": 2})
    queue = await rig.desk.queue(MODERATOR)
    assert not isinstance(queue, Problem)
    assert [view.case.kind for view in queue] == [CaseKind.HELD]
    view = await rig.desk.claim(MODERATOR, queue[0].case.case_id)
    assert isinstance(view, CaseView)
    return job, view


def files(folder: Path, part: str) -> list[Path]:
    return [path for path in (folder / "images" / part).rglob("*") if path.is_file()]


async def test_a_held_picture_is_published_and_delivered_once_it_is_released(
    rig: Rig, tmp_path: Path
) -> None:
    job, view = await held(rig)
    assert job.outcome == Refused(RefusalReason.HELD, DecidedBy.OUTPUT_CHECK)
    assert (view.pictures, files(tmp_path, "i")) == (2, [])

    ruled = await rig.desk.rule(MODERATOR, view.case.case_id, Ruling.RELEASE)

    assert not isinstance(ruled, Problem)
    done = await rig.end_of(job.job_id)
    assert isinstance(done.outcome, Delivered)
    assert [image.spoiler for image in done.outcome.images] == [True, True]
    assert [type(outcome) for _, outcome in rig.chat.delivered] == [Refused, Delivered]
    assert len(files(tmp_path, "i")) == 4
    assert "released your picture" in rig.chat.told[-1][1].title
    queue = await rig.desk.queue(MODERATOR)
    assert queue == []


class BeingTold:
    """A watch in whose hands the last step before a held job's row is final takes until `gate` is open."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self.reached, self.gate = asyncio.Event(), asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._watch, name)

    async def ended(self, job: Job, outcome: Outcome) -> None:
        await self._watch.ended(job, outcome)
        if isinstance(outcome, Refused):
            self.reached.set()
            await self.gate.wait()


async def being_told(rig: Rig) -> tuple[JobId, BeingTold]:
    """A job whose card is out, but whose refusal is only just being told."""
    watch = BeingTold(rig.parts.watch)
    rig.parts = dataclasses.replace(rig.parts, watch=watch)
    rig.workers.parts = rig.parts
    accepted = await rig.studio.submit(rig.ask(typed={"count": 2}))
    assert isinstance(accepted, Accepted)
    await rig.studio.begin(accepted.job.job_id, {"token": "t"}, {"message_id": "5"})
    await asyncio.wait_for(watch.reached.wait(), 10)
    return accepted.job.job_id, watch


async def test_a_moderator_who_is_faster_than_the_rows_last_write_is_not_undone(rig: Rig) -> None:
    """The ruling waits for it."""
    job_id, watch = await being_told(rig)
    queue = await rig.desk.queue(MODERATOR)
    assert not isinstance(queue, Problem)
    assert queue[0].pictures == 2
    ruling = asyncio.create_task(rig.desk.rule(MODERATOR, queue[0].case.case_id, Ruling.RELEASE))
    await asyncio.sleep(0.2)
    watch.gate.set()

    assert not isinstance(await ruling, Problem)
    assert isinstance((await rig.end_of(job_id)).outcome, Delivered)


async def test_the_end_of_the_telling_wakes_a_ruling_that_waits_for_it(rig: Rig) -> None:
    """Nobody looks at the row again and again: once before, and once when it is told."""
    job_id, watch = await being_told(rig)
    ledger = Looks(rig.store.jobs)
    pictures = HeldPictures(
        dataclasses.replace(rig.parts, jobs=ledger),
        look_seconds=3600.0,
        patience=3600.0,
    )
    ruling = asyncio.create_task(pictures.release(job_id))
    await asyncio.wait_for(ledger.looked.wait(), 10)
    watch.gate.set()

    assert await asyncio.wait_for(ruling, 10)
    assert ledger.number == 2
    assert isinstance((await rig.end_of(job_id)).outcome, Delivered)


async def test_a_ruling_sees_what_another_process_has_told(rig: Rig) -> None:
    """Nothing wakes it here, so it looks from time to time."""
    job_id, watch = await being_told(rig)
    ledger = Looks(rig.store.jobs)
    elsewhere = dataclasses.replace(rig.parts, jobs=ledger, progress=ProgressBus())
    pictures = HeldPictures(elsewhere, look_seconds=0.01, patience=3600.0)
    ruling = asyncio.create_task(pictures.release(job_id))
    await asyncio.wait_for(ledger.looked.wait(), 10)
    watch.gate.set()

    assert await asyncio.wait_for(ruling, 10)


async def test_a_ruling_that_has_waited_long_enough_has_changed_nothing(rig: Rig, tmp_path: Path) -> None:
    job_id, watch = await being_told(rig)
    pictures = HeldPictures(rig.parts, patience=0.01)

    for ruling in (pictures.release, pictures.discard):
        with pytest.raises(StorageError) as caught:
            await ruling(job_id)
        assert caught.value.retryable

    assert len(files(tmp_path, "held")) == 2
    watch.gate.set()
    await rig.end_of(job_id)
    assert await HeldPictures(rig.parts).release(job_id)


async def test_a_restart_right_after_it_was_held_releases_nothing(rig: Rig, tmp_path: Path) -> None:
    """Also if the checks would say something else now."""
    ledger = StopsOnceHeld(rig.store.jobs)
    rig.use_ledger(ledger)
    accepted = await rig.studio.submit(rig.ask(typed={"count": 2}))
    assert isinstance(accepted, Accepted)
    await rig.studio.begin(accepted.job.job_id, {"token": "t"}, {"message_id": "5"})
    await asyncio.wait_for(ledger.held.wait(), 10)
    await rig.workers.stop(grace=0.0)
    assert rig.moderator is not None
    rig.moderator.image_scores = []
    await rig.workers.start()

    job = await rig.end_of(accepted.job.job_id)

    assert job.outcome == Refused(RefusalReason.HELD, DecidedBy.OUTPUT_CHECK)
    assert files(tmp_path, "i") == []


async def test_a_release_charges_no_quota_and_buys_nothing(rig: Rig) -> None:
    job, view = await held(rig)
    await rig.desk.rule(MODERATOR, view.case.case_id, Ruling.RELEASE)
    await rig.end_of(job.job_id)

    provider = rig.providers[0]
    assert len(provider.tasks) == 1
    usage = await rig.store.jobs.usage([f"{MODERATOR.tenant}/user:42"])
    assert usage != []
    assert [(one.used, one.held) for one in usage if one.window.startswith(("day", "hour"))] == []


@pytest.mark.parametrize("ruling", [Ruling.DISCARD, Ruling.STRIKE, Ruling.UPHOLD])
async def test_a_discarded_picture_is_deleted_and_its_person_told(
    rig: Rig, tmp_path: Path, ruling: Ruling
) -> None:
    _, view = await held(rig)
    if ruling is Ruling.UPHOLD:
        assert await rig.desk.rule(MODERATOR, view.case.case_id, ruling) == Problem(No.HELD_ONLY)
        return
    assert files(tmp_path, "held") != []

    ruled = await rig.desk.rule(MODERATOR, view.case.case_id, ruling)

    assert not isinstance(ruled, Problem)
    assert files(tmp_path, "held") == []
    assert files(tmp_path, "i") == []
    assert "will not be shown" in rig.chat.told[-1][1].title
    strikes = await rig.store.moderation.strikes(MODERATOR.tenant, "42", 0.0)
    assert len(strikes) == (ruling is Ruling.STRIKE)
    late = await rig.desk.rule(MODERATOR, view.case.case_id, Ruling.RELEASE)
    assert late == Problem(No.CLOSED)


async def test_pictures_are_shown_to_who_has_claimed_the_case_and_nobody_else(rig: Rig) -> None:
    _, view = await held(rig)
    case_id = view.case.case_id

    copies = await rig.desk.held_pictures(MODERATOR, case_id)

    assert not isinstance(copies, Problem)
    assert [copy[:2] for copy in copies] == [b"\xff\xd8"] * 2
    second = await rig.desk.held_pictures(OTHER_MODERATOR, case_id)
    assert second == Problem(No.CLAIMED, (("who", MODERATOR.user_id),))
    assert await rig.desk.held_pictures(requester(), case_id) == Problem(No.NOT_A_MODERATOR)
    neighbour = dataclasses.replace(ELSEWHERE, moderator=True)
    assert await rig.desk.held_pictures(neighbour, case_id) == Problem(No.UNKNOWN_CASE)
    assert await rig.desk.rule(neighbour, case_id, Ruling.RELEASE) == Problem(No.UNKNOWN_CASE)


async def test_the_panel_shows_the_picture_only_behind_its_button(rig: Rig) -> None:
    _, view = await held(rig)
    panel = Panel(rig.desk)

    page = await panel.act(MODERATOR, f"case:{view.case.case_id}")
    shown = await panel.act(MODERATOR, f"pictures:{view.case.case_id}")

    assert isinstance(page, Page)
    assert isinstance(shown, Page)
    assert (page.pictures, len(shown.pictures)) == ((), 2)
    acts = [button.act.rpartition(":")[0] for button in page.buttons]
    assert acts == ["words", "pictures", "rule:release", "rule:discard", "rule:strike"]


async def test_a_released_job_is_released_once_also_when_it_is_pressed_again(rig: Rig) -> None:
    job, view = await held(rig)
    assert await rig.store.jobs.release_held(
        job.job_id, 60.0
    )  # and the process dies before the case is closed
    await rig.end_of(job.job_id)

    again = await rig.desk.rule(MODERATOR, view.case.case_id, Ruling.RELEASE)

    assert not isinstance(again, Problem)
    assert not await rig.store.jobs.release_held(job.job_id, 60.0)
    assert [type(outcome) for _, outcome in rig.chat.delivered] == [Refused, Delivered]


@pytest.mark.parametrize("how", ["erased", "expired", "deleted"])
async def test_what_is_forgotten_cannot_be_released(rig: Rig, tmp_path: Path, how: str) -> None:
    job, view = await held(rig)
    if how == "erased":
        await rig.studio.forget(job.request.requester)
    elif how == "deleted":
        await rig.studio.delete(job.job_id, job.request.requester)
    else:
        await rig.store.jobs.expire(MODERATOR.tenant, Retention(blocked_prompts=0.0000001))  # type: ignore[arg-type]
        from bot.pipeline.janitor import bury

        await bury(rig.parts)

    assert files(tmp_path, "held") == []
    assert await rig.desk.held_pictures(MODERATOR, view.case.case_id) == Problem(No.PICTURE_GONE)
    assert await rig.desk.rule(MODERATOR, view.case.case_id, Ruling.RELEASE) == Problem(No.PICTURE_GONE)
    assert not isinstance(await rig.desk.rule(MODERATOR, view.case.case_id, Ruling.DISCARD), Problem)
    assert [type(outcome) for _, outcome in rig.chat.delivered] == [Refused]


async def test_what_is_released_is_shown_whatever_the_rules_say_by_then(rig: Rig) -> None:
    job, view = await held(rig)
    policy = await rig.parts.policies.policy(MODERATOR.tenant)
    closed = dataclasses.replace(policy, access=dataclasses.replace(policy.access, enabled=False))
    await rig.parts.policies.save(MODERATOR.tenant, closed, actor="44", reason="")

    assert not isinstance(await rig.desk.rule(MODERATOR, view.case.case_id, Ruling.RELEASE), Problem)

    assert isinstance((await rig.end_of(job.job_id)).outcome, Delivered)


async def test_a_picture_made_from_anothers_words_is_released_although_they_were_erased(rig: Rig) -> None:
    assert rig.moderator is not None
    unsafe, rig.moderator.image_scores = rig.moderator.image_scores, ()
    parent = await rig.finished(requester=OTHER)
    rig.moderator.image_scores = unsafe
    pressed = await rig.studio.press(Press("discord:press", requester(), parent.job_id, Action.REROLL))
    assert isinstance(pressed, Accepted)
    await rig.begun(pressed)
    queue = await rig.desk.queue(MODERATOR)
    assert not isinstance(queue, Problem)
    await rig.studio.forget(OTHER)

    assert not isinstance(await rig.desk.rule(MODERATOR, queue[0].case.case_id, Ruling.RELEASE), Problem)

    done = await rig.end_of(pressed.job.job_id)
    assert isinstance(done.outcome, Delivered)
    assert [image.alt_text for image in done.outcome.images] == ["", ""]
    assert {task.words for task in rig.sanitizer.tasks} == {"a brass owl"}, "nobody is asked about no words"


async def test_other_cases_are_not_released(rig: Rig) -> None:
    assert rig.moderator is not None
    rig.moderator.image_scores = ()
    job = await rig.finished()
    await rig.studio.report(job.job_id, requester(user_id="43"), "not nice")
    queue = await rig.desk.queue(MODERATOR)
    assert not isinstance(queue, Problem)

    ruled = await rig.desk.rule(MODERATOR, queue[0].case.case_id, Ruling.RELEASE)

    assert ruled == Problem(No.HELD_ONLY)


async def test_one_bad_picture_of_two_holds_both_and_is_released_veiled(rig: Rig) -> None:
    assert rig.moderator is not None
    rig.moderator.image_scores = [{"violence": 0.95}, {}]
    job, view = await held(rig)
    await rig.desk.rule(MODERATOR, view.case.case_id, Ruling.RELEASE)

    done = await rig.end_of(job.job_id)

    assert isinstance(done.outcome, Delivered)
    assert [image.spoiler for image in done.outcome.images] == [True, False]


async def test_what_looks_like_a_minor_is_never_held_for_release(rig: Rig) -> None:
    assert rig.moderator is not None
    rig.moderator.image_scores = [{"sexual/minors": 0.5}]

    job = await rig.finished()

    assert job.outcome == Refused(RefusalReason.MINORS, DecidedBy.OUTPUT_CHECK, strike=True)
    assert not await rig.store.jobs.release_held(job.job_id, 60.0)


async def test_a_moderator_who_is_quicker_than_the_jobs_end_loses_nothing(rig: Rig) -> None:
    """The card comes before the row is final; a release then must neither miss the pictures nor pass for done."""

    async def at_once() -> object:
        queue = await rig.desk.queue(MODERATOR)
        assert not isinstance(queue, Problem)
        view = await rig.desk.claim(MODERATOR, queue[0].case.case_id)
        assert isinstance(view, CaseView)
        assert view.pictures == 2
        return await rig.desk.rule(MODERATOR, view.case.case_id, Ruling.RELEASE)

    ruling: list[asyncio.Task[object]] = []

    async def post_card(tenant: str, channel_id: str, card: Card) -> bool:
        if card.buttons:
            ruling.append(asyncio.create_task(at_once()))
            await asyncio.wait(ruling)
        return True

    rig.with_policy(content=HOLD, presentation=Presentation(review_channel="7"))
    rig.chat.post_card = post_card  # type: ignore[method-assign]
    asked = await rig.studio.submit(rig.ask(typed={"count": 2}))
    assert isinstance(asked, Accepted)
    await rig.studio.begin(asked.job.job_id, {"kind": "test"})
    async with asyncio.timeout(20):
        while not ruling:
            await asyncio.sleep(0.01)
        await ruling[0]
        while not rig.chat.delivered or not isinstance(rig.chat.delivered[-1][1], Delivered):
            await asyncio.sleep(0.01)

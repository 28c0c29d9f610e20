"""Which presses mean the same child, and what is counted of a request that never becomes a job."""

import dataclasses
from pathlib import Path

import pytest

from bot.domain.errors import NoVerdict, StorageError
from bot.domain.jobs import Job
from bot.domain.outcomes import Delivered, Failed, RefusalReason, Refused
from bot.domain.policy import Access, BlockedTerm, Content
from bot.domain.requests import Action, ImagineRequest, Reference, ReferenceRole, Requester
from bot.guardrails.intake import asked_for
from bot.messages.catalogue import texts_for
from bot.pipeline.children import DOUBLE_PRESS_SECONDS, Press, child_request
from bot.pipeline.janitor import bury
from bot.pipeline.sizes import wished_size
from bot.ports import Accepted, Duplicate
from tests.support.fakes import FakeClock
from tests.support.make import picture, requester
from tests.support.rig import OTHER, Rig

ADA = requester()


async def key_of(rig: Rig, parent: Job, at: float, person: Requester = ADA) -> str:
    """The key of what this person gets who presses Reroll at that moment."""
    parts = dataclasses.replace(rig.parts, clock=FakeClock(at))
    child = await child_request(parts, Press("discord:press", person, parent.job_id, Action.REROLL), parent)
    assert not isinstance(child, Refused)
    return child.key


async def test_a_press_after_the_last_child_is_done_means_another_one(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        parent = await rig.finished()
        pressed = await rig.studio.press(Press("discord:1", ADA, parent.job_id, Action.REROLL))
        assert isinstance(pressed, Accepted)
        soon = pressed.job.created_at + DOUBLE_PRESS_SECONDS
        assert await key_of(rig, parent, soon + 1) == pressed.job.request.key, "it is still being made"
        child = await rig.begun(pressed)

        assert await key_of(rig, parent, soon) == child.request.key, "the same click"
        later = await key_of(rig, parent, soon + 1)
        assert later != child.request.key
        assert await key_of(rig, parent, soon + 2) == later
        assert await key_of(rig, parent, soon, OTHER) == await key_of(rig, parent, soon + 1, OTHER)


async def test_who_was_erased_and_comes_back_gets_a_child_of_their_own(tmp_path: Path) -> None:
    """The key of what they had is kept by a row that names nobody any more."""
    async with Rig(tmp_path) as rig:
        parent = await rig.finished()
        press = Press("discord:press", OTHER, parent.job_id, Action.VARY)
        pressed = await rig.studio.press(press)
        assert isinstance(pressed, Accepted)
        await rig.begun(pressed)
        await rig.studio.forget(OTHER)

        again = await rig.studio.press(press)
        assert isinstance(again, Accepted)
        assert (await rig.studio.press(press)) == Duplicate(again.job), "a double click"


async def test_a_change_that_is_too_long_with_the_pictures_words_alone_says_so(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        parent = await rig.finished("o" * 990)
        for action, text, together in (
            (Action.EDIT, "make it night", True),
            (Action.REWORD, "o" * 1001, False),
        ):
            press = Press(f"press:{action}", requester(), parent.job_id, action, text=text)
            refused = await rig.studio.press(press)

            assert isinstance(refused, Refused)
            assert refused.reason is RefusalReason.TOO_LONG
            assert ("Together with the picture's own words" in texts_for("en").refusal(refused)) is together


@pytest.mark.parametrize(
    ("words", "reason"), [("an owl --ar 99:1", "bad_option"), ("an ugly owl", "blocked_term")]
)
async def test_what_is_turned_away_at_the_door_is_counted(tmp_path: Path, words: str, reason: str) -> None:
    async with Rig(tmp_path) as rig:
        rig.with_policy(content=Content(blocked_terms=(BlockedTerm("ugly"),)))
        refused = await rig.studio.submit(rig.ask(words))

        assert isinstance(refused, Refused)
        assert refused.reason is RefusalReason(reason)
        assert rig.observed.refusals == [("guard", reason)]
        assert rig.observed.ended == [("discord", "refused")]


@pytest.mark.parametrize("action", [Action.EDIT, Action.UPSCALE])
async def test_what_failed_is_asked_for_once_more_as_it_was(tmp_path: Path, action: Action) -> None:
    """With the picture that it was about, what was to change, its options and its size."""
    async with Rig(tmp_path) as rig:
        parent = await rig.finished("a brass owl --seed 7")
        rig.sanitizer.verdict, rig.moderator = NoVerdict("outage"), None
        rig.workers.parts = dataclasses.replace(rig.parts, moderator=None)
        pressed = await rig.studio.press(Press("discord:1", ADA, parent.job_id, action, text="at night"))
        assert isinstance(pressed, Accepted)
        failed = await rig.begun(pressed)
        assert isinstance(failed.outcome, Failed)

        for number in (2, 3):
            again = await child_request(
                rig.parts, Press(f"discord:{number}", ADA, failed.job_id, Action.REROLL), failed
            )
            assert isinstance(again, ImagineRequest)
            assert again.references == failed.request.references != ()
            assert again.options == failed.request.options
            assert asked_for(again) == asked_for(failed.request)
            assert wished_size(again, Access(max_megapixels=4.0)) == wished_size(
                failed.request, Access(max_megapixels=4.0)
            )
            failed = dataclasses.replace(failed, request=again)


async def test_what_failed_is_not_asked_for_again_once_its_picture_is_deleted(tmp_path: Path) -> None:
    """It would end as a fault of the store, and be waited for in vain."""
    async with Rig(tmp_path) as rig:
        parent = await rig.finished()
        rig.sanitizer.verdict = NoVerdict("outage")
        rig.workers.parts = dataclasses.replace(rig.parts, moderator=None)
        last = parent
        for number, action in enumerate((Action.EDIT, Action.REROLL, Action.REROLL)):
            pressed = await rig.studio.press(
                Press(f"discord:{number}", ADA, last.job_id, action, text="" if number else "at night")
            )
            assert isinstance(pressed, Accepted), "while it is there"
            last = await rig.begun(pressed)
        await rig.studio.delete(parent.job_id, ADA)

        refused = await rig.studio.press(Press("discord:9", ADA, last.job_id, Action.REROLL))

        assert isinstance(refused, Refused)
        assert refused.reason is RefusalReason.UNKNOWN_JOB


async def test_what_was_brought_along_is_there_for_every_new_try(tmp_path: Path) -> None:
    """An outage lasts longer than one try; what goes with the request is gone once the first job is deleted."""
    async with Rig(tmp_path) as rig:
        rig.chat.files["attachment:owl"] = picture()
        rig.sanitizer.verdict = NoVerdict("outage")
        rig.workers.parts = dataclasses.replace(rig.parts, moderator=None)
        brought = Reference("attachment:owl", ReferenceRole.STYLE)
        first = last = await rig.finished(references=(brought,))
        for number in (1, 2):
            pressed = await rig.studio.press(Press(f"discord:{number}", ADA, last.job_id, Action.REROLL))
            assert isinstance(pressed, Accepted)
            last = await rig.begun(pressed)
            assert isinstance(last.outcome, Failed)
            assert await bury(rig.parts) == 0
        await rig.studio.delete(last.job_id, ADA)

        again = await child_request(rig.parts, Press("discord:9", ADA, first.job_id, Action.REROLL), first)
        assert isinstance(again, ImagineRequest)
        (kept,) = again.references
        assert not kept.external
        assert await rig.parts.images.read(kept.key)
        await rig.studio.delete(first.job_id, ADA)
        with pytest.raises(StorageError):
            await rig.parts.images.read(kept.key)


async def test_a_picture_that_is_there_is_rolled_anew(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        parent = await rig.finished("a brass owl --seed 7")
        again = await child_request(rig.parts, Press("discord:2", ADA, parent.job_id, Action.REROLL), parent)

        assert isinstance(again, ImagineRequest)
        assert again.options.seed is None


@pytest.mark.parametrize(("action", "change"), [(Action.EDIT, "at night"), (Action.VARY, "")])
async def test_another_picture_of_an_edit_or_a_variation_is_one_as_well(
    tmp_path: Path, action: Action, change: str
) -> None:
    """Also of one that was rolled anew itself; once the picture that it was drawn from is deleted, without that."""
    async with Rig(tmp_path) as rig:
        parent = await rig.finished("a brass owl --seed 7")
        pressed = await rig.studio.press(Press("discord:1", ADA, parent.job_id, action, text=change))
        assert isinstance(pressed, Accepted)
        made = last = await rig.begun(pressed)
        for number in (2, 3):
            pressed = await rig.studio.press(Press(f"discord:{number}", ADA, last.job_id, Action.REROLL))
            assert isinstance(pressed, Accepted)
            last = await rig.begun(pressed)
            assert isinstance(last.outcome, Delivered)
            assert last.request.references == made.request.references != ()
            assert asked_for(last.request) == asked_for(made.request)
            assert last.request.options.seed is None
        await rig.studio.delete(parent.job_id, ADA)

        again = await child_request(rig.parts, Press("discord:9", ADA, last.job_id, Action.REROLL), last)
        assert isinstance(again, ImagineRequest)
        assert again.references == ()
        assert asked_for(again) == asked_for(made.request)


async def test_the_second_picture_is_asked_for_once_more_as_often_as_it_fails(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        parent = await rig.finished("a brass owl --n 2")
        rig.sanitizer.verdict = NoVerdict("outage")
        rig.workers.parts = dataclasses.replace(rig.parts, moderator=None)
        pressed = await rig.studio.press(
            Press("discord:1", ADA, parent.job_id, Action.EDIT, index=1, text="at night")
        )
        assert isinstance(pressed, Accepted)
        failed = await rig.begun(pressed)
        pressed = await rig.studio.press(Press("discord:2", ADA, failed.job_id, Action.REROLL))
        assert isinstance(pressed, Accepted)
        once = await rig.begun(pressed)

        assert await key_of(rig, failed, once.created_at + DOUBLE_PRESS_SECONDS + 1) != once.request.key

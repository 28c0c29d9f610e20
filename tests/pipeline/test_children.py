"""Which presses mean the same child, and what is counted of a request that never becomes a job."""

import dataclasses
from pathlib import Path

import pytest

from bot.domain.jobs import Job
from bot.domain.outcomes import RefusalReason, Refused
from bot.domain.policy import BlockedTerm, Content
from bot.domain.requests import Action, Requester
from bot.pipeline.children import DOUBLE_PRESS_SECONDS, Press, child_request
from bot.ports import Accepted
from tests.support.fakes import FakeClock
from tests.support.make import requester
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

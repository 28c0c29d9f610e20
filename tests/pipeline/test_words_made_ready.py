"""A long list of words that was just changed holds up no acknowledgement, and nothing is made past it."""

import asyncio
import dataclasses
from pathlib import Path

from bot.domain.outcomes import RefusalReason, Refused
from bot.domain.policy import BlockedTerm, Content, Policy
from bot.guardrails.compiled import is_ready
from bot.moderation.rules import Changed, Edit
from bot.ports import Accepted
from tests.support.fakes import ScriptedProvider, produced
from tests.support.rig import MODERATOR, Rig


def long_list(name: str) -> Content:
    return Content(blocked_terms=tuple(BlockedTerm(f"{name}{place}") for place in range(6000)))


async def test_an_impatient_acknowledgement_leaves_the_words_to_the_job(tmp_path: Path) -> None:
    provider = ScriptedProvider("openai", [[produced("openai")]])
    async with Rig(tmp_path, policy=Policy(content=long_list("late")), providers=(provider,)) as rig:
        studio = dataclasses.replace(rig.studio, patience=0.0)
        accepted = await studio.submit(rig.ask("a late5999 owl"))
        assert isinstance(accepted, Accepted)
        job = await rig.begun(accepted)

    assert isinstance(job.outcome, Refused)
    assert job.outcome.reason is RefusalReason.BLOCKED_TERM
    assert provider.tasks == []
    assert rig.sanitizer.tasks == []


async def test_a_patient_one_refuses_in_private(tmp_path: Path) -> None:
    async with Rig(tmp_path, policy=Policy(content=long_list("soon"))) as rig:
        patient = dataclasses.replace(rig.studio, patience=60.0)
        refused = await patient.submit(rig.ask("a soon5999 owl"))

    assert isinstance(refused, Refused)
    assert refused.reason is RefusalReason.BLOCKED_TERM


async def test_moderators_change_makes_the_rules_ready_ahead_of_their_use(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        words = "\n".join(f"ahead{place}" for place in range(2000))
        done = await rig.desk.change(MODERATOR, [Edit("content.blocked_terms", words)])
        assert isinstance(done, Changed)
        saved = await rig.store.policies.policy(MODERATOR.tenant)
        async with asyncio.timeout(30):
            while not is_ready(saved.content):
                await asyncio.to_thread(lambda: None)  # as long as a thread needs to come by

    assert len(saved.content.blocked_terms) == 2000

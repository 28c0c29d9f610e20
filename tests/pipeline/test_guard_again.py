"""The guard looks once more when a job begins: rules may have changed, or places been closed, while it waited."""

import dataclasses
from pathlib import Path

from bot.domain.outcomes import DecidedBy, RefusalReason, Refused
from bot.domain.policy import Access, BlockedTerm
from bot.ports import Accepted
from tests.support.rig import Rig


async def test_a_rule_that_came_while_the_job_waited_holds_for_it(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        accepted = await rig.studio.submit(rig.ask("a brass owl"))
        assert isinstance(accepted, Accepted)
        tenant = accepted.job.request.requester.tenant
        policy = await rig.parts.policies.policy(tenant)
        stricter = dataclasses.replace(policy.content, blocked_terms=(BlockedTerm("owl"),))
        await rig.parts.policies.save(
            tenant, dataclasses.replace(policy, content=stricter), actor="a moderator", reason=""
        )

        job = await rig.begun(accepted)

        assert isinstance(job.outcome, Refused)
        assert job.outcome.reason is RefusalReason.BLOCKED_TERM
        assert job.outcome.decided_by is DecidedBy.GUARD
        assert [provider.tasks for provider in rig.providers] == [[] for _ in rig.providers]
    assert rig.observed.ended == [("discord", "refused")]


async def test_a_place_that_was_closed_while_the_job_waited_stays_closed(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        accepted = await rig.studio.submit(rig.ask("a brass owl"))
        assert isinstance(accepted, Accepted)
        person = accepted.job.request.requester
        closed = Access(denied_channels=frozenset({person.channel_id}))
        policy = dataclasses.replace(await rig.parts.policies.policy(person.tenant), access=closed)
        await rig.parts.policies.save(person.tenant, policy, actor="a moderator", reason="")

        job = await rig.begun(accepted)
        at_the_door = await rig.studio.submit(rig.ask("a brass owl"))

        assert isinstance(job.outcome, Refused)
        assert isinstance(at_the_door, Refused)
        assert job.outcome.reason is at_the_door.reason is RefusalReason.CHANNEL

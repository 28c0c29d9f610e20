"""The end of a workflow's run, whatever becomes of the call that ends it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.make import requester
from tests.support.slack_room import TENANT, Room, open_room


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        opened.rig.parts.adapters["slack"] = opened.adapter  # type: ignore[index]
        yield opened
        assert opened.slack.violations == []


@pytest.mark.parametrize("how", ["answered", "lost", "stopped"])
async def test_a_run_ends_once_and_alarms_nobody(room: Room, how: str) -> None:
    ada, slack = room.slack.person(), room.slack
    if how == "lost":
        slack.silent_after.add("functions.completeSuccess")
    run = await ada.workflow(prompt="a brass owl")
    if how == "stopped":
        slack.runs[run] = {"error": "stopped by a person"}
    await room.quiet()
    (job_id,) = [
        job.job_id
        for job in await room.rig.studio.history(requester(platform="slack", tenant=TENANT, user_id=ada.id))
    ]
    job = await room.rig.end_of(job_id)

    assert ("outputs" in slack.runs[run]) == (how != "stopped")
    assert not job.message.get("undelivered")
    assert room.rig.observed.alerts == []

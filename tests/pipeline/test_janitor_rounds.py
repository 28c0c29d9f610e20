"""The janitor's rounds go on whatever happens in one, and a chat that is away costs the others one slice at most."""

import asyncio
import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import DeliveryError, StorageError
from bot.domain.jobs import Job
from bot.domain.policy import Retention
from bot.pipeline.janitor import Janitor, take_back
from bot.pipeline.run import Parts
from tests.support.make import request
from tests.support.rig import FakeChat, Rig

DAY = 86_400.0
SLICE = 100
"""Messages that the ledger names at once."""


class Hurried:
    """A clock on which nobody sleeps long."""

    def __init__(self, parts: Parts) -> None:
        self._clock = parts.clock

    def now(self) -> float:
        return self._clock.now()

    async def sleep(self, seconds: float) -> None:
        del seconds
        await self._clock.sleep(0.001)


class Flaky:
    """The real ledger, after it has failed once at the first question of a round."""

    def __init__(self, real: Any, fault: Exception) -> None:
        self._real, self._fault = real, fault
        self.rounds = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    async def mark_once(self, key: str, seconds: float) -> bool:
        self.rounds += 1
        if self.rounds == 1:
            raise self._fault
        return bool(await self._real.mark_once(key, seconds))


@pytest.mark.parametrize("fault", [StorageError("postgres: away"), RuntimeError("never thought of")])
async def test_after_a_round_that_failed_comes_another_until_it_is_stopped(
    tmp_path: Path, fault: Exception
) -> None:
    async with Rig(tmp_path) as rig:
        job = await rig.finished()
        await rig.store.jobs.mark_deleted(job.job_id)
        ledger = Flaky(rig.store.jobs, fault)
        parts = dataclasses.replace(rig.parts, jobs=ledger, clock=Hurried(rig.parts))
        janitor = Janitor(parts, 3600.0)
        await janitor.start()
        async with asyncio.timeout(10):
            while ledger.rounds < 4:
                await asyncio.sleep(0.001)
        await janitor.stop()
        stopped_at = ledger.rounds
        for _ in range(20):
            await asyncio.sleep(0.002)

        assert ledger.rounds == stopped_at
        assert rig.chat.retracted == [job.job_id]
        assert not [path for path in (tmp_path / "images").rglob("*") if path.is_file()]


async def test_the_audit_trail_is_kept_for_as_long_as_the_community_says(tmp_path: Path) -> None:
    kept = {}
    for days in (1, 0):
        async with Rig(tmp_path / str(days)) as rig:
            rig.with_policy(retention=Retention(audit=days))
            job = await rig.finished()
            tenant = job.request.requester.tenant
            before = len(await rig.store.policies.audited(tenant, 99))
            later = Ahead(rig.parts, 2 * DAY)
            swept = await Janitor(dataclasses.replace(rig.parts, clock=later), 3600.0).sweep()  # type: ignore[arg-type]
            kept[days] = (before - swept.audit, swept.audit > 0)

            assert before > 0

    assert kept[1] == (0, True)
    assert kept[0][1] is False


class Ahead:
    """A clock that is ahead by some seconds."""

    def __init__(self, parts: Parts, seconds: float) -> None:
        self._clock, self._seconds = parts.clock, seconds

    def now(self) -> float:
        return self._clock.now() + self._seconds


class Counting(FakeChat):
    """Counts what it is asked to take back, and may be away."""

    def __init__(self, *, away: bool) -> None:
        super().__init__()
        self.away, self.asked = away, 0

    async def retract(self, job: Job) -> None:
        self.asked += 1
        if self.away:
            raise DeliveryError("away", retryable=True)
        await super().retract(job)


MESSAGE: Mapping[str, str] = {"message_id": "5"}


@pytest.mark.parametrize(("away", "asked"), [(True, SLICE), (False, SLICE + 5)])
async def test_of_a_chat_that_answers_all_messages_are_taken_back_and_of_one_that_is_away_a_slice_is_tried(
    tmp_path: Path, *, away: bool, asked: int
) -> None:
    chat = Counting(away=away)
    async with Rig(tmp_path, chat=chat) as rig:
        for number in range(SLICE + 5):
            wanted = request(key=f"discord:{number}", created_at=rig.parts.clock.now())
            await rig.store.jobs.accept(wanted, (), (), 1)
            await rig.store.jobs.update_message(wanted.job_id, MESSAGE)
            await rig.store.jobs.mark_deleted(wanted.job_id)

        await take_back(rig.parts)

    assert chat.asked == asked
    assert len(chat.retracted) == (0 if away else asked)

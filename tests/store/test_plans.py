"""A long history costs nothing: no statement on the way of a job, a page or a sweep reads a whole table."""

import dataclasses
import re
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.domain.jobs import SafeWords, Stage, Steps
from bot.domain.limits import Limit, LimitKind, Rate
from bot.domain.outcomes import Delivered
from bot.domain.purchases import Purchase
from bot.domain.requests import Action, Lineage
from bot.ports import Accepted
from bot.store import Store, open_store
from bot.store.database import (
    CommonUnit,
    Database,
    Row,
    Statement,
    Statements,
    Transaction,
    Unit,
    execute,
)
from bot.store.jobs import JobLedger
from tests.support.make import hosted, paid, request

_EXPLAINED = re.compile(r"^(SELECT|UPDATE|DELETE)\b")
_GROWING = ("job", "budget", "hold", "attempt", "image_use", "marker", "audit", "judged", "moderation_case")


class Listening:
    """A `Database` that remembers the statements that pass."""

    def __init__(self, real: Database) -> None:
        self._real = real
        self.said: dict[str, dict[str, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def heard(self, sql: str, values: dict[str, Any]) -> None:
        self.said[sql] = values

    async def read(self, sql: str, **values: Any) -> Sequence[Row]:
        self.heard(sql, values)
        return await self._real.read(sql, **values)

    async def write(self, unit: Unit[Any]) -> Any:
        return await self._real.write(lambda tx: unit(_Overheard(tx, self)))

    async def write_together(self, unit: CommonUnit[Any, Any], item: Any) -> Any:
        return (await self.write(lambda tx: unit(tx, [item])))[0]

    async def write_all(
        self, *statements: Statement | None, otherwise: Exception | None = None
    ) -> Sequence[int]:
        counts: Sequence[int] = await self.write_together(execute, Statements(statements, otherwise))
        return counts


class _Overheard:
    def __init__(self, real: Transaction, listening: Listening) -> None:
        self._real = real
        self._listening = listening

    async def rows(self, sql: str, **values: Any) -> Sequence[Row]:
        self._listening.heard(sql, values)
        return await self._real.rows(sql, **values)

    async def run(self, sql: str, **values: Any) -> int:
        self._listening.heard(sql, values)
        return await self._real.run(sql, **values)

    async def look(self, **queries: Statement | None) -> Mapping[str, Sequence[Row]]:
        self._hear(*queries.values())
        return await self._real.look(**queries)

    async def run_all(self, *statements: Statement | None) -> Sequence[int]:
        self._hear(*statements)
        return await self._real.run_all(*statements)

    async def look_each(self, looks: Sequence[Mapping[str, Statement | None]]) -> Any:
        return [await self.look(**look) for look in looks]

    async def run_each(self, runs: Sequence[Sequence[Statement | None]]) -> Any:
        return [await self.run_all(*run) for run in runs]

    def _hear(self, *statements: Statement | None) -> None:
        for one in statements:
            if one is not None:
                self._listening.heard(one.sql, dict(one.values))


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(f"sqlite:///{tmp_path / 'imagine.db'}", data_dir=tmp_path, clock=SystemClock())
    yield store
    await store.aclose()


async def a_job_and_a_look_at_it(jobs: JobLedger) -> None:
    """Everything that happens for one request, and each second, and on a page of the history."""
    limit = Limit(LimitKind.QUOTA, "discord:4711/user:42", "2026-11-25", 1, 9, time.time() + 100)
    wanted = request(created_at=time.time(), lineage=Lineage(request(key="x").job_id, Action.VARY, 0))
    assert isinstance(await jobs.accept(wanted, [limit], [Rate("c", 1)], 1), Accepted)
    await jobs.begin(wanted.job_id, {"token": "t"}, {"message_id": "5"}, time.time() + 600)
    await jobs.queue_place(wanted.job_id)
    job = await jobs.claim(["discord", "slack"])
    assert job is not None
    steps = Steps(words=SafeWords("an owl", "An owl."), pictures=paid())  # type: ignore[arg-type]
    await jobs.checkpoint(job, Stage.GENERATE, steps)
    attempt = await jobs.open_attempt(job.job_id, Purchase("openai", "gpt-image-2"))
    await jobs.may_have_paid(job.job_id)
    await jobs.close_attempt(attempt, billed=True, cost=None, request_id=None, result="ok", seconds=1.0)
    outcome = Delivered((hosted(),))
    await jobs.update_message(job.job_id, {"message_id": "6"})
    await jobs.finish(dataclasses.replace(job, steps=dataclasses.replace(steps, outcome=outcome)), outcome)
    await jobs.take_over()
    await jobs.abandon(time.time() - 30)
    await jobs.get(job.job_id)
    await jobs.find_child(job.job_id, Action.VARY, 0)
    await jobs.children(job.job_id)
    await jobs.history("discord:4711", "42", limit=20)
    await jobs.history("discord:4711", None, limit=20, before=time.time())
    await jobs.usage(["discord:4711/user:42"])
    await jobs.mark_once("event", 60)
    await jobs.mark_deleted(job.job_id)
    await jobs.unretracted(["discord", "slack"])
    await jobs.not_retracted(job.job_id)
    await jobs.leave_shown(job.job_id, {"message_id": "7"})
    await jobs.retracted(job)
    await jobs.expect_objects(["i/y"], 60)
    await jobs.note_copy(job.job_id, "i/y")
    await jobs.drop_objects(["i/y"])
    await jobs.stale(["discord", "slack"])
    await jobs.shown_anew(job.job_id, done=True)
    await jobs.doomed()
    await jobs.doomed(among=["i/x", "i/y"])


async def test_no_statement_on_the_way_reads_a_whole_table(opened: Store) -> None:
    listening = Listening(opened.database)
    ledger = opened.jobs
    jobs = JobLedger(listening, ledger._vault, ledger._liveness, ledger._owner, SystemClock())
    try:
        await a_job_and_a_look_at_it(jobs)
    finally:
        await jobs.aclose()

    whole: list[str] = []
    for sql, values in listening.said.items():
        if _EXPLAINED.match(sql):
            plan = await opened.database.read(f"EXPLAIN QUERY PLAN {sql}", **values)
            details = [str(row["detail"]) for row in plan]
            scans = [line for line in details if re.match(rf"SCAN ({'|'.join(_GROWING)})\b", line)]
            whole += [f"{line}: {sql}" for line in scans if "USING" not in line]
            if "FROM job " in sql and "parent_id" not in sql:  # a picture has few children
                whole += [f"{line}: {sql}" for line in details if "TEMP B-TREE FOR ORDER BY" in line]
    assert len(listening.said) > 30
    assert whole == []


async def test_messages_of_deleted_jobs_are_found_without_reading_the_deleted_ones(opened: Store) -> None:
    sql = (
        "SELECT * FROM job WHERE state = 'deleted' AND (message <> '{}' OR handle IS NOT NULL) "
        "AND platform IN ('discord', 'slack') ORDER BY finished_at LIMIT 9"
    )

    plan = await opened.database.read(f"EXPLAIN QUERY PLAN {sql}")

    assert "ix_job_unretracted" in str(plan)

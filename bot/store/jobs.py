"""The ledger of jobs: accepted once, run by one owner at a time, settled once. Implements the `JobStore` port."""

import asyncio
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import structlog

from bot.domain.errors import LostJob, StorageError
from bot.domain.jobs import DeliveryHandle, Job, JobState, Stage, Steps, state_of
from bot.domain.limits import Limit, LimitKind, LimitReached, Rate, Usage
from bot.domain.money import MicroUSD
from bot.domain.outcomes import Delivered, Failed, FailureClass, Outcome
from bot.domain.requests import Action, ImagineRequest, JobId, RawWords, Requester
from bot.ports import Accepted, Clock, Duplicate, Health
from bot.store.codec import to_json
from bot.store.database import Database, Row, Transaction
from bot.store.liveness import Liveness
from bot.store.reserve import first_full, reserve, settle
from bot.store.rows import job_of, new_row, object_keys
from bot.store.vault import Vault

log = structlog.get_logger(__name__)

LEASE: Final = 15.0
HEARTBEAT: Final = 5.0
_QUEUE_CLOCK: Final = ""

_BY_ID: Final = "SELECT * FROM job WHERE job_id = :job_id"
_MINE: Final = "job_id = :job_id AND fence = :fence AND owner = :owner AND state = 'running'"


class JobLedger:
    """One process's view of the ledger; `owner` is fresh for each start."""

    def __init__(
        self, database: Database, vault: Vault, liveness: Liveness, owner: str, clock: Clock
    ) -> None:
        self._database = database
        self._vault = vault
        self._liveness = liveness
        self._owner = owner
        self._clock = clock
        self._heart = asyncio.create_task(self._beat(), name="lease heartbeat")

    async def accept(
        self, request: ImagineRequest, limits: Sequence[Limit], rates: Sequence[Rate], weight: int
    ) -> Accepted | Duplicate | LimitReached:
        now = self._clock.now()

        async def unit(tx: Transaction) -> Accepted | Duplicate | LimitReached:
            known = await tx.rows(_BY_ID, job_id=request.job_id)
            if known:
                return Duplicate(self._job(known[0]))
            full = await first_full(tx, limits, rates, now)
            if full is not None:
                return full
            await reserve(tx, request.job_id, limits, rates, now)
            vstart = await _take_turn(tx, request.requester.tenant, weight)
            row = new_row(request, vstart, await _version(tx, request))
            names = ", ".join(row)
            values = ", ".join(f":{name}" for name in row)
            await tx.run(f"INSERT INTO job({names}) VALUES ({values})", **row)
            return Accepted(self._job(row))

        return await self._database.write(unit)

    async def peek(self, limits: Sequence[Limit], rates: Sequence[Rate]) -> LimitReached | None:
        return await first_full(_Reading(self._database), limits, rates, self._clock.now())

    async def begin(
        self, job_id: JobId, handle: DeliveryHandle, message: Mapping[str, Any], deadline: float
    ) -> bool:
        values = {
            "job_id": job_id,
            "handle": self._vault.seal(handle) if handle else None,
            "message": to_json(dict, dict(message)),
            "deadline": deadline,
        }
        sql = (
            "UPDATE job SET state = 'queued', handle = :handle, message = :message, deadline = :deadline "
            "WHERE job_id = :job_id AND state = 'accepted'"
        )
        return await self._run(sql, **values) > 0

    async def claim(self, platforms: Collection[str]) -> Job | None:
        names = {f"platform{place}": name for place, name in enumerate(sorted(platforms))}
        if not names or not self._liveness.held:
            return None
        choice = ", ".join(f":{name}" for name in names)
        first = (
            f"SELECT * FROM job WHERE state = 'queued' AND platform IN ({choice}) "
            "ORDER BY vstart, created_at, job_id LIMIT 1"
        )

        async def unit(tx: Transaction) -> Job | None:
            found = await tx.rows(first, **names)
            if not found:
                return None
            row = dict(found[0])
            await _advance(tx, float(row["vstart"]))
            return await self._own(tx, row)

        return await self._database.write(unit)

    async def checkpoint(self, job: Job, stage: Stage, steps: Steps) -> None:
        sql = f"UPDATE job SET stage = :stage, steps = :steps, lease_until = :lease_until WHERE {_MINE}"
        values = {"stage": stage.value, "steps": to_json(Steps, steps), "lease_until": self._lease()}
        if await self._run(sql, **values, **self._mine(job)) == 0:
            raise LostJob(job.job_id)

    async def update_message(self, job_id: JobId, message: Mapping[str, Any]) -> None:
        text = to_json(dict, dict(message))
        await self._run(
            "UPDATE job SET message = :message WHERE job_id = :job_id", job_id=job_id, message=text
        )

    async def finish(self, job: Job, outcome: Outcome) -> None:
        values = {
            "state": state_of(outcome).value,
            "stage": Stage.DONE.value,
            "steps": to_json(Steps, job.steps),
            "finished_at": self._clock.now(),
            **self._mine(job),
        }
        sql = (
            "UPDATE job SET state = :state, stage = :stage, steps = :steps, finished_at = :finished_at, "
            f"handle = NULL, owner = NULL WHERE {_MINE}"
        )

        async def unit(tx: Transaction) -> None:
            if await tx.run(sql, **values) == 0:
                raise LostJob(job.job_id)
            await _settle(tx, job.job_id, delivered=isinstance(outcome, Delivered))
            for key in object_keys(job.steps):
                await tx.run(
                    "INSERT INTO image_use(key, job_id) VALUES (:key, :job_id) ON CONFLICT DO NOTHING",
                    key=key,
                    job_id=job.job_id,
                )

        await self._database.write(unit)

    async def take_over(self) -> Sequence[Job]:
        now = self._clock.now()
        running = await self._database.read(
            "SELECT DISTINCT owner FROM job WHERE state = 'running' AND owner <> :owner", owner=self._owner
        )
        dead = [row["owner"] for row in running if await self._liveness.is_dead(row["owner"])]
        expired = "state = 'running' AND owner <> :owner AND lease_until < :now"

        async def unit(tx: Transaction) -> Sequence[Job]:
            rows = list(await tx.rows(f"SELECT * FROM job WHERE {expired}", owner=self._owner, now=now))
            for owner in dead:
                rows += await tx.rows(
                    "SELECT * FROM job WHERE state = 'running' AND owner = :dead", dead=owner
                )
            unique = {row["job_id"]: dict(row) for row in rows}
            return [await self._own(tx, row) for row in unique.values()]

        if not dead and not await self._database.read(
            f"SELECT 1 AS one FROM job WHERE {expired} LIMIT 1",
            owner=self._owner,
            now=now,
        ):
            return ()
        return await self._database.write(unit)

    async def abandon(self, older_than: float) -> Sequence[JobId]:
        found = await self._database.read(
            "SELECT job_id FROM job WHERE state = 'accepted' AND created_at < :older_than",
            older_than=older_than,
        )
        outcome = Failed(FailureClass.INTERRUPTED)
        values = {"steps": to_json(Steps, Steps(outcome=outcome)), "finished_at": self._clock.now()}
        sql = (
            "UPDATE job SET state = 'failed', stage = 'done', steps = :steps, finished_at = :finished_at "
            "WHERE job_id = :job_id AND state = 'accepted'"
        )

        async def unit(tx: Transaction) -> Sequence[JobId]:
            closed: list[JobId] = []
            for row in found:
                if await tx.run(sql, job_id=row["job_id"], **values):
                    await _settle(tx, row["job_id"], delivered=False)
                    closed.append(JobId(row["job_id"]))
            return closed

        return await self._database.write(unit) if found else ()

    async def release(self, job: Job) -> None:
        await self._run(
            f"UPDATE job SET state = 'queued', owner = NULL, lease_until = 0 WHERE {_MINE}",
            **self._mine(job),
        )

    async def get(self, job_id: JobId) -> Job | None:
        found = await self._database.read(_BY_ID, job_id=job_id)
        return self._job(found[0]) if found else None

    async def find_child(self, parent_id: JobId, action: Action, index: int) -> Sequence[Job]:
        return [
            child
            for child in await self.children(parent_id)
            if child.request.lineage
            and (child.request.lineage.action, child.request.lineage.index) == (action, index)
        ]

    async def children(self, job_id: JobId) -> Sequence[Job]:
        sql = "SELECT * FROM job WHERE parent_id = :job_id ORDER BY created_at, job_id LIMIT 200"
        return [self._job(row) for row in await self._database.read(sql, job_id=job_id)]

    async def history(
        self, tenant: str, user_id: str | None, *, limit: int, before: float | None = None
    ) -> Sequence[Job]:
        whose = "AND user_id = :user_id " if user_id is not None else ""
        sql = (
            f"SELECT * FROM job WHERE tenant = :tenant {whose}AND created_at < :before "
            "ORDER BY created_at DESC LIMIT :limit"
        )
        values: dict[str, Any] = {"tenant": tenant, "before": before or 1e12, "limit": limit}
        if user_id is not None:
            values["user_id"] = user_id
        return [self._job(row) for row in await self._database.read(sql, **values)]

    async def latest_in(self, tenant: str, place: str) -> Job | None:
        sql = (
            "SELECT * FROM job WHERE tenant = :tenant AND place = :place AND state = 'delivered' "
            "ORDER BY created_at DESC LIMIT 1"
        )
        found = await self._database.read(sql, tenant=tenant, place=place)
        return self._job(found[0]) if found else None

    async def queue_place(self, job_id: JobId) -> int | None:
        sql = (
            "SELECT count(*) AS before FROM job, (SELECT vstart, created_at FROM job "
            "WHERE job_id = :job_id AND state = 'queued') AS mine WHERE job.state = 'queued' "
            "AND (job.vstart < mine.vstart OR (job.vstart = mine.vstart AND job.created_at < mine.created_at))"
        )
        queued = await self._database.read(
            "SELECT 1 AS one FROM job WHERE job_id = :job_id AND state = 'queued'", job_id=job_id
        )
        if not queued:
            return None
        return int((await self._database.read(sql, job_id=job_id))[0]["before"])

    async def mark_once(self, key: str, lifetime: float) -> bool:
        now = self._clock.now()

        async def unit(tx: Transaction) -> bool:
            await tx.run("DELETE FROM marker WHERE expires_at < :now", now=now)
            sql = "INSERT INTO marker(key, expires_at) VALUES (:key, :expires_at) ON CONFLICT DO NOTHING"
            return await tx.run(sql, key=key, expires_at=now + lifetime) > 0

        return await self._database.write(unit)

    async def usage(self, scopes: Sequence[str]) -> Sequence[Usage]:
        found: list[Usage] = []
        for scope in scopes:
            rows = await self._database.read("SELECT * FROM budget WHERE scope = :scope", scope=scope)
            found += [Usage(scope, row["win"], int(row["used"]), int(row["held"])) for row in rows]
        return found

    async def mark_deleted(self, job_id: JobId) -> None:
        """The row stays as a bare line; words, prompts, handle and steps go."""

        async def unit(tx: Transaction) -> None:
            rows = await tx.rows(_BY_ID, job_id=job_id)
            if rows:
                await _blank(tx, self._job(rows[0]))

        await self._database.write(unit)

    async def shared_keys(self, keys: Sequence[str], besides: JobId) -> frozenset[str]:
        shared: set[str] = set()
        for key in keys:
            sql = "SELECT 1 AS one FROM image_use WHERE key = :key AND job_id <> :besides LIMIT 1"
            if await self._database.read(sql, key=key, besides=besides):
                shared.add(key)
        return frozenset(shared)

    async def open_attempt(self, job_id: JobId, provider: str, model: str, price: MicroUSD | None) -> str:
        """Raises LostJob, and StorageError while this process cannot show that it is alive: then nothing is paid."""
        if not self._liveness.held:
            raise StorageError("the database session was lost")
        values = {
            "attempt_id": str(uuid.uuid4()),
            "provider": provider,
            "model": model,
            "price": price,
            "opened_at": self._clock.now(),
        }
        sql = (
            "INSERT INTO attempt(attempt_id, job_id, tenant, provider, model, opened_at, billed, price, result) "
            "VALUES (:attempt_id, :job_id, :tenant, :provider, :model, :opened_at, 'maybe', :price, 'open')"
        )

        async def unit(tx: Transaction) -> str:
            mine = "SELECT tenant FROM job WHERE job_id = :job_id AND owner = :owner AND state = 'running'"
            rows = await tx.rows(mine, job_id=job_id, owner=self._owner)
            if not rows:
                raise LostJob(job_id)
            await tx.run(sql, job_id=job_id, tenant=rows[0]["tenant"], **values)
            return str(values["attempt_id"])

        return await self._database.write(unit)

    async def close_attempt(
        self,
        attempt_id: str,
        *,
        billed: bool | None,
        cost: MicroUSD | None,
        request_id: str | None,
        result: str,
        seconds: float,
    ) -> None:
        await self._run(
            "UPDATE attempt SET closed_at = :closed_at, billed = :billed, cost = :cost, "
            "request_id = :request_id, result = :result, seconds = :seconds WHERE attempt_id = :attempt_id",
            attempt_id=attempt_id,
            closed_at=self._clock.now(),
            billed={True: "yes", False: "no", None: "maybe"}[billed],
            cost=cost,
            request_id=request_id,
            result=result,
            seconds=seconds,
        )

    async def costs(self, since: float, until: float) -> Sequence[Row]:
        """Attempts that cost something, or may have: one row a provider, model, tenant and day."""
        return await self._database.read(
            "SELECT provider, model, tenant, billed, opened_at, cost, price FROM attempt "
            "WHERE opened_at >= :since AND opened_at < :until AND billed <> 'no' ORDER BY opened_at",
            since=since,
            until=until,
        )

    async def erase_user(self, platform: str, user_id: str) -> Sequence[Job]:
        """Blank all jobs of a person and remove their counters; the jobs come back for their objects' removal."""

        async def unit(tx: Transaction) -> Sequence[Job]:
            sql = "SELECT * FROM job WHERE platform = :platform AND user_id = :user_id"
            jobs = [self._job(row) for row in await tx.rows(sql, platform=platform, user_id=user_id)]
            for job in jobs:
                await _blank(tx, job)
                await tx.run("UPDATE job SET user_id = '' WHERE job_id = :job_id", job_id=job.job_id)
            for tenant in {job.request.requester.tenant for job in jobs}:
                scope = f"{tenant}/user:{user_id}"
                await tx.run(
                    "DELETE FROM budget WHERE scope = :scope OR scope LIKE :below",
                    scope=scope,
                    below=f"{scope}/%",
                )
                await tx.run("DELETE FROM bucket WHERE key LIKE :below", below=f"{scope}/%")
            return jobs

        return await self._database.write(unit)

    async def export_user(self, platform: str, user_id: str) -> Mapping[str, Any]:
        sql = "SELECT * FROM job WHERE platform = :platform AND user_id = :user_id ORDER BY created_at"
        rows = await self._database.read(sql, platform=platform, user_id=user_id)
        jobs = [self._job(row) for row in rows]
        return {
            "platform": platform,
            "user_id": user_id,
            "jobs": [
                {
                    "job_id": job.job_id,
                    "created_at": job.created_at,
                    "state": job.state.value,
                    "words": job.request.words,
                    "objects": object_keys(job.steps),
                }
                for job in jobs
            ],
        }

    async def probe(self) -> Health:
        health = await self._database.probe()
        return health if self._liveness.held else Health(ok=False, detail="session lost")

    async def aclose(self) -> None:
        self._heart.cancel()
        await asyncio.gather(self._heart, return_exceptions=True)

    async def _beat(self) -> None:
        """Renew the lease of everything that runs here."""
        sql = "UPDATE job SET lease_until = :lease_until WHERE owner = :owner AND state = 'running'"
        while True:
            await asyncio.sleep(HEARTBEAT)
            try:
                await self._run(sql, owner=self._owner, lease_until=self._lease())
            except StorageError as fault:
                log.warning("heartbeat_failed", problem=fault.problem)

    async def _own(self, tx: Transaction, row: dict[str, Any]) -> Job:
        """Make a row ours, with a higher fence; writes of the old owner touch nothing from now on."""
        row |= {
            "state": JobState.RUNNING.value,
            "owner": self._owner,
            "fence": int(row["fence"]) + 1,
            "attempts": int(row["attempts"]) + 1,
            "lease_until": self._lease(),
        }
        names = ("state", "owner", "fence", "attempts", "lease_until", "job_id")
        await tx.run(
            "UPDATE job SET state = :state, owner = :owner, fence = :fence, attempts = :attempts, "
            "lease_until = :lease_until WHERE job_id = :job_id",
            **{name: row[name] for name in names},
        )
        return self._job(row)

    async def _run(self, sql: str, **values: Any) -> int:
        async def unit(tx: Transaction) -> int:
            return await tx.run(sql, **values)

        return await self._database.write(unit)

    def _job(self, row: Row) -> Job:
        return job_of(row, self._vault)

    def _mine(self, job: Job) -> dict[str, Any]:
        return {"job_id": job.job_id, "fence": job.fence, "owner": self._owner}

    def _lease(self) -> float:
        return self._clock.now() + LEASE


class _Reading:
    """A `Transaction` that can only look, for `peek`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rows(self, sql: str, **values: Any) -> Sequence[Row]:
        return await self._database.read(sql, **values)

    async def run(self, sql: str, **values: Any) -> int:
        raise StorageError("a look writes nothing", retryable=False)


async def _take_turn(tx: Transaction, tenant: str, weight: int) -> float:
    """Start-time fair queueing: a tenant with many jobs queues behind its own, not before everybody else."""
    turns = {
        row["tenant"]: float(row["vfinish"])
        for row in await tx.rows(
            "SELECT tenant, vfinish FROM turn WHERE tenant IN (:tenant, :clock)",
            tenant=tenant,
            clock=_QUEUE_CLOCK,
        )
    }
    vstart = max(turns.get(tenant, 0.0), turns.get(_QUEUE_CLOCK, 0.0))
    await _set_turn(tx, tenant, vstart + weight)
    return vstart


async def _advance(tx: Transaction, vstart: float) -> None:
    """The queue's clock stands at the start of the last job that was taken."""
    rows = await tx.rows("SELECT vfinish FROM turn WHERE tenant = :tenant", tenant=_QUEUE_CLOCK)
    if not rows or float(rows[0]["vfinish"]) < vstart:
        await _set_turn(tx, _QUEUE_CLOCK, vstart)


async def _set_turn(tx: Transaction, tenant: str, vfinish: float) -> None:
    sql = (
        "INSERT INTO turn(tenant, vfinish) VALUES (:tenant, :vfinish) "
        "ON CONFLICT(tenant) DO UPDATE SET vfinish = excluded.vfinish"
    )
    await tx.run(sql, tenant=tenant, vfinish=vfinish)


async def _version(tx: Transaction, request: ImagineRequest) -> int:
    """A child is the next version of its parent."""
    if request.lineage is None:
        return 1
    rows = await tx.rows("SELECT version FROM job WHERE job_id = :job_id", job_id=request.lineage.parent_id)
    return int(rows[0]["version"]) + 1 if rows else 1


async def _settle(tx: Transaction, job_id: str, *, delivered: bool) -> None:
    """People's quotas count what they got; budgets count what was paid or may have been, whatever came of it."""
    spent = await tx.rows(
        "SELECT coalesce(sum(coalesce(cost, price, 0)), 0) AS spent FROM attempt "
        "WHERE job_id = :job_id AND billed <> 'no'",
        job_id=job_id,
    )

    def used(kind: LimitKind, amount: int) -> int:
        match kind:
            case LimitKind.BUDGET:
                return int(spent[0]["spent"])
            case LimitKind.QUOTA if delivered:
                return amount
            case _:
                return 0

    await settle(tx, job_id, used)


async def _blank(tx: Transaction, job: Job) -> None:
    """Forget everything but that there was a job."""
    person = job.request.requester
    bare = ImagineRequest(
        key=f"deleted:{job.job_id}",
        requester=Requester(person.platform, person.tenant, ""),
        words=RawWords(""),
        created_at=job.request.created_at,
    )
    await tx.run(
        "UPDATE job SET state = 'deleted', stage = 'done', request = :request, steps = '{}', handle = NULL, "
        "message = '{}', owner = NULL, key = :key, place = '' WHERE job_id = :job_id",
        job_id=job.job_id,
        request=to_json(ImagineRequest, bare),
        key=bare.key,
    )
    await tx.run("DELETE FROM image_use WHERE job_id = :job_id", job_id=job.job_id)
    await _settle(tx, job.job_id, delivered=job.state is JobState.DELIVERED)

"""The ledger of jobs: accepted once, run by one owner at a time, settled once."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import structlog

from bot.domain.errors import LostJob, StorageError
from bot.domain.jobs import DeliveryHandle, Job, JobState, Stage, Steps, state_of
from bot.domain.limits import Limit, LimitReached, Rate
from bot.domain.outcomes import Delivered, Failed, FailureClass, Outcome
from bot.domain.requests import ImagineRequest, JobId
from bot.ports import Accepted, Clock, Duplicate, Health
from bot.store.attempts import AttemptLedger
from bot.store.codec import from_json, to_json
from bot.store.database import Database, Row, Statement, Transaction
from bot.store.fairness import advancing, look_at_turns, next_start, taking_turn
from bot.store.held import HeldLedger
from bot.store.inserting import inserting
from bot.store.ledger import BY_ID
from bot.store.leftovers import LeftoverLedger
from bot.store.liveness import Liveness
from bot.store.privacy import PrivacyLedger
from bot.store.reading import ReadingLedger
from bot.store.reserve import (
    Counters,
    look_at_limits,
    look_at_rates,
    reserving,
    settle,
    settling,
)
from bot.store.retention import RetentionLedger
from bot.store.rows import new_job, new_row, picture_keys, reference_keys
from bot.store.tenants import TenantLedger
from bot.store.uses import using, using_no_more
from bot.store.vault import Vault

log = structlog.get_logger(__name__)

LEASE: Final = 15.0
"""Seconds after which a running job that nobody vouches for may be taken over."""

HEARTBEAT: Final = 5.0
_CANDIDATES: Final = 16
"""Queued jobs that a claim looks at when the first ones cannot be read."""

_MINE: Final = "job_id = :job_id AND fence = :fence AND owner = :owner AND state = 'running'"
_VERSION: Final = "SELECT version FROM job WHERE job_id = :job_id"
_BEGIN: Final = (
    "UPDATE job SET state = 'queued', handle = :handle, message = :message, deadline = :deadline "
    "WHERE job_id = :job_id AND state = 'accepted'"
)
_SHOWN: Final = "SELECT message FROM job WHERE job_id = :job_id AND state <> 'deleted'"
_SHOW: Final = "UPDATE job SET message = :message WHERE job_id = :job_id AND state <> 'deleted'"
_INTERRUPTED: Final = Steps(outcome=Failed(FailureClass.INTERRUPTED))
_APOLOGISE: Final = "UPDATE job SET state = 'queued', steps = :steps WHERE job_id = :job_id"
_CLOSE: Final = (
    "UPDATE job SET state = 'failed', stage = 'done', steps = :steps, finished_at = :finished_at, "
    "handle = NULL, owner = NULL WHERE job_id = :job_id"
)


class JobLedger(
    ReadingLedger, AttemptLedger, PrivacyLedger, RetentionLedger, LeftoverLedger, TenantLedger, HeldLedger
):
    """Implements the `JobStore` port."""

    def __init__(
        self, database: Database, vault: Vault, liveness: Liveness, owner: str, clock: Clock
    ) -> None:
        super().__init__(database, vault, liveness, owner, clock)
        self._heart = asyncio.create_task(self._beat(), name="lease heartbeat")

    async def accept(
        self,
        request: ImagineRequest,
        limits: Sequence[Limit],
        rates: Sequence[Rate],
        weight: int,
        handle: DeliveryHandle | None = None,
    ) -> Accepted | Duplicate | LimitReached:
        now, job_id, drawn_from = self._clock.now(), request.job_id, reference_keys(request, Steps())
        tenant, parent = request.requester.tenant, request.lineage.parent_id if request.lineage else None

        row = new_row(request, self._vault.seal(handle) if handle else None)

        async def unit(tx: Transaction) -> Accepted | Duplicate | LimitReached:
            found = await tx.look(
                known=Statement(BY_ID, {"job_id": job_id}),
                parent=Statement(_VERSION, {"job_id": parent}) if parent else None,
                budgets=look_at_limits(limits),
                buckets=look_at_rates(rates),
                turns=look_at_turns(tenant),
            )
            if found["known"]:
                return Duplicate(self._job(found["known"][0]))
            counters = Counters.of(found["budgets"], found["buckets"])
            if full := counters.first_full(limits, rates, now):
                return full
            vstart = next_start(found["turns"])
            # A child is the next version of its parent.
            version = max((int(one["version"]) + 1 for one in found["parent"]), default=1)
            values = {**row, "vstart": vstart, "version": version}
            await tx.run_all(
                inserting("job", tuple(values), [tuple(values.values())]),
                taking_turn(tenant, vstart, weight),
                *reserving(job_id, limits, rates, counters, now),
                using(job_id, drawn_from),
            )
            return Accepted(new_job(request, handle, version))

        return await self._database.write(unit)

    async def peek(self, limits: Sequence[Limit], rates: Sequence[Rate]) -> LimitReached | None:
        looks = (look_at_limits(limits), look_at_rates(rates))
        budgets, buckets = [
            await self._database.read(look.sql, **look.values) if look else () for look in looks
        ]
        return Counters.of(budgets, buckets).first_full(limits, rates, self._clock.now())

    async def begin(
        self, job_id: JobId, handle: DeliveryHandle, message: Mapping[str, Any], deadline: float
    ) -> bool:
        values = {
            "job_id": job_id,
            "handle": self._vault.seal(handle) if handle else None,
            "message": to_json(dict, dict(message)),
            "deadline": deadline,
        }
        return (await self._database.write_all(Statement(_BEGIN, values)))[0] > 0

    async def claim(self, platforms: Collection[str]) -> Job | None:
        names = {f"platform{place}": name for place, name in enumerate(sorted(platforms))}
        if not names or not self._liveness.held:
            return None
        choice = ", ".join(f":{name}" for name in names)
        fairest = (
            f"SELECT * FROM job WHERE state = 'queued' AND platform IN ({choice}) "
            "ORDER BY vstart, created_at, job_id LIMIT 1 OFFSET :place"
        )

        async def unit(tx: Transaction) -> Job | None:
            for place in range(_CANDIDATES):
                found = await tx.look(
                    next=Statement(fairest, {"place": place, **names}), turns=look_at_turns()
                )
                if not found["next"]:
                    return None
                row = found["next"][0]
                if job := await self._own(tx, row, advancing(found["turns"], float(row["vstart"]))):
                    return job
            return None

        return await self._database.write(unit)

    async def checkpoint(self, job: Job, stage: Stage, steps: Steps) -> None:
        sql = f"UPDATE job SET stage = :stage, steps = :steps, lease_until = {self._lease} WHERE {_MINE}"
        values = {"stage": stage.value, "steps": to_json(Steps, steps), **self._mine(job)}
        uses = using(job.job_id, [*picture_keys(steps), *reference_keys(job.request, steps)])
        await self._fenced(job, Statement(sql, values), *([uses] if uses else []))

    async def update_message(self, job_id: JobId, message: Mapping[str, Any]) -> None:
        await self._run(_SHOW, {"job_id": job_id, "message": to_json(dict, dict(message))})

    async def amend_message(self, job_id: JobId, entries: Mapping[str, Any]) -> bool:
        async def unit(tx: Transaction) -> bool:
            found = await tx.rows(_SHOWN, job_id=job_id)
            if not found:
                return False
            message = from_json(dict, found[0]["message"]) | dict(entries)
            await tx.run(_SHOW, job_id=job_id, message=to_json(dict, message))
            return True

        return await self._database.write(unit)

    async def finish(self, job: Job, outcome: Outcome) -> None:
        sql = (
            "UPDATE job SET state = :state, stage = 'done', steps = :steps, finished_at = :now, "
            f"handle = NULL, owner = NULL WHERE {_MINE}"
        )
        values = {
            "state": state_of(outcome).value,
            "steps": to_json(Steps, job.steps),
            **self._mine(job),
        }
        shown = picture_keys(job.steps)
        uses = using(job.job_id, shown)
        await self._fenced(
            job,
            Statement(sql, values),
            *settling(job.job_id, delivered=isinstance(outcome, Delivered)),
            using_no_more(job.job_id, shown),
            *([uses] if uses else []),
        )

    async def _fenced(self, job: Job, *statements: Statement) -> None:
        """Raises LostJob, and does nothing, when the first one finds the job in other hands."""
        await self._database.write_all(*statements, otherwise=LostJob(job.job_id))

    async def take_over(self) -> Sequence[Job]:
        """Claim the running jobs of dead owners, and those that nobody has vouched for in time.

        They come back with a higher fence and attempts + 1. After an outage of the database nothing is taken for a
        while: the others are on their way back as well.
        """
        if not self._liveness.steady:
            return ()
        others = "state = 'running' AND owner <> :owner"
        mine = {"owner": self._owner, "now": self._clock.now()}
        running = await self._database.read(
            f"SELECT owner, min(lease_until) < {self._database.now} AS expired FROM job WHERE {others} "
            "GROUP BY owner",
            **mine,
        )
        dead = [row["owner"] for row in running if await self._liveness.is_dead(row["owner"])]
        if not dead and not any(row["expired"] for row in running):
            return ()

        async def unit(tx: Transaction) -> Sequence[Job]:
            expired = f"SELECT * FROM job WHERE {others} AND lease_until < {self._database.now}"
            orphans = {row["job_id"]: row for row in await tx.rows(expired, **mine)}
            for owner in dead:
                rows = await tx.rows(
                    "SELECT * FROM job WHERE state = 'running' AND owner = :dead", dead=owner
                )
                orphans |= {row["job_id"]: row for row in rows}
            return [job for row in orphans.values() if (job := await self._own(tx, row))]

        return await self._database.write(unit)

    async def in_hand(self) -> Sequence[Job]:
        """The jobs that run under this process's name, also those of a commit whose answer was lost."""
        rows = await self._database.read(
            "SELECT * FROM job WHERE state = 'running' AND owner = :owner", owner=self._owner
        )
        return [self._job(row) for row in rows]

    async def abandon(self, older_than: float) -> Sequence[JobId]:
        forgotten = "state = 'accepted' AND created_at < :older_than"
        if not await self._database.read(
            f"SELECT 1 AS one FROM job WHERE {forgotten} LIMIT 1", older_than=older_than
        ):
            return ()

        async def unit(tx: Transaction) -> Sequence[JobId]:
            rows = await tx.rows(
                f"SELECT job_id, handle FROM job WHERE {forgotten} LIMIT 500", older_than=older_than
            )
            for row in rows:
                if row["handle"]:
                    await tx.run(_APOLOGISE, job_id=row["job_id"], steps=to_json(Steps, _INTERRUPTED))
                else:
                    await self._close(tx, row["job_id"], FailureClass.INTERRUPTED)
            return [JobId(row["job_id"]) for row in rows]

        return await self._database.write(unit)

    async def release(self, job: Job) -> None:
        """Hand a running job back to the queue; that was no failed attempt."""
        sql = (
            "UPDATE job SET state = 'queued', owner = NULL, lease_until = 0, attempts = attempts - 1 "
            f"WHERE {_MINE}"
        )
        await self._run(sql, self._mine(job))

    async def mark_once(self, key: str, lifetime: float) -> bool:
        now = self._clock.now()

        async def unit(tx: Transaction) -> bool:
            await tx.run("DELETE FROM marker WHERE expires_at < :now", now=now)
            sql = "INSERT INTO marker(key, expires_at) VALUES (:key, :expires_at) ON CONFLICT DO NOTHING"
            return await tx.run(sql, key=key, expires_at=now + lifetime) > 0

        return await self._database.write(unit)

    async def probe(self) -> Health:
        health = await self._database.probe()
        return health if self._liveness.held else Health(ok=False, detail="session lost")

    async def aclose(self) -> None:
        self._heart.cancel()
        await asyncio.gather(self._heart, return_exceptions=True)

    async def _beat(self) -> None:
        """Renew the lease of everything that runs here."""
        sql = f"UPDATE job SET lease_until = {self._lease} WHERE owner = :owner AND state = 'running'"
        while True:
            await asyncio.sleep(HEARTBEAT)
            try:
                await self._run(sql, {"owner": self._owner, "now": self._clock.now()})
            except StorageError as fault:
                log.warning("heartbeat_failed", problem=fault.problem)

    async def _own(self, tx: Transaction, row: Row, besides: Statement | None = None) -> Job | None:
        """Make a row ours, with a higher fence; writes of the old owner touch nothing from now on.

        `besides` is executed with it.

        A row that this version cannot read is left to a newer one, and closed when its time is over.
        """
        ours = {
            "state": JobState.RUNNING.value,
            "owner": self._owner,
            "fence": int(row["fence"]) + 1,
            "attempts": int(row["attempts"]) + 1,
        }
        now = self._clock.now()
        try:
            job = self._job({**row, **ours})
        except ValueError:
            log.exception("job_unreadable", job_id=row["job_id"])
            if float(row["deadline"]) < now:
                await self._close(tx, row["job_id"], FailureClass.INTERNAL)
            return None
        sql = (
            "UPDATE job SET state = :state, owner = :owner, fence = :fence, attempts = :attempts, "
            f"lease_until = {self._lease} WHERE job_id = :job_id"
        )
        await tx.run_all(Statement(sql, {"job_id": job.job_id, "now": now, **ours}), besides)
        return job

    async def _close(self, tx: Transaction, job_id: str, failure: FailureClass) -> None:
        """End a job that nobody can run, and give back what it held."""
        steps = to_json(Steps, Steps(outcome=Failed(failure)))
        await tx.run(_CLOSE, job_id=job_id, steps=steps, finished_at=self._clock.now())
        await settle(tx, job_id, delivered=False)

    def _mine(self, job: Job) -> dict[str, Any]:
        return {"job_id": job.job_id, "fence": job.fence, "owner": self._owner, "now": self._clock.now()}

    @property
    def _lease(self) -> str:
        """SQL for the end of a lease that begins now."""
        return f"{self._database.now} + {LEASE}"

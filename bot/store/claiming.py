"""Who runs a job: claims of queued ones, take-overs of what dead owners left, and handing back."""

from collections.abc import Collection, Sequence
from typing import Final

import structlog

from bot.domain.jobs import Job, JobState, Steps
from bot.domain.outcomes import Failed, FailureClass
from bot.domain.requests import JobId
from bot.store.codec import to_json
from bot.store.database import Row, Statement, Transaction
from bot.store.fairness import advancing, look_at_turns
from bot.store.ledger import MINE, Ledger
from bot.store.reserve import settle

log = structlog.get_logger(__name__)

_CANDIDATES: Final = 16
"""Queued jobs that a claim looks at when the first ones cannot be read."""


_INTERRUPTED: Final = Steps(outcome=Failed(FailureClass.INTERRUPTED))
_APOLOGISE: Final = "UPDATE job SET state = 'queued', steps = :steps WHERE job_id = :job_id"
_CLOSE: Final = (
    "UPDATE job SET state = 'failed', stage = 'done', steps = :steps, finished_at = :finished_at, "
    "handle = NULL, owner = NULL WHERE job_id = :job_id"
)


class ClaimingLedger(Ledger):
    """The part of the `JobStore` port that gives jobs to their runner."""

    async def claim(self, platforms: Collection[str]) -> Job | None:
        if not platforms or not self._liveness.held:
            return None
        return await self._database.write_together(self._claim_each, tuple(sorted(platforms)))

    async def _claim_each(self, tx: Transaction, callers: Sequence[tuple[str, ...]]) -> Sequence[Job | None]:
        """The unit of `claim`: the fairest jobs in their order."""
        claimed: list[Job | None] = [None] * len(callers)
        for platforms in dict.fromkeys(callers):
            places = [place for place, asked in enumerate(callers) if asked == platforms]
            for place, job in zip(places, await self._fairest(tx, platforms, len(places)), strict=False):
                claimed[place] = job
        return claimed

    async def _fairest(self, tx: Transaction, platforms: Sequence[str], most: int) -> Sequence[Job]:
        names = {f"platform{place}": name for place, name in enumerate(platforms)}
        fairest = (
            f"SELECT * FROM job WHERE state = 'queued' AND platform IN ({', '.join(f':{name}' for name in names)}) "
            "ORDER BY vstart, created_at, job_id LIMIT :most OFFSET :unreadable"
        )
        taken: list[Job] = []
        unreadable = 0
        while len(taken) < most and unreadable < _CANDIDATES:
            page = {"most": most - len(taken), "unreadable": unreadable, **names}
            found = await tx.look(next=Statement(fairest, page), turns=look_at_turns())
            if not found["next"]:
                break
            owned = {row["job_id"]: await self._readable(tx, row) for row in found["next"]}
            jobs = [job for job in owned.values() if job]
            unreadable += len(owned) - len(jobs)
            if jobs:
                starts = [float(row["vstart"]) for row in found["next"] if owned[row["job_id"]]]
                await tx.run_each(
                    [
                        *([self._owning(job)] for job in jobs),
                        [advancing(found["turns"], max(starts))],
                    ]
                )
                taken += jobs
        return taken

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
            f"WHERE {MINE}"
        )
        await self._run(sql, self._mine(job))

    async def _own(self, tx: Transaction, row: Row) -> Job | None:
        """Make a row ours, with a higher fence; writes of the old owner touch nothing from now on."""
        if job := await self._readable(tx, row):
            await tx.run_all(self._owning(job))
        return job

    def _owning(self, job: Job) -> Statement:
        sql = (
            "UPDATE job SET state = 'running', owner = :owner, fence = :fence, attempts = :attempts, "
            f"lease_until = {self._lease} WHERE job_id = :job_id"
        )
        return Statement(sql, {**self._mine(job), "attempts": job.attempts})

    async def _readable(self, tx: Transaction, row: Row) -> Job | None:
        """The job as it will be when it is ours.

        A row that this version cannot read is left to a newer one, and closed when its time is over.
        """
        ours = {
            "state": JobState.RUNNING.value,
            "fence": int(row["fence"]) + 1,
            "attempts": int(row["attempts"]) + 1,
        }
        try:
            return self._job({**row, **ours})
        except ValueError:
            log.exception("job_unreadable", job_id=row["job_id"])
            if float(row["deadline"]) < self._clock.now():
                await self._close(tx, row["job_id"], FailureClass.INTERNAL)
            return None

    async def _close(self, tx: Transaction, job_id: str, failure: FailureClass) -> None:
        """End a job that nobody can run, and give back what it held."""
        steps = to_json(Steps, Steps(outcome=Failed(failure)))
        await tx.run(_CLOSE, job_id=job_id, steps=steps, finished_at=self._clock.now())
        await settle(tx, job_id, pictures=0)

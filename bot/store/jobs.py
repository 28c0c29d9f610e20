"""The ledger of jobs: acknowledged, saved after each stage, settled once; with all its parts the `JobStore` port."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import structlog

from bot.domain.errors import LostJob, StorageError
from bot.domain.jobs import DeliveryHandle, Job, Stage, Steps, state_of
from bot.domain.outcomes import Delivered, Failed, Outcome
from bot.domain.requests import JobId
from bot.ports import Clock, Health
from bot.store.accepting import AcceptingLedger
from bot.store.attempts import AttemptLedger
from bot.store.awaiting import AwaitingLedger
from bot.store.claiming import ClaimingLedger
from bot.store.codec import from_json, to_json
from bot.store.database import Database, Statement, Transaction
from bot.store.forgetting import dooming
from bot.store.held import HeldLedger
from bot.store.ledger import MINE
from bot.store.leftovers import LeftoverLedger
from bot.store.liveness import Liveness
from bot.store.privacy import PrivacyLedger
from bot.store.reading import ReadingLedger
from bot.store.reserve import (
    settling,
)
from bot.store.retention import RetentionLedger
from bot.store.rows import picture_keys, reference_keys
from bot.store.tenants import TenantLedger
from bot.store.uses import doomed_no_more, using, using_no_more
from bot.store.vault import Vault
from bot.store.writable import Writable

log = structlog.get_logger(__name__)

HEARTBEAT: Final = 5.0

_BEGIN: Final = (
    "UPDATE job SET state = 'queued', handle = :handle, message = :message, deadline = :deadline "
    "WHERE job_id = :job_id AND state = 'accepted'"
)
_SHOWN: Final = "SELECT message FROM job WHERE job_id = :job_id AND state <> 'deleted'"
_SHOW: Final = "UPDATE job SET message = :message WHERE job_id = :job_id AND state <> 'deleted'"


class JobLedger(
    AcceptingLedger,
    ClaimingLedger,
    ReadingLedger,
    AttemptLedger,
    PrivacyLedger,
    RetentionLedger,
    LeftoverLedger,
    TenantLedger,
    HeldLedger,
    AwaitingLedger,
):
    """Implements the `JobStore` port."""

    def __init__(
        self, database: Database, vault: Vault, liveness: Liveness, owner: str, clock: Clock
    ) -> None:
        super().__init__(database, vault, liveness, owner, clock)
        self._writable = Writable(database, clock)
        self._heart = asyncio.create_task(self._beat(), name="lease heartbeat")

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

    async def checkpoint(self, job: Job, stage: Stage, steps: Steps) -> None:
        sql = f"UPDATE job SET stage = :stage, steps = :steps, lease_until = {self._lease} WHERE {MINE}"
        values = {"stage": stage.value, "steps": to_json(Steps, steps), **self._mine(job)}
        keys = [*picture_keys(steps), *reference_keys(job.request, steps)]
        uses = using(job.job_id, keys)
        await self._fenced(job, Statement(sql, values), *([uses, doomed_no_more(keys)] if uses else []))

    async def update_message(self, job_id: JobId, message: Mapping[str, Any]) -> None:
        if not await self._run(_SHOW, {"job_id": job_id, "message": to_json(dict, dict(message))}):
            await self.leave_shown(job_id, message)

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
            f"handle = NULL, owner = NULL WHERE {MINE}"
        )
        values = {
            "state": state_of(outcome).value,
            "steps": to_json(Steps, job.steps),
            **self._mine(job),
        }
        lent = {item.key for item in job.request.references if not item.external}
        kept = picture_keys(job.steps)
        if isinstance(outcome, Failed):
            # What was brought along stays for every new try; what was lent belongs to the job that shows it.
            kept += [key for key in reference_keys(job.request, job.steps) if key not in lent]
        uses = using(job.job_id, kept)
        await self._fenced(
            job,
            Statement(sql, values),
            *settling(job.job_id, pictures=len(outcome.images) if isinstance(outcome, Delivered) else 0),
            using_no_more(job.job_id, kept),
            *([uses, doomed_no_more(kept)] if uses else []),
            # The job whose picture was drawn from may have been deleted meanwhile.
            *dooming(sorted(lent - {*kept}), job.job_id, self._clock.now()),
        )

    async def _fenced(self, job: Job, *statements: Statement) -> None:
        """Raises LostJob, and does nothing, when the first one finds the job in other hands."""
        await self._database.write_all(*statements, otherwise=LostJob(job.job_id))

    async def mark_once(self, key: str, lifetime: float) -> bool:
        now = self._clock.now()

        async def unit(tx: Transaction) -> bool:
            await tx.run("DELETE FROM marker WHERE expires_at < :now", now=now)
            sql = "INSERT INTO marker(key, expires_at) VALUES (:key, :expires_at) ON CONFLICT DO NOTHING"
            return await tx.run(sql, key=key, expires_at=now + lifetime) > 0

        return await self._database.write(unit)

    async def probe(self) -> Health:
        health = await self._database.probe()
        if not self._liveness.held:
            return Health(ok=False, detail="session lost")
        fault = self._writable.fault()
        return Health(ok=False, detail=f"takes no writes: {fault}", passing=True) if fault else health

    async def aclose(self) -> None:
        await self._writable.aclose()
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

"""What all parts of the ledger share: the database, and who this process is in it."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import structlog

from bot.domain.jobs import Job
from bot.ports import Clock
from bot.store.database import Database, Row, Transaction
from bot.store.liveness import Liveness
from bot.store.rows import bones_of, job_of
from bot.store.vault import Vault

log = structlog.get_logger(__name__)

LEASE: Final = 15.0
"""Seconds after which a running job that nobody vouches for may be taken over."""

MINE: Final = "job_id = :job_id AND fence = :fence AND owner = :owner AND state = 'running'"
"""SQL for a job that still belongs to this process; its values are `Ledger._mine`."""

BY_ID: Final = "SELECT * FROM job WHERE job_id = :job_id"


class Ledger:
    """One process's view of the ledger; `owner` is fresh for each start."""

    def __init__(
        self, database: Database, vault: Vault, liveness: Liveness, owner: str, clock: Clock
    ) -> None:
        self._database = database
        self._vault = vault
        self._liveness = liveness
        self._owner = owner
        self._clock = clock

    async def _run(self, sql: str, values: Mapping[str, Any]) -> int:
        """One statement as a unit of its own; the number of changed rows."""

        async def unit(tx: Transaction) -> int:
            return await tx.run(sql, **values)

        return await self._database.write(unit)

    def _job(self, row: Row) -> Job:
        return job_of(row, self._vault)

    def _legible(self, rows: Iterable[Row]) -> list[Job]:
        """Those that this version can read: one that it cannot keeps nobody from seeing the others."""
        found: list[Job] = []
        for row in rows:
            try:
                found.append(self._job(row))
            except ValueError:
                log.exception("job_unreadable", job_id=row["job_id"])
        return found

    def _forgettable(self, row: Row) -> Job:
        """As `_job`; of a row that this version cannot read what its columns say: enough to forget it."""
        try:
            return self._job(row)
        except ValueError:
            log.exception("job_forgotten_unread", job_id=row["job_id"])
            return bones_of(row, self._vault)

    def _mine(self, job: Job) -> dict[str, Any]:
        return {"job_id": job.job_id, "fence": job.fence, "owner": self._owner, "now": self._clock.now()}

    @property
    def _lease(self) -> str:
        """SQL for the end of a lease that begins now."""
        return f"{self._database.now} + {LEASE}"

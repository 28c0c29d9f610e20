"""What all parts of the ledger share: the database, and who this process is in it."""

from collections.abc import Mapping
from typing import Any

from bot.domain.jobs import Job
from bot.ports import Clock
from bot.store.database import Database, Row, Transaction
from bot.store.liveness import Liveness
from bot.store.rows import job_of
from bot.store.vault import Vault

BY_ID = "SELECT * FROM job WHERE job_id = :job_id"


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

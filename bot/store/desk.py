"""What all parts of the moderators' ledger share."""

from typing import Any

from bot.ports import Clock
from bot.store.database import Database, Transaction
from bot.store.vault import Vault


class DeskLedger:
    """What people wrote is sealed."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock

    async def _run(self, sql: str, **values: Any) -> int:
        async def unit(tx: Transaction) -> int:
            return await tx.run(sql, **values)

        return await self._database.write(unit)

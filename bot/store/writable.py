"""Whether the database still takes writes: with a full disk, or as a standby, it answers reads as ever."""

import asyncio
import time
from typing import Final

from bot.domain.errors import StorageError
from bot.ports import Clock
from bot.store.database import Database, Transaction

EVERY: Final = 10.0
"""Seconds between two looks while all is well."""

_LIFETIME: Final = 3600.0
_WRITE: Final = (
    "INSERT INTO marker(key, expires_at) VALUES ('probe', :until) "
    "ON CONFLICT(key) DO UPDATE SET expires_at = excluded.expires_at"
)


class Writable:
    """Writes one small row now and then, on behalf of those who ask; nobody waits for it."""

    def __init__(self, database: Database, clock: Clock, every: float = EVERY) -> None:
        self._database = database
        self._clock = clock
        self._every = every
        self._look: asyncio.Task[None] | None = None
        self._due = 0.0
        self._fault = ""

    def fault(self) -> str:
        """Why the newest look failed, "" if it did not; the next one is begun where it is time."""
        if (self._look is None or self._look.done()) and time.monotonic() >= self._due:
            self._look = asyncio.create_task(self._write(), name="probe of the database's writes")
        return self._fault

    async def aclose(self) -> None:
        if self._look is not None:
            self._look.cancel()
            await asyncio.gather(self._look, return_exceptions=True)

    async def _write(self) -> None:
        async def unit(tx: Transaction) -> None:
            await tx.run(_WRITE, until=self._clock.now() + _LIFETIME)

        try:
            await self._database.write(unit)
        except StorageError as fault:
            self._fault = fault.problem
        else:
            self._fault = ""
            self._due = time.monotonic() + self._every

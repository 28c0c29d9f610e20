"""Liveness on PostgreSQL: a session advisory lock on a connection of its own, taken again when it was lost."""

import asyncio
import time
from typing import Any, Final

import asyncpg
import structlog

from bot.domain.errors import StorageError

log = structlog.get_logger(__name__)

_RECHECK: Final = 1.0
_PAUSE: Final = 0.2
_STEADY_AFTER: Final = 8.0
"""Seconds after a lost session in which nobody else is taken for dead: a restarted database freed all locks."""

_LOST: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
_SETTINGS: Final = {
    "application_name": "imagine-bot liveness",
    # The server notices within some 15 s when our host is gone without a word, and frees the lock.
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "3",
    "tcp_keepalives_count": "3",
}


class SessionLiveness:
    """Implements `Liveness`."""

    def __init__(self, url: str, owner: str) -> None:
        self._url = url
        self._key = lock_key(owner)
        self._connection: Any = None
        self._steady_at = 0.0
        self._using = asyncio.Lock()
        self._keeper = asyncio.create_task(self._keep(), name="liveness")

    @classmethod
    async def open(cls, url: str, owner: str) -> "SessionLiveness":
        """Returns once the lock is held. Raises StorageError."""
        made = cls(url, owner)
        for _ in range(100):
            if made.held:
                return made
            await asyncio.sleep(0.05)
        await made.aclose()
        raise StorageError("the database gave no session")

    @property
    def held(self) -> bool:
        return self._connection is not None and not self._connection.is_closed()

    @property
    def steady(self) -> bool:
        return self.held and time.monotonic() >= self._steady_at

    async def is_dead(self, owner: str) -> bool:
        key = lock_key(owner)
        if key == self._key or not self.steady:
            return False
        async with self._using:
            try:
                free = await self._connection.fetchval("SELECT pg_try_advisory_lock($1)", key)
                if free:
                    await self._connection.execute("SELECT pg_advisory_unlock($1)", key)
            except _LOST as error:
                raise StorageError(f"postgres: {type(error).__name__}") from None
        return bool(free)

    async def aclose(self) -> None:
        self._keeper.cancel()
        await asyncio.gather(self._keeper, return_exceptions=True)
        if self._connection is not None:
            self._connection.terminate()

    async def _keep(self) -> None:
        while True:
            if self.held:
                await self._look()
            else:
                await self._connect()
            await asyncio.sleep(_RECHECK if self.held else _PAUSE)

    async def _connect(self) -> None:
        again = self._connection is not None
        connection: Any = None
        try:
            connection = await asyncpg.connect(
                self._url, timeout=5, command_timeout=5, server_settings=_SETTINGS
            )
            await connection.fetchval("SELECT pg_advisory_lock($1)", self._key)
        except _LOST as error:
            log.warning("liveness_lost", fault=type(error).__name__)
            if connection is not None:
                connection.terminate()
            return
        if again:
            self._steady_at = time.monotonic() + _STEADY_AFTER
        self._connection = connection

    async def _look(self) -> None:
        """A dead connection is noticed by using it."""
        async with self._using:
            try:
                await self._connection.fetchval("SELECT 1")
            except _LOST:
                self._connection.terminate()


def lock_key(owner: str) -> int:
    """Advisory locks are 64-bit numbers: the first 15 hexadecimal digits of the owner."""
    return int(owner.replace("-", "")[:15], 16)

"""PostgreSQL: a small pool for reads, one connection that writes, a new one when the database has been away."""

import asyncio
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, cast

import asyncpg
import structlog

from bot.domain.errors import StorageError
from bot.ports import Health
from bot.store.database import BATCH, Pending, Result, Row, Unit, refuse_if_unwritable

log = structlog.get_logger(__name__)

WRITER_LOCK: Final = 4_711_000_002
"""Advisory lock of whoever writes: one process at a time, so that units never deadlock."""

_NAME: Final = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")
_SETTINGS: Final = {
    "lock_timeout": "10s",
    "statement_timeout": "15s",
    "idle_in_transaction_session_timeout": "15s",
    "application_name": "imagine-bot",
}
_LOST: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
_PAUSE: Final = 0.5


@lru_cache(maxsize=512)
def positional(sql: str) -> tuple[str, tuple[str, ...]]:
    """`:name` to `$1`, and the names in their order."""
    names: list[str] = []

    def place(match: re.Match[str]) -> str:
        if match[1] not in names:
            names.append(match[1])
        return f"${names.index(match[1]) + 1}"

    return _NAME.sub(place, sql), tuple(names)


class PostgresTransaction:
    """Implements `Transaction` on one connection."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def rows(self, sql: str, **values: Any) -> Sequence[Row]:
        text, names = positional(sql)
        return [dict(row) for row in await self._connection.fetch(text, *(values[name] for name in names))]

    async def run(self, sql: str, **values: Any) -> int:
        text, names = positional(sql)
        status = await self._connection.execute(text, *(values[name] for name in names))
        return int(status.rpartition(" ")[2] or 0)


class PostgresDatabase:
    """Implements `Database`."""

    def __init__(self, url: str, pool: Any) -> None:
        self._url = url
        self._pool = pool
        self._pending: asyncio.Queue[Pending | None] = asyncio.Queue()
        self._connection: Any = None
        self._closed = False
        self._writer = asyncio.create_task(self._write_all(), name="postgres writer")

    @classmethod
    async def open(cls, url: str) -> "PostgresDatabase":
        """Raises StorageError when the database cannot be reached."""
        try:
            pool = await asyncpg.create_pool(
                url, min_size=1, max_size=8, timeout=5, command_timeout=15, server_settings=_SETTINGS
            )
        except _LOST as error:
            raise StorageError(f"postgres: {type(error).__name__}") from None
        return cls(url, pool)

    @property
    def now(self) -> str:
        return "extract(epoch FROM clock_timestamp())"

    async def read(self, sql: str, **values: Any) -> Sequence[Row]:
        text, names = positional(sql)
        try:
            rows = await self._pool.fetch(text, *(values[name] for name in names), timeout=15)
        except _LOST as error:
            raise StorageError(f"postgres: {type(error).__name__}") from None
        return [dict(row) for row in rows]

    async def write(self, unit: Unit[Result]) -> Result:
        refuse_if_unwritable(closed=self._closed, waiting=self._pending.qsize())
        pending = Pending(unit, asyncio.get_running_loop().create_future())
        self._pending.put_nowait(pending)
        return cast("Result", await pending.future)

    async def scrub(self) -> None:
        """Nothing to do: the server reuses the space of dead rows and recycles its log by itself."""

    async def probe(self) -> Health:
        await self.read("SELECT 1 AS one")
        return Health(ok=True, detail="postgresql")

    async def aclose(self) -> None:
        """Write what is waiting, then close."""
        if self._closed:
            return
        self._closed = True
        self._pending.put_nowait(None)
        await self._writer
        if self._connection is not None:
            await self._connection.close(timeout=5)
        await self._pool.close()

    async def _write_all(self) -> None:
        while (first := await self._pending.get()) is not None:
            batch = [first]
            end = False
            while len(batch) < BATCH and not self._pending.empty():
                following = self._pending.get_nowait()
                if following is None:
                    end = True
                    break
                batch.append(following)
            failure = await self._commit(batch)
            for pending in batch:
                pending.answer(failure)
            if end:
                return

    async def _commit(self, batch: list[Pending]) -> StorageError | None:
        """All units in one transaction under the writer's lock; a lost connection fails all of them."""
        try:
            if self._connection is None or self._connection.is_closed():
                self._connection = await asyncpg.connect(
                    self._url, timeout=5, command_timeout=15, server_settings=_SETTINGS
                )
            async with self._connection.transaction():
                await self._connection.execute("SELECT pg_advisory_xact_lock($1)", WRITER_LOCK)
                for pending in batch:
                    await self._run_unit(pending)
        except Exception as error:  # noqa: BLE001 - whatever it was, the writer lives on
            log.warning("postgres_write_failed", fault=type(error).__name__)
            await self._drop_connection()
            return StorageError(f"postgres: {type(error).__name__}")
        return None

    async def _run_unit(self, pending: Pending) -> None:
        try:
            async with self._connection.transaction():
                pending.result = await pending.unit(PostgresTransaction(self._connection))
        except _LOST as error:
            if self._connection.is_closed():
                raise
            pending.error = StorageError(f"postgres: {type(error).__name__}")
        except Exception as error:  # noqa: BLE001 - it belongs to the caller, who gets it
            pending.error = error

    async def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()
        await asyncio.sleep(_PAUSE)

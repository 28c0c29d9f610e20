"""The embedded database: a file in write-ahead mode, one writer thread, readers beside it."""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, cast

from bot.domain.errors import StorageError
from bot.ports import Health
from bot.store.database import BATCH, Pending, Result, Row, Unit

_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA busy_timeout = 15000",
    "PRAGMA secure_delete = ON",
)
_READERS: Final = 4


class SqliteTransaction:
    """Implements `Transaction`; its coroutines finish without waiting, so the writer thread can drive them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def rows(self, sql: str, **values: Any) -> Sequence[Row]:
        return [dict(row) for row in self._connection.execute(sql, values)]

    async def run(self, sql: str, **values: Any) -> int:
        return self._connection.execute(sql, values).rowcount


class SqliteDatabase:
    """Implements `Database`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._loop = asyncio.get_running_loop()
        self._pending: queue.SimpleQueue[Pending | None] = queue.SimpleQueue()
        self._readers: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        for _ in range(_READERS):
            self._readers.put(_connect(path))
        self._closed = False
        self._writer = threading.Thread(target=self._write_all, name="sqlite writer", daemon=True)
        self._writer.start()

    async def read(self, sql: str, **values: Any) -> Sequence[Row]:
        return await asyncio.to_thread(self._read, sql, values)

    async def write(self, unit: Unit[Result]) -> Result:
        if self._closed:
            raise StorageError("the database is closed", retryable=False)
        pending = Pending(unit, self._loop.create_future())
        self._pending.put(pending)
        return cast("Result", await pending.future)

    async def probe(self) -> Health:
        await self.read("SELECT 1 AS one")
        return Health(ok=True, detail="sqlite")

    async def aclose(self) -> None:
        """Write what is waiting, then close."""
        self._closed = True
        self._pending.put(None)
        await asyncio.to_thread(self._writer.join)
        for _ in range(_READERS):
            (await asyncio.to_thread(self._readers.get)).close()

    def _read(self, sql: str, values: dict[str, Any]) -> Sequence[Row]:
        connection = self._readers.get()
        try:
            return [dict(row) for row in connection.execute(sql, values)]
        except sqlite3.Error as error:
            raise StorageError(f"sqlite: {error}") from None
        finally:
            self._readers.put(connection)

    def _write_all(self) -> None:
        connection = _connect(self._path)
        more = True
        while more:
            batch, more = self._next_batch()
            if batch:
                failure = _commit(connection, batch)
                self._loop.call_soon_threadsafe(_answer, batch, failure)
        connection.close()

    def _next_batch(self) -> tuple[list[Pending], bool]:
        """Whatever is waiting, at least one; False when the end was asked for."""
        first = self._pending.get()
        if first is None:
            return [], False
        batch = [first]
        while len(batch) < BATCH:
            try:
                following = self._pending.get_nowait()
            except queue.Empty:
                break
            if following is None:
                return batch, False
            batch.append(following)
        return batch, True


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    return connection


def _commit(connection: sqlite3.Connection, batch: list[Pending]) -> StorageError | None:
    """All units in one transaction. A failure of the transaction itself fails all of them."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        for pending in batch:
            _run_unit(connection, pending)
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        return StorageError(f"sqlite: {error}")
    return None


def _run_unit(connection: sqlite3.Connection, pending: Pending) -> None:
    connection.execute("SAVEPOINT unit")
    try:
        work = cast("Coroutine[Any, Any, Any]", pending.unit(SqliteTransaction(connection)))
        work.send(None)
    except StopIteration as end:
        pending.result = end.value
    except sqlite3.Error as error:
        if not connection.in_transaction:  # a full disk rolls everything back by itself
            raise
        connection.execute("ROLLBACK TO unit")
        pending.error = StorageError(f"sqlite: {error}")
    except Exception as error:  # noqa: BLE001 - it belongs to the caller, who gets it
        connection.execute("ROLLBACK TO unit")
        pending.error = error
    connection.execute("RELEASE unit")


def _answer(batch: list[Pending], failure: StorageError | None) -> None:
    for pending in batch:
        pending.answer(failure)

"""The embedded database: a file in write-ahead mode, one writer thread, readers beside it."""

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, cast

from bot.domain.errors import StorageError
from bot.ports import Health
from bot.store.database import (
    BATCH,
    CommonUnit,
    Item,
    Pending,
    Result,
    Row,
    Statement,
    Writes,
    failed,
    refuse_if_unwritable,
    run_for,
    runs_of,
)

_PRAGMAS: Final = (
    "PRAGMA busy_timeout = 15000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
)
_READERS: Final = 4
_SCRUB_TRIES: Final = 100
_SCRUB_PAUSE: Final = 0.05
"""Seconds; while another connection empties the log SQLite does not wait for it, whatever its busy timeout."""


class SqliteTransaction:
    """Implements `Transaction`; its coroutines finish without waiting, so the writer thread can drive them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def rows(self, sql: str, **values: Any) -> Sequence[Row]:
        return [dict(row) for row in self._connection.execute(sql, values)]

    async def run(self, sql: str, **values: Any) -> int:
        return self._connection.execute(sql, values).rowcount

    async def look(self, **queries: Statement | None) -> Mapping[str, Sequence[Row]]:
        return {
            name: [dict(row) for row in self._connection.execute(query.sql, query.values)] if query else ()
            for name, query in queries.items()
        }

    async def run_all(self, *statements: Statement | None) -> Sequence[int]:
        return [self._connection.execute(one.sql, one.values).rowcount if one else 0 for one in statements]

    async def look_each(
        self, looks: Sequence[Mapping[str, Statement | None]]
    ) -> Sequence[Mapping[str, Sequence[Row]]]:
        return [await self.look(**look) for look in looks]

    async def run_each(self, runs: Sequence[Sequence[Statement | None]]) -> Sequence[Sequence[int]]:
        return [await self.run_all(*run) for run in runs]


class SqliteDatabase(Writes):
    """Implements `Database`."""

    def __init__(self, path: Path, readers: Sequence[sqlite3.Connection], writer: sqlite3.Connection) -> None:
        self._path = path
        self._loop = asyncio.get_running_loop()
        self._pending: queue.SimpleQueue[Pending | None] = queue.SimpleQueue()
        self._readers: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        for reader in readers:
            self._readers.put(reader)
        # Threads of its own: reads must not queue behind pictures that are being decoded.
        self._threads = ThreadPoolExecutor(len(readers), thread_name_prefix="sqlite reader")
        self._closed = False
        self._ailing = False
        self._writer = threading.Thread(
            target=self._write_all, args=(writer,), name="sqlite writer", daemon=True
        )
        self._writer.start()

    @classmethod
    async def open(cls, path: Path) -> "SqliteDatabase":
        """Raises StorageError when the file cannot be used."""
        try:
            connections = await asyncio.to_thread(lambda: [_connect(path) for _ in range(_READERS + 1)])
        except sqlite3.Error as error:
            raise StorageError(f"sqlite: {error}") from None
        return cls(path, connections[1:], connections[0])

    @property
    def now(self) -> str:
        return ":now"

    @property
    def ailing(self) -> bool:
        return self._ailing

    async def read(self, sql: str, **values: Any) -> Sequence[Row]:
        if self._closed:
            raise StorageError("the database is closed", retryable=False)
        return await self._loop.run_in_executor(self._threads, self._read, sql, values)

    async def write_together(self, unit: CommonUnit[Item, Result], item: Item) -> Result:
        refuse_if_unwritable(closed=self._closed, waiting=self._pending.qsize())
        pending = Pending(unit, item, self._loop.create_future())
        self._pending.put(pending)
        return cast("Result", await pending.future)

    async def scrub(self) -> None:
        """Deleted rows are zeroed in the file by `secure_delete`; this empties the write-ahead log."""
        await self._loop.run_in_executor(self._threads, self._empty_log)

    async def probe(self) -> Health:
        await self.read("SELECT 1 AS one")
        return Health(ok=True, detail="sqlite")

    async def aclose(self) -> None:
        """Write what is waiting, then close."""
        if self._closed:
            return
        self._closed = True
        self._pending.put(None)
        await asyncio.to_thread(self._writer.join)
        await asyncio.to_thread(self._threads.shutdown)
        for _ in range(_READERS):
            self._readers.get().close()

    def _read(self, sql: str, values: dict[str, Any]) -> Sequence[Row]:
        connection = self._readers.get()
        try:
            return [dict(row) for row in connection.execute(sql, values)]
        except sqlite3.Error as error:
            raise StorageError(f"sqlite: {error}") from None
        finally:
            self._readers.put(connection)

    def _empty_log(self) -> None:
        connection = self._readers.get()
        try:
            for _ in range(_SCRUB_TRIES):
                busy, _frames, _moved = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                if not busy:
                    return
                time.sleep(_SCRUB_PAUSE)  # in a thread of its own
            raise StorageError("the log is in use")
        except sqlite3.Error as error:
            raise StorageError(f"sqlite: {error}") from None
        finally:
            self._readers.put(connection)

    def _write_all(self, connection: sqlite3.Connection) -> None:
        more = True
        while more:
            batch, more = self._next_batch()
            if batch:
                failure = _commit(connection, batch)
                self._ailing = failed(batch, failure)
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
        if not _run_together(connection, batch):
            if connection.in_transaction:  # a full disk rolls everything back by itself
                connection.execute("ROLLBACK")
            connection.execute("BEGIN IMMEDIATE")
            for pending in batch:
                _run_apart(connection, pending)
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        return StorageError(f"sqlite: {error}")
    return None


def _run_together(connection: sqlite3.Connection, batch: list[Pending]) -> bool:
    """False if a unit failed; then nothing of what was done may stay."""
    tx = SqliteTransaction(connection)
    try:
        for unit, callers in runs_of(batch).items():
            _drive(run_for(tx, unit, callers))
    except Exception:  # noqa: BLE001 - it comes again, and to its caller, when the units run apart
        return False
    return True


def _run_apart(connection: sqlite3.Connection, pending: Pending) -> None:
    connection.execute("SAVEPOINT unit")
    try:
        _drive(run_for(SqliteTransaction(connection), pending.unit, [pending]))
    except sqlite3.Error as error:
        if not connection.in_transaction:
            raise
        connection.execute("ROLLBACK TO unit")
        pending.error = StorageError(f"sqlite: {error}")
    except Exception as error:  # noqa: BLE001 - it belongs to the caller, who gets it
        connection.execute("ROLLBACK TO unit")
        pending.error = error
    connection.execute("RELEASE unit")


def _drive(unit: Any) -> Any:
    """Run a coroutine that never waits, without an event loop."""
    work = cast("Coroutine[Any, Any, Any]", unit)
    try:
        work.send(None)
    except StopIteration as end:
        return end.value
    work.close()
    raise RuntimeError("a unit waits for nothing but its transaction")


def _answer(batch: list[Pending], failure: StorageError | None) -> None:
    for pending in batch:
        pending.answer(failure)

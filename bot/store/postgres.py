"""PostgreSQL: a small pool for reads, one connection that writes, a new one when the database has been away."""

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, cast

import asyncpg
import structlog

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

log = structlog.get_logger(__name__)

WRITER_LOCK: Final = 4_711_000_002
"""Advisory lock of whoever writes: one process at a time, so that units never deadlock."""

_BEGIN: Final = f"BEGIN; SELECT pg_advisory_xact_lock({WRITER_LOCK})"
_NAME: Final = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")
_SETTINGS: Final = {
    "lock_timeout": "10s",
    "statement_timeout": "15s",
    "idle_in_transaction_session_timeout": "15s",
    "application_name": "imagine-bot",
}
_WRITING: Final = {
    **_SETTINGS,
    # All statements look for a few rows by an index and come again and again: one plan for each is enough, and walking
    # an index in its order skips what is long dead, also on a server that has no statistics yet.
    "plan_cache_mode": "force_generic_plan",
    "enable_bitmapscan": "off",
}
_LOST: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
_PAUSE: Final = 0.5

Joining = Callable[[tuple[str, ...]], tuple[str, tuple[tuple[int, str], ...]]]
"""Makes one statement of several; which statement and name each of its numbered values stands for."""


@lru_cache(maxsize=512)
def positional(sql: str) -> tuple[str, tuple[str, ...]]:
    """`:name` to `$1`, and the names in their order."""
    (text,), places = _numbered((sql,))
    return text, tuple(name for _, name in places)


@lru_cache(maxsize=512)
def looked_at_together(queries: tuple[str, ...]) -> tuple[str, tuple[tuple[int, str], ...]]:
    """One query whose only row has a JSON list of rows for each of the queries."""
    texts, places = _numbered(queries)
    lists = ", ".join(
        f"(SELECT coalesce(json_agg(found), '[]') FROM ({text}) AS found) AS q{number}"
        for number, text in enumerate(texts)
    )
    return f"SELECT {lists}", places


@lru_cache(maxsize=512)
def run_together(statements: tuple[str, ...]) -> tuple[str, tuple[tuple[int, str], ...]]:
    """One statement that executes all of them, and whose only row counts the changed rows of each."""
    texts, places = _numbered(statements)
    parts = ", ".join(f"s{number} AS ({text} RETURNING 1)" for number, text in enumerate(texts))
    counts = ", ".join(f"(SELECT count(*) FROM s{number})" for number in range(len(texts)))
    return f"WITH {parts} SELECT {counts}", places


def _numbered(statements: tuple[str, ...]) -> tuple[list[str], tuple[tuple[int, str], ...]]:
    """All `:names` to `$1`, `$2` and so on; which statement and name each number stands for."""
    places: list[tuple[int, str]] = []
    texts: list[str] = []
    for number, sql in enumerate(statements):

        def place(match: re.Match[str], number: int = number) -> str:
            if (number, match[1]) not in places:
                places.append((number, match[1]))
            return f"${places.index((number, match[1])) + 1}"

        texts.append(_NAME.sub(place, sql))
    return texts, tuple(places)


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

    async def look(self, **queries: Statement | None) -> Mapping[str, Sequence[Row]]:
        return (await self.look_each([queries]))[0]

    async def run_all(self, *statements: Statement | None) -> Sequence[int]:
        return (await self.run_each([statements]))[0]

    async def look_each(
        self, looks: Sequence[Mapping[str, Statement | None]]
    ) -> Sequence[Mapping[str, Sequence[Row]]]:
        found = await self._each(looked_at_together, [list(look.values()) for look in looks])
        return [
            {name: json.loads(rows) if rows else () for name, rows in zip(look, lists, strict=True)}
            for look, lists in zip(looks, found, strict=True)
        ]

    async def run_each(self, runs: Sequence[Sequence[Statement | None]]) -> Sequence[Sequence[int]]:
        found = await self._each(run_together, runs)
        return [[int(count or 0) for count in counts] for counts in found]

    async def _each(self, join: Joining, groups: Sequence[Sequence[Statement | None]]) -> list[list[Any]]:
        """What each statement of each group gives, None where there is none; groups with the same SQL go at once."""
        alike: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        asked = [[one for one in group if one is not None] for group in groups]
        for number, statements in enumerate(asked):
            alike[tuple(one.sql for one in statements)].append(number)
        given: list[Any] = [()] * len(groups)
        for texts, numbers in alike.items():
            if texts:
                text, places = join(texts)
                values = [[asked[number][at].values[name] for at, name in places] for number in numbers]
                for number, row in zip(numbers, await self._fetch(text, values), strict=True):
                    given[number] = row
        results = []
        for group, row in zip(groups, given, strict=True):
            fields = iter(row)
            results.append([None if one is None else next(fields) for one in group])
        return results

    async def _fetch(self, text: str, values: list[list[Any]]) -> Sequence[Any]:
        """One row for each list of values; many go down the line at once."""
        if len(values) == 1:
            return [await self._connection.fetchrow(text, *values[0])]
        return cast("Sequence[Any]", await self._connection.fetchmany(text, values))


class PostgresDatabase(Writes):
    """Implements `Database`."""

    def __init__(self, url: str, pool: Any) -> None:
        self._url = url
        self._pool = pool
        self._loop = asyncio.get_running_loop()
        self._pending: asyncio.Queue[Pending | None] = asyncio.Queue()
        self._connection: Any = None
        self._closed = False
        self._ailing = False
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

    @property
    def ailing(self) -> bool:
        return self._ailing

    async def read(self, sql: str, **values: Any) -> Sequence[Row]:
        text, names = positional(sql)
        try:
            rows = await self._pool.fetch(text, *(values[name] for name in names), timeout=15)
        except _LOST as error:
            raise StorageError(f"postgres: {type(error).__name__}") from None
        return [dict(row) for row in rows]

    async def write_together(self, unit: CommonUnit[Item, Result], item: Item) -> Result:
        refuse_if_unwritable(closed=self._closed, waiting=self._pending.qsize())
        pending = Pending(unit, item, self._loop.create_future())
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
            self._ailing = failed(batch, failure)
            for pending in batch:
                pending.answer(failure)
            if end:
                return

    async def _commit(self, batch: list[Pending]) -> StorageError | None:
        """All units in one transaction under the writer's lock; a lost connection fails all of them."""
        try:
            if self._connection is None or self._connection.is_closed():
                self._connection = await asyncpg.connect(
                    self._url, timeout=5, command_timeout=15, server_settings=_WRITING
                )
            await self._connection.execute(_BEGIN)
            if not await self._run_together(batch):
                await self._connection.execute(f"ROLLBACK; {_BEGIN}")
                for pending in batch:
                    await self._run_apart(pending)
            if await self._connection.execute("COMMIT") != "COMMIT":
                raise StorageError("a unit went on in a transaction that had failed")
        except Exception as error:  # noqa: BLE001 - whatever it was, the writer lives on
            log.warning("postgres_write_failed", fault=type(error).__name__)
            await self._drop_connection()
            return StorageError(f"postgres: {type(error).__name__}")
        return None

    async def _run_together(self, batch: list[Pending]) -> bool:
        """False if a unit failed; then nothing of what was done may stay."""
        tx = PostgresTransaction(self._connection)
        try:
            for unit, callers in runs_of(batch).items():
                await run_for(tx, unit, callers)
        except Exception:
            if self._connection.is_closed():
                raise
            return False
        return True

    async def _run_apart(self, pending: Pending) -> None:
        await self._connection.execute("SAVEPOINT unit")
        try:
            await run_for(PostgresTransaction(self._connection), pending.unit, [pending])
        except Exception as error:
            if self._connection.is_closed():
                raise
            await self._connection.execute("ROLLBACK TO unit")
            known = isinstance(error, _LOST)
            pending.error = StorageError(f"postgres: {type(error).__name__}") if known else error
        await self._connection.execute("RELEASE unit")

    async def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()
        await asyncio.sleep(_PAUSE)

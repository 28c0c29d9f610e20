"""One way to talk to two databases: plain SQL with `:names`, reads beside, writes through one group-commit writer.

A write is a *unit*: an async function of a `Transaction` that may read, decide and write. Units of many callers
share one transaction, so that one commit serves many. If one of them fails, all are undone and run once more, each
behind a savepoint, so that a failing unit leaves its neighbours intact: faults are rare, and savepoints cost two
statements a unit. On both engines only one process writes at a time (SQLite by its write lock, PostgreSQL by an
advisory lock), so a unit's reads still hold when it writes, and no two units can deadlock.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from bot.domain.errors import StorageError
from bot.ports import Health

Row = Mapping[str, Any]
Result = TypeVar("Result")

BATCH: Final = 256
"""Most units that share a transaction."""

BACKLOG: Final = 20_000
"""Most units that wait; beyond it a write fails at once, since it could not be answered in time anyway."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with `:names`, and their values; more values than names do no harm."""

    sql: str
    values: Mapping[str, Any]


class Transaction(Protocol):
    """What a unit may do. On SQLite nothing in it really waits; on PostgreSQL each call is one round trip."""

    async def rows(self, sql: str, **values: Any) -> Sequence[Row]: ...

    async def look(self, **queries: Statement | None) -> Mapping[str, Sequence[Row]]:
        """The rows of several queries by their names; no query, no rows. Columns are text, numbers or NULL."""
        ...

    async def run_all(self, *statements: Statement | None) -> Sequence[int]:
        """Execute statements that touch different rows; the number of changed rows of each, 0 of none."""
        ...

    async def run(self, sql: str, **values: Any) -> int:
        """Execute and return the number of changed rows."""
        ...


Unit = Callable[[Transaction], Awaitable[Result]]


class Database(Protocol):
    """Raises StorageError from everything."""

    @property
    def now(self) -> str:
        """SQL for the time that leases are measured by: the server's own where several hosts share it.

        Statements with it also get a value `now`, for the engine that has no clock of its own.
        """
        ...

    async def read(self, sql: str, **values: Any) -> Sequence[Row]: ...

    async def write(self, unit: Unit[Result]) -> Result:
        """Run a unit and return its result once it is committed.

        It may run twice (what the first run did is undone), so it changes nothing but the database.
        """
        ...

    async def write_all(self, *statements: Statement, otherwise: Exception | None = None) -> Sequence[int]:
        """A unit that only executes statements that touch different rows; the number of changed rows of each.

        `otherwise` is raised, and nothing done, when the first one changes nothing. The cheapest kind of write: those
        of many callers may go to the server in one round trip.
        """
        ...

    async def scrub(self) -> None:
        """Overwrite what was deleted, as far as the engine can: no copy of it stays in the log file."""
        ...

    async def probe(self) -> Health: ...

    async def aclose(self) -> None: ...


@dataclass(slots=True)
class Pending:
    """A unit that waits for the writer, and what came of it; see `Database.write_all` for `statements`."""

    unit: Unit[Any]
    future: asyncio.Future[Any]
    statements: tuple[Statement, ...] = ()
    otherwise: Exception | None = None
    result: Any = None
    error: BaseException | None = None

    def answer(self, failure: StorageError | None = None) -> None:
        """Tell the caller; a cancelled caller's write has happened all the same."""
        if self.future.done():
            return
        if failure is not None:
            self.future.set_exception(StorageError(failure.problem, failure.retryable))
        elif self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


def unit_of(statements: Sequence[Statement], otherwise: Exception | None) -> Unit[Sequence[int]]:
    """See `Database.write_all`."""

    async def unit(tx: Transaction) -> Sequence[int]:
        return checked(await tx.run_all(*statements), otherwise)

    return unit


def checked(counts: Sequence[int], otherwise: Exception | None) -> Sequence[int]:
    """Raises `otherwise` when the first statement has changed nothing."""
    if otherwise is not None and counts[0] == 0:
        raise otherwise
    return counts


def refuse_if_unwritable(*, closed: bool, waiting: int) -> None:
    """Raises StorageError when a write makes no sense now."""
    if closed:
        raise StorageError("the database is closed", retryable=False)
    if waiting >= BACKLOG:
        raise StorageError("the database is too far behind")

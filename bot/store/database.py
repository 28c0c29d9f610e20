"""One way to talk to two databases: plain SQL with `:names`, reads beside, writes through one group-commit writer.

A write is a *unit*: an async function of a `Transaction` that may read, decide and write. Units of many callers
share one transaction, so that one commit serves many. If one of them fails, all are undone and run once more, each
behind a savepoint, so that a failing unit leaves its neighbours intact: faults are rare, and savepoints cost two
statements a unit. On both engines only one process writes at a time (SQLite by its write lock, PostgreSQL by an
advisory lock), so a unit's reads still hold when it writes, and no two units can deadlock.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar, cast

from bot.domain.errors import StorageError
from bot.ports import Health

Row = Mapping[str, Any]
Item = TypeVar("Item")
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

    async def look_each(
        self, looks: Sequence[Mapping[str, Statement | None]]
    ) -> Sequence[Mapping[str, Sequence[Row]]]:
        """`look` for many at once."""
        ...

    async def run_each(self, runs: Sequence[Sequence[Statement | None]]) -> Sequence[Sequence[int]]:
        """`run_all` for many at once, those with the same SQL in their order."""
        ...


Unit = Callable[[Transaction], Awaitable[Result]]
CommonUnit = Callable[[Transaction, Sequence[Item]], Awaitable[Sequence[Result]]]
"""A unit for many callers: what each of them hands in, what each of them gets."""


class Database(Protocol):
    """Raises StorageError from everything."""

    @property
    def now(self) -> str:
        """SQL for the time that leases are measured by: the server's own where several hosts share it.

        Statements with it also get a value `now`, for the engine that has no clock of its own.
        """
        ...

    @property
    def ailing(self) -> bool:
        """The last write failed for a reason that may be the engine's: a full disk or a standby can still be read."""
        ...

    async def read(self, sql: str, **values: Any) -> Sequence[Row]: ...

    async def write(self, unit: Unit[Result]) -> Result:
        """Run a unit and return its result once it is committed.

        It may run twice (what the first run did is undone), so it changes nothing but the database.
        """
        ...

    async def write_together(self, unit: CommonUnit[Item, Result], item: Item) -> Result:
        """Like `write`; callers who wait at the same time with the same unit share one run of it.

        So what they read costs one round trip, and what they write another. The unit sees to it that a caller's
        decision counts what it has decided for those before.
        """
        ...

    async def write_all(
        self, *statements: Statement | None, otherwise: Exception | None = None
    ) -> Sequence[int]:
        """Only execute statements that touch different rows, together with other callers' (see `write_together`).

        Returns the number of changed rows of each. `otherwise` is raised, and nothing done, when the first one
        changes nothing.
        """
        ...

    async def scrub(self) -> None:
        """Overwrite what was deleted, as far as the engine can: no copy of it stays in the log file."""
        ...

    async def probe(self) -> Health: ...

    async def aclose(self) -> None: ...


@dataclass(slots=True)
class Pending:
    """A caller that waits for the writer, and what came of it."""

    unit: CommonUnit[Any, Any]
    item: Any
    future: asyncio.Future[Any]
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


def failed(batch: Sequence[Pending], failure: StorageError | None) -> bool:
    """Whether a batch, or one of its units, ended in what may be the engine's fault."""
    return failure is not None or any(isinstance(pending.error, StorageError) for pending in batch)


def runs_of(batch: Sequence[Pending]) -> Mapping[CommonUnit[Any, Any], Sequence[Pending]]:
    """Who shares a run: nobody waits for anybody else in a batch, so callers with the same unit may go at once."""
    runs: dict[CommonUnit[Any, Any], list[Pending]] = {}
    for pending in batch:
        runs.setdefault(pending.unit, []).append(pending)
    return runs


async def run_for(tx: Transaction, unit: CommonUnit[Any, Any], callers: Sequence[Pending]) -> None:
    """One run of a unit for all its callers."""
    results = await unit(tx, [pending.item for pending in callers])
    for pending, result in zip(callers, results, strict=True):
        pending.result = result


def alone(unit: Unit[Any]) -> CommonUnit[None, Any]:
    """A unit that nobody shares."""

    async def common(tx: Transaction, callers: Sequence[None]) -> Sequence[Any]:
        return [await unit(tx) for _ in callers]

    return common


@dataclass(frozen=True, slots=True)
class Statements:
    """What a caller of `write_all` hands in."""

    statements: Sequence[Statement | None]
    otherwise: Exception | None


async def execute(tx: Transaction, callers: Sequence[Statements]) -> Sequence[Sequence[int]]:
    """The unit of `write_all`."""
    counts = await tx.run_each([caller.statements for caller in callers])
    for caller, changed in zip(callers, counts, strict=True):
        if caller.otherwise is not None and changed[0] == 0:
            raise caller.otherwise
    return counts


def refuse_if_unwritable(*, closed: bool, waiting: int) -> None:
    """Raises StorageError when a write makes no sense now."""
    if closed:
        raise StorageError("the database is closed", retryable=False)
    if waiting >= BACKLOG:
        raise StorageError("the database is too far behind")


class Writes(ABC):
    """The other ways to write, for an engine that has `write_together`."""

    @abstractmethod
    async def write_together(self, unit: CommonUnit[Item, Result], item: Item) -> Result: ...

    async def write(self, unit: Unit[Result]) -> Result:
        return cast("Result", await self.write_together(alone(unit), None))

    async def write_all(
        self, *statements: Statement | None, otherwise: Exception | None = None
    ) -> Sequence[int]:
        return await self.write_together(execute, Statements(statements, otherwise))

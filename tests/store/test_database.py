"""The writer and the schema: what one failing unit, many starts at once and a lost database do."""

import asyncio
import functools
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.domain.errors import StorageError
from bot.domain.purchases import Purchase
from bot.store import Store, open_store
from bot.store.database import Statement, Transaction
from bot.store.schema import HEAD, migrate
from bot.store.tables import METADATA
from tests.twins.postgres_server import PostgresServer

INSERT = "INSERT INTO marker(key, expires_at) VALUES (:key, 1)"


async def insert(store: Store, key: str, *, fail: bool = False) -> None:
    async def unit(tx: Transaction) -> None:
        await tx.run(INSERT, key=key)
        if fail:
            raise ValueError(key)

    await store.database.write(unit)


async def keys(store: Store) -> list[str]:
    return [row["key"] for row in await store.database.read("SELECT key FROM marker ORDER BY key")]


async def test_a_failing_unit_leaves_its_neighbours_intact(store: Store) -> None:
    writes = [insert(store, f"{number}", fail=number % 3 == 0) for number in range(9)]
    results = await asyncio.gather(*writes, return_exceptions=True)

    assert [type(result) for result in results].count(ValueError) == 3
    assert await keys(store) == ["1", "2", "4", "5", "7", "8"]


async def test_callers_who_wait_at_once_share_a_run_and_a_failing_one_leaves_the_others_intact(
    store: Store,
) -> None:
    runs: list[int] = []

    async def unit(tx: Transaction, items: Sequence[int]) -> Sequence[str]:
        runs.append(len(items))
        taken = len(await tx.rows("SELECT key FROM marker"))
        await tx.run_each([[Statement(INSERT, {"key": f"{item}"})] for item in items])
        if any(item == 13 for item in items):
            raise ValueError(13)
        return [f"{item} after {taken + place}" for place, item in enumerate(items)]

    said = await asyncio.gather(*(store.database.write_together(unit, item) for item in range(9)))
    assert said == [f"{item} after {item}" for item in range(9)]
    assert len(runs) < 9

    writes = [store.database.write_together(unit, item) for item in (12, 13, 14)]
    results = await asyncio.gather(*writes, return_exceptions=True)
    assert results[0] == "12 after 9"
    assert isinstance(results[1], ValueError)
    assert results[2] == "14 after 10"
    assert await keys(store) == [*map(str, [0, 1, 12, 14, *range(2, 9)])]


async def test_what_many_ask_at_once_comes_back_to_each(store: Store) -> None:
    for number in range(3):
        await insert(store, f"{number}")

    async def unit(tx: Transaction) -> Any:
        like = "SELECT key FROM marker WHERE key = :key"
        others = "SELECT count(*) AS count FROM marker WHERE key <> :key"
        looks: list[Mapping[str, Statement | None]] = [
            {"one": Statement(like, {"key": "0"}), "none": None},
            {"one": Statement(others, {"key": "1"}), "none": None},
            {"one": Statement(like, {"key": "2"}), "none": None},
            {"one": None, "none": None},
        ]
        counts = await tx.run_each(
            [
                [Statement("DELETE FROM marker WHERE key = :key", {"key": "1"}), None],
                [],
                [None, Statement("DELETE FROM marker WHERE key = :key", {"key": "x"})],
            ]
        )
        return await tx.look_each(looks), counts

    found, counts = await store.database.write(unit)
    assert [list(one["one"]) for one in found] == [[{"key": "0"}], [{"count": 2}], [{"key": "2"}], []]
    assert [list(changed) for changed in counts] == [[1, 0], [], [0, 0]]


async def test_a_wrong_statement_is_a_storage_error_and_the_writer_lives_on(store: Store) -> None:
    async def wrong(tx: Transaction) -> int:
        return await tx.run("UPDATE nothing SET x = 1")

    with pytest.raises(StorageError):
        await store.database.write(wrong)
    await insert(store, "after")
    assert await keys(store) == ["after"]
    with pytest.raises(StorageError):
        await store.database.read("SELECT * FROM nothing")


async def test_a_cancelled_callers_write_happens_all_the_same(store: Store) -> None:
    task = asyncio.create_task(insert(store, "late"))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await insert(store, "next")

    assert await keys(store) == ["late", "next"]


async def test_closing_writes_what_waits_and_then_refuses(database_url: str, tmp_path: Path) -> None:
    store = await open_store(database_url, data_dir=tmp_path, clock=SystemClock())
    writes = [asyncio.create_task(insert(store, str(number))) for number in range(5)]
    await asyncio.sleep(0)
    await store.aclose()
    await asyncio.gather(*writes)

    with pytest.raises(StorageError, match="closed"):
        await insert(store, "too late")


async def test_the_health_of_the_database_is_told(store: Store) -> None:
    assert (await store.probe()).ok


@asynccontextmanager
async def unwritable(store: Store, database_url: str) -> AsyncIterator[None]:
    """The database can be read, and not written, while the block runs."""

    async def session(tx: Transaction, how: str) -> None:
        await tx.rows(how)

    def told(how: str) -> Callable[[Transaction], Awaitable[None]]:
        return functools.partial(session, how=how)

    if not database_url.startswith("sqlite"):
        await store.database.write(told("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"))
        yield
        await store.database.write(told("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE"))
        return
    await store.database.write(told("PRAGMA busy_timeout = 50"))
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_a_database_that_can_be_read_and_not_written_is_down(store: Store, database_url: str) -> None:
    """As on a full disk, or at a standby that was the primary before: nothing can be taken there."""
    async with unwritable(store, database_url):
        with pytest.raises(StorageError):
            await insert(store, "lost")
        healths = [await store.probe(), await store.probe()]

    assert [(health.ok, health.passing) for health in healths] == [(False, True)] * 2
    assert "writes nothing" in healths[0].detail
    assert (await store.probe()).ok
    with pytest.raises(StorageError):
        await insert(store, None)  # type: ignore[arg-type]
    assert (await store.probe()).ok, "a single write that failed is no sickness"


async def test_many_may_migrate_at_once(empty_database_url: str) -> None:
    behind = await asyncio.gather(*(migrate(empty_database_url) for _ in range(5)))

    assert behind.count(True) == 1


async def test_migrations_make_what_the_tables_say(empty_database_url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine
    from sqlalchemy.ext.asyncio import create_async_engine

    await migrate(empty_database_url)

    def difference(connection: Any) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))

    if empty_database_url.startswith("sqlite"):
        engine = create_engine(empty_database_url)
        with engine.connect() as connection:
            found = difference(connection)
        engine.dispose()
    else:
        async_engine = create_async_engine(
            empty_database_url.replace("postgresql://", "postgresql+asyncpg://")
        )
        async with async_engine.connect() as async_connection:
            found = await async_connection.run_sync(difference)
        await async_engine.dispose()
    assert found == []


def test_the_head_is_the_newest_script() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


async def test_a_newer_schema_is_refused(store: Store, database_url: str) -> None:
    async def pretend(tx: Transaction) -> int:
        return await tx.run("UPDATE alembic_version SET version_num = '9999'")

    await store.database.write(pretend)
    with pytest.raises(StorageError, match="newer") as caught:
        await migrate(database_url)
    assert not caught.value.retryable


async def test_a_database_that_is_not_there_is_told() -> None:
    with pytest.raises(StorageError):
        await migrate("postgresql://nobody@127.0.0.1:9/none")
    with pytest.raises(StorageError):
        await migrate("sqlite:////proc/nowhere/x.db")


async def test_a_full_disk_is_a_storage_error_and_nothing_is_half_written(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'x.db'}", data_dir=tmp_path, clock=SystemClock())

    async def limit(tx: Transaction) -> None:
        await tx.rows("PRAGMA max_page_count = 60")

    await store.database.write(limit)
    with pytest.raises(StorageError):
        await insert(store, "x" * 2_000_000)

    await insert(store, "small")
    assert await keys(store) == ["small"]
    await store.aclose()


async def test_a_locked_database_is_a_storage_error(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'x.db'}", data_dir=tmp_path, clock=SystemClock())

    async def hurry(tx: Transaction) -> None:
        await tx.rows("PRAGMA busy_timeout = 50")

    await store.database.write(hurry)
    other = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError):
        await insert(store, "blocked")
    other.execute("ROLLBACK")
    other.close()

    await insert(store, "free")
    assert await keys(store) == ["free"]
    await store.aclose()


def is_held(store: Store) -> bool:
    """Whether this process holds the sign of its life."""
    return store.jobs._liveness.held


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_a_restarted_database_stops_paying_and_loses_nothing(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    url = await postgres.fresh_database()
    store = await open_store(url, data_dir=tmp_path, clock=SystemClock())
    await insert(store, "before")
    postgres.kill()
    with pytest.raises(StorageError):
        await insert(store, "during")
    async with asyncio.timeout(10):
        while is_held(store):
            await asyncio.sleep(0.05)
    assert await store.jobs.claim(("discord",)) is None
    with pytest.raises(StorageError):
        await store.jobs.open_attempt("job", Purchase("openai", "gpt-image-2"))  # type: ignore[arg-type]
    postgres.start()

    async with asyncio.timeout(20):
        while True:
            try:
                await insert(store, "after")
                break
            except StorageError:
                await asyncio.sleep(0.1)
        while not is_held(store):
            await asyncio.sleep(0.05)
    assert await keys(store) == ["after", "before"]
    assert (await store.probe()).ok
    await store.aclose()

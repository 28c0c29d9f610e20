"""The schema's version. It is compared by a plain query; Alembic is imported only when something is to be done."""

import asyncio
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from bot.domain.errors import StorageError

if TYPE_CHECKING:
    from sqlalchemy import Connection

HEAD: Final = "0001"
"""The newest revision in `migrations/versions`; a test compares."""

LOCK_KEY: Final = 4_711_000_001
"""PostgreSQL advisory lock around migrations."""

_TWO_KINDS: Final = "DATABASE_URL starts with sqlite:/// or postgresql://"
_NO_ADDRESS: Final = (
    "DATABASE_URL is no address that can be used; in a user name or a password write %23 for #, %2F for /, %3F for ?, "
    "%3A for :, %40 for @ and %25 for %"
)

_VERSION: Final = "SELECT version_num FROM alembic_version"


async def migrate(url: str) -> bool:
    """Bring the database to `HEAD` under a lock, so that any number of processes may start at once.

    Returns whether it was behind.

    Raises:
        StorageError: the database cannot be reached, or its schema is newer than this program.
    """
    current = await schema_version(url)
    if not _is_behind(current):
        return False

    from sqlalchemy.exc import SQLAlchemyError

    try:
        if url.startswith("sqlite"):
            return await asyncio.to_thread(_migrate_sqlite, url)
        return await _migrate_postgres(url)
    except (SQLAlchemyError, OSError) as error:
        raise StorageError(f"database: {type(error).__name__}") from None


async def schema_version(url: str) -> str | None:
    """The database's revision, None for a new one. Changes nothing but that sqlite makes an empty file.

    Raises:
        StorageError: the database cannot be reached.
    """
    if url.startswith("sqlite"):
        return await asyncio.to_thread(_sqlite_version, sqlite_path(url))
    if not url.startswith(("postgresql://", "postgres://")):
        raise StorageError(_TWO_KINDS, retryable=False)
    return await _postgres_version(url)


def sqlite_path(url: str) -> str:
    """The file of an embedded database.

    Raises:
        StorageError: it names none that several connections, and the next start, could find again.
    """
    path = url.removeprefix("sqlite:///")
    if path == url:
        raise StorageError(_TWO_KINDS, retryable=False)
    if path in {"", ":memory:"} or "?" in path:
        problem = (
            "DATABASE_URL names a file, without parameters, such as sqlite:////var/lib/imagine-bot/imagine.db"
        )
        raise StorageError(problem, retryable=False)
    return path


def _is_behind(current: str | None) -> bool:
    if current is not None and current > HEAD:
        problem = f"the schema {current} is newer than this program's {HEAD}: run the newer version"
        raise StorageError(problem, retryable=False)
    return current != HEAD


def _sqlite_version(path: str) -> str | None:
    try:
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            rows = connection.execute(_VERSION).fetchall()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return None
        raise StorageError(f"sqlite: {error}") from None
    except sqlite3.Error as error:
        raise StorageError(f"sqlite: {error}", retryable=False) from None
    return rows[0][0] if rows else None


async def _postgres_version(url: str) -> str | None:
    import asyncpg

    try:
        connection = await asyncpg.connect(url, timeout=5, command_timeout=15)
        try:
            version: str | None = await connection.fetchval(_VERSION)
        finally:
            await connection.close(timeout=5)
    except asyncpg.UndefinedTableError:
        return None
    except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError) as error:
        problem = (
            "has no such database" if isinstance(error, asyncpg.InvalidCatalogNameError) else "lets us not in"
        )
        raise StorageError(f"postgres {problem} ({type(error).__name__})", retryable=False) from None
    except (ValueError, OverflowError):  # its text may hold a piece of the password
        raise StorageError(_NO_ADDRESS, retryable=False) from None
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
        raise StorageError(f"postgres: {type(error).__name__}") from None
    return version


def _migrate_sqlite(url: str) -> bool:
    from sqlalchemy import create_engine, event

    engine = create_engine(url)
    event.listen(engine, "connect", _plain_transactions)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as connection:
            return _upgrade(connection)
    finally:
        engine.dispose()


async def _migrate_postgres(url: str) -> bool:
    import asyncpg
    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import create_async_engine

    async def connect() -> Any:
        """The driver reads the URL itself, so that parameters such as `sslmode` mean the same everywhere."""
        return await asyncpg.connect(url, timeout=5)

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
            return await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def _plain_transactions(connection: Any, _record: object) -> None:
    """sqlite3 would open transactions by its own rules otherwise, and two starts at once would clash."""
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout = 30000")


def _upgrade(connection: "Connection") -> bool:
    """Look again under the lock: another start may have been first."""
    from sqlalchemy import inspect, text

    current = None
    if inspect(connection).has_table("alembic_version"):
        current = connection.execute(text(_VERSION)).scalar()
    if not _is_behind(current):
        return False
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return True

"""Both databases: what a test takes as `database_url` runs it on SQLite and on a real PostgreSQL, one a session.

What is about the making of the tables takes `empty_database_url`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.tables import postgres_with_tables, sqlite_with_tables
from tests.twins.postgres_server import PostgresServer, start_postgres

_BOTH = [
    "sqlite",
    pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("postgres")]),
]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with start_postgres() as server:
        yield server


@pytest.fixture(params=_BOTH)
async def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database in which there is nothing yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'imagine.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return await server.fresh_database()


@pytest.fixture(params=_BOTH)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with its tables, as the first start of a bot leaves it."""
    if request.param == "sqlite":
        return await sqlite_with_tables(tmp_path / "imagine.db")
    server: PostgresServer = request.getfixturevalue("postgres")
    return await postgres_with_tables(server)

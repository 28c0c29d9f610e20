"""Both databases: what a test takes as `database_url` runs it on SQLite and on a real PostgreSQL, one a session."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.twins.postgres_server import PostgresServer, start_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with start_postgres() as server:
        yield server


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("postgres")]),
    ]
)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'imagine.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return await server.fresh_database()

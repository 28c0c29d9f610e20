"""Every test of the store runs on SQLite and on a real PostgreSQL."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.ports import Clock
from bot.store import Store, open_store
from tests.support.ledger import OpenAnother, SetClock
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


@pytest.fixture
async def another(database_url: str, tmp_path: Path) -> AsyncIterator[OpenAnother]:
    """Opens one more store on the same database, as another process would."""
    async with AsyncExitStack() as stack:

        async def open_another(clock: Clock | None = None) -> Store:
            opened = await open_store(database_url, data_dir=tmp_path, clock=clock or SystemClock())
            stack.push_async_callback(opened.aclose)
            return opened

        yield open_another


@pytest.fixture
async def store(another: OpenAnother) -> Store:
    return await another()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def timed(another: OpenAnother, clock: SetClock) -> Store:
    """A store whose time is `clock`'s."""
    return await another(clock)

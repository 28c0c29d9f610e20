"""Every test of the store runs on SQLite and on a real PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.ports import Clock
from bot.store import Store, open_store
from tests.support.ledger import OpenAnother, SetClock


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

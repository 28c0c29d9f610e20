"""Databases that have their tables already: made once a process and copied, since making them outlasts most tests."""

import tempfile
from pathlib import Path

from bot.store.schema import migrate
from tests.twins.postgres_server import PostgresServer

_sqlite: list[bytes] = []
_postgres: dict[str, str] = {}


async def sqlite_with_tables(path: Path) -> str:
    """The URL of the database at `path`, which is put there if there is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(await _bytes_with_tables())
    return f"sqlite:///{path}"


async def postgres_with_tables(server: PostgresServer) -> str:
    """The URL of a new database on that server."""
    url = server.url()
    if url not in _postgres:
        made = await server.fresh_database()
        await migrate(made)
        _postgres[url] = made.rpartition("/")[2]
    return await server.fresh_database(_postgres[url])


async def _bytes_with_tables() -> bytes:
    if not _sqlite:
        with tempfile.TemporaryDirectory() as name:
            made = Path(name) / "imagine.db"
            await migrate(f"sqlite:///{made}")
            _sqlite.append(made.read_bytes())
    return _sqlite[0]

"""The PostgreSQL server, driven with asyncpg."""

import os
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.twins.postgres_server import PostgresServer, start_postgres
from tests.twins.processes import dies_with_its_runner

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    with start_postgres() as server:
        yield server


async def test_each_database_is_new_and_empty(postgres: PostgresServer) -> None:
    first, second = await postgres.fresh_database(), await postgres.fresh_database()
    connection = await asyncpg.connect(first)
    await connection.execute("CREATE TABLE t(x int)")
    await connection.close()
    connection = await asyncpg.connect(second)

    assert (
        await connection.fetchval("SELECT count(*) FROM information_schema.tables WHERE table_name='t'") == 0
    )
    assert await connection.fetchval("SHOW server_encoding") == "UTF8"
    await connection.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops privileges")
def test_it_does_not_run_as_root(postgres: PostgresServer) -> None:
    assert postgres.process
    assert Path(f"/proc/{postgres.process.pid}").stat().st_uid == 65534


async def test_committed_rows_survive_a_kill(postgres: PostgresServer) -> None:
    url = await postgres.fresh_database()
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE t AS SELECT 7 AS x")

    postgres.kill()
    with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
        await connection.fetchval("SELECT x FROM t")
    with pytest.raises(OSError, match=r"(?i)connect"):
        await asyncpg.connect(url)
    postgres.restart()

    connection = await asyncpg.connect(url)
    assert await connection.fetchval("SELECT x FROM t") == 7
    await connection.close()


@pytest.mark.process
def test_the_server_dies_with_a_killed_runner() -> None:
    program = (
        "import time\nfrom tests.twins.postgres_server import start_postgres\n"
        "with start_postgres() as s: print(s.process.pid, s.folder, flush=True); time.sleep(60)\n"
    )
    assert dies_with_its_runner(program)

"""A PostgreSQL that takes every byte and answers none, as behind a switch that was unplugged: a stop comes to its end."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.store import open_store
from tests.twins.postgres_server import PostgresServer

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("postgres")]


class Line:
    """Between a bot and its database; cut, nothing comes through any more, and nobody is told."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open = asyncio.Event()
        self._open.set()
        self._tasks: set[asyncio.Task[None]] = set()

    def cut(self) -> None:
        self._open.clear()

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        for source, sink in ((reader, back), (there, writer)):
            task = asyncio.create_task(self._pump(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def end(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65_536):
                await self._open.wait()
                sink.write(data)
                await sink.drain()
        except OSError:
            pass
        finally:
            sink.close()


@asynccontextmanager
async def line_to(server: PostgresServer) -> AsyncIterator[tuple[Line, int]]:
    line = Line(server.port)
    listening = await asyncio.start_server(line.join, "127.0.0.1", 0)
    try:
        yield line, listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        await line.end()


async def test_a_stop_ends_although_the_database_does_not_answer(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    url = await postgres.fresh_database()
    async with line_to(postgres) as (line, port):
        store = await open_store(re.sub(r":\d+/", f":{port}/", url), data_dir=tmp_path, clock=SystemClock())
        assert await store.jobs.mark_once("before", 60)
        line.cut()
        async with asyncio.timeout(60):
            await store.aclose()

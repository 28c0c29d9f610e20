"""A long history must not slow down today's jobs: the same calls on an empty database and on one with a million jobs.

Each engine gets both databases at once, and they are measured in turn, so that a busy machine slows both alike. The
old jobs are copies of one real job, made inside the database, spread over communities, people and eight months.
"""

import asyncio
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Final

import asyncpg

from bench.jobs import PLATFORM, accept, new_request, work_off
from bench.results import Results
from bot.clock import SystemClock
from bot.domain.requests import JobId
from bot.store import Store, open_store
from bot.store.tables import ATTEMPT, JOB
from tests.twins.postgres_server import start_postgres

JOBS: Final = 1_000_000
ROUNDS: Final = 100
PAGE: Final = 20
READER: Final = "user-0"
"""Has a page of new jobs in both databases."""
_TENANTS, _USERS, _SECONDS_APART = 200, 5000, 20.0
_TEMPLATE: Final = "history:template"

Step = Callable[[Store, int], Awaitable[object]]


async def _submit(store: Store, number: int) -> JobId:
    return await accept(store, new_request(f"job:{number}", _tenant(number), _user(number)))


async def _sweep(store: Store, _number: int) -> None:
    """What a process does every few seconds: look for jobs of the dead and for ones that never began."""
    await store.jobs.take_over()
    await store.jobs.abandon(time.time() - 60)


async def _show(store: Store, number: int) -> None:
    job_id = new_request(f"job:{number}").job_id
    assert await store.jobs.get(job_id) is not None
    await store.jobs.children(job_id)


async def _page(store: Store, _number: int) -> None:
    assert len(await store.jobs.history(_tenant(0), READER, limit=PAGE)) == PAGE


async def _community_page(store: Store, _number: int) -> None:
    assert len(await store.jobs.history(_tenant(0), None, limit=PAGE)) == PAGE


STEPS: Final[dict[str, Step]] = {
    "submit": _submit,
    "run to its end": lambda store, _: work_off(store),
    "take-over sweep": _sweep,
    "show": _show,
    "history page of a person": _page,
    "history page of a community": _community_page,
}


async def measure(
    empty: str, full: str, folder: Path, jobs: int, fill: Any, *, rounds: int = ROUNDS
) -> dict[str, tuple[float, float]]:
    """Step -> medians in milliseconds, on the empty and on the full database."""
    for url in (empty, full):
        store = await open_store(url, data_dir=folder, clock=SystemClock())
        await _prepare(store)
        await store.aclose()
    await fill(full, jobs)
    stores = [await open_store(url, data_dir=folder, clock=SystemClock()) for url in (empty, full)]
    seconds: dict[str, list[list[float]]] = {name: [[], []] for name in STEPS}
    for number in range(rounds):
        for name, step in STEPS.items():
            for place in (0, 1) if number % 2 else (1, 0):
                begin = time.perf_counter()
                await step(stores[place], number)
                seconds[name][place].append(time.perf_counter() - begin)
    for store in stores:
        await store.aclose()
    medians = {name: [statistics.median(taken) * 1000 for taken in both] for name, both in seconds.items()}
    return {name: (both[0], both[1]) for name, both in medians.items()}


async def _prepare(store: Store) -> None:
    """The job that is copied, and a page of jobs for its reader, so that pages are as long in both databases."""
    await accept(store, new_request(_TEMPLATE))
    await work_off(store, pay=True)
    for number in range(PAGE):
        await accept(store, new_request(f"page:{number}", _tenant(0), READER))
        await work_off(store)


def _tenant(number: int) -> str:
    return f"{PLATFORM}:{number % _TENANTS}"


def _user(number: int) -> str:
    return f"user-{number % _USERS}"


async def fill_sqlite(url: str, jobs: int) -> None:
    def fill() -> None:
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -500000")
        series = "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :jobs) "
        for table, columns in _copies().items():
            names, values = ", ".join(columns), ", ".join(columns.values())
            source = f"SELECT {values} FROM series, {table} WHERE job_id = :template"
            connection.execute(
                f"{series} INSERT INTO {table}({names}) {source}",
                {"jobs": jobs, "template": new_request(_TEMPLATE).job_id},
            )
            connection.commit()
        connection.close()

    await asyncio.to_thread(fill)


async def fill_postgres(url: str, jobs: int) -> None:
    connection = await asyncpg.connect(url)
    template = str(new_request(_TEMPLATE).job_id)
    for table, columns in _copies().items():
        names, values = ", ".join(columns), ", ".join(columns.values())
        source = f"SELECT {values} FROM generate_series(1, $1::int) AS series(n), {table} WHERE job_id = $2"
        await connection.execute(f"INSERT INTO {table}({names}) {source}", jobs, template)
        # The server would do this by itself, within a minute.
        await connection.execute(f"ANALYZE {table}")
    await connection.close()


def _copies() -> dict[str, dict[str, str]]:
    """Table -> column -> SQL that makes the value of copy number n."""
    born = f"created_at - (1000000 - n) * {_SECONDS_APART} - 3600"
    own = {
        "job_id": "'h' || n",
        "key": "'history:' || n",
        "tenant": f"'{PLATFORM}:' || (n % {_TENANTS})",
        "user_id": f"'user-' || (n % {_USERS})",
        "created_at": born,
        "finished_at": f"{born} + 30",
        "attempt_id": "'h' || n",
        "opened_at": born.replace("created_at", "opened_at"),
    }
    return {
        table.name: {column.name: own.get(column.name, column.name) for column in table.columns}
        for table in (JOB, ATTEMPT)
    }


async def report(results: Results, jobs: int = JOBS) -> None:
    """Measure on both engines."""
    rows: list[Sequence[object]] = []
    with tempfile.TemporaryDirectory() as name, start_postgres() as postgres:
        folder = Path(name)
        embedded = [f"sqlite:///{folder / file}" for file in ("empty.db", "full.db")]
        server = [await postgres.fresh_database() for _ in range(2)]
        for engine, urls, fill in (
            ("SQLite", embedded, fill_sqlite),
            ("PostgreSQL", server, fill_postgres),
        ):
            found = await measure(urls[0], urls[1], folder, jobs, fill)
            rows += [
                (engine, step, f"{empty:.2f}", f"{full:.2f}", f"{full / empty:.2f}x")
                for step, (empty, full) in found.items()
            ]
    text = f"Medians on an empty database and on one with {jobs:,} finished jobs, measured in turn."
    head = ("database", "step", "empty ms", "full ms", "full / empty")
    results.section("A long history", text, head, rows)


if __name__ == "__main__":
    collected = Results()
    asyncio.run(report(collected, int(sys.argv[1]) if len(sys.argv) > 1 else JOBS))
    print(collected.sections[0])

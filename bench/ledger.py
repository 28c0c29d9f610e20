"""What a job's bookkeeping adds: three no-op stages from acceptance to the end, on both databases."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.jobs import accept, new_request, work_off
from bench.results import Results
from bot.clock import SystemClock
from bot.memory import set_aside
from bot.store import Store, open_store
from tests.twins.postgres_server import start_postgres

FULL = ((1, 100), (32, 640))
QUICK = ((1, 50), (32, 192))


async def measure(url: str, folder: Path, cells: Sequence[tuple[int, int]]) -> dict[int, tuple[float, float]]:
    """Concurrency -> (p50, p99) in milliseconds."""
    store = await open_store(url, data_dir=folder, clock=SystemClock())
    set_aside()  # as `imagine-bot run` does when all is up
    figures = {}
    for concurrency, count in cells:
        gate = asyncio.Semaphore(concurrency)
        seconds: list[float] = []
        await asyncio.gather(*(_job(store, gate, seconds, f"{concurrency}:{n}") for n in range(count)))
        ordered = sorted(seconds)
        figures[concurrency] = (
            statistics.median(ordered) * 1000,
            ordered[int(len(ordered) * 0.99) - 1] * 1000,
        )
    await store.aclose()
    return figures


async def _job(store: Store, gate: asyncio.Semaphore, seconds: list[float], name: str) -> None:
    async with gate:
        begin = time.perf_counter()
        await accept(store, new_request(name))
        await work_off(store)
        seconds.append(time.perf_counter() - begin)


async def report(results: Results, *, quick: bool = False) -> None:
    """Measure on the embedded database and on a PostgreSQL of our own."""
    rows: list[Sequence[object]] = []
    with tempfile.TemporaryDirectory() as name, start_postgres() as postgres:
        folder = Path(name)
        urls = {"SQLite": f"sqlite:///{folder / 'bench.db'}", "PostgreSQL": await postgres.fresh_database()}
        for engine, url in urls.items():
            figures = await measure(url, folder, QUICK if quick else FULL)
            rows += [(engine, c, f"{p50:.1f}", f"{p99:.1f}") for c, (p50, p99) in figures.items()]
    text = (
        "What a job's bookkeeping adds, from acceptance (with reservations for all kinds of limits) to the end, with "
        "three stages that do nothing but store their results."
    )
    results.section("Ledger", text, ("database", "at once", "p50 ms", "p99 ms"), rows)

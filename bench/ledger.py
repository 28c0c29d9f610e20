"""What a job's bookkeeping adds: three no-op stages from acceptance to the end, on both databases."""

import asyncio
import dataclasses
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.results import Results
from bot.clock import SystemClock
from bot.domain.jobs import Stage
from bot.domain.outcomes import Failed, FailureClass
from bot.domain.requests import ImagineRequest, RawWords, Requester
from bot.store import Store, open_store
from tests.twins.postgres_server import start_postgres


async def measure(url: str, folder: Path) -> dict[int, tuple[float, float]]:
    """Concurrency -> (p50, p99) in milliseconds."""
    store = await open_store(url, data_dir=folder, clock=SystemClock())
    figures = {}
    for concurrency, count in ((1, 100), (32, 640)):
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
        requester = Requester("bench", "bench", name)
        request = ImagineRequest(
            name, requester, RawWords("an owl"), created_at=time.time(), deadline=time.time() + 600
        )
        await store.jobs.accept(request, [], [], 1)
        await store.jobs.begin(request.job_id, {}, {}, request.deadline)
        job = await store.jobs.claim(("bench",))
        assert job is not None
        for stage in (Stage.SANITIZE, Stage.GENERATE, Stage.REHOST):
            await store.jobs.checkpoint(job, stage, dataclasses.replace(job.steps, paying=stage.value))
        await store.jobs.finish(job, Failed(FailureClass.CANCELLED))
        seconds.append(time.perf_counter() - begin)


async def report(results: Results) -> None:
    """Measure on the embedded database and on a PostgreSQL of our own."""
    rows: list[Sequence[object]] = []
    with tempfile.TemporaryDirectory() as name, start_postgres() as postgres:
        folder = Path(name)
        urls = {"SQLite": f"sqlite:///{folder / 'bench.db'}", "PostgreSQL": await postgres.fresh_database()}
        for engine, url in urls.items():
            figures = await measure(url, folder)
            rows += [(engine, c, f"{p50:.1f}", f"{p99:.1f}") for c, (p50, p99) in figures.items()]
    text = "What a job's bookkeeping adds, from acceptance to the end with three stages that do nothing."
    results.section("Ledger", text, ("database", "at once", "p50 ms", "p99 ms"), rows)

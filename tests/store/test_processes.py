"""Limits and take-over with several real processes on one database."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.store import open_store

ROOT = Path(__file__).resolve().parents[2]

HAMMER = """
import asyncio, sys, time
from pathlib import Path
from bot.clock import SystemClock
from bot.domain.limits import Limit, LimitKind
from bot.ports import Accepted
from bot.store import open_store
from tests.support.make import request

async def main(url, folder, name, cap, tries):
    store = await open_store(url, data_dir=Path(folder), clock=SystemClock())
    limit = Limit(LimitKind.QUOTA, "s", "w", 1, int(cap))
    asks = [store.jobs.accept(request(key=f"{name}:{n}"), [limit], [], 1) for n in range(int(tries))]
    print(sum(isinstance(result, Accepted) for result in await asyncio.gather(*asks)))
    await store.aclose()

asyncio.run(main(*sys.argv[1:]))
"""

HOLDER = """
import asyncio, sys, time
from pathlib import Path
from bot.clock import SystemClock
from bot.store import open_store
from tests.support.make import request

async def main(url, folder):
    store = await open_store(url, data_dir=Path(folder), clock=SystemClock())
    wanted = request(created_at=time.time())
    await store.jobs.accept(wanted, [], [], 1)
    await store.jobs.begin(wanted.job_id, {}, {}, time.time() + 600)
    print((await store.jobs.claim(("discord",))).job_id, flush=True)
    await asyncio.sleep(60)

asyncio.run(main(*sys.argv[1:]))
"""


async def start(code: str, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )


@pytest.mark.parametrize(("cap", "tries"), [(2, 8), (130, 120)])
async def test_two_processes_never_pass_a_cap(
    database_url: str, tmp_path: Path, cap: int, tries: int
) -> None:
    await (await open_store(database_url, data_dir=tmp_path, clock=SystemClock())).aclose()
    hammers = [
        await start(HAMMER, database_url, str(tmp_path), name, str(cap), str(tries)) for name in ("a", "b")
    ]
    outputs = [await hammer.communicate() for hammer in hammers]

    assert sum(int(out) for out, _ in outputs) == cap


async def test_a_killed_process_is_noticed_at_once(database_url: str, tmp_path: Path) -> None:
    holder = await start(HOLDER, database_url, str(tmp_path))
    assert holder.stdout is not None
    job_id = (await holder.stdout.readline()).decode().strip()
    store = await open_store(database_url, data_dir=tmp_path, clock=SystemClock())
    assert await store.jobs.take_over() == ()

    holder.send_signal(signal.SIGKILL)
    await holder.wait()
    async with asyncio.timeout(5):
        while not (taken := await store.jobs.take_over()):
            await asyncio.sleep(0.05)

    assert [(job.job_id, job.attempts) for job in taken] == [(job_id, 2)]
    await store.aclose()

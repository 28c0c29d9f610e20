"""One cell in a fresh process: SYSTEM MODE CONCURRENCY COUNT PORT -> one line of JSON."""

import asyncio
import json
import resource
import statistics
import sys
import time
from collections import Counter
from typing import Any

from bench.shape import DELAY, PICTURE_BYTES
from bench.systems import DEADLINE, OURS, SYSTEMS, TIMEOUT, fallback_of, primary_of


async def drive(system: str, mode: str, concurrency: int, count: int, port: int) -> dict[str, Any]:
    started = time.perf_counter()
    call = await SYSTEMS[system](
        primary_of(port, mode), fallback_of(port), DEADLINE if system in OURS else TIMEOUT
    )
    ready = time.perf_counter() - started
    if mode in {"ok", "slowtail"}:
        for _ in range(2):
            await call()
    seconds: list[float] = []
    errors: Counter[str] = Counter()
    gate = asyncio.Semaphore(concurrency)
    stall = asyncio.create_task(_longest_stall())

    async def one() -> None:
        async with gate:
            begin = time.perf_counter()
            try:
                data = await call()
                assert len(data) == PICTURE_BYTES, len(data)
            except Exception as error:
                errors[type(error).__name__] += 1
            else:
                seconds.append(time.perf_counter() - begin - DELAY)

    cpu, begin = _cpu(), time.perf_counter()
    await asyncio.gather(*(one() for _ in range(count)))
    wall, used = time.perf_counter() - begin, _cpu() - cpu
    stall.cancel()
    longest = (await asyncio.gather(stall, return_exceptions=True))[0]
    ordered = sorted(seconds)
    return {
        "system": system,
        "mode": mode,
        "c": concurrency,
        "ok": len(seconds) / count,
        "p50": statistics.median(ordered) * 1000 if ordered else None,
        "p99": ordered[int(len(ordered) * 0.99) - 1] * 1000 if ordered else None,
        "rps": len(seconds) / wall,
        "cpu_ms": used / count * 1000,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "stall_ms": longest * 1000 if isinstance(longest, float) else None,
        "import_s": ready,
        "errors": dict(errors),
    }


async def _longest_stall() -> float:
    longest = 0.0
    loop = asyncio.get_running_loop()
    try:
        while True:
            due = loop.time() + 0.001
            await asyncio.sleep(0.001)
            longest = max(longest, loop.time() - due)
    except asyncio.CancelledError:
        return longest


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    name, mode, *numbers = sys.argv[1:]
    print(json.dumps(asyncio.run(drive(name, mode, *map(int, numbers)))))

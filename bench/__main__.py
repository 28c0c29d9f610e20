"""Run all cells against one server in two rounds, the second in reverse order; print and write down what came out.

`python -m bench history` fills both databases with a million jobs instead and measures what that costs;
`python -m bench acks` measures only how fast a busy bot acknowledges, `python -m bench slowtail` only the slow tail.
"""

import argparse
import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from bench import acks, guardrails, history, ledger, slack_acks
from bench.results import HEDGED, IMPATIENT, Results
from bench.systems import SYSTEMS

TAIL: Final = ("slowtail", 32, 160)
FLAKY: Final = ("flaky", 32, 160)
BESIDE: Final = {TAIL: HEDGED, FLAKY: IMPATIENT}
"""Ours with other settings, in the one cell where they make a difference."""
FULL: Final = [
    ("ok", 1, 60),
    ("ok", 32, 320),
    ("ok", 128, 512),
    ("down", 1, 20),
    ("down", 32, 160),
    FLAKY,
    TAIL,
]
QUICK: Final = [("ok", 1, 30), ("ok", 32, 160), ("down", 32, 160)]
ONE_CALL: Final = ("refuse", "billing", "quota")
STREAMS: Final = ("stream", "cutearly", "cutlate")
STREAMING: Final = ("sdk", "litellm_tuned", "ours")
"""The default as well: LiteLLM without tuning waits for seconds in each failing cell."""
IN_FLIGHT: Final = (("hold", 2, 200, 4), ("holdhuge", 20, 20, 4), ("holdhuge", 20, 20, 0))
"""Mode, megabytes a picture, jobs, and from which size on pictures are spooled."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument(
        "what",
        nargs="?",
        choices=("all", "history", "acks", "slowtail", "flaky"),
        default="all",
        help="history: a million jobs",
    )
    parser.add_argument("--quick", "--small", action="store_true", help="fewer cells, one round")
    parser.add_argument("--jobs", type=int, default=history.JOBS, help="length of the history")
    choices = [name for name in SYSTEMS if name not in BESIDE.values()]
    parser.add_argument("--systems", default=",".join(STREAMING), help=", ".join(choices))
    parser.add_argument("--output", type=Path, help="write the report to this file as well")
    options = parser.parse_args()
    systems = [name for name in options.systems.split(",") if name in choices]
    results = Results()
    if options.what == "history":
        asyncio.run(history.report(results, options.jobs))
    elif options.what == "acks":
        asyncio.run(acks.report(results, rounds=1 if options.quick else acks.ROUNDS))
        asyncio.run(slack_acks.report(results))
    elif options.what in {"slowtail", "flaky"}:
        with upstream() as port:
            cell = TAIL if options.what == "slowtail" else FLAKY
            run_cells(results, port, systems, [cell], rounds=1 if options.quick else 3)
    else:
        measure(results, systems, quick=options.quick)
    print(results.markdown())
    if options.output:
        options.output.write_text(results.markdown())
    return 0


def measure(results: Results, systems: list[str], *, quick: bool) -> None:
    """All cells but the long history, which takes minutes to make."""
    with upstream() as port:
        run_cells(results, port, systems, QUICK if quick else FULL, rounds=1 if quick else 2)
        refusals(results, port, systems)
        streams(results, port, [name for name in STREAMING if name in systems])
        in_flight(results, port, IN_FLIGHT[:2] if quick else IN_FLIGHT, 4 if quick else 1)
    guardrails.report(results)
    asyncio.run(ledger.report(results, quick=quick))
    asyncio.run(acks.report(results, rounds=1 if quick else acks.ROUNDS))
    asyncio.run(slack_acks.report(results))


@contextlib.contextmanager
def upstream() -> Iterator[int]:
    """The port of the fake upstream, in a process of its own."""
    server = subprocess.Popen([sys.executable, "-m", "bench.server"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield int(server.stdout.readline())
    finally:
        server.terminate()
        server.wait()


def run_cells(
    results: Results, port: int, systems: list[str], chosen: Sequence[tuple[str, int, int]], *, rounds: int
) -> None:
    """Every second round in reverse order."""
    cells = [
        (system, *cell)
        for cell in chosen
        for system in [*systems, *([BESIDE[cell]] if cell in BESIDE else [])]
    ]
    for number in range(rounds):
        for system, mode, concurrency, count in cells[:: -1 if number % 2 else 1]:
            row = run_cell(port, system, mode, concurrency, count, seed=number + 1)
            results.add(row)
            print(json.dumps(row), file=sys.stderr, flush=True)


def run_cell(port: int, system: str, mode: str, concurrency: int, count: int, *, seed: int) -> dict[str, Any]:
    """One fresh process; what was billed is read from the server once hung requests have ended."""
    reset(port, seed)
    result = run("bench.driver", system, mode, concurrency, count, port)
    if mode == "flaky":
        time.sleep(6.5)
    stats = get(port, "stats")
    warm = 2 if mode in {"ok", "slowtail"} else 0
    result["calls"] = (sum(stats["requests"].values()) - warm) / count
    result["billed"] = (sum(stats["billed"].values()) - warm) / count
    result["primary"] = stats["billed"].get(mode, 0) / max(1, sum(stats["billed"].values()))
    return result


def refusals(results: Results, port: int, systems: list[str]) -> None:
    rows = []
    for mode in ONE_CALL:
        for system in systems:
            run_cell(port, system, mode, 1, 1, seed=1)
            stats = get(port, "stats")["requests"]
            rows.append((mode, system, stats.get(mode, 0), stats.get("ok", 0)))
    text = (
        "One request that is refused, or whose account has no money or no quota left: calls at each upstream."
    )
    results.section("Refusals and empty accounts", text, ("mode", "system", "primary", "fallback"), rows)


def streams(results: Results, port: int, systems: list[str]) -> None:
    rows = []
    for mode in STREAMS:
        for system in systems:
            reset(port, 1)
            end = run("bench.streams", system, mode, port)
            stats = get(port, "stats")
            partials = "-" if end["partials"] is None else end["partials"]
            counts = (sum(stats["requests"].values()), sum(stats["billed"].values()))
            rows.append((mode, system, partials, end["end"], *counts))
    text = (
        "One streamed picture with two previews; `cutearly` is cut before the first event, `cutlate` after the first "
        "preview. The fallback streams too."
    )
    head = ("mode", "system", "previews", "end", "calls", "billed")
    results.section("Streams", text, head, rows)


def in_flight(results: Results, port: int, cells: Sequence[tuple[str, int, int, int]], fewer: int) -> None:
    keys = ("delivered", "idle_mb", "peak_mb", "mb_per_job", "stall_ms", "seconds")
    rows = []
    for mode, size, jobs, above in cells:
        reset(port, 1)
        row = run("bench.inflight", port, mode, jobs // fewer, above)
        figures = [f"{row[key]:.2f}".rstrip("0").rstrip(".") for key in keys]
        rows.append((jobs // fewer, size, f"above {above} MB" if above else "off", *figures))
    text = (
        "Jobs at once through the whole pipeline on the embedded ledger and a folder, all answers released at the same "
        "moment. What is spooled waits for its way into the store on the disk, not in memory."
    )
    head = ("jobs", "MB a picture", "spool", "delivered", "idle MB", "peak MB", "MB a job above idle")
    results.section("Many in flight", text, (*head, "longest stall ms", "seconds"), rows)


def run(module: str, *arguments: object) -> dict[str, Any]:
    """A module in a fresh process; its last line is JSON."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    environment = {**os.environ, "LITELLM_LOG": "ERROR"}
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True, env=environment
    )
    last: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return last


def reset(port: int, seed: int) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/reset?seed={seed}", method="POST")
    urllib.request.urlopen(request).close()


def get(port: int, path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}") as answer:
        return json.load(answer)


if __name__ == "__main__":
    sys.exit(main())

"""Run all cells against one server in two rounds, the second in reverse order, and print figures and ratios."""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from typing import Any

from bench.ledger import report
from bench.systems import SYSTEMS

FULL = [
    ("ok", 1, 60),
    ("ok", 32, 320),
    ("ok", 128, 512),
    ("down", 1, 20),
    ("down", 32, 160),
    ("flaky", 32, 160),
    ("slowtail", 32, 160),
]
SMALL = [("ok", 1, 30), ("ok", 32, 160), ("down", 32, 96)]
ONE_CALL = ("refuse", "billing", "quota")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--small", action="store_true", help="fewer cells, one round")
    parser.add_argument("--systems", default=",".join(SYSTEMS))
    options = parser.parse_args()
    systems = [name for name in options.systems.split(",") if name in SYSTEMS]
    server = subprocess.Popen([sys.executable, "-m", "bench.server"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        cells = [(system, *cell) for cell in (SMALL if options.small else FULL) for system in systems]
        rounds = [cells] if options.small else [cells, cells[::-1]]
        figures: defaultdict[tuple[str, int, str], list[dict[str, Any]]] = defaultdict(list)
        for number, one_round in enumerate(rounds):
            for system, mode, concurrency, count in one_round:
                result = run_cell(port, system, mode, concurrency, count, seed=number + 1)
                figures[mode, concurrency, system].append(result)
                print_row(result)
        print()
        for mode in ONE_CALL:
            for system in systems:
                run_cell(port, system, mode, 1, 1, seed=1)
                stats = get(port, "stats")["requests"]
                print(
                    f"{mode:<8} {system:<14} {stats.get(mode, 0)} upstream, {stats.get('ok', 0)} fallback calls"
                )
        print()
        print_ratios(figures)
        asyncio.run(report())
    finally:
        server.terminate()
        server.wait()
    return 0


def run_cell(port: int, system: str, mode: str, concurrency: int, count: int, *, seed: int) -> dict[str, Any]:
    """One fresh process; what was billed is read from the server once hung requests have ended."""
    urllib.request.urlopen(
        urllib.request.Request(f"http://127.0.0.1:{port}/reset?seed={seed}", method="POST")
    ).close()
    command = [sys.executable, "-m", "bench.driver", system, mode, str(concurrency), str(count), str(port)]
    environment = {**os.environ, "LITELLM_LOG": "ERROR"}
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True, env=environment
    )
    if mode == "flaky":
        time.sleep(6.5)
    stats = get(port, "stats")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    warm = 2 if mode in {"ok", "slowtail"} else 0
    result["calls"] = (sum(stats["requests"].values()) - warm) / count
    result["billed"] = (sum(stats["billed"].values()) - warm) / count
    result["primary"] = stats["billed"].get(mode, 0) / max(1, sum(stats["billed"].values()))
    return result


def get(port: int, path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}") as answer:
        return json.load(answer)


def print_row(row: dict[str, Any]) -> None:
    def number(key: str) -> str:
        return "-" if row[key] is None else f"{row[key]:.1f}"

    print(
        f"{row['mode']:<9} c={row['c']:<4} {row['system']:<14} ok {row['ok']:6.1%}  p50+ {number('p50'):>7}  "
        f"p99+ {number('p99'):>7} ms  {row['rps']:6.1f} rps  cpu {row['cpu_ms']:6.1f} ms  rss {row['rss_mb']:5.0f} MB  "
        f"stall {number('stall_ms'):>6} ms  calls {row['calls']:.2f}  billed {row['billed']:.2f}  primary {row['primary']:.0%}",
        flush=True,
    )


def print_ratios(figures: dict[tuple[str, int, str], list[dict[str, Any]]]) -> None:
    """Ours against the others of the same run; below 1 is better but for rps."""

    def mean(mode: str, concurrency: int, system: str, key: str) -> float | None:
        values = [row[key] for row in figures.get((mode, concurrency, system), []) if row[key] is not None]
        return sum(values) / len(values) if values else None

    for mode, concurrency in dict.fromkeys((mode, c) for mode, c, _ in figures):
        for other in ("sdk", "litellm_tuned"):
            parts = []
            for key in ("cpu_ms", "rps", "rss_mb", "p50", "p99"):
                ours, theirs = mean(mode, concurrency, "ours", key), mean(mode, concurrency, other, key)
                if ours is not None and theirs:
                    parts.append(f"{key} {ours / theirs:.2f}x")
            if parts:
                print(f"{mode:<9} c={concurrency:<4} ours / {other:<14} " + "  ".join(parts))


if __name__ == "__main__":
    sys.exit(main())

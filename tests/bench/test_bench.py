"""The benchmark itself: its upstream counts, its driver measures, and what it reports is what happened."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench import guardrails
from bench.__main__ import get, reset
from bench.history import fill_sqlite, measure
from bench.results import Results
from bench.shape import LARGE_BYTES, PICTURE_BYTES

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The fake upstream in a process of its own."""
    command = [sys.executable, "-m", "bench.server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        assert server.stdout is not None
        yield int(server.stdout.readline())
        server.terminate()


def drive(port: int, system: str, mode: str, concurrency: int, count: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.driver", system, mode, *map(str, (concurrency, count, port))]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT, timeout=120)
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def test_a_primary_that_is_down_is_left_after_a_few_calls(port: int) -> None:
    reset(port, 1)
    row = drive(port, "ours", "down", 8, 32)
    stats = get(port, "stats")

    assert row["ok"] == 1.0, row["errors"]
    assert stats["billed"] == {"ok": 32}
    assert stats["requests"]["down"] <= 8, "no more than were under way when the breaker opened"


def test_a_refusal_is_one_call_and_never_reaches_the_fallback(port: int) -> None:
    reset(port, 1)
    row = drive(port, "ours", "refuse", 1, 1)

    assert row["ok"] == 0.0
    assert get(port, "stats")["requests"] == {"refuse": 1}


async def test_the_history_is_copied_from_a_real_job(tmp_path: Path) -> None:
    urls = [f"sqlite:///{tmp_path / name}" for name in ("empty.db", "full.db")]
    found = await measure(urls[0], urls[1], tmp_path, 500, fill_sqlite, rounds=2)

    assert {"submit", "take-over sweep", "show", "history page of a person"} <= set(found)
    assert (tmp_path / "full.db").stat().st_size > 2 * (tmp_path / "empty.db").stat().st_size


def test_a_report_divides_ours_by_the_others_of_the_same_run() -> None:
    results = Results()
    figures = {"ok": 1.0, "p50": 10.0, "p99": 20.0, "rps": 5.0, "rss_mb": 80.0, "stall_ms": 1.0, "calls": 1.0}
    rest = {"billed": 1.0, "primary": 1.0, "mode": "ok", "c": 32}
    results.add({**figures, **rest, "system": "sdk", "cpu_ms": 10.0})
    results.add({**figures, **rest, "system": "ours", "cpu_ms": 4.0})
    results.add({**figures, **rest, "system": "ours", "cpu_ms": 6.0})

    assert "| ok | 32 | sdk | 0.50x | 1.00x | 1.00x | 1.00x | 1.00x | 1.00x |" in results._ratios()


def test_pictures_have_the_promised_sizes() -> None:
    from bench.server import picture

    assert [len(picture()), len(picture(LARGE_BYTES))] == [PICTURE_BYTES, LARGE_BYTES]


def test_every_local_check_gets_its_line() -> None:
    results = Results()
    guardrails.report(results)

    lines = results.sections[0].splitlines()
    assert lines[0] == "## Local guardrails"
    assert [line.split(" | ")[1] for line in lines if line.startswith(("| made up", "| the same"))] == [
        "500"
    ] * 3

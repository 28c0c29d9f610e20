"""The figures of a run as Markdown: what is in RESULTS.md and what is printed are the same text."""

import os
import platform
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Final

OURS: Final = "ours"
HEDGED: Final = "hedged"
"""Ours in front of servers of one's own, where what is late is asked for once more."""
IMPATIENT: Final = "impatient"
"""Ours, giving a request up as soon as the others do, and allowed to pay twice then."""
COMPARED: Final = ("sdk", "litellm_tuned")
_PACKAGES: Final = ("openai", "litellm", "httpx2", "aiohttp", "pybase64", "pydantic")
Cell = tuple[str, int, str]
"""Mode, concurrency, system."""


@dataclass
class Results:
    """Collects a run's figures and writes them down."""

    cells: dict[Cell, list[Mapping[str, Any]]] = field(default_factory=dict)
    sections: list[str] = field(default_factory=list)

    def add(self, row: Mapping[str, Any]) -> None:
        self.cells.setdefault((row["mode"], row["c"], row["system"]), []).append(row)

    def section(self, title: str, text: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        self.sections.append(f"## {title}\n\n{text}\n\n{table(head, rows)}")

    def mean(self, mode: str, concurrency: int, system: str, key: str) -> float | None:
        rows = self.cells.get((mode, concurrency, system), [])
        values = [row[key] for row in rows if row[key] is not None]
        return statistics.mean(values) if values else None

    def markdown(self) -> str:
        """The whole report."""
        tables = (
            [self._ratios(), *self._hedging(), *self._impatience(), *self.sections, self._figures()]
            if self.cells
            else self.sections
        )
        return "\n\n".join([_head("make bench" if self.cells else "python -m bench"), *tables]) + "\n"

    def _ratios(self) -> str:
        """Ours over the others; below 1 is better but for pictures a second."""
        rows = []
        for mode, concurrency in dict.fromkeys((mode, c) for mode, c, _ in self.cells):
            for other in COMPARED:
                row = [
                    self._ratio(mode, concurrency, other, key)
                    for key in ("cpu_ms", "rps", "rss_mb", "p50", "p99", "calls")
                ]
                if any(row):
                    rows.append([mode, concurrency, other, *(value or "-" for value in row)])
        head = (
            "mode",
            "at once",
            "against",
            "CPU",
            "pictures/s",
            "peak memory",
            "added p50",
            "added p99",
            "calls",
        )
        text = "Ours divided by the other one, means of all rounds. Below 1 is better, but for pictures a second."
        return f"## Ratios\n\n{text}\n\n{table(head, rows)}"

    def _hedging(self) -> Sequence[str]:
        """What a second request for the late ones brings, against everybody without it."""
        rows = []
        for mode, concurrency in dict.fromkeys(
            (mode, c) for mode, c, system in self.cells if system == HEDGED
        ):
            extra = (self.mean(mode, concurrency, HEDGED, "calls") or 1.0) - 1.0
            for other in (*COMPARED, OURS):
                ratios = [
                    self._ratio(mode, concurrency, other, key, HEDGED)
                    for key in ("p50", "p99", "rps", "cpu_ms")
                ]
                if any(ratios):
                    rows.append(
                        [mode, concurrency, other, *(value or "-" for value in ratios), f"{extra:.1%}"]
                    )
        head = ("mode", "at once", "against", "added p50", "added p99", "pictures/s", "CPU", "extra calls")
        text = (
            "With `HEDGE_OWN_SERVERS=auto` and two servers of one's own with the same slow tail: what is late is asked "
            "for once more, and the first picture counts. Hosts that bill a picture are never asked twice. Ratios as "
            "above."
        )
        return [f"## A second request for what is late\n\n{text}\n\n{table(head, rows)}"] if rows else []

    def _impatience(self) -> Sequence[str]:
        """What it brings to give up a request that hangs, and what it costs."""
        rows = [
            [
                mode,
                concurrency,
                system,
                *(
                    _number(self.mean(mode, concurrency, system, key), key)
                    for key in ("ok", "primary", "billed")
                ),
                self._ratio(mode, concurrency, "sdk", "p99", system) or "-",
            ]
            for mode, concurrency in dict.fromkeys(
                (m, c) for m, c, system in self.cells if system == IMPATIENT
            )
            for system in (*COMPARED, OURS, IMPATIENT)
        ]
        head = ("mode", "at once", "system", "success", "from primary", "billed", "added p99 against the SDK")
        text = (
            "A third of what fails in `flaky` hangs for 6 s, makes its picture and is billed. Ours waits, as the "
            "picture is paid; `impatient` is given up after the 3 s of the others and moderators have allowed to pay "
            "twice (`recovery.pay_twice`): quicker, and those pictures are billed twice."
        )
        return [f"## Waiting or paying twice\n\n{text}\n\n{table(head, rows)}"] if rows else []

    def _ratio(self, mode: str, concurrency: int, other: str, key: str, one: str = OURS) -> str:
        ours, theirs = self.mean(mode, concurrency, one, key), self.mean(mode, concurrency, other, key)
        return "" if ours is None or not theirs else f"{ours / theirs:.2f}x"

    def _figures(self) -> str:
        keys = ("ok", "p50", "p99", "rps", "cpu_ms", "rss_mb", "stall_ms", "calls", "billed", "primary")
        rows = [
            [mode, c, system, *(_number(self.mean(mode, c, system, key), key) for key in keys)]
            for mode, c, system in sorted(self.cells, key=lambda cell: (cell[0], cell[1]))
        ]
        head = (
            "mode", "at once", "system", "success", "added p50 ms", "added p99 ms", "pictures/s", "CPU ms",
            "peak MB", "stall ms", "calls", "billed", "from primary",
        )  # fmt: skip
        text = (
            "The upstream takes 50 ms, which is subtracted. `down`: the primary answers 503; `flaky`: a fifth of the "
            "requests fail or hang, and hung ones are billed all the same; `slowtail`: one in twenty takes 20 times "
            "as long. `calls` and `billed` are a picture, counted at the upstream. Absolute figures depend on the "
            "machine and on what else it does; server and driver share its cores."
        )
        return f"## Figures\n\n{text}\n\n{table(head, rows)}"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(value) for value in line) + " |" for line in lines)


def _number(value: float | None, key: str) -> str:
    if value is None:
        return "-"
    if key in {"ok", "primary"}:
        return f"{value:.1%}"
    return f"{value:.2f}" if key in {"calls", "billed"} else f"{value:.1f}"


def _head(command: str) -> str:
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in _PACKAGES)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        "# Benchmark\n\n"
        f"Written by `{command}` on {datetime.now(UTC):%Y-%m-%d}: {_processor()}, {os.cpu_count()} cores, "
        f"{memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}. {versions}."
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()

"""Prometheus' own evaluator, fed with what the bot exposes before and after something went wrong."""

import math
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy" / "prometheus" / "rules.yml"
WHEN = "12m"
_BEFORE, _AFTER = 4, 30
"""Minutes: seven pass between the change and `WHEN`."""


def promtool() -> str:
    """Where it is; skips where it is not, except in CI (`make .tools/promtool` puts it there on Debian)."""
    own = ROOT / ".tools" / "promtool"
    found = str(own) if own.exists() else shutil.which("promtool")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("promtool has to be present in CI")
        pytest.skip("promtool is not here: `make .tools/promtool`")
    return found


def call(*arguments: str, folder: Path) -> str:
    """Raises AssertionError with promtool's words."""
    done = subprocess.run(
        [promtool(), *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def samples(text: str, now: float = 0.0) -> dict[str, float]:
    """Series to values; times become relative to `now`, since promtool's tests begin at the epoch."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name.endswith("_created"):
                continue
            labels = {"job": "imagine-bot", "instance": "bot:8080", **sample.labels}
            inside = ",".join(f'{name}="{value}"' for name, value in sorted(labels.items()))
            shift = now if sample.name.endswith("_timestamp_seconds") else 0.0
            found[f"{sample.name}{{{inside}}}"] = sample.value - shift
    return found


def series(before: Mapping[str, float], after: Mapping[str, float]) -> list[dict[str, str]]:
    """Every series as promtool takes it; one that appears later begins later."""
    rows: list[dict[str, str]] = []
    for name in sorted({*before, *after}):
        first = f"{_number(before[name])}+0x{_BEFORE}" if name in before else f"_x{_BEFORE + 1}"
        rows.append({"series": name, "values": f"{first} {_number(after[name])}+0x{_AFTER}"})
    return rows


def firing(
    cases: Mapping[str, list[dict[str, str]]],
    wanted: Mapping[str, list[str]],
    folder: Path,
    when: str = WHEN,
) -> None:
    """In each case exactly the wanted alerts fire at that time, and nothing else.

    Raises:
        AssertionError: with what fired instead.
    """
    shutil.copy(RULES, folder / "rules.yml")
    tests = [
        {
            "name": name,
            "interval": "1m",
            "input_series": rows,
            "promql_expr_test": [
                {
                    "expr": 'sum by (alertname) (ALERTS{alertstate="firing"}) > bool 0',
                    "eval_time": when,
                    "exp_samples": [
                        {"labels": f'{{alertname="{alert}"}}', "value": 1} for alert in wanted[name]
                    ],
                }
            ],
        }
        for name, rows in cases.items()
    ]
    document = {"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": tests}
    (folder / "test.yml").write_text(yaml.safe_dump(document))
    call("test", "rules", "test.yml", folder=folder)


def _number(value: float) -> str:
    return "Inf" if math.isinf(value) else repr(value)

"""The dashboard asks only for metrics and labels that exist, in expressions that Prometheus can read."""

import json
import re
from pathlib import Path

import yaml

from bot.domain.money import micros
from bot.telemetry.metrics import Metrics
from scripts.make_dashboard import FILE, text
from tests.deploy.promtool import RULES, call


def exposed() -> dict[str, set[str]]:
    """Names of series to their labels, by a bot to which everything has happened once."""
    metrics = Metrics()
    metrics.request_ended("discord", "delivered")
    metrics.refused("guard", "quota")
    metrics.stage_took("generate", 1.5)
    metrics.acknowledged("slack", 0.01)
    metrics.attempt_ended("openai", "gpt-image-2", "ok", 8.0, micros(0.053))
    metrics.text_call_ended("sanitizer", "ok")
    metrics.stored("keep", "ok")
    metrics.sanitizer_said("verdict")
    metrics.picture_checked("output_check", "allow")
    metrics.circuit("bfl", is_open=True)
    metrics.part("database", is_up=True)
    metrics.open_jobs(1, 2, 0)
    metrics.model_ends("gpt-4o-mini", 1.0)
    metrics.alert("storage", "bucket gone")
    found: dict[str, set[str]] = {}
    for family in metrics.registry.collect():
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def asked(expression: str) -> tuple[set[str], set[str]]:
    """Metrics and labels that an expression names."""
    names = set(re.findall(r"\b(?:imagine|process)_\w+", expression))
    groups = re.findall(r"\b(?:by|on|ignoring|group_left) \(([^)]*)\)", expression)
    labels = {label.strip() for group in groups for label in group.split(",") if label.strip()}
    return names, labels | set(re.findall(r"(\w+)=~?\"", expression))


def expressions() -> list[str]:
    panels = json.loads(FILE.read_text())["panels"]
    found = [target["expr"] for panel in panels for target in panel["targets"]]
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return found + [rule["expr"] for group in groups for rule in group["rules"]]


def test_the_dashboard_is_what_its_script_writes() -> None:
    assert FILE.read_text() == text()


def test_every_expression_asks_for_what_exists() -> None:
    known = exposed()
    for expression in expressions():
        names, labels = asked(expression)
        assert names or "up{" in expression, expression
        assert names <= set(known), expression
        has = {"job", "instance"}.union(*(known[name] for name in names))
        assert labels <= has, expression


def test_every_metric_is_shown_somewhere() -> None:
    """A metric of ours that nobody looks at is a metric too many."""
    shown = {name for expression in expressions() for name in asked(expression)[0]}
    base = {re.sub(r"_(bucket|count|sum|created|total)$", "", name) for name in exposed()}
    of_the_library = {name for name in base if name.startswith("process_")}

    assert {re.sub(r"_(bucket|count|sum|total)$", "", name) for name in shown} - of_the_library == (
        base - of_the_library
    )


def test_prometheus_can_read_every_expression(tmp_path: Path) -> None:
    rules = [{"record": f"panel_{number}", "expr": text} for number, text in enumerate(expressions())]
    document = {"groups": [{"name": "panels", "rules": rules}]}
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(document))

    assert "SUCCESS" in call("check", "rules", "rules.yml", folder=tmp_path)


def test_panels_neither_overlap_nor_leave_the_page() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(FILE.read_text())["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells

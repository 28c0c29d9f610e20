"""Documents are true: what they name exists, and what exists and matters is named."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from bot.cli import app
from bot.domain.jobs import Stage
from bot.domain.policy import Retention
from bot.pipeline.studio import Studio
from bot.ports import JobStore

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("docs/*.md"), *ROOT.glob("*.md"), *ROOT.glob("deploy/**/*.md")])
MADE_UP = {"bot/providers/hosts/acme.py", "deploy/.env"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_everything_named_exists(document: Path) -> None:
    text = document.read_text()
    makefile = (ROOT / "Makefile").read_text()

    for link in re.findall(r"\]\((?!https?:|mailto:)([^)#]+)", text):
        assert (document.parent / link).exists(), link
    for name in re.findall(r"`((?:bot|adapters|tests|deploy|scripts|docs)/[\w./-]+)`", text):
        assert name in MADE_UP or (ROOT / name).exists(), name
    for target in re.findall(r"`make ([a-z-]+)", text):
        assert f"\n{target}:" in makefile, target
    for command in re.findall(r"`(?:\.venv/bin/)?imagine-bot ([a-z]+)", text):
        assert command in app.commands, command


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_settings_that_are_named_exist(document: Path) -> None:
    example = (ROOT / ".env.example").read_text() + (ROOT / "deploy" / "env.example").read_text()
    known = set(re.findall(r"\b([A-Z][A-Z0-9]*_[A-Z0-9_]+)=", example))
    prefixes = ("OPENAI_", "DISCORD_", "SLACK_", "S3_", "BFL_", "HTTP_", "DATABASE_", "SHUTDOWN_", "MAX_JOBS")

    named = re.findall(r"`([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=[^`]*)?`", document.read_text())
    assert [name for name in named if name.startswith(prefixes) and name not in known] == []


def test_the_drawing_of_the_architecture_has_every_layer() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract.get("exhaustive")]

    for layer in layers:
        for name in layer.split("|"):
            wanted = name.strip().strip("()")
            if wanted not in {"__main__", "observe"}:
                assert re.search(rf"bot/{wanted}\b", text), wanted


def test_the_guide_for_contributors_draws_the_layers_in_their_order() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract.get("exhaustive")]
    [drawing] = re.findall(r"\n +(cli [\w\s,>]+ > domain)\n", text)

    drawn = [{*re.findall(r"\w+", layer)} for layer in drawing.split(">")]
    assert drawn == [{*re.findall(r"\w+", layer)} for layer in layers if layer != "__main__"]


def test_the_guide_for_contributors_says_why_each_library_is_needed() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = [re.match(r"[\w.-]+", wanted) for wanted in project["dependencies"]]
    _, _, table = text.lower().partition("## why these libraries")

    missing = [name[0] for name in named if name and name[0].removesuffix("-api") not in table]
    assert missing == []


def test_the_drawings_of_the_architecture_have_names_of_the_code() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    boxes, hours = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)

    for path in re.findall(r"\b(?:bot|adapters)/[\w/.]*\w", text):
        assert (ROOT / path).exists() or (ROOT / f"{path}.py").exists(), path
    stages = re.findall(r"\w+", boxes.partition("guard ▸")[2].replace("▸", " "))
    drawn = ["guard", *(word for word in stages if word in {*Stage})]
    assert drawn == [stage for stage in Stage if stage in drawn]
    assert {*Stage} - {*drawn} == {Stage.QUEUED, Stage.DONE}
    [doors] = re.findall(r"((?:\w+ · )+\w+) +bot/pipeline/studio.py", boxes)
    assert all(callable(getattr(Studio, door)) for door in doors.split(" · "))
    for call in ("claim", "checkpoint", "finish"):
        assert call in hours
        assert callable(getattr(JobStore, call))
    for name, path in re.findall(r"`(\w+)` in `([\w/.]+)`", text):
        assert re.search(rf"\b{name}\b", (ROOT / path).read_text()), name


def test_the_operations_guide_explains_every_alert() -> None:
    rules = yaml.safe_load((ROOT / "deploy" / "prometheus" / "rules.yml").read_text())
    alerts = {rule["alert"] for group in rules["groups"] for rule in group["rules"]}

    assert (
        set(re.findall(r"^\| (Imagine\w+) \|", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE))
        == alerts
    )


def test_the_threat_model_names_tests_that_exist() -> None:
    text = (ROOT / "docs" / "threat-model.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ") and "threat |" not in line]

    assert len(rows) >= 15
    for row in rows:
        named = re.findall(r"`([\w./-]+)`", row.split("|")[3])
        assert named, row
        assert all((ROOT / name).exists() for name in named), row


def test_the_privacy_statement_has_the_days_that_are_the_default() -> None:
    text = (ROOT / "docs" / "privacy-statement-template.md").read_text()
    days = dict(re.findall(r"(Words and prompts|refused requests|without words): \[(\d+)\] days", text))
    kept = Retention()

    assert days == {
        "Words and prompts": str(kept.prompts),
        "refused requests": str(kept.blocked_prompts),
        "without words": str(kept.audit),
    }
    assert ("Pictures: [until you delete them]" in text) == (kept.images == 0)

"""The quality tables name evidence that exists, for every adapter that is installed."""

import re
from pathlib import Path

from bot.adapter_api import find_adapters
from scripts.mutation_page import NOT_JUDGED

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "quality.md").read_text()


def test_every_cell_is_evidence_or_a_reason() -> None:
    table = TEXT.partition("## Chat adapters")[2].partition("##")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table.splitlines()
        if line[:1] == "|"
    ]
    header, _, *rules = rows

    assert sorted(header[1:]) == [name for name, _ in find_adapters()]
    for rule in rules:
        for cell in rule[1:]:
            named = re.fullmatch(r"`([\w./]+)`", cell)
            assert named is not None or re.match(r"exempt: \w+", cell), cell
            assert named is None or (ROOT / named[1]).exists(), cell


def test_every_suite_exists() -> None:
    named = re.findall(r"`(tests/[\w./]+)`", TEXT)

    assert len(named) > 20
    for name in named:
        assert (ROOT / name).exists(), name


def test_every_survivor_among_the_mutants_is_judged() -> None:
    text = (ROOT / "docs" / "mutation.md").read_text()

    assert NOT_JUDGED not in text
    for subject in re.findall(r"^\| `(bot/[\w/.]+)` \|", text, re.MULTILINE):
        assert (ROOT / subject).exists(), subject

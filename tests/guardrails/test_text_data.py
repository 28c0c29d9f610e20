"""The text layer and the rules on prompts of public data sets."""

import csv
import json
import random
from pathlib import Path

import pytest

from bot.domain.policy import BlockedTerm, Content
from bot.domain.verdict import Decision
from bot.guardrails.text import BlockList, Strength, Term, check_limits, hidden_text, stored_form
from bot.guardrails.words import check_words, scan
from bot.sanitizers.rules import RuleSanitizer
from tests.guardrails.evasions import CARRIERS, DISGUISES

BENIGN = {
    "parti_prompts_400.csv": "prompt",
    "coco_captions_300.csv": "prompt",
    "t2i_compbench_300.csv": "prompt",
    "overt_unsafe_pairs_300.csv": "benign_twin",
}


@pytest.fixture(scope="module")
def data(shared: Path) -> Path:
    return shared / "data" / "guardrails"


@pytest.fixture(scope="module")
def terms(data: Path) -> list[str]:
    return [
        line for line in (data / "blocklist_ldnoobw_en.txt").read_text("utf-8").splitlines() if line.isascii()
    ]


def column(path: Path, name: str, **wanted: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            row[name]
            for row in csv.DictReader(lines)
            if all(row[key] == value for key, value in wanted.items())
        ]


def test_most_disguises_are_seen_through(terms: list[str]) -> None:
    chance = random.Random(11)
    sample = chance.sample(terms, 60)
    blocklist = BlockList.compile(map(Term, sample))
    flagged: dict[str, float] = {}
    for name, disguise in DISGUISES.items():
        seen = 0
        for place, term in enumerate(sample):
            text = CARRIERS[place % len(CARRIERS)].format(disguise(term, chance))
            seen += any(hit.term == term for hit in blocklist.scan(text))
        flagged[name] = seen / len(sample)

    assert sum(flagged.values()) / len(flagged) >= 0.97
    assert {name: share for name, share in flagged.items() if share < 0.85} == {}


@pytest.mark.parametrize(("file", "name"), BENIGN.items())
def test_harmless_prompts_are_not_flagged(data: Path, terms: list[str], file: str, name: str) -> None:
    blocklist = BlockList.compile(map(Term, terms))
    prompts = column(data / file, name)

    assert sum(bool(blocklist.scan(prompt) or check_limits(prompt)) for prompt in prompts) == 0


def test_only_real_words_are_hard_matches_in_ambiguous_prompts(data: Path, terms: list[str]) -> None:
    blocklist = BlockList.compile(map(Term, terms))
    prompts = column(data / "overt_mini_benign_half.csv", "prompt")
    hits = [blocklist.scan(prompt) for prompt in prompts]

    assert sum(any(hit.match is Strength.HARD for hit in found) for found in hits) <= 12  # without contexts
    assert sum(bool(found) and all(hit.match is Strength.SOFT for hit in found) for found in hits) <= 4


def test_naughty_strings_break_nothing(data: Path, terms: list[str]) -> None:
    blocklist = BlockList.compile(map(Term, terms))
    sanitizer = RuleSanitizer()
    for text in json.loads((data / "blns.json").read_text("utf-8")):
        blocklist.scan(text)
        check_limits(text)
        hidden_text(text)
        sanitizer.judge(text)
        assert stored_form(text) == stored_form(stored_form(text))


def stopped(prompts: list[str]) -> float:
    sanitizer = RuleSanitizer()
    decisions = [sanitizer.judge(prompt).decision for prompt in prompts]
    return sum(decision in {Decision.ASK, Decision.REJECT} for decision in decisions) / len(decisions)


@pytest.mark.parametrize(("file", "name"), list(BENIGN.items())[:3])
def test_rules_stop_almost_no_harmless_prompt(data: Path, file: str, name: str) -> None:
    assert stopped(column(data / file, name)) <= 0.005


def test_rules_are_lenient_with_what_only_looks_harmful(data: Path) -> None:
    assert stopped(column(data / "overt_mini_benign_half.csv", "prompt")) <= 0.002
    assert stopped(column(data / "overt_unsafe_pairs_300.csv", "benign_twin")) <= 0.002
    assert stopped(column(data / "xstest.csv", "prompt", label="safe")) <= 0.005


def test_a_communitys_list_stops_almost_no_harmless_prompt(data: Path, terms: list[str]) -> None:
    """With the contexts, which a community's rules have."""
    content = Content(blocked_terms=tuple(map(BlockedTerm, terms)))
    ambiguous = column(data / "overt_mini_benign_half.csv", "prompt")
    plain = [prompt for file, name in BENIGN.items() for prompt in column(data / file, name)]

    assert sum(check_words(prompt, content) is not None for prompt in ambiguous) <= 0.002 * len(ambiguous)
    assert sum(check_words(prompt, content) is not None for prompt in plain) == 0


def test_disguised_terms_stay_flagged_whatever_stands_around_them(terms: list[str]) -> None:
    chance = random.Random(12)
    sample = chance.sample(terms, 40)
    content = Content(blocked_terms=tuple(map(BlockedTerm, sample)))
    seen = total = 0
    for disguise in DISGUISES.values():
        for term in sample:
            words = f"educational museum garden, {disguise(term, chance)}, farm birds"
            seen += bool(scan(words, content))
            total += 1

    assert seen / total >= 0.95


def test_rules_stop_a_part_of_what_is_harmful(data: Path) -> None:
    pairs = data / "overt_unsafe_pairs_300.csv"

    assert stopped(column(pairs, "unsafe_prompt")) >= 0.2
    assert stopped(column(pairs, "unsafe_prompt", category="self_harm")) >= 0.5
    assert stopped(column(pairs, "unsafe_prompt", category="violence")) >= 0.5

"""Seldom disguises are flagged as well, whatever touches the word, and what only looks like one is left alone."""

from pathlib import Path

import pytest

from bot.guardrails.text import BlockList, How, Strength, Term
from tests.guardrails.rare_evasions import CLOSELY_FOLLOWED, RARE

WORDS = ("klopwig", "zorbelan", "snafu", "hackmut", "bindorv")
LIST = BlockList.compile(map(Term, WORDS))


@pytest.mark.parametrize("name", RARE)
def test_a_rare_disguise_is_flagged_in_every_carrier(name: str) -> None:
    missed = [
        text
        for word in WORDS
        for carrier in CLOSELY_FOLLOWED
        for text in [carrier.format(RARE[name](word))]
        if word not in {hit.term for hit in LIST.scan(text)}
    ]

    assert missed == []


@pytest.mark.parametrize("name", RARE)
def test_real_lists_are_seen_through_rare_disguises(name: str, shared: Path) -> None:
    listed = (shared / "data" / "guardrails" / "blocklist_ldnoobw_en.txt").read_text("utf-8").splitlines()
    words = [word for word in listed if word.isascii() and word.isalpha() and len(word) > 4]
    blocklist = BlockList.compile(map(Term, words))

    seen = sum(
        word in {hit.term for hit in blocklist.scan(f"a {RARE[name](word)} at dawn")} for word in words
    )

    assert seen / len(words) >= 0.95


@pytest.mark.parametrize(
    ("text", "how", "match"),
    [
        ("a %6blopwig", How.ENCODED, Strength.HARD),
        ("NiceKlopwigPicture", How.GLUED, Strength.SOFT),
        ("k+l+o+p+w+i+g", How.SPACED, Strength.HARD),
        ("klpwg", How.PLAIN, Strength.SOFT),
        ("klopwigz", How.PLAIN, Strength.SOFT),
        ("klopwigg", How.REPEATED, Strength.SOFT),
        ("kl🔥pwig, oil", How.MASKED, Strength.SOFT),
    ],
)
def test_how_sure_a_rare_disguise_is(text: str, how: How, match: Strength) -> None:
    best = min(LIST.scan(text), key=lambda hit: hit.match is Strength.SOFT)

    assert (best.match, best.view) == (match, how)


@pytest.mark.parametrize(
    "text",
    [
        "100%20 cotton & wool; a <3 for McDonald's and YouTube",
        "C++ and a 3x3 grid, 4+4+4 tiles, 20/20 vision",
        "x + y = z on a blackboard, a|b|c tabs",
        "an iPhone 15 beside a PlayStation 5, shot at 35mm, f/1.8, 1970s",
        "R&B, B&Bs, AT&T; html css tts mp3 and npc",
        "คนไทยกับแมว, ᚠᚢᚦᚨᚱᚲ, ⲁⲃⲅ, ᐃᓄᒃᑎᑐᑦ",
        "prices: ₩5000, ₽100, £3 or €4",
        "list[0] = dict; [b]bold[/b] <i>title</i>",
    ],
)
def test_what_only_looks_encoded_or_glued_is_left_alone(text: str, shared: Path) -> None:
    listed = (shared / "data" / "guardrails" / "blocklist_ldnoobw_en.txt").read_text("utf-8").splitlines()

    assert BlockList.compile(map(Term, filter(None, listed))).scan(text) == ()


def test_places_are_those_of_the_original_text() -> None:
    text = "see &#107;lopwig and NiceKlopwigPicture"

    found = {text[hit.start : hit.end] for hit in LIST.scan(text)}

    assert found == {"&#107;lopwig", "Klopwig"}

"""Harmless contexts of listed words, and prompts that only look harmful: nothing of it is refused by local layers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from bot.domain.outcomes import RefusalReason
from bot.domain.policy import BlockedTerm, Content
from bot.domain.verdict import Decision
from bot.guardrails.words import check_words, flagged_terms, scan
from bot.sanitizers.rules import RuleSanitizer
from tests.guardrails.harmless import LISTED, MEANT

HERE: Final = Path(__file__).parent
SANITIZER: Final = RuleSanitizer()
MORE: Final = [
    "dick",
    "cock",
    "tits",
    "tit",
    "pussy",
    "ass",
    "coon",
    "dyke",
    "dykes",
    "gay",
    "queer",
    "lesbian",
    "fag",
    "faggot",
    "faggots",
    "bastard",
    "booby",
    "boobies",
    "beaver",
    "bitch",
    "pansy",
    "pansies",
    "weed",
    "pot",
    "shag",
    "knob",
    "breast",
    "breasts",
    "naked",
    "horny",
    "porn",
    "crack",
    "kill",
    "jerk",
    "chink",
    "jugs",
    "butt",
    "hooker",
    "wang",
    "willy",
    "fanny",
    "tramp",
    "screw",
    "strip",
    "negro",
    "negra",
    "shoot",
    "blood",
    "bomb",
    "dead",
    "gun",
    "murder",
    "suicide",
    "sex",
    "sexual",
    "nude",
    "nudity",
    "rape",
    "swastika",
    "neonazi",
    "escort",
    "snatch",
    "scat",
    "cum",
    "xx",
    "suck",
    "hardcore",
    "playboy",
    "poof",
]
"""Words that communities add to their lists, most of them ambiguous."""


def listing(*terms: str) -> Content:
    blocked = tuple(BlockedTerm(term, "phrase" if " " in term else "word") for term in terms)
    return Content(blocked_terms=blocked)


def lines(name: str) -> Sequence[str]:
    return (HERE / name).read_text("utf-8").splitlines()


@pytest.fixture(scope="module")
def everything(shared: Path) -> Content:
    """A public list of 383 terms and the ambiguous ones on top."""
    file = shared / "data" / "guardrails" / "blocklist_ldnoobw_en.txt"
    return listing(*dict.fromkeys([*file.read_text("utf-8").splitlines(), *MORE]))


@pytest.mark.parametrize("kind", LISTED)
def test_a_listed_word_in_a_harmless_context_is_a_hint_and_no_refusal(kind: str, everything: Content) -> None:
    assert [prompt for prompt in LISTED[kind] if check_words(prompt, everything)] == []


@pytest.mark.parametrize(("term", "prompt"), MEANT)
def test_a_listed_word_that_is_meant_is_refused(term: str, prompt: str) -> None:
    refused = check_words(prompt, listing(term))

    assert refused is not None
    assert refused.reason is RefusalReason.BLOCKED_TERM


def test_the_sanitizer_is_told_of_a_word_in_context() -> None:
    words = "a poster on sexual health"

    assert check_words(words, listing("sexual")) is None
    assert flagged_terms(words, listing("sexual")) == ("sexual",)


@pytest.mark.parametrize(
    "words", ["a p\u200bussy willow", "a puѕѕy willow", "a p.u.s.s.y willow", "a pu55y willow"]
)
def test_a_disguise_has_no_harmless_context(words: str) -> None:
    assert any(hit.match == "hard" for hit in scan(words, listing("pussy")))


def test_a_term_that_is_matched_inside_of_words_is_meant_everywhere() -> None:
    strict = Content(blocked_terms=(BlockedTerm("sexual", "substring"),))

    assert check_words("a poster on sexual health", strict)


def test_one_harmless_word_does_not_excuse_another() -> None:
    assert check_words("a blue tit beside big tits", listing("tits"))
    assert check_words("pussy willows and a wet pussy", listing("pussy"))


def test_rules_allow_or_tone_down_what_only_looks_harmful() -> None:
    verdicts = {prompt: SANITIZER.judge(prompt).decision for prompt in lines("looks_harmful.txt")}

    assert [
        prompt for prompt, decision in verdicts.items() if decision in {Decision.REJECT, Decision.ASK}
    ] == []
    assert sum(decision is Decision.REWRITE for decision in verdicts.values()) <= 0.1 * len(verdicts)


def test_rules_reject_what_is_plainly_meant() -> None:
    prompts = lines("means_harm.txt")

    assert [prompt for prompt in prompts if SANITIZER.judge(prompt).decision is not Decision.REJECT] == []

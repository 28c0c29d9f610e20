"""The stored form, the input limits, and moderators' patterns."""

import dataclasses
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.outcomes import RefusalReason
from bot.domain.policy import Content
from bot.guardrails.text import (
    GuildPattern,
    LimitKind,
    PatternError,
    PatternSet,
    check_limits,
    folded,
    stored_form,
)
from bot.guardrails.text.limits import count_graphemes
from bot.guardrails.words import check_words

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    "text",
    [
        "a brass owl",
        "two\nlines",
        f"{FAMILY} ❤\ufe0f 1\ufe0f\u20e3 {ENGLAND} 👍🏽",
        "می\u200cخواهم",
        "क्\u200dष",
        "猫が屋根の上",
        "ế ễ ộ ñ ü",
        "שִׁלּוֹם",
        "new emoji \U0001fae8",
        "— dashes – stay “as typed”",
    ],
)
def test_what_can_be_seen_is_kept(text: str) -> None:
    assert stored_form(text) == unicodedata.normalize("NFKC", text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\u200bb\u00adc\u2060d\ufeff", "abcd"),
        ("o\u200dwl o\u200cwl", "owl owl"),
        ("\u202ekcuf\u202c \u2066x\u2069", "kcuf x"),
        ("cat\U000e0066\U000e0075", "cat"),
        ("ｆｕｌｌ", "full"),
        ("a\x00b\x1b[0m\ud800", "ab[0m"),
        ("  a \t b \r\n\n\n c  ", "a b\nc"),
        ("\u3164\u115f x", "x"),
        ("\ue000private", "private"),
    ],
)
def test_what_cannot_be_seen_is_removed(text: str, kept: str) -> None:
    assert stored_form(text) == kept


SCRIPTS = st.text(
    alphabet="a é\u0301\u200d\u200c\ufe0f👨🏴\U000e0067\U000e007f\u202e\u202cمकｆ\n\t\u3000ﬁ½\u1100\u1161",
    max_size=40,
)


@given(st.one_of(st.text(max_size=100), SCRIPTS))
def test_the_stored_form_is_stable_and_printable(text: str) -> None:
    kept = stored_form(text)

    assert stored_form(kept) == kept
    assert kept == kept.strip()
    assert not any(unicodedata.category(character) in {"Cs", "Co"} for character in kept)
    assert "\u202e" not in kept


@pytest.mark.parametrize(
    ("text", "kind", "too_long"),
    [
        ("x" * 4_001, LimitKind.BYTES, True),
        ("猫" * 1_334, LimitKind.BYTES, True),
        ("é" * 1_001, LimitKind.GRAPHEMES, True),
        ("a\u0301\u0302\u0303", LimitKind.MARKS, False),
        ("\u0301\u0301\u0301", LimitKind.MARKS, False),
        ("ب" + "\u064b" * 9, LimitKind.MARKS, False),
        ("a.b." * 11, LimitKind.UNBROKEN, False),
        ("\u202eowl", LimitKind.BIDI, False),
        ("\u202d\u202eowl\u202c", LimitKind.BIDI, False),
    ],
)
def test_limits(text: str, kind: LimitKind, too_long: bool) -> None:
    breach = check_limits(text)

    assert breach is not None
    assert (breach.kind, breach.too_long) == (kind, too_long)


@pytest.mark.parametrize("text", ["x" * 4_001, "猫" * 1_334, "é" * 1_001])
def test_whoever_keeps_to_the_length_that_a_refusal_names_is_taken(text: str) -> None:
    refused = check_words(text, Content())

    assert refused is not None
    assert refused.reason is RefusalReason.TOO_LONG
    assert check_words(text[: int(dict(refused.params)["limit"])], Content()) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x" * 1_000,
        "é" * 1_000,
        "e\u0301" * 1_000,
        FAMILY * 35,
        unicodedata.normalize("NFD", "Tiếng Việt, ᾅδης"),
        "שִׁלּוֹם",
        "क्षेत्रों में किंतु",
        "猫、" * 200,
        "\u202eowl\u202c",
        "https://example.org/a/b/c?d=e&f=g",
    ],
)
def test_what_languages_need_is_within_the_limits(text: str) -> None:
    assert check_limits(text) is None


def test_graphemes_are_what_a_reader_counts() -> None:
    assert count_graphemes(f"a{FAMILY}🇫🇷🇩🇪e\u0301👍🏽각") == 7


@given(st.text(max_size=300))
def test_limits_and_folding_never_raise(text: str) -> None:
    check_limits(text)
    folded(text)


def test_folding_gives_plain_letters() -> None:
    assert folded("Nаkеd ｗoman, É\u200bß Łódź") == "naked woman, ess lodz"


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        (r"\bowls?\b", "two OWLS", True),
        (r"\bowls?\b", "growl", False),
        ("owl", "o\u200bwl", True),
        ("owl", "ｏｗｌ", True),
        ("(a+)+$", "a" * 5_000 + "!", False),
        (r"\p{Cyrillic}{3}", "кот", True),
        ("owl", "half \ud800 a character owl", True),
    ],
)
def test_patterns(pattern: str, text: str, matches: bool) -> None:
    assert GuildPattern.compile(pattern).search(text) is matches


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("a" * 261, "at most 260"),
        ("foo(", r"missing \)"),
        ("[a-", r"missing \]"),
        ("(?=owl)", "look-around"),
        (r"(a)\1", "back-references"),
        ("a|b*", "matches everything"),
        (r"(\pL{500}){2}", "too large|not valid"),
        ("\ud800", "half a character"),
    ],
)
def test_unusable_patterns_say_why(pattern: str, message: str) -> None:
    with pytest.raises(PatternError, match=message):
        GuildPattern.compile(pattern)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_pattern_compiles_or_says_why(pattern: str, text: str) -> None:
    try:
        compiled = GuildPattern.compile(pattern)
    except PatternError:
        return
    compiled.search(text)


SOURCES = ("free.?money", r"^start", r"end$", "(?:ab){2,5}c", r"\bcafé\b", "ナイフ", "[0-9]{16}")


@given(
    st.lists(st.sampled_from(SOURCES), unique=True),
    st.text(max_size=30)
    | st.sampled_from(("FREE money", "start it", "the END", "xababc", "Café", "ナイフ", "1" * 16)),
)
def test_patterns_together_find_what_each_finds_alone(sources: list[str], text: str) -> None:
    alone = any(GuildPattern.compile(source).search(text) for source in sources)

    assert PatternSet.of(sources).search(text) is alone


def test_a_search_that_fails_is_made_one_by_one() -> None:
    broken = dataclasses.replace(PatternSet.of(["free.?money"]), _program=None)

    assert broken.search("Free money")
    assert not broken.search("an owl")

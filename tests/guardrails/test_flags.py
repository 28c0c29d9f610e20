"""Flags in the text, typed on a keyboard or bent by a phone."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.requests import Aspect, Background, Quality
from bot.domain.styles import STYLES
from bot.guardrails.flags import LEGAL, FlagProblem, ProblemKind, parse_flags

WIDE = Aspect(16, 9)


@pytest.mark.parametrize("option", ["aspect", "count", "model", "seed", "exclude"])
def test_what_an_option_takes_needs_no_translation(option: str) -> None:
    """It stands within a sentence of any language."""
    assert not re.search("[a-z]{2}", LEGAL[option])


@pytest.mark.parametrize(
    ("typed", "words", "flags"),
    [
        ("a brass owl --ar 16:9 --n 2", "a brass owl", {"aspect": WIDE, "count": 2}),
        ("a brass owl --aspect 16x9 --count 2", "a brass owl", {"aspect": WIDE, "count": 2}),
        ("--n 2 a brass owl", "a brass owl", {"count": 2}),
        ("an owl --ar 16:9, at dawn", "an owl, at dawn", {"aspect": WIDE}),
        ("an owl --no text, people", "an owl", {"exclude": "text, people"}),
        ("an owl --no text --n 2 --no people", "an owl", {"exclude": "text, people", "count": 2}),
        ('an owl --no "text, people"', "an owl", {"exclude": "text, people"}),
        ("an owl --seed 7 --q LOW", "an owl", {"seed": 7, "quality": Quality.LOW}),
        ("an owl --seed=7 --quality high", "an owl", {"seed": 7, "quality": Quality.HIGH}),
        ("an owl --style Watercolor", "an owl", {"style": "watercolor"}),
        ('an owl --style "low-poly"', "an owl", {"style": "low-poly"}),
        ("an owl --bg transparent", "an owl", {"background": Background.TRANSPARENT}),
        ("an owl --background auto", "an owl", {"background": Background.AUTO}),
        ("an owl --model flux-2-pro", "an owl", {"model": "flux-2-pro"}),
        ("an owl --AR １６：９", "an owl", {"aspect": WIDE}),
        ("an owl --ar 16:9.", "an owl", {"aspect": WIDE}),
        ("an owl --n 2 --n 2", "an owl", {"count": 2}),
    ],
)
def test_flags_become_options_and_leave_the_words(typed: str, words: str, flags: dict[str, object]) -> None:
    parsed = parse_flags(typed)

    assert (words, flags, ()) == (parsed.words, dict(parsed.flags.items()), parsed.problems)


@pytest.mark.parametrize("dash", ["—", "–", "— ", "– ", "--", "---", "-- "])
def test_a_phones_dash_before_a_flag_is_the_flag(dash: str) -> None:
    parsed = parse_flags(f"a brass owl {dash}ar 16:9 {dash}n 2")

    assert (parsed.words, dict(parsed.flags.items())) == ("a brass owl", {"aspect": WIDE, "count": 2})


@pytest.mark.parametrize(
    "prose",
    [
        "a castle — no people in sight — at dawn",
        "a painting — style of the old masters",
        "a photo — quality low light work",
        "a toy — model train on a track",
        "he said —wait, look",
        "night—no moon",
        "owl—ar 16:9",
        "ice cream -- two scoops",
        "a-b --> c, 5 - 3, x--y",
        'a sign that says "--ar 16:9"',
        "a sign that says “—no parking”",
        "the word '--n 2' on a wall",
        'a poster "best owls --ar 16:9 — n 2" on a wall',
        "a poster “best owls --n 2”",
        "a poster 'best owls --n 2' here",
        "`--seed 7` on a terminal",
        "  spaces   stay  ",
        "",
    ],
)
def test_dashes_in_prose_and_quoted_text_stay_as_typed(prose: str) -> None:
    parsed = parse_flags(prose)

    assert (prose, {}, ()) == (parsed.words, dict(parsed.flags.items()), parsed.problems)


@pytest.mark.parametrize(
    ("typed", "flag", "kind", "value", "legal"),
    [
        ("owl --ar 5:1", "aspect", ProblemKind.BAD_VALUE, "5:1", "1:3"),
        ("owl --ar wide", "aspect", ProblemKind.BAD_VALUE, "wide", "3:1"),
        ("owl —ar 0:0", "aspect", ProblemKind.BAD_VALUE, "0:0", "16:9"),
        ("owl --n 5", "count", ProblemKind.BAD_VALUE, "5", "1 … 4"),
        ("owl --n two", "count", ProblemKind.BAD_VALUE, "two", "1 … 4"),
        ("owl --seed 4294967296", "seed", ProblemKind.BAD_VALUE, "4294967296", "4294967295"),
        ("owl --q standard", "quality", ProblemKind.BAD_VALUE, "standard", "low, medium, high"),
        ("owl --style baroquish", "style", ProblemKind.BAD_VALUE, "baroquish", next(iter(STYLES))),
        ("owl --bg blue", "background", ProblemKind.BAD_VALUE, "blue", "transparent"),
        ("owl --model (x)", "model", ProblemKind.BAD_VALUE, "(x", "A … Z"),
        ("owl --ar", "aspect", ProblemKind.MISSING_VALUE, "", "1:3"),
        ("owl --ar --n 2", "aspect", ProblemKind.MISSING_VALUE, "", "1:3"),
        ("owl --no", "exclude", ProblemKind.MISSING_VALUE, "", "300"),
        ("owl --no " + "x" * 301, "exclude", ProblemKind.BAD_VALUE, "x" * 301, "300"),
        ("owl --ar 1:1 --ar 16:9", "aspect", ProblemKind.REPEATED, "16:9", "1:3"),
        ("owl --chaos 5", "--chaos", ProblemKind.UNKNOWN, "", "--ar, --n, --q"),
    ],
)
def test_what_is_not_understood_is_a_problem_with_the_legal_values(
    typed: str, flag: str, kind: ProblemKind, value: str, legal: str
) -> None:
    [problem] = parse_flags(typed).problems

    assert (flag, kind, value) == (problem.flag, problem.kind, problem.value)
    assert legal in problem.legal


def test_the_good_flags_beside_a_bad_one_are_still_read() -> None:
    parsed = parse_flags("owl --n 9 --ar 3:1")

    assert Aspect(3, 1) == parsed.flags.aspect
    assert [FlagProblem("count", ProblemKind.BAD_VALUE, "9", "1 … 4", "--n")] == list(parsed.problems)


PIECES = st.sampled_from(
    [
        "--",
        "—",
        "–",
        " ",
        "\n",
        '"',
        "'",
        "“",
        "”",
        "ar",
        "n",
        "no",
        "style",
        "16:9",
        "2",
        "=",
        ",",
        "owl",
        "x",
        "é",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)))
def test_any_text_is_parsed_and_words_are_not_invented(text: str) -> None:
    parsed = parse_flags(text)

    assert not Counter("".join(parsed.words.split())) - Counter(text)
    if not dict(parsed.flags.items()) and not parsed.problems:
        assert text == parsed.words


@given(st.integers(1, 60), st.integers(1, 60))
def test_every_aspect_between_the_limits_is_taken_and_no_other(width: int, height: int) -> None:
    parsed = parse_flags(f"owl --ar {width}:{height}")

    legal = width <= 3 * height and height <= 3 * width
    assert legal == (not parsed.problems)
    if legal:
        assert parsed.flags.aspect is not None
        assert width * parsed.flags.aspect.height == height * parsed.flags.aspect.width


@pytest.mark.parametrize("piece", ["—ar ", "--no ", "„", "' ", '" ', "— ", "--ar =", "‘ "])
def test_long_hostile_input_is_parsed(piece: str) -> None:
    parse_flags(piece * 25_000)

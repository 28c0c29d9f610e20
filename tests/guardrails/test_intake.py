import pytest

from bot.domain.outcomes import RefusalReason, Refused
from bot.domain.requests import Action, Aspect, Background, JobId, Lineage, Options, Quality, RawWords
from bot.guardrails.flags import LEGAL
from bot.guardrails.intake import Intake, asked_for, form_field, read_request
from tests.support.make import request

ALL_FLAGS = "--ar, --n, --q, --style, --bg, --model, --seed, --no"


def read(text: str, **typed: object) -> Intake:
    found = read_request(text, dict(typed))
    assert isinstance(found, Intake)
    return found


def test_words_alone_get_the_defaults() -> None:
    assert read("a brass owl") == Intake(words="a brass owl", options=Options())


@pytest.mark.parametrize(
    ("words", "shown", "most"),
    [
        ("", "", 1000),
        ("an owl", "an owl", 1000),
        ("o" * 1000, "o" * 1000, 1000),
        ("o" * 1500, "o" * 1000, 1000),
        ("🦉" * 900, "🦉" * 900, 1800),
        ("नी" * 600, "नी" * 600, 1200),
    ],
    ids=["none", "few", "as many as are taken", "too many", "emoji", "letters with signs"],
)
def test_a_form_takes_what_would_be_taken_from_it_and_shows_no_less(
    words: str, shown: str, most: int
) -> None:
    assert form_field(words) == (shown, most)


def test_half_an_emoji_is_replaced_and_a_pair_is_joined() -> None:
    assert read("a fox \ud83e --n 2").words == "a fox \ufffd"
    assert read("a fox \ud83e\udd8a").words == "a fox \U0001f98a"


def test_flags_in_the_text_become_options() -> None:
    found = read("a brass owl --ar 16:9 --n 2 --seed 7 --quality high --no text, people")

    assert found.words == "a brass owl"
    assert found.options == Options(
        aspect=Aspect(16, 9), count=2, seed=7, quality=Quality.HIGH, exclude="text, people"
    )


def test_typed_options_win_over_flags() -> None:
    found = read("an owl --ar 16:9 --n 2", aspect="1:2", background="transparent", style="Noir")

    assert found.options.aspect == Aspect(1, 2)
    assert found.options.count == 2
    assert found.options.background is Background.TRANSPARENT
    assert found.options.style == "noir"


@pytest.mark.parametrize(
    ("text", "typed", "option"),
    [
        ("an owl --ar 9", {}, "--ar"),
        ("an owl —n 9", {}, "--n"),
        ("an owl --count 9", {}, "--count"),
        ("an owl --chaos 9", {}, "--chaos"),
        ("an owl", {"aspect": "9:1"}, "aspect"),
        ("an owl", {"aspect": "0:0"}, "aspect"),
        ("an owl", {"count": 9}, "count"),
        ("an owl", {"count": "many"}, "count"),
        ("an owl", {"quality": "ultra"}, "quality"),
        ("an owl", {"style": "made up"}, "style"),
        ("an owl", {"seed": -1}, "seed"),
        ("an owl", {"size": "1024x1024"}, "size"),
    ],
)
def test_a_bad_option_is_named_with_what_it_takes(text: str, typed: dict[str, object], option: str) -> None:
    refused = read_request(text, typed)

    assert isinstance(refused, Refused)
    assert refused.reason is RefusalReason.BAD_OPTION
    params = dict(refused.params)
    assert params["option"] == option
    assert params["allowed"] in {*LEGAL.values(), ", ".join(LEGAL), ALL_FLAGS}


def test_an_edit_is_judged_with_its_instruction() -> None:
    lineage = Lineage(JobId("a" * 16), Action.EDIT, 0, RawWords("make it night"))

    assert asked_for(request("a brass owl.", lineage=lineage)) == "a brass owl; make it night"
    assert asked_for(request("a brass owl")) == "a brass owl"


def test_what_is_to_be_left_out_belongs_to_the_words_that_are_judged() -> None:
    left_out = Options(exclude="text, , people")
    lineage = Lineage(JobId("a"), Action.EDIT, instruction=RawWords("make it night"))

    assert asked_for(request("a brass owl.", options=left_out)) == "a brass owl; no text, no people"
    assert (
        asked_for(request("a brass owl", options=left_out, lineage=lineage))
        == "a brass owl; make it night; no text, no people"
    )
    assert asked_for(request("a brass owl", options=Options(exclude=" , "))) == "a brass owl"

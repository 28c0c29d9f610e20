"""Every row of the refusal table, by name."""

import dataclasses
from typing import Any

import pytest

from bot.domain.images import ProviderRefusal, RefusalStage
from bot.domain.jobs import SafeWords
from bot.domain.outcomes import RefusalReason, Refused
from bot.domain.policy import Policy, Recovery, RefusalFallback
from bot.guardrails.refusals import (
    TABLE,
    Group,
    Recourse,
    Step,
    after_refusal,
    group_of,
    may_fall_back,
    row_for,
)

IN, OUT, UNKNOWN = RefusalStage.INPUT, RefusalStage.OUTPUT, RefusalStage.UNKNOWN


def refusal(stage: RefusalStage, *categories: str) -> ProviderRefusal:
    return ProviderRefusal("openai", "gpt-image-2", stage, categories)


FLUX_ROWS = {"flux, input": (IN, Step.OFFER), "flux, output": (OUT, Step.STOP)}


@pytest.mark.parametrize(
    ("row", "stage", "categories", "harmless", "step"),
    [
        ("minors", IN, ("sexual/minors",), True, Step.STOP),
        ("minors", OUT, ("child safety",), True, Step.STOP),
        ("person", IN, ("public_figure",), False, Step.OFFER),
        ("output, harmless", OUT, ("sexual",), True, Step.CONSTRAIN),
        ("output, not harmless", OUT, ("violence",), False, Step.STOP),
        ("input, mild, harmless", IN, ("violence",), True, Step.REWORD),
        ("input, sensitive, harmless", IN, ("sexual",), True, Step.OFFER),
        ("input, not harmless", IN, ("violence",), False, Step.STOP),
        ("input, no category, harmless", IN, (), True, Step.REWORD),
        ("unknown stage, harmless", UNKNOWN, (), True, Step.OFFER),
        ("unknown stage, not harmless", UNKNOWN, (), False, Step.STOP),
    ],
)
def test_a_refusal_falls_into_its_row(
    row: str, stage: RefusalStage, categories: tuple[str, ...], harmless: bool, step: Step
) -> None:
    found = row_for(refusal(stage, *categories), harmless=harmless)

    assert (found.name, found.step) == (row, step)


def test_every_row_is_reached_by_the_test_above() -> None:
    assert len({row.name for row in TABLE}) == len(TABLE) == 10 + len(FLUX_ROWS)


@pytest.mark.parametrize("row", FLUX_ROWS)
def test_a_refusal_of_a_flux_host_is_never_tried_again(row: str) -> None:
    stage, step = FLUX_ROWS[row]

    found = row_for(refusal(stage), harmless=True, flux=True)

    assert (found.name, found.step, found.fallback) == (row, step, False)
    assert isinstance(after_refusal(refusal(stage), SHOOTING, Policy(), flux=True), Refused)


OPTED_IN = Policy(recovery=Recovery(refusal_fallback=RefusalFallback.BENIGN_ONLY))


@pytest.mark.parametrize(
    ("why_not", "refused", "words", "policy"),
    [
        ("not opted in", ("violence",), {}, Policy()),
        ("sensitive category", ("sexual",), {}, OPTED_IN),
        ("one of several is sensitive", ("violence", "hate"), {}, OPTED_IN),
        ("a category that nobody knows", ("brand new",), {}, OPTED_IN),
        ("a person", ("public_figure",), {}, OPTED_IN),
        ("our own scores are not low", ("violence",), {"harmless": False}, OPTED_IN),
        ("the text model sees a risk", ("violence",), {"risk": "medium"}, OPTED_IN),
        ("nobody has judged the words", ("violence",), {"degraded": True}, OPTED_IN),
        ("moderation was down", ("violence",), {"filtered_hosts_only": True}, OPTED_IN),
    ],
)
def test_no_other_host_is_asked_after_a_refusal(
    why_not: str, refused: tuple[str, ...], words: dict[str, Any], policy: Policy
) -> None:
    assert not may_fall_back(refusal(IN, *refused), dataclasses.replace(SHOOTING, **words), policy), why_not


def test_another_host_is_asked_only_where_every_condition_holds() -> None:
    assert may_fall_back(refusal(IN, "violence"), SHOOTING, OPTED_IN)
    assert may_fall_back(refusal(IN), SHOOTING, OPTED_IN)
    assert not may_fall_back(refusal(OUT, "violence"), SHOOTING, OPTED_IN)
    assert not may_fall_back(refusal(IN, "violence"), SHOOTING, OPTED_IN, flux=True)


def test_no_refusal_falls_through_the_table() -> None:
    for stage in RefusalStage:
        for categories in ((), ("violence",), ("hate",), ("minors",), ("person",), ("brand new",)):
            for harmless in (True, False):
                assert row_for(refusal(stage, *categories), harmless=harmless) in TABLE


def test_unknown_categories_are_mild() -> None:
    assert group_of(("something new",)) is Group.MILD
    assert group_of(()) is Group.NONE


SHOOTING = SafeWords("a shooting star over a lake", "", readings=(("shooting star", "meteor"),))  # type: ignore[arg-type]


def test_a_harmless_misfire_is_reworded_once_and_told() -> None:
    recourse = after_refusal(refusal(IN, "violence"), SHOOTING, Policy())

    assert isinstance(recourse, Recourse)
    assert recourse.words.prompt == "a meteor over a lake"
    assert recourse.words.changes == (("shooting star", "meteor"),)
    assert recourse.give_up(refusal(IN, "violence")).reason is RefusalReason.PROVIDER_INPUT


def test_without_a_reading_there_is_nothing_to_reword() -> None:
    refused = after_refusal(refusal(IN, "violence"), SafeWords("a star", ""), Policy())  # type: ignore[arg-type]

    assert isinstance(refused, Refused)
    assert refused.suggestion is None


@pytest.mark.parametrize("term", ["Sternschnuppe", "流れ星", "", " "])
@pytest.mark.parametrize("categories", [("violence",), ("sexual",)])
def test_words_that_no_reading_changes_are_neither_sent_nor_suggested_again(
    term: str, categories: tuple[str, ...]
) -> None:
    """The text model writes in English, and names the terms as the person wrote them."""
    words = dataclasses.replace(SHOOTING, readings=((term, "meteor"),))

    refused = after_refusal(refusal(IN, *categories), words, Policy())

    assert isinstance(refused, Refused)
    assert refused.suggestion is None


def test_moderators_can_switch_rewording_off() -> None:
    policy = Policy(recovery=Recovery(auto_reword=False))

    refused = after_refusal(refusal(IN, "violence"), SHOOTING, policy)

    assert isinstance(refused, Refused)
    assert refused.suggestion == "a meteor over a lake"


def test_an_unsafe_picture_of_harmless_words_gets_constraints() -> None:
    recourse = after_refusal(refusal(OUT, "sexual"), SHOOTING, Policy())

    assert isinstance(recourse, Recourse)
    assert recourse.words.prompt.startswith("a shooting star over a lake. Everyone is fully clothed")


def test_words_that_were_not_harmless_are_stopped_without_a_suggestion() -> None:
    risky = SafeWords(SHOOTING.prompt, "", risk="medium", readings=SHOOTING.readings)

    refused = after_refusal(refusal(IN, "violence"), risky, Policy())

    assert isinstance(refused, Refused)
    assert refused.suggestion is None
    assert refused.appealable


def test_anything_about_minors_ends_in_a_short_neutral_no() -> None:
    refused = after_refusal(refusal(IN, "sexual/minors"), SHOOTING, Policy())

    assert isinstance(refused, Refused)
    assert (refused.reason, refused.appealable, refused.strike) == (RefusalReason.MINORS, False, True)


def test_a_reading_is_taken_literally() -> None:
    words = SafeWords("a bar", "", readings=(("bar", r"\g<0>\1"),))  # type: ignore[arg-type]

    recourse = after_refusal(refusal(IN, "violence"), words, Policy())

    assert isinstance(recourse, Recourse)
    assert recourse.words.prompt == r"a \g<0>\1"

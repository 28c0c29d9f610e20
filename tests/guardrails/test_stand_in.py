"""The table of what a local model may decide while the service that scores pictures is down."""

import math

import pytest

from bot.domain.moderation import ModerationScores
from bot.domain.policy import Content, OnCheckOutage, OnUnsafePicture, Strictness
from bot.guardrails.stand_in import Band, Then, band_of, is_strict, second_vote, when_down

HOLD, SPOILER, BLOCK = OnUnsafePicture.HOLD, OnUnsafePicture.SPOILER, OnUnsafePicture.BLOCK
SHOWN = {Then.VEIL}
LOCAL = OnCheckOutage.LOCAL


def content(how: OnUnsafePicture = BLOCK, **more: object) -> Content:
    return Content(on_unsafe_picture=how, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (0.0, Band.HARMLESS),
        (0.18, Band.HARMLESS),
        (0.199, Band.HARMLESS),
        (0.2, Band.HOLD),
        (0.79, Band.HOLD),
        (0.8, Band.BLOCK),
        (1.0, Band.BLOCK),
        (math.nan, Band.SILENT),
        (math.inf, Band.SILENT),
        (-0.1, Band.SILENT),
        (1.1, Band.SILENT),
    ],
)
def test_the_bands(score: float, band: Band) -> None:
    assert band_of(ModerationScores({"sexual": score})) is band


def test_no_score_is_silence() -> None:
    assert band_of(ModerationScores({"violence": 0.0})) is Band.SILENT


@pytest.mark.parametrize(
    ("band", "how", "then"),
    [
        # without a local model nothing changes
        (Band.OFF, HOLD, Then.HOLD),
        (Band.OFF, SPOILER, Then.VEIL),
        (Band.OFF, BLOCK, Then.NOTHING),
        # one that gives no score is closed
        (Band.SILENT, HOLD, Then.HOLD),
        (Band.SILENT, SPOILER, Then.NOTHING),
        (Band.SILENT, BLOCK, Then.NOTHING),
        (Band.HARMLESS, HOLD, Then.HOLD),
        (Band.HARMLESS, SPOILER, Then.VEIL),
        (Band.HARMLESS, BLOCK, Then.NOTHING),
        (Band.HOLD, HOLD, Then.HOLD_VEILED),
        (Band.HOLD, SPOILER, Then.HOLD_VEILED),
        (Band.HOLD, BLOCK, Then.WITHHOLD),
        (Band.BLOCK, HOLD, Then.HOLD_VEILED),
        (Band.BLOCK, SPOILER, Then.WITHHOLD),
        (Band.BLOCK, BLOCK, Then.WITHHOLD),
    ],
)
def test_an_outage_on_a_host_with_a_filter(band: Band, how: OnUnsafePicture, then: Then) -> None:
    assert when_down(band, content(how), filtered=True) is then


@pytest.mark.parametrize("how", list(OnUnsafePicture))
@pytest.mark.parametrize("trust", list(OnCheckOutage))
@pytest.mark.parametrize("band", list(Band))
def test_a_host_without_a_filter_publishes_nothing_in_an_outage(
    band: Band, how: OnUnsafePicture, trust: OnCheckOutage
) -> None:
    then = when_down(band, content(how, on_check_outage=trust), filtered=False)

    assert then not in SHOWN
    if (band, trust) == (Band.HARMLESS, LOCAL):
        assert then is Then.HOLD, "a moderator's eyes"
    else:
        assert then in {Then.NOTHING, Then.WITHHOLD}


@pytest.mark.parametrize(("how", "then"), [(HOLD, Then.HOLD), (SPOILER, Then.VEIL), (BLOCK, Then.VEIL)])
def test_moderators_may_let_a_local_pass_count(how: OnUnsafePicture, then: Then) -> None:
    assert when_down(Band.HARMLESS, content(how, on_check_outage=LOCAL), filtered=True) is then


@pytest.mark.parametrize("how", list(OnUnsafePicture))
@pytest.mark.parametrize(
    "strict",
    [
        {"strictness": Strictness.STRICT},
        {"categories": (("violence", Strictness.STRICT),)},
        {"categories": (("self-harm/intent", Strictness.STRICT),)},
    ],
)
def test_strict_communities_hold_even_then(how: OnUnsafePicture, strict: dict[str, object]) -> None:
    rules = content(how, on_check_outage=LOCAL, **strict)

    assert when_down(Band.HARMLESS, rules, filtered=True) is Then.HOLD


def test_strict_about_what_the_model_knows_needs_nobody_else() -> None:
    assert not is_strict(Content(categories=(("sexual", Strictness.STRICT),)))


@pytest.mark.parametrize("band", [Band.OFF, Band.SILENT, Band.HOLD, Band.BLOCK])
@pytest.mark.parametrize("how", list(OnUnsafePicture))
@pytest.mark.parametrize("filtered", [True, False])
def test_the_moderators_trust_changes_only_a_pass(band: Band, how: OnUnsafePicture, filtered: bool) -> None:
    plain = when_down(band, content(how), filtered=filtered)

    assert when_down(band, content(how, on_check_outage=LOCAL), filtered=filtered) is plain


@pytest.mark.parametrize("how", list(OnUnsafePicture))
def test_a_second_vote_can_only_stop(how: OnUnsafePicture) -> None:
    votes = {band: second_vote(band, content(how, on_check_outage=LOCAL)) for band in Band}

    assert votes[Band.OFF] is votes[Band.HARMLESS] is None
    assert votes[Band.SILENT] is Then.NOTHING
    assert {votes[Band.HOLD], votes[Band.BLOCK]} <= {Then.HOLD_VEILED, Then.WITHHOLD}

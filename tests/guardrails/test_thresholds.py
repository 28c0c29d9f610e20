import pytest

from bot.domain.moderation import ModerationScores
from bot.domain.outcomes import RefusalReason
from bot.domain.policy import Content, Strictness
from bot.guardrails.thresholds import Level, concerns_minors, level_of, reason_of


@pytest.mark.parametrize(
    ("strictness", "score", "level"),
    [
        (Strictness.STRICT, 0.09, Level.LOW),
        (Strictness.STRICT, 0.4, Level.HIGH),
        (Strictness.BALANCED, 0.4, Level.MIDDLE),
        (Strictness.BALANCED, 0.7, Level.HIGH),
        (Strictness.RELAXED, 0.4, Level.LOW),
        (Strictness.RELAXED, 0.89, Level.MIDDLE),
    ],
)
def test_strictness_moves_the_thresholds(strictness: Strictness, score: float, level: Level) -> None:
    assert level_of(ModerationScores({"violence": score}), Content(strictness=strictness))[0] is level


def test_a_single_category_can_differ() -> None:
    content = Content(categories=(("violence", Strictness.RELAXED),))

    assert level_of(ModerationScores({"violence/graphic": 0.6}), content)[0] is Level.MIDDLE
    assert level_of(ModerationScores({"hate": 0.7}), content) == (Level.HIGH, "hate")


def test_nothing_relaxes_minors() -> None:
    content = Content(strictness=Strictness.RELAXED, categories=(("sexual/minors", Strictness.RELAXED),))

    assert level_of(ModerationScores({"sexual/minors": 0.1}), content) == (Level.HIGH, "sexual/minors")


@pytest.mark.parametrize("others", [{"sexual": 0.95}, {"violence": 0.99, "hate": 0.99}])
def test_what_is_about_minors_is_named_before_everything_as_serious(others: dict[str, float]) -> None:
    """Whatever is sexual about minors is sexual as well, and the more so."""
    for scores in ({"sexual/minors": 0.3, **others}, {**others, "sexual/minors": 0.3}):
        assert level_of(ModerationScores(scores), Content()) == (Level.HIGH, "sexual/minors")

    doubtful = ModerationScores({"sexual": 0.4, "sexual/minors": 0.05})
    assert level_of(doubtful, Content()) == (Level.MIDDLE, "sexual/minors")
    unsure = ModerationScores({"sexual": 0.95, "sexual/minors": 0.05})
    assert level_of(unsure, Content()) == (Level.HIGH, "sexual")


@pytest.mark.parametrize(("score", "concerns"), [(0.02, True), (0.019, False), (0.0, False)])
def test_the_least_doubt_about_minors_is_known_beside_everything_else(
    score: float, *, concerns: bool
) -> None:
    assert concerns_minors(ModerationScores({"sexual": 0.95, "sexual/minors": score})) is concerns
    assert not concerns_minors(ModerationScores({"sexual": 0.95}))


def test_the_most_serious_category_is_named() -> None:
    scores = ModerationScores({"hate": 0.3, "violence": 0.9, "sexual": 0.8})

    assert level_of(scores, Content()) == (Level.HIGH, "violence")
    assert level_of(ModerationScores(), Content()) == (Level.LOW, "")


@pytest.mark.parametrize(
    ("category", "reason"),
    [
        ("sexual/minors", RefusalReason.MINORS),
        ("sexual", RefusalReason.SEXUAL),
        ("violence/graphic", RefusalReason.GORE),
        ("self-harm/intent", RefusalReason.SELF_HARM),
        ("a new one", RefusalReason.OTHER),
    ],
)
def test_categories_have_our_reasons(category: str, reason: RefusalReason) -> None:
    assert reason_of(category) is reason

import pytest

from bot.guardrails.drift import drifted, shared_share


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("three red foxes in the snow", "three red foxes standing in deep snow, soft light"),
        ("ein Fuchs", "ein Fuchs im Wald"),
        ("of the", "anything"),
    ],
)
def test_kept_words_are_no_drift(raw: str, safe: str) -> None:
    assert not drifted(raw, safe)


def test_something_else_is_drift() -> None:
    assert drifted("three red foxes in the snow", "a portrait of a sailor")
    assert shared_share("red foxes", "red car") == 0.5


@pytest.mark.parametrize(
    ("raw", "language"),
    [
        ("ein roter Fuchs im Schnee", "de"),
        ("un zorro rojo en la nieve", "es"),
        ("un renard roux dans la neige", "fr-FR"),
        ("雪の中の赤いキツネ", "ja"),
    ],
)
def test_a_translation_is_no_drift(raw: str, language: str) -> None:
    assert not drifted(raw, "a red fox in the snow", language)


@pytest.mark.parametrize("language", ["en", "en-GB", "und", "", "de", "ja"])
def test_a_model_that_calls_english_something_else_hides_no_drift(language: str) -> None:
    assert drifted("three red foxes with a lantern", "a portrait of a sailor", language)

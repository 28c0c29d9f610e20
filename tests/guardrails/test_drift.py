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

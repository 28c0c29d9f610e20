"""What counts as scores. A score that no threshold can stop must not count as one."""

import json

import pytest

from bot.sanitizers.moderation import scores_of
from bot.sanitizers.untyped import Untyped

WHOLE = '{"sexual": 0.1, "violence": 0, "violence/graphic": 1, "illicit": null}'


def result(scores: str) -> Untyped:
    found: Untyped = json.loads(
        f'{{"category_scores": {scores}}}', object_hook=lambda found: Untyped(**found)
    )
    return found


def test_scores_keep_the_services_own_names() -> None:
    assert scores_of(result(WHOLE)).scores == {"sexual": 0.1, "violence": 0.0, "violence/graphic": 1.0}


@pytest.mark.parametrize(
    "scores",
    [
        "{}",
        '{"hate": 0.0}',
        '{"sexual": 0.0}',
        '{"sexual": NaN, "violence": 0.0}',
        '{"sexual": 0.0, "violence": -1}',
        '{"sexual": 0.0, "violence": 0.0, "violence/graphic": Infinity}',
        '{"sexual": "0.9", "violence": 0.0}',
    ],
)
def test_anything_else_is_no_answer(scores: str) -> None:
    with pytest.raises(ValueError, match="no scores"):
        scores_of(result(scores))

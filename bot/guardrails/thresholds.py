"""Where moderation scores begin to matter, by how strict a community is.

Below `low` a score says nothing, from `high` on it ends the request; between them it needs a second opinion.
Category names are those of OpenAI's moderation service.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.moderation import ModerationScores
from bot.domain.outcomes import RefusalReason
from bot.domain.policy import Content, Strictness


class Level(StrEnum):
    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Threshold:
    low: float
    high: float


THRESHOLDS: Final[dict[Strictness, Threshold]] = {
    Strictness.STRICT: Threshold(low=0.10, high=0.40),
    Strictness.BALANCED: Threshold(low=0.25, high=0.70),
    Strictness.RELAXED: Threshold(low=0.45, high=0.90),
}

# Nothing a community sets relaxes these.
MINORS: Final = "sexual/minors"
_FIXED: Final[dict[str, Threshold]] = {MINORS: Threshold(low=0.02, high=0.10)}

_REASONS: Final[tuple[tuple[str, RefusalReason], ...]] = (
    (MINORS, RefusalReason.MINORS),
    ("sexual", RefusalReason.SEXUAL),
    ("violence/graphic", RefusalReason.GORE),
    ("violence", RefusalReason.VIOLENCE),
    ("hate", RefusalReason.HATE),
    ("harassment", RefusalReason.HARASSMENT),
    ("self-harm", RefusalReason.SELF_HARM),
    ("illicit", RefusalReason.ILLICIT),
)


def threshold_for(category: str, content: Content) -> Threshold:
    """The pair that applies to one category of the moderation service."""
    if category in _FIXED:
        return _FIXED[category]
    own = dict(content.categories)
    strictness = own.get(category) or own.get(category.split("/")[0]) or content.strictness
    return THRESHOLDS[strictness]


def level_of(scores: ModerationScores, content: Content) -> tuple[Level, str]:
    """The most serious level among all categories, and the category that has it.

    Of several as serious the one with the highest score; but what is about minors comes before everything, as it always
    is something else as well.
    """
    worst: tuple[Level, str, float] = (Level.LOW, "", 0.0)
    order = [Level.LOW, Level.MIDDLE, Level.HIGH]
    for category, score in scores.scores.items():
        threshold = threshold_for(category, content)
        if score >= threshold.high:
            level = Level.HIGH
        elif score >= threshold.low:
            level = Level.MIDDLE
        else:
            continue
        weight = math.inf if category == MINORS else score
        if (order.index(level), weight) > (order.index(worst[0]), worst[2]):
            worst = (level, category, weight)
    return worst[0], worst[1]


def concerns_minors(scores: ModerationScores) -> bool:
    """Whether there is the least doubt about minors, however serious everything else is."""
    return scores.scores.get(MINORS, 0.0) >= _FIXED[MINORS].low


def reason_of(category: str) -> RefusalReason:
    """Our reason for a category of the moderation service."""
    return next((reason for name, reason in _REASONS if category.startswith(name)), RefusalReason.OTHER)

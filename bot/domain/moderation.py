"""Scores of a moderation service."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ModerationScores:
    """Category -> score between 0 and 1, in the service's own category names (e.g. "violence/graphic")."""

    scores: Mapping[str, float] = field(default_factory=dict)
    model: str = ""

    @property
    def highest(self) -> tuple[str, float]:
        """The category with the highest score, ("", 0.0) when there is none."""
        return max(self.scores.items(), key=lambda item: item[1], default=("", 0.0))

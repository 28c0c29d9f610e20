"""Scores of a moderation service, and what checks said about pictures."""

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


@dataclass(frozen=True, slots=True)
class Looked:
    """What one check said about one picture of a job; for the audit trail, so never words or free text of a model.

    Attributes:
        picture: Its place among the job's pictures, from 1.
        check: The layer: "output_check" or "local_check".
        says: allow, hold, reject; or outage, when it gave no answer.
        reason: The category that the score belongs to, "" when nothing was flagged.
        score: The highest score, 0.0 without one.
    """

    picture: int
    check: str
    says: str
    reason: str = ""
    score: float = 0.0
    model: str = ""
    seconds: float = 0.0

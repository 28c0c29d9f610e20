"""What scores words and pictures."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.clock import Deadline
from bot.domain.images import MediaType
from bot.domain.moderation import ModerationScores
from bot.domain.policy import Policy


class Moderator(Protocol):
    """Scores words and pictures. Raises ProviderError when it gives no scores."""

    async def score_text(self, texts: Sequence[str], deadline: Deadline) -> Sequence[ModerationScores]: ...

    async def score_image(
        self, data: bytes, media_type: MediaType, deadline: Deadline
    ) -> ModerationScores: ...


class PictureScorer(Protocol):
    """Scores pictures where `Moderator` cannot be asked. Raises ProviderError when it gives no scores."""

    async def score_image(
        self, data: bytes, media_type: MediaType, deadline: Deadline
    ) -> ModerationScores: ...


class SecondCheck(Protocol):
    """Another model's view, where the operator has one and moderators want it. Raises ProviderError.

    `safety_identifier` is the keyed hash of the person whose request it is about.
    """

    async def picture(
        self, data: bytes, media_type: MediaType, deadline: Deadline, safety_identifier: str
    ) -> float:
        """Probability that a picture must not be shown."""
        ...

    async def words(self, text: str, policy: Policy, deadline: Deadline, safety_identifier: str) -> float:
        """Probability that words violate the rules."""
        ...

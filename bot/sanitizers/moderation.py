"""OpenAI's moderation service behind the `Moderator` port.

It is free: a lost answer is asked for again, and one that is late is asked for a second time while it is waited for.
"""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from bot.domain.clock import Deadline
from bot.domain.errors import ProviderFailed
from bot.domain.images import MediaType
from bot.domain.moderation import ModerationScores
from bot.hedge import Allowance, Lateness, ask_again_if_late
from bot.ports import Clock
from bot.sanitizers.untyped import untyped

if TYPE_CHECKING:
    from openai import AsyncOpenAI

MODEL: Final = "omni-moderation-latest"
_PROVIDER: Final = "moderation"
_TRY_SECONDS: Final = 8.0
_TRIES: Final = 2
_ALWAYS: Final = frozenset({"sexual", "violence"})
"""Categories that words and pictures are scored in."""
_LATE_SECONDS: Final = 0.5
"""What comes sooner is not late, whatever the others took."""


@dataclass(slots=True)
class OpenAIModerator:
    """Scores of `omni-moderation`; pictures are scored in 6 of its 13 categories only."""

    client: "AsyncOpenAI"
    clock: Clock
    lateness: Lateness = field(init=False)
    allowance: Allowance = field(default_factory=Allowance, init=False)

    def __post_init__(self) -> None:
        self.lateness = Lateness(self.clock, least=_LATE_SECONDS)

    async def score_text(self, texts: Sequence[str], deadline: Deadline) -> Sequence[ModerationScores]:
        """One result a text, in order. Raises ProviderFailed."""
        results = await self._create(list(texts), "words", deadline)
        if len(results) != len(texts):
            raise ProviderFailed(_PROVIDER, MODEL, detail="wrong number of results")
        return results

    async def score_image(self, data: bytes, media_type: MediaType, deadline: Deadline) -> ModerationScores:
        """Scores of one picture of at most 20 MB. Raises ProviderFailed."""
        encoded = await asyncio.to_thread(base64.b64encode, data)
        url = f"data:{media_type};base64,{encoded.decode()}"
        results = await self._create([{"type": "image_url", "image_url": {"url": url}}], "picture", deadline)
        if not results:
            raise ProviderFailed(_PROVIDER, MODEL, detail="no result")
        return results[0]

    async def _create(self, content: Any, kind: str, deadline: Deadline) -> Sequence[ModerationScores]:
        """`kind`: words take less than a picture."""
        import openai

        async def ask() -> Sequence[ModerationScores]:
            raw = await self.client.moderations.with_raw_response.create(model=MODEL, input=content)
            return [scores_of(result) for result in untyped(raw).results]

        problem = "deadline"
        for _ in range(_TRIES):
            remaining = deadline.remaining(self.clock.now())
            if remaining <= 0:
                break
            try:
                async with asyncio.timeout(min(_TRY_SECONDS, remaining)):
                    return await ask_again_if_late(ask, kind, self.clock, self.lateness, self.allowance)
            except (openai.OpenAIError, TimeoutError, AttributeError, TypeError, ValueError) as error:
                problem = type(error).__name__
        raise ProviderFailed(_PROVIDER, MODEL, detail=problem)


def scores_of(result: Any) -> ModerationScores:
    """Scores of one result; raises ValueError when one is missing that everything has, or is no probability: what cannot
    be compared with a threshold is no pass.
    """
    raw = vars(result.category_scores)
    scores = {name: float(score) for name, score in raw.items() if isinstance(score, int | float)}
    if not scores.keys() >= _ALWAYS or not all(0.0 <= score <= 1.0 for score in scores.values()):
        raise ValueError("no scores")
    return ModerationScores(scores, MODEL)

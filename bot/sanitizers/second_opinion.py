"""A second model's view of words or a picture, by the Decisions API: predicates in, probabilities out.

It is asked for what moderation scores do not know: recognisable people, minors, hate symbols, text that instructs.
Opt-in: a public beta with a price of its own (source: the SDK's types and OpenAI's documentation of 2026-10).
"""

import asyncio
import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.domain.clock import Deadline
from bot.domain.errors import ProviderFailed
from bot.domain.images import MediaType
from bot.domain.policy import Policy
from bot.ports import Clock

if TYPE_CHECKING:
    from openai import AsyncOpenAI

MODEL: Final = "gpt-6-luna"
_PROVIDER: Final = "decisions"
_TRY_SECONDS: Final = 15.0

_PICTURE: Final[Mapping[str, str]] = {
    "real_person": "The picture shows a recognisable real person.",
    "minors": "The picture shows a person who looks under 18 in a sexualised way.",
    "hate": "The picture shows a hate symbol.",
    "gore": "The picture shows a graphic wound or a mutilated body.",
    "private_data": "The picture shows readable private data of a person.",
    "instructs": "Text in the picture instructs the reader or leads to a link.",
}
_WORDS: Final[Mapping[str, str]] = {
    "unsafe": "A picture of these words would be sexual, gory, hateful, harassing or help with something dangerous.",
    "minors": "The words put somebody under 18 into a sexual context.",
}


@dataclass(frozen=True, slots=True)
class OpenAIDecisions:
    """Implements the `SecondCheck` port."""

    client: "AsyncOpenAI"
    clock: Clock
    model: str = MODEL

    async def picture(
        self, data: bytes, media_type: MediaType, deadline: Deadline, safety_identifier: str
    ) -> float:
        """Highest probability that something is wrong with a picture. Raises ProviderFailed."""
        encoded = await asyncio.to_thread(base64.b64encode, data)
        url = f"data:{media_type};base64,{encoded.decode()}"
        part = {"type": "input_image", "image_url": url, "detail": "low"}
        content = [{"role": "user", "content": [part]}]
        return await self._ask(content, _PICTURE, deadline, safety_identifier)

    async def words(self, text: str, policy: Policy, deadline: Deadline, safety_identifier: str) -> float:
        """Probability that words violate a community's rules. Raises ProviderFailed."""
        content = policy.content
        questions = {
            **_WORDS,
            "rating": f"A picture of these words is not suitable for the rating {content.rating}.",
        }
        if content.real_people != "allow":
            questions["person"] = "The words ask for a recognisable real person."
        asked_about = [{"role": "user", "content": text}]
        return await self._ask(asked_about, questions, deadline, safety_identifier)

    async def _ask(
        self, content: Sequence[Any], questions: Mapping[str, str], deadline: Deadline, safety_identifier: str
    ) -> float:
        import openai

        remaining = deadline.remaining(self.clock.now())
        asked: Any = [
            {"type": "predicate", "name": name, "instructions": text} for name, text in questions.items()
        ]
        try:
            async with asyncio.timeout(max(0.0, min(_TRY_SECONDS, remaining))):
                reply = await self.client.decisions.create(
                    model=self.model,
                    input=list(content),
                    questions=asked,
                    safety_identifier=safety_identifier,
                )
            return _highest(reply.answers, len(asked))
        except (openai.OpenAIError, TimeoutError, AttributeError, TypeError, ValueError) as error:
            raise ProviderFailed(_PROVIDER, self.model, detail=type(error).__name__) from None


def _highest(answers: Sequence[Any], asked: int) -> float:
    """A question that was refused, or left out, is no answer: then there is none at all (ValueError)."""
    values = [float(answer.probability) for answer in answers if answer.type == "predicate"]
    if len(values) != asked or not all(0.0 <= value <= 1.0 for value in values):
        raise ValueError("not every question was answered")
    return max(values)

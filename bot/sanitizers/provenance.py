"""OpenAI's check for its own marks (C2PA, SynthID) behind the `MarksReader` port. The file is uploaded to OpenAI.

Shapes: `POST /content_provenance_checks` of OpenAI's OpenAPI document of 2026-08 and the SDK's types of 3.54. An answer
for a picture holds one result for each of the two kinds of marks; anything else is no answer.
"""

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.domain.clock import Deadline
from bot.domain.errors import ProviderFailed
from bot.domain.images import MediaType
from bot.domain.provenance import Mark, Marks, Signature
from bot.ports import Clock
from bot.sanitizers.untyped import untyped

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_PROVIDER: Final = "provenance"
_SECONDS: Final = 15.0
_MODEL: Final = re.compile(r"[\w.:-]{1,64}", re.ASCII)
"""What a model's name may be made of to be shown in a chat."""


@dataclass(frozen=True, slots=True)
class OpenAIMarks:
    """Implements `MarksReader`. Asked once a file: what an unanswered call costs is not documented."""

    client: "AsyncOpenAI"
    clock: Clock

    async def read(self, data: bytes, media_type: MediaType, deadline: Deadline) -> Marks:
        """Original bytes; a re-encoded copy has lost its metadata. Raises ProviderFailed."""
        import openai

        file = (f"picture.{media_type.extension}", data, media_type.value)
        remaining = min(_SECONDS, deadline.remaining(self.clock.now()))
        try:
            async with asyncio.timeout(max(0.0, remaining)):
                raw = await self.client.content_provenance_checks.with_raw_response.create(file=file)
            return marks_of(untyped(raw))
        except (openai.OpenAIError, TimeoutError, AttributeError, TypeError, ValueError) as error:
            raise ProviderFailed(_PROVIDER, detail=type(error).__name__) from None


def marks_of(answer: Any) -> Marks:
    """Raises ValueError, AttributeError or TypeError for what is no answer about a picture."""
    results = {Mark(result.type): result for result in answer.results if result.type in set(Mark)}
    if set(results) != set(Mark):
        raise ValueError("not every kind of mark was looked for")
    found = tuple((mark, _model(result)) for mark, result in results.items() if _detected(result))
    return Marks(found, Signature(results[Mark.C2PA].validation_state))


def _detected(result: Any) -> bool:
    if result.outcome not in {"detected", "not_detected"}:
        raise ValueError("an outcome that is none")
    return bool(result.outcome == "detected")


def _model(result: Any) -> str:
    name = result.model
    return name if isinstance(name, str) and _MODEL.fullmatch(name) else ""

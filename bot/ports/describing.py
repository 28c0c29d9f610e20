"""What puts pictures into words."""

from typing import Protocol

from bot.domain.clock import Deadline
from bot.domain.images import MediaType


class Describer(Protocol):
    """Puts pictures into words."""

    async def describe(
        self, data: bytes, media_type: MediaType, language: str, deadline: Deadline, safety_identifier: str
    ) -> str:
        """A caption that would draw the picture again, in the language of a BCP 47 tag. Raises NoVerdict."""
        ...

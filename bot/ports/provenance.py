"""What finds a maker's marks in a picture."""

from typing import Protocol

from bot.domain.clock import Deadline
from bot.domain.images import MediaType
from bot.domain.provenance import Marks


class MarksReader(Protocol):
    """A maker's own check for the marks that it puts into its pictures. The file is sent there. Raises ProviderError."""

    async def read(self, data: bytes, media_type: MediaType, deadline: Deadline) -> Marks: ...

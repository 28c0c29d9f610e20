"""The part of the ledger that knows who wants to hear when something works again."""

from collections.abc import Collection, Sequence
from typing import Protocol

from bot.domain.awaiting import Awaited, Part
from bot.domain.requests import JobId


class Awaiting(Protocol):
    """Wishes to hear when a part works again. Raises StorageError."""

    async def await_part(self, note: Awaited) -> bool:
        """Note that somebody wants to hear when a part works again; it takes the place of an earlier note of theirs there.

        False if the job was deleted; then nothing is noted.
        """
        ...

    async def awaited(self, platforms: Collection[str]) -> Sequence[tuple[Part, str]]:
        """What people of these platforms wait for now: each part with a model, "" for any."""
        ...

    async def waiting(
        self, platforms: Collection[str], part: Part, model: str, after: float = 0.0
    ) -> Sequence[Awaited]:
        """The next notes for a part that nobody is telling, made later than `after`, oldest first."""
        ...

    async def take_note(self, note: Awaited, seconds: float) -> bool:
        """Take a note to tell it within so many seconds; False if somebody else has it, or it is gone."""
        ...

    async def drop_note(self, note: Awaited) -> None:
        """It was told, or cannot be."""
        ...

    async def is_awaited(self, job_id: JobId) -> bool:
        """Whether somebody still waits for what made this job fail."""
        ...

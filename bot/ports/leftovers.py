"""The part of the ledger that knows what is still outside of jobs that were forgotten: objects and messages."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from bot.domain.jobs import Job
from bot.domain.requests import JobId


class Leftovers(Protocol):
    """Objects to be deleted, and messages to be taken back or shown anew. Raises StorageError."""

    async def doomed(self, limit: int = 100, among: Sequence[str] | None = None) -> Sequence[str]:
        """Keys of forgotten jobs' objects that nobody has confirmed to be deleted, longest untried first.

        Those of the keys `among`, or all.
        """
        ...

    async def expect_objects(self, keys: Sequence[str], seconds: float) -> None:
        """Before objects are written: what no job uses after so many seconds is deleted."""
        ...

    async def drop_objects(self, keys: Sequence[str]) -> None:
        """Objects that have become of no use: to be deleted, but for those that a job uses."""
        ...

    async def note_copy(self, job_id: JobId, key: str) -> None:
        """An object that stands for a job's picture in messages; it goes with the job."""
        ...

    async def buried(self, keys: Sequence[str], stuck: Sequence[str] = ()) -> None:
        """The image store has deleted these objects, and not the `stuck` ones, which go behind the others."""
        ...

    async def unretracted(self, platforms: Collection[str], limit: int = 100) -> Sequence[Job]:
        """Forgotten jobs whose message nobody has confirmed to be taken back, longest untried first."""
        ...

    async def leave_shown(self, job_id: JobId, message: Mapping[str, Any]) -> bool:
        """A message that has come after its job was deleted: to be taken back. False if the job is not deleted."""
        ...

    async def retracted(self, job: Job) -> None:
        """The messages that `job.message` names are gone, or beyond reach."""
        ...

    async def stale(self, platforms: Collection[str], limit: int = 100) -> Sequence[Job]:
        """Jobs whose messages say more than their rows since somebody was erased, longest untried first."""
        ...

    async def shown_anew(self, job_id: JobId, *, done: bool) -> None:
        """A stale job's messages say what its row says; or they could not be edited now."""
        ...

    async def not_retracted(self, job_id: JobId) -> None:
        """The message of a forgotten job could not be taken back now; it goes behind the others."""
        ...

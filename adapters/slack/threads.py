"""The pictures of a conversation as versions v1, v2, v3: kept by ourselves, so that no history scope is needed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from adapters.slack.installations import Items
from bot.domain.requests import JobId

KIND: Final = "slack_thread"
_MOST: Final = 60
_TRIES: Final = 20


@dataclass(frozen=True, slots=True)
class Version:
    """One picture of a conversation; `parent` is the number of the version it was made from, 0 for a fresh one."""

    number: int
    job_id: JobId
    parent: int = 0


@dataclass(frozen=True, slots=True)
class Conversation:
    """`current` is the number of the version that the next words change, 0 if there is none."""

    versions: tuple[Version, ...] = ()
    current: int = 0

    def version(self, number: int) -> Version | None:
        return next((item for item in self.versions if item.number == number), None)

    def of(self, job_id: str) -> Version | None:
        return next((item for item in self.versions if item.job_id == job_id), None)

    @property
    def newest(self) -> Version | None:
        return self.version(self.current)

    def with_job(self, job_id: JobId, parent_id: str | None) -> "Conversation":
        """With one more version, which is the current one now."""
        if known := self.of(job_id):
            return Conversation(self.versions, known.number)
        parent = self.of(parent_id) if parent_id else None
        number = max((item.number for item in self.versions), default=0) + 1
        added = Version(number, job_id, parent.number if parent else 0)
        return Conversation((*self.versions, added)[-_MOST:], number)


class Threads:
    """Conversations by place (`Handle.place`), in the database, encrypted; they hold ids of jobs and nothing else."""

    def __init__(self, items: Items) -> None:
        self._items = items

    async def get(self, place: str) -> Conversation:
        found = await self._items.get(KIND, place)
        return _read(found[0]) if found else Conversation()

    async def add(self, place: str, job_id: JobId, parent_id: str | None) -> Version:
        """Note a job as the conversation's next version; twice is once. Raises StorageError."""
        talk = Conversation()
        for _ in range(_TRIES):
            found = await self._items.get(KIND, place)
            value, seen = found or ({}, 0)
            talk = _read(value).with_job(job_id, parent_id)
            if await self._items.put(KIND, place, _written(talk), seen=seen):
                break
        return talk.of(job_id) or Version(0, job_id)

    async def choose(self, place: str, number: int) -> Version | None:
        """Go back to a version: the next words change that one. None if there is no such version."""
        for _ in range(_TRIES):
            found = await self._items.get(KIND, place)
            if found is None:
                return None
            talk = _read(found[0])
            version = talk.version(number)
            if version is None:
                return None
            chosen = Conversation(talk.versions, number)
            if await self._items.put(KIND, place, _written(chosen), seen=found[1]):
                return version
        return None

    async def forget_if_over(self, place: str, exists: Callable[[JobId], Awaitable[bool]]) -> None:
        """Drop a conversation of which no picture is left."""
        talk = await self.get(place)
        for version in talk.versions:
            if await exists(version.job_id):
                return
        await self._items.delete(KIND, place)

    async def forget(self, tenant: str) -> None:
        for place in await self._items.ids(KIND):
            if place.startswith(f"{tenant}/"):
                await self._items.delete(KIND, place)


def _read(value: dict[str, Any]) -> Conversation:
    versions = tuple(Version(number, JobId(job), parent) for number, job, parent in value.get("versions", ()))
    return Conversation(versions, int(value.get("current", 0)))


def _written(talk: Conversation) -> dict[str, Any]:
    return {
        "versions": [[item.number, item.job_id, item.parent] for item in talk.versions],
        "current": talk.current,
    }

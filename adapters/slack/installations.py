"""Installations of the app by workspace or organisation: encrypted in our own database, shared by all replicas."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Protocol

from bot.domain.errors import StorageError
from bot.ports import Clock

KIND: Final = "slack_installation"
FRESH_SECONDS: Final = 60.0
"""After so long an entry of the cache is looked up again, beside the request that uses it."""


@dataclass(frozen=True, slots=True)
class Installation:
    """The bot in one workspace, or in a whole Enterprise Grid organisation (then `team_id` is "").

    Attributes:
        installer: User id of the person who installed it: an admin of the bot.
        refresh_token: "" where tokens do not rotate.
        expires_at: Epoch seconds, 0.0 for never.
        refreshing_until: A replica that is exchanging the refresh token has it to itself until then.
    """

    team_id: str
    enterprise_id: str
    bot_token: str = field(repr=False)
    bot_user_id: str = ""
    bot_id: str = ""
    installer: str = ""
    team_name: str = ""
    scopes: tuple[str, ...] = ()
    refresh_token: str = field(default="", repr=False)
    expires_at: float = 0.0
    refreshing_until: float = 0.0

    @property
    def key(self) -> str:
        return key_of(self.enterprise_id, self.team_id)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Installation":
        return cls(**{**data, "scopes": tuple(data.get("scopes", ()))})


def key_of(enterprise_id: str | None, team_id: str | None) -> str:
    """Enterprise and team, never the team alone: on a Grid both are needed, an org-wide installation has no team."""
    return f"{enterprise_id or ''}:{team_id or ''}"


class Items(Protocol):
    """Encrypted items of the database (`AdapterContext.secrets`)."""

    async def get(self, kind: str, item_id: str) -> tuple[dict[str, Any], int] | None: ...

    async def put(
        self, kind: str, item_id: str, value: dict[str, Any], *, seen: int | None = None
    ) -> bool: ...

    async def ids(self, kind: str) -> list[str]: ...

    async def delete(self, kind: str, item_id: str) -> None: ...


@dataclass(slots=True)
class _Cached:
    installation: Installation
    version: int
    read_at: float


class Installations:
    """Reads are answered from memory; what another replica changed is seen within a minute."""

    def __init__(self, items: Items, clock: Clock) -> None:
        self._items = items
        self._clock = clock
        self._cache: dict[str, _Cached] = {}
        self._looking: dict[str, asyncio.Task[_Cached | None]] = {}

    async def load(self) -> Sequence[Installation]:
        """Everything that is stored, into memory. Raises StorageError."""
        for key in await self._items.ids(KIND):
            await self._read(key)
        return [entry.installation for entry in self._cache.values()]

    async def find(self, enterprise_id: str | None, team_id: str | None) -> Installation | None:
        """That of the workspace, else that of its organisation. Waits for the database only when it is unknown."""
        keys = [key_of(enterprise_id, team_id), *([key_of(enterprise_id, "")] if enterprise_id else [])]
        for key in keys:
            cached = self._cache.get(key)
            if cached is not None:
                if self._clock.now() - cached.read_at > FRESH_SECONDS:
                    cached.read_at = self._clock.now()
                    self._look(key)
                return cached.installation
        for key in keys:
            if found := await self._look(key):
                return found.installation
        return None

    async def newest(self, key: str) -> tuple[Installation, int] | None:
        """From the database, with its version."""
        found = await self._read(key)
        return (found.installation, found.version) if found else None

    async def save(self, installation: Installation, *, seen: int | None = None) -> bool:
        """Write it; with `seen` only over that version. Raises StorageError."""
        written = await self._items.put(KIND, installation.key, installation.to_json(), seen=seen)
        await self._read(installation.key)
        return written

    async def delete(self, key: str) -> None:
        self._cache.pop(key, None)
        await self._items.delete(KIND, key)
        self._cache.pop(key, None)

    async def aclose(self) -> None:
        tasks = list(self._looking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _look(self, key: str) -> asyncio.Task[_Cached | None]:
        """One look-up at a time for each key."""
        task = self._looking.get(key)
        if task is None:
            task = asyncio.create_task(self._look_up(key), name="slack installation")
            self._looking[key] = task
            task.add_done_callback(lambda _done: self._looking.pop(key, None))
        return task

    async def _look_up(self, key: str) -> _Cached | None:
        """What is known stays while the database is away."""
        try:
            return await self._read(key)
        except StorageError:
            return self._cache.get(key)

    async def _read(self, key: str) -> _Cached | None:
        found = await self._items.get(KIND, key)
        if found is None:
            self._cache.pop(key, None)
            return None
        value, version = found
        entry = _Cached(Installation.from_json(value), version, self._clock.now())
        self._cache[key] = entry
        return entry


def claimed(installation: Installation, until: float) -> Installation:
    return replace(installation, refreshing_until=until)

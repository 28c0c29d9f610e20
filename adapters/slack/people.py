"""What the bot remembers of single people (their usual choices), and who counts as an admin."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any, Final, TypeVar

from adapters.slack.admins import Admins
from adapters.slack.installations import Items
from adapters.slack.workspaces import Workspaces
from bot.guardrails.flags import parse_flags
from bot.ports import Clock, PolicyStore

KIND: Final = "slack_person"
_FRESH: Final = 60.0
_MOST: Final = 5000
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Usual:
    """A person's own defaults; "" where they have none. `language` is a tag of the catalogue."""

    style: str = ""
    aspect: str = ""
    language: str = ""

    def typed_for(self, text: str) -> dict[str, Any]:
        """As typed options, for what the text does not choose itself."""
        flags = parse_flags(text).flags
        given = {name for name, value in flags.items() if value is not None}
        wanted = {"style": self.style, "aspect": self.aspect}
        if "style" in given:
            wanted.pop("aspect")  # the style may bring a shape of its own
        return {name: value for name, value in wanted.items() if value and name not in given}


class People:
    """Small facts about people, looked up when they are needed and kept for a while."""

    def __init__(
        self, items: Items, policies: PolicyStore, workspaces: Workspaces, admins: Admins, clock: Clock
    ) -> None:
        self._items = items
        self._policies = policies
        self._workspaces = workspaces
        self._clock = clock
        self._usual: dict[str, tuple[float, Usual]] = {}
        self._admins = admins

    async def usual(self, tenant: str, user: str) -> Usual:
        """Raises StorageError."""

        async def read() -> Usual:
            found = await self._items.get(KIND, f"{tenant}/{user}")
            return Usual(**found[0]) if found else Usual()

        return await _remembered(self._usual, f"{tenant}/{user}", _FRESH, self._clock.now(), read)

    async def save(self, tenant: str, user: str, usual: Usual) -> None:
        await self._items.put(KIND, f"{tenant}/{user}", asdict(usual))
        self._usual.pop(f"{tenant}/{user}", None)

    async def forget_person(self, tenant: str, user: str) -> None:
        self._usual.pop(f"{tenant}/{user}", None)
        await self._items.delete(KIND, f"{tenant}/{user}")

    async def forget(self, tenant: str) -> None:
        self._usual.clear()
        for name in await self._items.ids(KIND):
            if name.startswith(f"{tenant}/"):
                await self._items.delete(KIND, name)

    async def is_admin(self, tenant: str, user: str, *, fresh: bool = False, sure: bool = False) -> bool:
        """The moderators of the policy, whoever installed the app, and the workspace's admins.

        The last need the optional scope users:read; `fresh` asks Slack now, `sure` raises what
        keeps it from answering, see `Admins`. Raises StorageError.
        """
        if user in (await self._policies.policy(tenant)).access.moderators:
            return True
        if user and user == await self._workspaces.installer(tenant):
            return True
        if "users:read" not in await self._workspaces.granted(tenant):
            return self._admins.is_named(user)
        return await self._admins.is_admin(tenant, user, fresh=fresh, sure=sure)


async def _remembered(
    memory: dict[str, tuple[float, Value]],
    key: str,
    seconds: float,
    now: float,
    look: Callable[[], Awaitable[Value]],
) -> Value:
    at, known = memory.get(key, (None, None))
    if at is not None and known is not None and now - at < seconds:
        return known
    value = await look()
    memory.pop(key, None)
    memory[key] = (now, value)
    if len(memory) > _MOST:
        del memory[next(iter(memory))]
    return value

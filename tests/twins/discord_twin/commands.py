"""The registry of application commands, global and by guild."""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.twins.discord_twin import errors
from tests.twins.discord_twin.command_rules import CHAT_INPUT, LIMITS, command_problems
from tests.twins.discord_twin.errors import Problem
from tests.twins.discord_twin.snowflakes import snowflake

CREATES_PER_DAY = 200
Key = tuple[int, str]


@dataclass(slots=True)
class CommandRegistry:
    """Commands by guild id; None stands for the global ones."""

    application_id: int
    _commands: dict[int | None, dict[Key, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    _creates: dict[int | None, deque[str]] = field(default_factory=lambda: defaultdict(deque))

    def all(self, guild_id: int | None = None) -> list[dict[str, Any]]:
        return list(self._commands[guild_id].values())

    def usable(self, guild_id: int | None) -> list[dict[str, Any]]:
        """Guild commands first: they hide global ones of the same name."""
        found = {} if guild_id is None else dict(self._commands[guild_id])
        return list((found | {k: c for k, c in self._commands[None].items() if k not in found}).values())

    def get(self, command_id: int, guild_id: int | None) -> dict[str, Any]:
        for command in self._commands[guild_id].values():
            if command["id"] == str(command_id):
                return command
        raise errors.unknown_command()

    def overwrite(self, bodies: list[Mapping[str, Any]], guild_id: int | None) -> list[dict[str, Any]]:
        """Replace all. DiscordError if any command is wrong; nothing is changed then."""
        problems = [p for number, body in enumerate(bodies) for p in command_problems(body, str(number))]
        keys = [_key(body) for body in bodies]
        if len(set(keys)) != len(keys):
            twice = Problem("name", "two commands have the same name", "APPLICATION_COMMANDS_DUPLICATE_NAME")
            problems.append(twice)
        if problems:
            raise errors.invalid_form(problems)
        for kind, limit in LIMITS.items():
            if sum(key[0] == kind for key in keys) > limit:
                raise errors.too_many_commands(limit)
        old = self._commands[guild_id]
        self._count_creates([name for name in keys if name not in old], guild_id)
        self._commands[guild_id] = {
            key: self._stored(body, guild_id, old.get(key)) for key, body in zip(keys, bodies, strict=True)
        }
        return self.all(guild_id)

    def create(self, body: Mapping[str, Any], guild_id: int | None) -> dict[str, Any]:
        key = _key(body)
        others = [command for other, command in self._commands[guild_id].items() if other != key]
        self.overwrite([*others, body], guild_id)
        return self._commands[guild_id][key]

    def edit(self, command_id: int, body: Mapping[str, Any], guild_id: int | None) -> dict[str, Any]:
        old = self.get(command_id, guild_id)
        self.delete(command_id, guild_id)
        changed = {**old, **body}
        problems = list(command_problems(changed, ""))
        if problems:
            raise errors.invalid_form(problems)
        self._commands[guild_id][_key(changed)] = self._stored(changed, guild_id, old)
        return self._commands[guild_id][_key(changed)]

    def delete(self, command_id: int, guild_id: int | None) -> None:
        command = self.get(command_id, guild_id)
        del self._commands[guild_id][_key(command)]

    def _count_creates(self, fresh: list[Key], guild_id: int | None) -> None:
        self._creates[guild_id].extend(name for _, name in fresh)
        if len(self._creates[guild_id]) > CREATES_PER_DAY:
            raise errors.daily_creates_exceeded()

    def _stored(
        self, body: Mapping[str, Any], guild_id: int | None, old: dict[str, Any] | None
    ) -> dict[str, Any]:
        permissions = body.get("default_member_permissions")
        command = {key: value for key, value in body.items() if value is not None} | {
            "id": old["id"] if old else str(snowflake()),
            "application_id": str(self.application_id),
            "version": str(snowflake()),
            "type": body.get("type") or CHAT_INPUT,
            "description": body.get("description") or "",
            "default_member_permissions": None if permissions is None else str(permissions),
            "nsfw": bool(body.get("nsfw")),
            "integration_types": body.get("integration_types") or [0],
            "contexts": body.get("contexts"),
        }
        if guild_id is not None:
            command["guild_id"] = str(guild_id)
        return command


def _key(body: Mapping[str, Any]) -> Key:
    return int(body.get("type") or CHAT_INPUT), str(body["name"])

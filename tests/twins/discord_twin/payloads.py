"""The INTERACTION_CREATE payload. Source: "Interaction Object" in Discord's developer documentation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.twins.discord_twin import command_rules as rules
from tests.twins.discord_twin.files import Attachment, Upload, store
from tests.twins.discord_twin.hub import Hub
from tests.twins.discord_twin.messages import Message
from tests.twins.discord_twin.permissions import PRIVATE
from tests.twins.discord_twin.world import Account, Channel, ChannelType, Role


@dataclass(slots=True)
class Resolved:
    """Collects the objects that options and values only name by id."""

    hub: Hub
    channel: Channel
    _found: dict[str, dict[str, Any]] = field(default_factory=dict)

    def attachment(self, upload: Upload) -> str:
        stored: Attachment = store(upload, self.channel.id, ephemeral=True)
        self.hub.cdn.keep(stored)
        return self._put("attachments", stored.id, self.hub.cdn.payload(stored))

    def user(self, account: Account) -> str:
        guild = self.channel.guild
        member = guild.members.get(account.id) if guild else None
        if member is not None and guild is not None:
            shown = {
                key: value for key, value in member.payload().items() if key not in ("user", "mute", "deaf")
            }
            permissions = str(int(guild.permissions_of(account, self.channel)))
            self._put("members", account.id, shown | {"permissions": permissions})
        return self._put("users", account.id, account.payload())

    def role(self, role: Role) -> str:
        return self._put("roles", role.id, role.payload())

    def place(self, channel: Channel) -> str:
        return self._put("channels", channel.id, channel.payload() | {"permissions": "0"})

    def message(self, message: Message) -> str:
        return self._put("messages", message.id, message.payload(self.hub.cdn))

    def option(self, kind: int, value: Any) -> Any:
        """The value as it travels: ids for things, the value itself otherwise."""
        match value:
            case Upload():
                return self.attachment(value)
            case Account():
                return self.user(value)
            case Role():
                return self.role(value)
            case Channel():
                return self.place(value)
        if kind in (rules.ATTACHMENT, rules.USER_OPTION, rules.ROLE, rules.CHANNEL, rules.MENTIONABLE):
            raise rules.Refused(f"an option of type {kind} does not take {value!r}")
        return value

    def add_to(self, data: dict[str, Any]) -> dict[str, Any]:
        return data | ({"resolved": self._found} if self._found else {})

    def _put(self, group: str, identifier: int, body: dict[str, Any]) -> str:
        self._found.setdefault(group, {})[str(identifier)] = body
        return str(identifier)


def place_payload(hub: Hub, user: Account, channel: Channel) -> dict[str, Any]:
    """Where an interaction happens, who uses it, and what the application may do there."""
    guild = channel.guild
    body: dict[str, Any] = {
        "channel": channel.payload(),
        "channel_id": str(channel.id),
        "locale": user.locale,
    }
    if guild is None:
        context = 1 if channel.type is ChannelType.DM else 2
        return body | {"user": user.payload(), "context": context, "app_permissions": str(int(PRIVATE))}
    permissions = guild.permissions_of(user, channel)
    app = guild.permissions_of(hub.bot, channel) if guild.has_bot else permissions & PRIVATE
    body["channel"] |= {"permissions": str(int(permissions))}
    return body | {
        "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
        "guild_id": str(guild.id),
        "guild_locale": guild.locale,
        "member": guild.members[user.id].payload() | {"permissions": str(int(permissions))},
        "context": 0,
        "app_permissions": str(int(app)),
    }


def option_payloads(
    options: list[Mapping[str, Any]], given: Mapping[str, Any], resolved: Resolved, focused: str | None
) -> list[dict[str, Any]]:
    """Options in the order in which the person gave them."""
    kinds = {option["name"]: option["type"] for option in options}
    shown = []
    for name, value in given.items():
        entry = {"name": name, "type": kinds[name], "value": resolved.option(kinds[name], value)}
        shown.append(entry | ({"focused": True} if name == focused else {}))
    return shown

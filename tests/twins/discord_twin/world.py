"""What exists: users, guilds, roles, channels, and who may do what where."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from tests.twins.discord_twin import permissions as perms
from tests.twins.discord_twin.permissions import Permission
from tests.twins.discord_twin.snowflakes import iso, snowflake

MEBIBYTE = 1024 * 1024
UPLOAD_LIMITS = {0: 10 * MEBIBYTE, 1: 10 * MEBIBYTE, 2: 50 * MEBIBYTE, 3: 100 * MEBIBYTE}


class ChannelType(IntEnum):
    TEXT = 0
    DM = 1
    GROUP_DM = 3
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12


@dataclass(slots=True, eq=False)
class Account:
    """A user account; the bot has one as well."""

    name: str
    display_name: str
    locale: str = "en-US"
    bot: bool = False
    dms_open: bool = True
    upload_limit: int = 10 * MEBIBYTE
    id: int = field(default_factory=snowflake)

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"

    def payload(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "username": self.name,
            "global_name": self.display_name,
            "avatar": None,
            "discriminator": "0",
            "public_flags": 0,
            "flags": 0,
            "primary_guild": None,
            "bot": self.bot,
        }


@dataclass(slots=True, eq=False)
class Role:
    name: str
    permissions: Permission = perms.NONE
    position: int = 1
    managed: bool = False
    mentionable: bool = False
    id: int = field(default_factory=snowflake)

    def payload(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "name": self.name,
            "permissions": str(int(self.permissions)),
            "position": self.position,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": self.managed,
            "mentionable": self.mentionable,
            "icon": None,
            "unicode_emoji": None,
            "flags": 0,
        }


@dataclass(slots=True, eq=False)
class Membership:
    """An account in a guild."""

    account: Account
    roles: list[Role] = field(default_factory=list)
    nick: str | None = None
    joined_at: float = field(default_factory=time.time)

    def payload(self) -> dict[str, Any]:
        return {
            "user": self.account.payload(),
            "nick": self.nick,
            "avatar": None,
            "banner": None,
            "communication_disabled_until": None,
            "flags": 0,
            "joined_at": iso(self.joined_at),
            "pending": False,
            "premium_since": None,
            "roles": [str(role.id) for role in self.roles],
            "mute": False,
            "deaf": False,
        }


@dataclass(slots=True, eq=False)
class Overwrite:
    """Allowed and denied permissions of one role or member in one channel."""

    target: Role | Account
    allow: Permission = perms.NONE
    deny: Permission = perms.NONE

    def payload(self) -> dict[str, Any]:
        return {
            "id": str(self.target.id),
            "type": 0 if isinstance(self.target, Role) else 1,
            "allow": str(int(self.allow)),
            "deny": str(int(self.deny)),
        }


@dataclass(slots=True, eq=False)
class Channel:
    """A text channel, a thread of one, a direct message, or a group of users without the bot."""

    type: ChannelType
    name: str = ""
    guild: Guild | None = None
    nsfw: bool = False
    parent: Channel | None = None
    recipients: list[Account] = field(default_factory=list)
    archived: bool = False
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    last_message_id: int | None = None
    id: int = field(default_factory=snowflake)

    @property
    def is_thread(self) -> bool:
        return self.parent is not None

    @property
    def age_restricted(self) -> bool:
        return self.parent.age_restricted if self.parent else self.nsfw

    def allow(self, target: Role | Account, *permissions: Permission) -> None:
        overwrite = self.overwrites.setdefault(target.id, Overwrite(target))
        for permission in permissions:
            overwrite.allow |= permission
            overwrite.deny &= ~permission

    def deny(self, target: Role | Account, *permissions: Permission) -> None:
        overwrite = self.overwrites.setdefault(target.id, Overwrite(target))
        for permission in permissions:
            overwrite.deny |= permission
            overwrite.allow &= ~permission

    def payload(self) -> dict[str, Any]:
        last = None if self.last_message_id is None else str(self.last_message_id)
        body: dict[str, Any] = {
            "id": str(self.id),
            "type": int(self.type),
            "flags": 0,
            "last_message_id": last,
        }
        if self.guild is None:
            body["recipients"] = [account.payload() for account in self.recipients]
            if self.type is ChannelType.GROUP_DM:
                body |= {"name": self.name, "icon": None, "owner_id": str(self.recipients[0].id)}
            return body
        body |= {"guild_id": str(self.guild.id), "name": self.name}
        if self.parent is not None:
            return body | self._thread_payload(self.parent)
        return body | {
            "parent_id": None,
            "position": 0,
            "nsfw": self.nsfw,
            "topic": None,
            "rate_limit_per_user": 0,
            "permission_overwrites": [overwrite.payload() for overwrite in self.overwrites.values()],
        }

    def _thread_payload(self, parent: Channel) -> dict[str, Any]:
        metadata = {
            "archived": self.archived,
            "archive_timestamp": iso(time.time()),
            "auto_archive_duration": 1440,
            "locked": False,
        }
        return {
            "parent_id": str(parent.id),
            "owner_id": str(self.guild.owner.id if self.guild else 0),
            "thread_metadata": metadata,
            "message_count": 0,
            "member_count": 1,
            "total_message_sent": 0,
            "rate_limit_per_user": 0,
        }


@dataclass(slots=True, eq=False)
class Guild:
    """A server. `has_bot` is False where the application is only installed by users.

    `system_channel` is where Discord itself greets people.
    """

    name: str
    owner: Account
    locale: str = "en-US"
    premium_tier: int = 0
    has_bot: bool = True
    system_channel: Channel | None = None
    id: int = field(default_factory=snowflake)
    roles: list[Role] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    members: dict[int, Membership] = field(default_factory=dict)
    automod_rules: list[dict[str, Any]] = field(default_factory=list)
    joined_at: float = field(default_factory=time.time)

    def __post_init__(self) -> None:
        everyone = Role("@everyone", perms.MEMBER, position=0, id=self.id)
        self.roles.append(everyone)
        self.members[self.owner.id] = Membership(self.owner)

    @property
    def everyone(self) -> Role:
        return self.roles[0]

    @property
    def upload_limit(self) -> int:
        return UPLOAD_LIMITS[self.premium_tier]

    def role(self, name: str) -> Role:
        """The role of that name, made if it is not there."""
        for role in self.roles:
            if role.name == name:
                return role
        role = Role(name, position=len(self.roles))
        self.roles.append(role)
        return role

    def permissions_of(self, account: Account, channel: Channel | None = None) -> Permission:
        """What a member may do, everything included that roles and the channel's overwrites say."""
        member = self.members.get(account.id)
        if member is None:
            return perms.NONE
        if account is self.owner:
            return perms.ALL
        granted = self.everyone.permissions
        for role in member.roles:
            granted |= role.permissions
        if Permission.ADMINISTRATOR in granted or channel is None:
            return perms.implied(granted, in_thread=False) if channel else granted
        place = channel.parent or channel
        granted = _apply(granted, [place.overwrites.get(self.everyone.id)])
        granted = _apply(granted, [place.overwrites.get(role.id) for role in member.roles])
        granted = _apply(granted, [place.overwrites.get(account.id)])
        return perms.implied(granted, in_thread=channel.is_thread)

    def payload(self) -> dict[str, Any]:
        """The guild as the REST API shows it."""
        return {
            "id": str(self.id),
            "name": self.name,
            "icon": None,
            "description": None,
            "home_header": None,
            "splash": None,
            "discovery_splash": None,
            "features": [],
            "banner": None,
            "owner_id": str(self.owner.id),
            "application_id": None,
            "region": "deprecated",
            "afk_channel_id": None,
            "afk_timeout": 300,
            "system_channel_id": str(self.system_channel.id) if self.system_channel else None,
            "system_channel_flags": 0,
            "widget_enabled": False,
            "widget_channel_id": None,
            "verification_level": 0,
            "roles": [role.payload() for role in self.roles],
            "default_message_notifications": 0,
            "mfa_level": 0,
            "explicit_content_filter": 0,
            "max_presences": None,
            "max_members": 500000,
            "max_stage_video_channel_users": 50,
            "max_video_channel_users": 25,
            "vanity_url_code": None,
            "premium_tier": self.premium_tier,
            "premium_subscription_count": 0,
            "preferred_locale": self.locale,
            "rules_channel_id": None,
            "safety_alerts_channel_id": None,
            "public_updates_channel_id": None,
            "premium_progress_bar_enabled": False,
            "nsfw": False,
            "nsfw_level": 0,
            "emojis": [],
            "stickers": [],
            "incidents_data": None,
        }

    def create_event(self, bot: Account) -> dict[str, Any]:
        """GUILD_CREATE: the guild with its channels and, without the members intent, only the bot as a member."""
        threads = [channel for channel in self.channels if channel.is_thread]
        return self.payload() | {
            "joined_at": iso(self.joined_at),
            "large": False,
            "unavailable": False,
            "member_count": len(self.members),
            "voice_states": [],
            "members": [self.members[bot.id].payload()] if bot.id in self.members else [],
            "channels": [channel.payload() for channel in self.channels if not channel.is_thread],
            "threads": [thread.payload() for thread in threads if not thread.archived],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }


def _apply(granted: Permission, overwrites: list[Overwrite | None]) -> Permission:
    found = [overwrite for overwrite in overwrites if overwrite is not None]
    for overwrite in found:
        granted &= ~overwrite.deny
    for overwrite in found:
        granted |= overwrite.allow
    return granted

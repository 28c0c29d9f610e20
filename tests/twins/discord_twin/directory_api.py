"""Everything that is no conversation: gateway address, application, users, guilds, commands, AutoMod rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.twins.discord_twin import errors
from tests.twins.discord_twin.hub import Hub
from tests.twins.discord_twin.operations import Asked, Operation, Reply
from tests.twins.discord_twin.permissions import Permission
from tests.twins.discord_twin.world import Guild

_COMMANDS = "/applications/{application_id}/commands"
_GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"
_GUILD = "/guilds/{guild_id}"


@dataclass(slots=True)
class DirectoryApi:
    """`public_key` is the hex Ed25519 key that signs HTTP interactions."""

    hub: Hub
    public_key: str

    def operations(self) -> Iterator[Operation]:
        yield Operation("gateway.url", "GET", "/gateway", self.gateway, authorized=False)
        yield Operation("gateway.bot", "GET", "/gateway/bot", self.gateway_bot)
        yield Operation("me", "GET", "/users/@me", self.me)
        yield Operation("me.guilds", "GET", "/users/@me/guilds", self.my_guilds)
        yield Operation("user", "GET", "/users/{user_id}", self.user)
        yield Operation("application", "GET", "/applications/@me", self.application)
        yield Operation("application.old", "GET", "/oauth2/applications/@me", self.application)
        yield from self._command_operations()
        yield Operation("guild", "GET", _GUILD, self.guild)
        yield Operation("guild.channels", "GET", f"{_GUILD}/channels", self.channels)
        yield Operation("guild.roles", "GET", f"{_GUILD}/roles", self.roles)
        yield Operation("guild.member", "GET", f"{_GUILD}/members/{{user_id}}", self.member)
        rules = f"{_GUILD}/auto-moderation/rules"
        yield Operation("guild.automod", "GET", rules, self.automod_rules)
        yield Operation("guild.automod.rule", "GET", f"{rules}/{{rule_id}}", self.automod_rule)
        yield Operation("guild.audit", "GET", f"{_GUILD}/audit-logs", self.audit_log)

    def _command_operations(self) -> Iterator[Operation]:
        for path in (_COMMANDS, _GUILD_COMMANDS):
            yield Operation("commands.list", "GET", path, self.list_commands)
            yield Operation("commands.put", "PUT", path, self.put_commands)
            yield Operation("commands.create", "POST", path, self.create_command)
            one = f"{path}/{{command_id}}"
            yield Operation("commands.get", "GET", one, self.get_command)
            yield Operation("commands.edit", "PATCH", one, self.edit_command)
            yield Operation("commands.delete", "DELETE", one, self.delete_command)

    async def gateway(self, _: Asked) -> Reply:
        return Reply({"url": self.hub.gateway.url})

    async def gateway_bot(self, _: Asked) -> Reply:
        used = len(self.hub.gateway.identifies)
        start = {
            "total": 1000,
            "remaining": max(0, 1000 - used),
            "reset_after": 86_400_000,
            "max_concurrency": self.hub.gateway.max_concurrency,
        }
        body = {
            "url": self.hub.gateway.url,
            "shards": self.hub.gateway.min_shards,
            "session_start_limit": start,
        }
        return Reply(body)

    async def me(self, _: Asked) -> Reply:
        private = {"mfa_enabled": False, "locale": "en-US", "verified": True, "email": None}
        return Reply(self.hub.bot.payload() | private)

    async def my_guilds(self, asked: Asked) -> Reply:
        limit, after = int(asked.query.get("limit", "200")), int(asked.query.get("after", "0"))
        if not 1 <= limit <= 200:
            raise errors.DiscordError(400, 50035, "Invalid Form Body")
        joined = sorted(guild.id for guild in self.hub.guilds.values() if guild.has_bot and guild.id > after)
        return Reply([_my_guild(self.hub.guilds[one], self.hub) for one in joined[:limit]])

    async def user(self, asked: Asked) -> Reply:
        account = self.hub.accounts.get(int(asked.ids["user_id"]))
        if account is None:
            raise errors.unknown_user()
        return Reply(account.payload())

    async def application(self, _: Asked) -> Reply:
        hub = self.hub
        owner = next((account for account in hub.accounts.values() if not account.bot), hub.bot)
        return Reply(
            {
                "id": str(hub.application_id),
                "name": hub.bot.display_name,
                "icon": None,
                "description": "",
                "type": None,
                "bot": hub.bot.payload(),
                "verify_key": self.public_key,
                "flags": 0,
                "flags_new": "0",
                "redirect_uris": [],
                "interactions_endpoint_url": None,
                "role_connections_verification_url": None,
                "owner": owner.payload(),
                "approximate_guild_count": len(hub.guilds),
                "approximate_user_install_count": 0,
                "approximate_user_authorization_count": 0,
                "explicit_content_filter": 0,
                "team": None,
                "eligible_oauth2_scopes": [],
                "bot_public": True,
                "bot_require_code_grant": False,
                "rpc_origins": [],
                "tags": [],
                "integration_types_config": {"0": {}, "1": {}},
            }
        )

    def _scope(self, asked: Asked) -> int | None:
        if asked.ids["application_id"] != str(self.hub.application_id):
            raise errors.DiscordError(403, 20012, "You are not authorized to perform this action")
        if "guild_id" not in asked.ids:
            return None
        return self.hub.guild(asked.ids["guild_id"]).id

    async def list_commands(self, asked: Asked) -> Reply:
        return Reply(self.hub.commands.all(self._scope(asked)))

    async def put_commands(self, asked: Asked) -> Reply:
        stored = self.hub.commands.overwrite(asked.call.body or [], self._scope(asked))
        self._tell(stored)
        return Reply(stored)

    async def create_command(self, asked: Asked) -> Reply:
        stored = self.hub.commands.create(asked.body, self._scope(asked))
        self._tell([stored])
        return Reply(stored, 201)

    async def get_command(self, asked: Asked) -> Reply:
        return Reply(self.hub.commands.get(int(asked.ids["command_id"]), self._scope(asked)))

    async def edit_command(self, asked: Asked) -> Reply:
        stored = self.hub.commands.edit(int(asked.ids["command_id"]), asked.body, self._scope(asked))
        self._tell([stored])
        return Reply(stored)

    async def delete_command(self, asked: Asked) -> Reply:
        self.hub.commands.delete(int(asked.ids["command_id"]), self._scope(asked))
        self.hub.pulse.beat()
        return Reply()

    def _tell(self, commands: list[dict[str, Any]]) -> None:
        for command in commands:
            self.hub.recorder.said(_command_texts(command))
        self.hub.pulse.beat()

    async def guild(self, asked: Asked) -> Reply:
        guild = self.hub.guild(asked.ids["guild_id"])
        counts = {"approximate_member_count": len(guild.members), "approximate_presence_count": 1}
        return Reply(guild.payload() | counts)

    async def channels(self, asked: Asked) -> Reply:
        guild = self.hub.guild(asked.ids["guild_id"])
        return Reply([channel.payload() for channel in guild.channels if not channel.is_thread])

    async def roles(self, asked: Asked) -> Reply:
        return Reply([role.payload() for role in self.hub.guild(asked.ids["guild_id"]).roles])

    async def member(self, asked: Asked) -> Reply:
        member = self.hub.guild(asked.ids["guild_id"]).members.get(int(asked.ids["user_id"]))
        if member is None:
            raise errors.unknown_member()
        return Reply(member.payload())

    async def automod_rules(self, asked: Asked) -> Reply:
        return Reply(self._with(asked, Permission.MANAGE_GUILD).automod_rules)

    async def automod_rule(self, asked: Asked) -> Reply:
        for rule in self._with(asked, Permission.MANAGE_GUILD).automod_rules:
            if rule["id"] == asked.ids["rule_id"]:
                return Reply(rule)
        raise errors.DiscordError(404, 10066, "Unknown auto moderation rule")

    async def audit_log(self, asked: Asked) -> Reply:
        guild = self._with(asked, Permission.VIEW_AUDIT_LOG)
        entry = {
            "id": str(guild.id),
            "action_type": 28,
            "user_id": str(guild.owner.id),
            "target_id": str(self.hub.bot.id),
            "changes": [],
        }
        names = ("application_commands", "auto_moderation_rules", "guild_scheduled_events", "integrations")
        empty: dict[str, list[Any]] = {name: [] for name in (*names, "threads", "webhooks")}
        return Reply(empty | {"audit_log_entries": [entry], "users": [guild.owner.payload()]})

    def _with(self, asked: Asked, permission: Permission) -> Guild:
        guild = self.hub.guild(asked.ids["guild_id"])
        if permission not in guild.permissions_of(self.hub.bot):
            raise errors.missing_permissions()
        return guild


def _my_guild(guild: Guild, hub: Hub) -> dict[str, Any]:
    return {
        "id": str(guild.id),
        "name": guild.name,
        "icon": None,
        "banner": None,
        "owner": guild.owner is hub.bot,
        "permissions": str(int(guild.permissions_of(hub.bot))),
        "features": [],
    }


def _command_texts(node: dict[str, Any]) -> Iterator[str]:
    for key in ("name", "description"):
        yield str(node.get(key) or "")
        yield from (node.get(f"{key}_localizations") or {}).values()
    for choice in node.get("choices") or ():
        yield str(choice["name"])
        yield from (choice.get("name_localizations") or {}).values()
    for option in node.get("options") or ():
        yield from _command_texts(option)

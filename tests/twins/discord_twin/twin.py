"""A whole Discord on loopback, for an unmodified bot."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from tests.twins.discord_twin import permissions as perms
from tests.twins.discord_twin.automod import add_rule, told
from tests.twins.discord_twin.command_rules import Refused
from tests.twins.discord_twin.delivery import HttpDelivery
from tests.twins.discord_twin.faults import Faults
from tests.twins.discord_twin.files import Cdn
from tests.twins.discord_twin.gateway import Gateway
from tests.twins.discord_twin.hub import Hub
from tests.twins.discord_twin.interactions import Interaction, InteractionKind
from tests.twins.discord_twin.messages import Message
from tests.twins.discord_twin.payloads import place_payload
from tests.twins.discord_twin.people import Person
from tests.twins.discord_twin.permissions import Permission
from tests.twins.discord_twin.recorder import Call
from tests.twins.discord_twin.rest import Rest
from tests.twins.discord_twin.snowflakes import snowflake
from tests.twins.discord_twin.world import Account, Channel, ChannelType, Guild, Membership, Role


@dataclass(slots=True)
class DiscordTwin:
    """REST API, gateway and CDN on three ports of 127.0.0.1 for the time of an `async with`.

    It starts with one server, its owner and the channel `#art`. `rest`, `gateway` and `cdn` can each be
    stopped and started again; connections are refused in between.
    """

    hub: Hub = field(default_factory=Hub)
    rest: Rest = field(init=False)
    http: HttpDelivery = field(init=False)
    owner: Person = field(init=False)
    home: Guild = field(init=False)
    channel: Channel = field(init=False)
    user_installs: set[Account] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.rest = Rest(hub=self.hub)
        self.http = HttpDelivery(self.hub, self.rest.interaction_api)
        self.rest.public_key = self.http.public_key
        self.owner = self.user("olive")
        self.home = self._found("Brass Owls", self.owner, "en-US", 0, has_bot=True)
        self.channel = self.add_channel("art", self.home)

    async def __aenter__(self) -> Self:
        await self.hub.cdn.start()
        await self.hub.gateway.start()
        await self.rest.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.hub.cancel_tasks()
        for server in (self.rest, self.hub.gateway, self.hub.cdn):
            await server.stop()

    @property
    def gateway(self) -> Gateway:
        return self.hub.gateway

    @property
    def cdn(self) -> Cdn:
        return self.hub.cdn

    @property
    def faults(self) -> Faults:
        return self.hub.faults

    @property
    def api_base(self) -> str:
        """What stands for https://discord.com/api/v10."""
        return self.rest.base

    @property
    def token(self) -> str:
        """The bot token."""
        return self.hub.token

    @property
    def environment(self) -> dict[str, str]:
        """What the bot's process has to be told."""
        return {"DISCORD_TOKEN": self.token, "DISCORD_API_BASE_URL": self.api_base}

    @property
    def token_life(self) -> float:
        """Seconds until an interaction token dies (900 on the real Discord)."""
        return self.hub.token_life

    @token_life.setter
    def token_life(self, seconds: float) -> None:
        self.hub.token_life = seconds

    @property
    def requests(self) -> list[Call]:
        """Every REST call, oldest first."""
        return self.hub.recorder.calls

    def calls(self, operation: str) -> list[Call]:
        return [call for call in self.requests if call.operation == operation]

    @property
    def violations(self) -> list[str]:
        """Broken rules and bodies that contradict the OpenAPI document."""
        return self.hub.recorder.violations

    @property
    def warnings(self) -> list[str]:
        """Habits that Discord tolerates but dislikes, such as calling a dead webhook again."""
        return self.hub.recorder.warnings

    def transcript(self) -> list[str]:
        """Every text, label and alt text that anybody could ever read."""
        return self.hub.recorder.texts

    @property
    def messages(self) -> list[Message]:
        """Everything that was ever posted, oldest first, deleted ones included."""
        return list(self.hub.messages.values())

    @property
    def thinking(self) -> list[Message]:
        """Messages that still say "thinking"."""
        return [message for message in self.messages if message.thinking]

    @property
    def pings(self) -> list[str]:
        """Everybody who was or would be pinged by the bot."""
        return [ping for message in self.messages if message.author is self.hub.bot for ping in message.pings]

    async def until_ready(self, shards: int = 1, timeout: float = 30.0) -> None:
        """Wait until so many shards are connected."""
        await self.hub.pulse.until(
            lambda: len(self.gateway.connected_shards) >= shards, timeout, lambda: "the bot did not connect"
        )

    async def until_identified(self, number: int, timeout: float = 30.0) -> None:
        """Wait for the n-th IDENTIFY since the start: a restart is the second one."""
        await self.hub.pulse.until(
            lambda: len(self.gateway.identifies) >= number,
            timeout,
            lambda: f"identified {self.gateway.identifies}",
        )

    async def until_synced(self, *names: str, timeout: float = 30.0) -> None:
        """Wait until commands are registered: those named, or any."""

        def look() -> bool:
            known = {command["name"] for command in self.hub.commands.usable(self.home.id)}
            return known >= set(names) if names else bool(known)

        await self.hub.pulse.until(look, timeout, lambda: f"commands {names} were not synced")

    async def until_calls(self, operation: str, number: int = 1, timeout: float = 30.0) -> list[Call]:
        """Wait until an operation was called so often."""
        return await self.hub.pulse.until(
            lambda: self.calls(operation) if len(self.calls(operation)) >= number else None,
            timeout,
            lambda: f"{operation} was called {len(self.calls(operation))} times",
        )

    async def until_message(self, channel: Channel, number: int = 1, timeout: float = 30.0) -> Message:
        """The bot's n-th message of its own accord (by bot token) in a channel."""

        def look() -> Message | None:
            own = [m for m in self.messages if m.channel is channel and m.history[0].via == "bot"]
            return own[number - 1] if len(own) >= number else None

        return await self.hub.pulse.until(look, timeout, lambda: f"no message {number} in {channel.name!r}")

    def user(self, name: str, *, locale: str = "en-US", installs: bool = False) -> Person:
        """Somebody who is in no server; `installs` adds the application to the own account."""
        account = self.hub.join(Account(name, name.capitalize(), locale))
        if installs:
            self.user_installs.add(account)
        return Person(self, account)

    def member(
        self,
        name: str = "ada",
        guild: Guild | None = None,
        *,
        roles: Iterable[str] = (),
        permissions: Permission | None = None,
        locale: str = "en-US",
    ) -> Person:
        """A member with roles by name, and with further permissions by a role of its own."""
        person = self.user(name, locale=locale)
        home = guild or self.home
        held = [home.role(role) for role in roles]
        if permissions is not None:
            own = home.role(f"{name}'s")
            own.permissions = permissions
            held.append(own)
        home.members[person.id] = Membership(person.account, held)
        return person

    async def join(self, person: Person, guild: Guild | None = None) -> None:
        """Somebody enters a server while the bot runs."""
        home = guild or self.home
        member = home.members[person.id] = Membership(person.account)
        await self.hub.tell("GUILD_MEMBER_ADD", member.payload() | {"guild_id": str(home.id)}, home)

    async def guild(
        self,
        name: str = "Second home",
        *,
        owner: Person | None = None,
        locale: str = "en-US",
        premium_tier: int = 0,
        bot: Permission | None = perms.BOT,
        everyone: Permission | None = None,
    ) -> Guild:
        """A further server, told to a running bot as a join. `bot=None`: the bot is not in it."""
        holder = owner or self.owner
        guild = self._found(name, holder, locale, premium_tier, has_bot=bot is not None)
        self.add_channel("general", guild)
        if everyone is not None:
            guild.role("@everyone").permissions = everyone
        if bot is not None:
            guild.role(self.hub.bot.name).permissions = bot
            body = guild.create_event(self.hub.bot)
            del body["unavailable"]
            await self.hub.tell("GUILD_CREATE", body, guild)
        return guild

    def _found(self, name: str, owner: Person, locale: str, premium_tier: int, *, has_bot: bool) -> Guild:
        guild = Guild(name, owner.account, locale, premium_tier, has_bot)
        self.hub.guilds[guild.id] = guild
        if has_bot:
            own = guild.role(self.hub.bot.name)
            own.permissions, own.managed = perms.BOT, True
            guild.members[self.hub.bot.id] = Membership(self.hub.bot, [own])
        return guild

    def add_channel(self, name: str, guild: Guild | None = None, *, nsfw: bool = False) -> Channel:
        """A text channel. A running bot hears of it by `announce`."""
        home = guild or self.home
        channel = Channel(ChannelType.TEXT, name, home, nsfw)
        home.channels.append(channel)
        home.system_channel = home.system_channel or channel
        self.hub.channels[channel.id] = channel
        return channel

    def add_thread(self, name: str, parent: Channel) -> Channel:
        thread = Channel(ChannelType.PUBLIC_THREAD, name, parent.guild, parent=parent)
        if parent.guild is not None:
            parent.guild.channels.append(thread)
        self.hub.channels[thread.id] = thread
        return thread

    def group_dm(self, *people: Person) -> Channel:
        """A group of users; only a user-installed application can be used there."""
        recipients = [person.account for person in people]
        channel = Channel(ChannelType.GROUP_DM, "group", recipients=recipients)
        self.hub.channels[channel.id] = channel
        return channel

    async def announce(self, channel: Channel, event: str = "CHANNEL_UPDATE") -> None:
        """Tell the bot about a changed channel (`CHANNEL_CREATE`, `THREAD_CREATE`, ...)."""
        await self.hub.tell(event, channel.payload(), channel.guild)

    async def deny_bot(self, channel: Channel, *permissions: Permission) -> None:
        """Take permissions from the bot in one channel."""
        channel.deny(self.hub.bot, *permissions)
        await self.announce(channel)

    def forget(self, message: Message) -> None:
        """Let a message be gone, as if a moderator had deleted it, without telling the bot."""
        self.hub.forget(message)

    def limit_uploads(self, size: int | None) -> None:
        """Largest file in bytes everywhere, instead of what users and boosts allow."""
        self.hub.upload_limit = size

    def role(self, name: str, guild: Guild | None = None) -> Role:
        return (guild or self.home).role(name)

    def add_keyword_rule(
        self,
        *keywords: str,
        guild: Guild | None = None,
        regexes: Iterable[str] = (),
        allowed: Iterable[str] = (),
        exempt_roles: Iterable[Role] = (),
        exempt_channels: Iterable[Channel] = (),
    ) -> dict[str, Any]:
        """An AutoMod rule of the server, readable by the bot with MANAGE_GUILD; `automod.add_rule` makes others."""
        return add_rule(
            guild or self.home,
            keywords=keywords,
            regexes=tuple(regexes),
            allowed=tuple(allowed),
            exempt_roles=exempt_roles,
            exempt_channels=exempt_channels,
        )

    async def automod_told(self, event: str, rule: Mapping[str, Any], guild: Guild | None = None) -> int:
        """Tell a running bot of a rule that was made, changed or deleted, if it may hear of it."""
        return await told(self.hub, guild or self.home, event, rule)

    async def let_bot(self, permissions: Permission, guild: Guild | None = None) -> None:
        """Give the bot's own role these permissions and no others, while it runs."""
        home = guild or self.home
        role = home.role(self.hub.bot.name)
        role.permissions = permissions
        event = {"guild_id": str(home.id), "role": role.payload()}
        await self.hub.tell("GUILD_ROLE_UPDATE", event, home)

    async def interact(
        self,
        kind: InteractionKind,
        user: Account,
        channel: Channel,
        data: Mapping[str, Any],
        *,
        source: Message | None = None,
        opened_by: Interaction | None = None,
    ) -> Interaction:
        """Create an interaction and send it to the bot."""
        identifier = snowflake()
        token = secrets.token_urlsafe(72)
        limit = self._size_limit(user, channel)
        owners = self._owners(user, channel)
        payload: dict[str, Any] = {
            "id": str(identifier),
            "application_id": str(self.hub.application_id),
            "type": int(kind),
            "token": token,
            "version": 1,
            "data": dict(data),
            "entitlements": [],
            "authorizing_integration_owners": owners,
            "attachment_size_limit": limit,
        } | place_payload(self.hub, user, channel)
        if source is not None:
            payload["message"] = source.payload(self.cdn)
        interaction = Interaction(
            kind,
            user,
            channel,
            payload,
            identifier,
            token,
            self.hub.pulse,
            owners,
            limit,
            self.hub.ack_deadline,
            force_ephemeral=self._hides_answers(user, channel, owners),
            source=source,
            opened_by=opened_by,
        )
        self.hub.interactions[token] = interaction
        await self._send(interaction)
        return interaction

    async def _send(self, interaction: Interaction) -> None:
        if self.http.url is not None:
            self.hub.spawn(self.http.deliver(interaction))
            return
        guild = interaction.channel.guild
        guild_id = guild.id if guild and guild.has_bot else None
        await self.gateway.dispatch("INTERACTION_CREATE", interaction.payload, guild_id)

    async def replay(self, interaction: Interaction, age: float = 0.0) -> Interaction:
        """Send the same interaction again; with `age` a new one that is already so many seconds old."""
        if age:
            identifier, token = snowflake(age), secrets.token_urlsafe(72)
            payload = interaction.payload | {"id": str(identifier), "token": token}
            interaction = Interaction(
                interaction.kind,
                interaction.user,
                interaction.channel,
                payload,
                identifier,
                token,
                self.hub.pulse,
                interaction.owners,
                interaction.size_limit,
                self.hub.ack_deadline,
                source=interaction.source,
                stale_by=age,
            )
            self.hub.interactions[token] = interaction
        await self._send(interaction)
        return interaction

    def _size_limit(self, user: Account, channel: Channel) -> int:
        if self.hub.upload_limit is not None:
            return self.hub.upload_limit
        guild = channel.guild
        return max(user.upload_limit, guild.upload_limit) if guild and guild.has_bot else user.upload_limit

    def _owners(self, user: Account, channel: Channel) -> dict[str, str]:
        owners: dict[str, str] = {}
        if channel.guild is not None and channel.guild.has_bot:
            owners["0"] = str(channel.guild.id)
        elif channel.type is ChannelType.DM and user not in self.user_installs:
            owners["0"] = "0"
        if user in self.user_installs:
            owners["1"] = str(user.id)
        if not owners:
            raise Refused("the application is not installed here")
        return owners

    def _hides_answers(self, user: Account, channel: Channel, owners: Mapping[str, str]) -> bool:
        """Without USE_EXTERNAL_APPS the answers of a user-installed application are ephemeral."""
        if channel.guild is None or "0" in owners:
            return False
        return Permission.USE_EXTERNAL_APPS not in channel.guild.permissions_of(user, channel)

    @contextmanager
    def library(self) -> Iterator[None]:
        """Lead discord.py of this process here, by the three addresses that it keeps as constants."""
        import discord
        import yarl

        route, socket, asset = discord.http.Route, discord.gateway.DiscordWebSocket, discord.Asset
        before = route.BASE, socket.DEFAULT_GATEWAY, asset.BASE
        route.BASE = self.api_base
        socket.DEFAULT_GATEWAY = yarl.URL(self.gateway.url)
        asset.BASE = self.cdn.origin
        try:
            yield
        finally:
            route.BASE, socket.DEFAULT_GATEWAY, asset.BASE = before

"""Everything that the parts of the twin share: the world, what was recorded, and the switches."""

import asyncio
import secrets
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.twins.discord_twin import components as parts
from tests.twins.discord_twin import errors
from tests.twins.discord_twin.commands import CommandRegistry
from tests.twins.discord_twin.faults import Faults
from tests.twins.discord_twin.files import Cdn
from tests.twins.discord_twin.gateway import Gateway
from tests.twins.discord_twin.interactions import Interaction
from tests.twins.discord_twin.limits import RateLimits
from tests.twins.discord_twin.mentions import pings
from tests.twins.discord_twin.message_rules import Submission, compose
from tests.twins.discord_twin.messages import Draft, Message
from tests.twins.discord_twin.pulse import Pulse
from tests.twins.discord_twin.recorder import Recorder
from tests.twins.discord_twin.snowflakes import snowflake
from tests.twins.discord_twin.world import Account, Channel, ChannelType, Guild


@dataclass(slots=True)
class Hub:
    """The state of one Discord.

    Attributes:
        ack_deadline: Seconds until an interaction that nobody acknowledged is dead.
        token_life: Seconds until an interaction token is dead.
        upload_limit: Largest file in bytes instead of what users and boosts allow.
        automod_words: A message with one of them is blocked (200000).
    """

    application_id: int = field(default_factory=snowflake)
    ack_deadline: float = 3.0
    token_life: float = 900.0
    automod_words: set[str] = field(default_factory=set)
    upload_limit: int | None = None
    bot: Account = field(init=False)
    token: str = field(init=False)
    accounts: dict[int, Account] = field(default_factory=dict)
    guilds: dict[int, Guild] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    interactions: dict[str, Interaction] = field(default_factory=dict)
    commands: CommandRegistry = field(init=False)
    cdn: Cdn = field(default_factory=Cdn)
    gateway: Gateway = field(default_factory=Gateway)
    pulse: Pulse = field(default_factory=Pulse)
    recorder: Recorder = field(default_factory=Recorder)
    faults: Faults = field(default_factory=Faults)
    rate_limits: RateLimits = field(default_factory=RateLimits)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.bot = self.join(Account("imagine-bot", "Imagine", bot=True, id=self.application_id))
        self.token = f"{self.application_id}.{secrets.token_urlsafe(6)}.{secrets.token_urlsafe(24)}"
        self.commands = CommandRegistry(self.application_id)
        self.gateway.token = self.token
        self.gateway.ready = self._ready
        self.gateway.members = self._members
        self.gateway.changed = self.pulse.beat

    def join(self, account: Account) -> Account:
        self.accounts[account.id] = account
        return account

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run in the background until the twin is stopped."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def cancel_tasks(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def tell(self, name: str, data: Mapping[str, Any], guild: Guild | None = None) -> int:
        """Dispatch a gateway event; guilds without the bot are silent. How many sessions it is for."""
        if guild is not None and not guild.has_bot:
            return 0
        return await self.gateway.dispatch(name, dict(data), guild.id if guild else None)

    def channel(self, channel_id: str | int) -> Channel:
        found = self.channels.get(int(channel_id))
        if found is None:
            raise errors.unknown_channel()
        return found

    def guild(self, guild_id: str | int) -> Guild:
        """A guild in which the bot is. DiscordError otherwise."""
        found = self.guilds.get(int(guild_id))
        if found is None:
            raise errors.unknown_guild()
        if not found.has_bot:
            raise errors.missing_access()
        return found

    def dm(self, account: Account) -> Channel:
        """The channel between the bot and a user."""
        for channel in self.channels.values():
            if channel.type is ChannelType.DM and account in channel.recipients:
                return channel
        channel = Channel(ChannelType.DM, recipients=[account])
        self.channels[channel.id] = channel
        return channel

    def draft(self, asked: Submission) -> Draft:
        """Check a submitted message and store its files."""
        draft = compose(replace(asked, blocked_words=tuple(self.automod_words)))
        for attachment in draft.attachments:
            self.cdn.keep(attachment)
        shown = [
            part["content"]
            for part in parts.walk(draft.components)
            if part.get("type") == parts.Kind.TEXT_DISPLAY
        ]
        text = "\n".join([draft.content, *shown])
        return replace(draft, pings=pings(text, asked.body.get("allowed_mentions")))

    async def post(self, message: Message) -> None:
        """Put a new message into its channel."""
        self.messages[message.id] = message
        message.channel.last_message_id = message.id
        await self.changed(message, "MESSAGE_CREATE")

    async def changed(self, message: Message, event: str = "MESSAGE_UPDATE") -> None:
        self.recorder.said(message.texts())
        guild = message.channel.guild
        body = message.payload(self.cdn)
        if guild is not None:
            body["guild_id"] = str(guild.id)
        if not message.ephemeral:
            await self.tell(event, body, guild)
        self.pulse.beat()

    async def delete(self, message: Message, via: str) -> None:
        message.delete(via)
        guild = message.channel.guild
        body = {"id": str(message.id), "channel_id": str(message.channel.id)}
        if guild is not None:
            body["guild_id"] = str(guild.id)
        if not message.ephemeral:
            await self.tell("MESSAGE_DELETE", body, guild)
        self.pulse.beat()

    def forget(self, message: Message) -> None:
        """The message is gone without anybody being told."""
        message.delete("moderator")
        self.messages.pop(message.id, None)
        self.pulse.beat()

    def shard_guilds(self, shard: tuple[int, int]) -> list[Guild]:
        return [
            guild
            for guild in self.guilds.values()
            if guild.has_bot and (guild.id >> 22) % shard[1] == shard[0]
        ]

    def _ready(self, shard: tuple[int, int]) -> tuple[dict[str, Any], list[tuple[str, Any]]]:
        guilds = self.shard_guilds(shard)
        body = {
            "v": 10,
            "user": self.bot.payload() | {"verified": True, "mfa_enabled": False, "email": None},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "application": {"id": str(self.application_id), "flags": 0},
            "session_type": "normal",
            "private_channels": [],
        }
        return body, [("GUILD_CREATE", guild.create_event(self.bot)) for guild in guilds]

    def _members(self, asked: Mapping[str, Any]) -> dict[str, Any] | None:
        guild = self.guilds.get(int(asked["guild_id"]))
        if guild is None or not guild.has_bot:
            return None
        ids = asked.get("user_ids")
        wanted = {int(identifier) for identifier in ids} if isinstance(ids, list) else None
        members = [member for key, member in guild.members.items() if wanted is None or key in wanted]
        chunk = {
            "guild_id": str(guild.id),
            "members": [member.payload() for member in members],
            "chunk_index": 0,
            "chunk_count": 1,
        }
        return chunk | ({"nonce": asked["nonce"]} if asked.get("nonce") else {})

    def dead(self, interaction: Interaction) -> bool:
        """Whether the interaction token is past its life."""
        return interaction.token_dead or time.monotonic() - interaction.sent_at > self.token_life

"""The people who use the bot. Each method does what a client would let them do, or raises Refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.twins.discord_twin import command_rules as rules
from tests.twins.discord_twin import components as parts
from tests.twins.discord_twin.command_rules import Refused
from tests.twins.discord_twin.components import SELECTS, Component, Kind
from tests.twins.discord_twin.files import Upload, store
from tests.twins.discord_twin.forms import fill
from tests.twins.discord_twin.interactions import Interaction, InteractionKind
from tests.twins.discord_twin.messages import Message, button_name
from tests.twins.discord_twin.payloads import Resolved, option_payloads
from tests.twins.discord_twin.permissions import Permission
from tests.twins.discord_twin.world import Account, Channel, ChannelType

if TYPE_CHECKING:
    from tests.twins.discord_twin.twin import DiscordTwin


@dataclass(slots=True, eq=False)
class Person:
    """A user with a client in hand."""

    twin: DiscordTwin
    account: Account

    @property
    def id(self) -> int:
        return self.account.id

    @property
    def mention(self) -> str:
        return self.account.mention

    @property
    def dm(self) -> Channel:
        """The direct messages with the bot."""
        return self.twin.hub.dm(self.account)

    @property
    def received(self) -> list[Message]:
        """Direct messages from the bot that are still there."""
        found = self.twin.hub.messages.values()
        return [m for m in found if m.channel is self.dm and m.author.bot and not m.deleted]

    def close_dms(self) -> None:
        """Take no direct messages any more."""
        self.account.dms_open = False

    async def slash(self, command: str, channel: Channel, **options: Any) -> Interaction:
        """Use a chat command, for example `slash("imagine", channel, prompt="a red fox")`.

        `command` may name a subcommand ("favourites show"). Values are str, int, float, bool, `Upload`,
        `Person`, `Account`, `Role` or `Channel`.
        """
        return await self._command(command, channel, options, None)

    async def autocomplete(
        self, command: str, channel: Channel, focused: str, text: str = "", **options: Any
    ) -> Interaction:
        """Type into an option; `choices` of the result holds what is offered."""
        return await self._command(command, channel, {**options, focused: text}, focused)

    async def _command(
        self, path: str, channel: Channel, given: Mapping[str, Any], focused: str | None
    ) -> Interaction:
        usable = self._usable(channel)
        command, below = rules.find_command(usable, path)
        self._may_use(command, channel)
        options: list[Any] = command.get("options") or []
        groups: list[Mapping[str, Any]] = []
        for name in below:
            step = next(
                (option for option in options if option["name"] == name and option["type"] <= 2), None
            )
            if step is None:
                raise Refused(f"/{path} is not registered")
            groups.append(step)
            options = step.get("options") or []
        if any(option["type"] <= 2 for option in options):
            raise Refused(f"/{path} is a group; choose one of {[option['name'] for option in options]}")
        plain = {name: _plain(value) for name, value in given.items()}
        rules.typed_options(options, plain, focused)
        if focused is not None and not _option(options, focused).get("autocomplete"):
            raise Refused(f"option {focused!r} has no autocomplete")
        resolved = Resolved(self.twin.hub, channel)
        shown = option_payloads(options, plain, resolved, focused)
        for group in reversed(groups):
            shown = [{"name": group["name"], "type": group["type"], "options": shown}]
        data = _command_data(command) | ({"options": shown} if shown else {})
        kind = InteractionKind.COMMAND if focused is None else InteractionKind.AUTOCOMPLETE
        return await self.twin.interact(kind, self.account, channel, resolved.add_to(data))

    async def context_menu(self, command: str, target: Message | Account | Person) -> Interaction:
        """Use a command of a message's or a user's menu. A user's menu opens in the default channel."""
        target = target.account if isinstance(target, Person) else target
        kind = rules.MESSAGE if isinstance(target, Message) else rules.USER
        channel = target.channel if isinstance(target, Message) else self.twin.channel
        found = [c for c in self._usable(channel) if c["type"] == kind and c["name"] == command]
        if not found:
            raise Refused(f"there is no menu command {command!r}")
        self._may_use(found[0], channel)
        if isinstance(target, Message):
            self._must_see(target)
        resolved = Resolved(self.twin.hub, channel)
        target_id = resolved.message(target) if isinstance(target, Message) else resolved.user(target)
        data = _command_data(found[0]) | {"target_id": target_id}
        return await self.twin.interact(InteractionKind.COMMAND, self.account, channel, resolved.add_to(data))

    async def click(self, message: Message, button: str) -> Interaction:
        """Press a button, named by custom id, label or emoji."""
        component = self._button(message, button)
        if component["style"] == 5:
            raise Refused(f"{button!r} is a link")
        data = {
            "custom_id": component["custom_id"],
            "component_type": int(Kind.BUTTON),
            "id": component["id"],
        }
        return await self._use(message, data)

    def _button(self, message: Message, wanted: str) -> Component:
        self._must_see(message)
        for button in message.buttons:
            if wanted in (button.get("custom_id"), button.get("label"), button_name(button)):
                if button.get("disabled"):
                    raise Refused(f"{wanted!r} is disabled")
                return button
        raise Refused(f"there is no button {wanted!r}; there are {message.labels}")

    async def select(
        self, message: Message, values: Sequence[Any] | str, custom_id: str | None = None
    ) -> Interaction:
        """Choose in a select, by default the only one; string options by value or label."""
        self._must_see(message)
        selects = [part for part in parts.walk(message.components) if part["type"] in SELECTS]
        found = [part for part in selects if custom_id in (None, part["custom_id"])]
        if len(found) != 1 or found[0].get("disabled"):
            raise Refused(
                f"no single open select {custom_id!r}; there are {[part['custom_id'] for part in selects]}"
            )
        chosen = [values] if isinstance(values, str) else list(values)
        resolved = Resolved(self.twin.hub, message.channel)
        data = {
            "custom_id": found[0]["custom_id"],
            "component_type": found[0]["type"],
            "id": found[0]["id"],
            "values": _selected(found[0], [_plain(value) for value in chosen], resolved),
        }
        return await self._use(message, resolved.add_to(data))

    async def submit_modal(
        self, opened: Interaction, values: Mapping[str, Any] | None = None, **more: Any
    ) -> Interaction:
        """Send a modal; inputs are named by custom id or label, untouched ones keep their default."""
        if opened.modal is None:
            raise Refused("no modal is open")
        resolved = Resolved(self.twin.hub, opened.channel)
        rows = fill(opened.modal, {**(values or {}), **more}, resolved)
        data = {"custom_id": opened.modal["custom_id"], "components": rows}
        return await self.twin.interact(
            InteractionKind.MODAL_SUBMIT,
            self.account,
            opened.channel,
            resolved.add_to(data),
            source=opened.source,
            opened_by=opened,
        )

    async def send(self, channel: Channel, content: str = "", *uploads: Upload) -> Message:
        """Write a message of one's own."""
        if channel.guild is not None:
            granted = channel.guild.permissions_of(self.account, channel)
            if not granted & (Permission.SEND_MESSAGES | Permission.SEND_MESSAGES_IN_THREADS):
                raise Refused("may not write here")
        files = [self.twin.hub.cdn.keep(store(upload, channel.id)) for upload in uploads]
        message = Message(channel, self.account, content, attachments=files)
        message.note("created", "user")
        await self.twin.hub.post(message)
        return message

    async def delete(self, message: Message) -> None:
        """Delete an own message, or any as a moderator; dismiss an ephemeral one."""
        self._must_see(message)
        guild = message.channel.guild
        moderator = guild and Permission.MANAGE_MESSAGES in guild.permissions_of(
            self.account, message.channel
        )
        if not (moderator or message.author is self.account or message.only_for is self.account):
            raise Refused("may not delete this message")
        await self.twin.hub.delete(message, "moderator" if message.author is not self.account else "user")

    def sees(self, message: Message) -> bool:
        guild = message.channel.guild
        if guild is not None and Permission.VIEW_CHANNEL not in guild.permissions_of(
            self.account, message.channel
        ):
            return False
        return message.visible_to(self.account)

    def reads(self, channel: Channel) -> list[Message]:
        """The messages of a channel that the person sees, oldest first."""
        return [m for m in self.twin.hub.messages.values() if m.channel is channel and self.sees(m)]

    def _must_see(self, message: Message) -> None:
        if not self.sees(message):
            raise Refused("the message is gone or not visible")

    async def _use(self, message: Message, data: dict[str, Any]) -> Interaction:
        kind = InteractionKind.COMPONENT
        return await self.twin.interact(kind, self.account, message.channel, data, source=message)

    def _usable(self, channel: Channel) -> list[Any]:
        guild_id = channel.guild.id if channel.guild else None
        installed = channel.guild.has_bot if channel.guild else channel.type is ChannelType.DM
        context = 0 if channel.guild else 1 if channel.type is ChannelType.DM else 2
        by_user = self.account in self.twin.user_installs
        return [
            command
            for command in self.twin.hub.commands.usable(guild_id)
            if (installed and 0 in command["integration_types"])
            or (by_user and 1 in command["integration_types"])
            if command["contexts"] is None or context in command["contexts"]
        ]

    def _may_use(self, command: Mapping[str, Any], channel: Channel) -> None:
        guild = channel.guild
        if command["nsfw"] and guild is not None and not channel.age_restricted:
            raise Refused(f"{command['name']} is only for age-restricted channels")
        if guild is None:
            return
        granted = guild.permissions_of(self.account, channel)
        if Permission.USE_APPLICATION_COMMANDS not in granted:
            raise Refused("may not use commands here")
        needed = command["default_member_permissions"]
        if needed is not None and Permission.ADMINISTRATOR not in granted:
            required = Permission(int(needed))
            if not required or granted & required != required:
                raise Refused(f"{command['name']} is hidden from this member")


def _plain(value: Any) -> Any:
    return value.account if isinstance(value, Person) else value


def _option(options: list[Any], name: str) -> Mapping[str, Any]:
    return next(option for option in options if option["name"] == name)


def _command_data(command: Mapping[str, Any]) -> dict[str, Any]:
    data = {"id": command["id"], "name": command["name"], "type": command["type"]}
    return data | ({"guild_id": command["guild_id"]} if "guild_id" in command else {})


def _selected(select: Component, chosen: list[Any], resolved: Resolved) -> list[Any]:
    least, most = select.get("min_values", 1), select.get("max_values", 1)
    if not least <= len(chosen) <= most:
        raise Refused(f"choose {least} to {most} values")
    if select["type"] != Kind.STRING_SELECT:
        return [resolved.option(0, value) for value in chosen]
    values = {option["label"]: option["value"] for option in select["options"]}
    values |= {option["value"]: option["value"] for option in select["options"]}
    missing = [value for value in chosen if value not in values]
    if missing:
        raise Refused(f"there is no choice {missing}; there are {sorted(values)}")
    return [values[value] for value in chosen]

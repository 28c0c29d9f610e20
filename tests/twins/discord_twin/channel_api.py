"""Channels and messages by bot token: permissions count here, unlike on the interaction path."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from tests.twins.discord_twin import errors
from tests.twins.discord_twin.hub import Hub
from tests.twins.discord_twin.message_rules import Submission
from tests.twins.discord_twin.messages import Flag, Message
from tests.twins.discord_twin.operations import Asked, Operation, Reply
from tests.twins.discord_twin.permissions import Permission
from tests.twins.discord_twin.world import MEBIBYTE, Channel, ChannelType

DM_LIMIT = 10 * MEBIBYTE
_CHANNEL = "/channels/{channel_id}"
_MESSAGES = f"{_CHANNEL}/messages"
_MESSAGE = f"{_MESSAGES}/{{message_id}}"


@dataclass(slots=True)
class ChannelApi:
    hub: Hub

    def operations(self) -> Iterator[Operation]:
        yield Operation("channel.show", "GET", _CHANNEL, self.show)
        yield Operation("channel.list", "GET", _MESSAGES, self.messages)
        yield Operation("channel.send", "POST", _MESSAGES, self.send)
        yield Operation("channel.get", "GET", _MESSAGE, self.get)
        yield Operation("channel.edit", "PATCH", _MESSAGE, self.edit)
        yield Operation("channel.delete", "DELETE", _MESSAGE, self.delete)
        yield Operation("channel.typing", "POST", f"{_CHANNEL}/typing", self.typing)
        yield Operation("channel.thread", "POST", f"{_MESSAGE}/threads", self.thread)
        reaction = f"{_MESSAGE}/reactions/{{emoji_name}}/@me"
        yield Operation("channel.react", "PUT", reaction, self.react)
        yield Operation("channel.unreact", "DELETE", reaction, self.unreact)
        yield Operation("dm.open", "POST", "/users/@me/channels", self.open_dm)

    def _place(self, asked: Asked, *needed: Permission) -> Channel:
        """The channel, if the bot sees it and may do what is needed. DiscordError otherwise."""
        channel = self.hub.channel(asked.ids["channel_id"])
        if channel.type is ChannelType.DM:
            return channel
        if channel.guild is None or not channel.guild.has_bot:
            raise errors.missing_access()
        granted = channel.guild.permissions_of(self.hub.bot, channel)
        if Permission.VIEW_CHANNEL not in granted:
            raise errors.missing_access()
        if any(permission not in granted for permission in needed):
            raise errors.missing_permissions()
        return channel

    def _message(self, asked: Asked, channel: Channel) -> Message:
        message = self.hub.messages.get(int(asked.ids["message_id"]))
        if message is None or message.channel is not channel or message.deleted or message.ephemeral:
            raise errors.unknown_message()
        return message

    async def show(self, asked: Asked) -> Reply:
        return Reply(self._place(asked).payload())

    async def messages(self, asked: Asked) -> Reply:
        channel = self._place(asked, Permission.READ_MESSAGE_HISTORY)
        limit = int(asked.query.get("limit", "50"))
        found = [
            message
            for message in self.hub.messages.values()
            if message.channel is channel and not message.deleted and not message.ephemeral
        ]
        return Reply([message.payload(self.hub.cdn) for message in reversed(found[-limit:])])

    async def send(self, asked: Asked) -> Reply:
        channel = self._place(asked, *self._needed_to_send(asked))
        if channel.archived:
            raise errors.archived_thread()
        if channel.type is ChannelType.DM and not channel.recipients[0].dms_open:
            raise errors.closed_dms()
        nonce = asked.body.get("nonce")
        if asked.body.get("enforce_nonce") and (known := self._with_nonce(channel, nonce)):
            return Reply(known.payload(self.hub.cdn))
        message = Message(channel, self.hub.bot, application_id=self.hub.application_id)
        message.nonce = nonce
        reference = asked.body.get("message_reference")
        if reference is not None:
            message.reply_to = self.hub.messages.get(int(reference["message_id"]))
            message.type = 19
        message.write(self.hub.draft(self._submission(asked, channel)), "bot", "created")
        await self.hub.post(message)
        return Reply(message.payload(self.hub.cdn))

    def _with_nonce(self, channel: Channel, nonce: str | int | None) -> Message | None:
        """The message that was sent with it already; Discord looks back for some minutes."""
        return next(
            (
                message
                for message in self.hub.messages.values()
                if nonce is not None and message.nonce == nonce and message.channel is channel
            ),
            None,
        )

    def _needed_to_send(self, asked: Asked) -> list[Permission]:
        thread = self.hub.channel(asked.ids["channel_id"]).is_thread
        needed = [Permission.SEND_MESSAGES_IN_THREADS if thread else Permission.SEND_MESSAGES]
        return [*needed, Permission.ATTACH_FILES] if asked.files else needed

    def _submission(self, asked: Asked, channel: Channel, edits: Message | None = None) -> Submission:
        limit = self.hub.upload_limit or (channel.guild.upload_limit if channel.guild else DM_LIMIT)
        if edits is None and Flag.EPHEMERAL in Flag(asked.body.get("flags") or 0):
            self.hub.recorder.broke("a channel message cannot be ephemeral")
        return Submission(asked.body, asked.files, limit, channel.id, edits=edits)

    async def get(self, asked: Asked) -> Reply:
        channel = self._place(asked, Permission.READ_MESSAGE_HISTORY)
        return Reply(self._message(asked, channel).payload(self.hub.cdn))

    async def edit(self, asked: Asked) -> Reply:
        channel = self._place(asked)
        message = self._message(asked, channel)
        if message.author is not self.hub.bot:
            raise errors.not_the_author()
        message.write(self.hub.draft(self._submission(asked, channel, message)), "bot")
        await self.hub.changed(message)
        return Reply(message.payload(self.hub.cdn))

    async def delete(self, asked: Asked) -> Reply:
        channel = self._place(asked)
        message = self._message(asked, channel)
        if message.author is not self.hub.bot:
            self._place(asked, Permission.MANAGE_MESSAGES)
        await self.hub.delete(message, "bot")
        return Reply()

    async def typing(self, asked: Asked) -> Reply:
        self._place(asked, Permission.SEND_MESSAGES)
        return Reply()

    async def thread(self, asked: Asked) -> Reply:
        channel = self._place(asked, Permission.CREATE_PUBLIC_THREADS)
        message = self._message(asked, channel)
        thread = Channel(
            ChannelType.PUBLIC_THREAD, asked.body["name"], channel.guild, parent=channel, id=message.id
        )
        self.hub.channels[thread.id] = thread
        if channel.guild is not None:
            channel.guild.channels.append(thread)
            await self.hub.tell("THREAD_CREATE", thread.payload() | {"newly_created": True}, channel.guild)
        return Reply(thread.payload(), 201)

    async def react(self, asked: Asked) -> Reply:
        channel = self._place(asked, Permission.READ_MESSAGE_HISTORY)
        message = self._message(asked, channel)
        emoji = unquote(asked.ids["emoji_name"])
        accounts = message.reactions.get(emoji)
        if accounts is None:
            self._place(asked, Permission.ADD_REACTIONS)
            accounts = message.reactions.setdefault(emoji, [])
        accounts.append(self.hub.bot)
        return Reply()

    async def unreact(self, asked: Asked) -> Reply:
        message = self._message(asked, self._place(asked))
        accounts = message.reactions.get(unquote(asked.ids["emoji_name"]), [])
        if self.hub.bot in accounts:
            accounts.remove(self.hub.bot)
        return Reply()

    async def open_dm(self, asked: Asked) -> Reply:
        account = self.hub.accounts.get(int(asked.body["recipient_id"]))
        if account is None or account.bot:
            raise errors.unknown_user()
        channel = self.hub.dm(account)
        body: dict[str, Any] = channel.payload()
        return Reply(body)

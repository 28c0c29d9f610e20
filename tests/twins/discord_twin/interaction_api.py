"""Callbacks and the webhook of an interaction: acknowledgement, answers, edits, followups.

Source: "Receiving and Responding to Interactions" in Discord's developer documentation.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.twins.discord_twin import components as parts
from tests.twins.discord_twin import errors
from tests.twins.discord_twin.command_rules import CHAT_INPUT, choice_problems
from tests.twins.discord_twin.errors import Problem
from tests.twins.discord_twin.files import Upload
from tests.twins.discord_twin.hub import Hub
from tests.twins.discord_twin.interactions import Ack, CallbackKind, Interaction, InteractionKind
from tests.twins.discord_twin.message_rules import Submission
from tests.twins.discord_twin.messages import Flag, Message
from tests.twins.discord_twin.modal_rules import modal_problems
from tests.twins.discord_twin.operations import Asked, Operation, Reply

FOLLOWUPS_OF_USER_INSTALL = 5
_HOOK = "/webhooks/{webhook_id}/{webhook_token}"

_ALLOWED = {
    InteractionKind.COMMAND: {CallbackKind.MESSAGE, CallbackKind.DEFER, CallbackKind.MODAL},
    InteractionKind.COMPONENT: {
        CallbackKind.MESSAGE,
        CallbackKind.DEFER,
        CallbackKind.DEFER_UPDATE,
        CallbackKind.UPDATE,
        CallbackKind.MODAL,
    },
    InteractionKind.AUTOCOMPLETE: {CallbackKind.CHOICES},
    InteractionKind.MODAL_SUBMIT: {CallbackKind.MESSAGE, CallbackKind.DEFER},
}


@dataclass(slots=True)
class InteractionApi:
    hub: Hub

    def operations(self) -> Iterator[Operation]:
        callback = "/interactions/{interaction_id}/{interaction_token}/callback"
        yield Operation("callback", "POST", callback, self.callback, authorized=False)
        for path in (f"{_HOOK}/messages/@original", f"{_HOOK}/messages/{{message_id}}"):
            yield Operation("webhook.get", "GET", path, self.get, authorized=False)
            yield Operation("webhook.edit", "PATCH", path, self.edit, authorized=False)
            yield Operation("webhook.delete", "DELETE", path, self.delete, authorized=False)
        yield Operation("webhook.send", "POST", _HOOK, self.send, authorized=False)

    async def callback(self, asked: Asked) -> Reply:
        interaction = self.hub.interactions.get(asked.ids["interaction_token"])
        if interaction is None or str(interaction.id) != asked.ids["interaction_id"]:
            raise errors.unknown_interaction()
        await self.respond(interaction, asked.body, asked.files, arrived=asked.call.wire.at)
        if not asked.asks_for("with_response"):
            return Reply()
        return Reply(self._callback_answer(interaction))

    async def respond(
        self,
        interaction: Interaction,
        body: Mapping[str, Any],
        files: Mapping[int, Upload],
        arrived: float,
    ) -> None:
        """Take the first answer, whichever way it came. DiscordError if it is late, double or wrong."""
        if interaction.ack is not None:
            raise errors.already_acknowledged()
        latency = arrived - interaction.sent_at
        if latency + interaction.stale_by > self.hub.ack_deadline:
            interaction.late.append(latency)
            raise errors.unknown_interaction()
        kind = CallbackKind(body["type"])
        data = body.get("data") or {}
        _check_kind(interaction, kind)
        ephemeral = await self._carry_out(interaction, kind, data, files)
        interaction.ack = Ack(kind, latency, ephemeral)
        self.hub.pulse.beat()

    async def _carry_out(
        self,
        interaction: Interaction,
        kind: CallbackKind,
        data: Mapping[str, Any],
        files: Mapping[int, Upload],
    ) -> bool:
        match kind:
            case CallbackKind.MESSAGE:
                interaction.original = await self._create(interaction, data, files, "callback", prefix="data")
            case CallbackKind.DEFER:
                interaction.original = await self._think(interaction, data)
            case CallbackKind.DEFER_UPDATE:
                interaction.original = interaction.source
            case CallbackKind.UPDATE:
                interaction.original = interaction.source
                if interaction.source is None:
                    raise errors.unknown_message()
                await self._edit(interaction, interaction.source, data, files, "callback", prefix="data")
            case CallbackKind.CHOICES:
                _refuse(choice_problems(data.get("choices") or [], "data.choices"))
                interaction.choices = list(data.get("choices") or [])
                self.hub.recorder.said(str(choice["name"]) for choice in interaction.choices)
            case CallbackKind.MODAL:
                _refuse(modal_problems(data))
                interaction.modal = {**data, "components": parts.numbered(data["components"])}
                self.hub.recorder.said([str(data["title"]), *parts.texts(data["components"])])
        return interaction.original is not None and interaction.original.ephemeral

    def _callback_answer(self, interaction: Interaction) -> dict[str, Any]:
        head: dict[str, Any] = {"id": str(interaction.id), "type": int(interaction.kind)}
        answer: dict[str, Any] = {"interaction": head}
        if interaction.original is not None and interaction.ack is not None:
            message = interaction.original
            head["response_message_id"] = str(message.id)
            head["response_message_loading"] = message.thinking
            head["response_message_ephemeral"] = message.ephemeral
            if interaction.ack.kind in (CallbackKind.MESSAGE, CallbackKind.UPDATE):
                shown = message.payload(self.hub.cdn)
                answer["resource"] = {"type": int(interaction.ack.kind), "message": shown}
        return answer

    async def get(self, asked: Asked) -> Reply:
        return Reply(self._message(asked)[1].payload(self.hub.cdn))

    async def edit(self, asked: Asked) -> Reply:
        interaction, message = self._message(asked)
        await self._edit(interaction, message, asked.body, asked.files, "token")
        return Reply(message.payload(self.hub.cdn))

    async def delete(self, asked: Asked) -> Reply:
        _, message = self._message(asked)
        await self.hub.delete(message, "token")
        return Reply()

    async def send(self, asked: Asked) -> Reply:
        interaction = self._hook(asked)
        first = interaction.original
        if first is not None and first.thinking:
            self.hub.recorder.warnings.append("a defer was finished with a followup; edit @original instead")
            await self._edit(interaction, first, asked.body, asked.files, "token")
            message = first
        else:
            if "0" not in interaction.owners and len(interaction.followups) >= FOLLOWUPS_OF_USER_INSTALL:
                raise errors.too_many_followups()
            message = await self._create(interaction, asked.body, asked.files, "token")
            interaction.followups.append(message)
            self.hub.pulse.beat()
        if not asked.asks_for("wait"):
            return Reply()
        return Reply(message.payload(self.hub.cdn))

    def _hook(self, asked: Asked) -> Interaction:
        interaction = self.hub.interactions.get(asked.ids["webhook_token"])
        if interaction is None or asked.ids["webhook_id"] != str(self.hub.application_id):
            raise errors.unknown_webhook()
        if self.hub.dead(interaction):
            raise errors.invalid_webhook_token()
        if interaction.ack is None:
            raise errors.unknown_webhook()
        return interaction

    def _message(self, asked: Asked) -> tuple[Interaction, Message]:
        interaction = self._hook(asked)
        wanted = asked.ids.get("message_id", "@original")
        if wanted == "@original":
            if "%40original" in asked.call.path:
                self.hub.recorder.broke("@original was percent-encoded: use the message id")
            message = interaction.original
        else:
            own = (interaction.original, *interaction.followups)
            message = next((known for known in own if known is not None and str(known.id) == wanted), None)
        if message is None or message.deleted:
            raise errors.unknown_message()
        return interaction, message

    async def _think(self, interaction: Interaction, data: Mapping[str, Any]) -> Message:
        wanted = Flag(data.get("flags") or 0)
        if wanted & ~Flag.EPHEMERAL:
            self.hub.recorder.broke(f"a defer takes only the flag EPHEMERAL, got {int(wanted)}")
        message = self._blank(interaction, ephemeral=Flag.EPHEMERAL in wanted)
        message.flags |= Flag.LOADING
        message.note("created", "callback")
        await self.hub.post(message)
        return message

    def _blank(self, interaction: Interaction, *, ephemeral: bool) -> Message:
        hidden = ephemeral or interaction.force_ephemeral
        return Message(
            interaction.channel,
            self.hub.bot,
            flags=Flag.EPHEMERAL if hidden else Flag(0),
            only_for=interaction.user if hidden else None,
            application_id=self.hub.application_id,
            interaction_metadata=_metadata(interaction),
            type=_message_type(interaction),
        )

    async def _create(
        self,
        interaction: Interaction,
        data: Mapping[str, Any],
        files: Mapping[int, Upload],
        via: str,
        prefix: str = "",
    ) -> Message:
        message = self._blank(interaction, ephemeral=Flag.EPHEMERAL in Flag(data.get("flags") or 0))
        draft = self.hub.draft(self._submission(interaction, message, data, files, prefix))
        message.write(draft, via, "created")
        await self.hub.post(message)
        return message

    async def _edit(
        self,
        interaction: Interaction,
        message: Message,
        data: Mapping[str, Any],
        files: Mapping[int, Upload],
        via: str,
        prefix: str = "",
    ) -> None:
        asked = self._submission(interaction, message, data, files, prefix, edits=message)
        message.write(self.hub.draft(asked), via)
        await self.hub.changed(message)

    def _submission(
        self,
        interaction: Interaction,
        message: Message,
        data: Mapping[str, Any],
        files: Mapping[int, Upload],
        prefix: str,
        edits: Message | None = None,
    ) -> Submission:
        return Submission(
            data,
            files,
            interaction.size_limit,
            interaction.channel.id,
            ephemeral=message.ephemeral,
            edits=edits,
            prefix=prefix,
        )


def _check_kind(interaction: Interaction, kind: CallbackKind) -> None:
    allowed = set(_ALLOWED[interaction.kind])
    if interaction.kind is InteractionKind.MODAL_SUBMIT and interaction.source is not None:
        allowed |= {CallbackKind.DEFER_UPDATE, CallbackKind.UPDATE}
    if kind not in allowed:
        problem = Problem("type", f"{kind.name} cannot answer {interaction.kind.name}", "BASE_TYPE_CHOICES")
        raise errors.invalid_form([problem])


def _refuse(problems: Iterator[Problem]) -> None:
    found = list(problems)
    if found:
        raise errors.invalid_form(found)


def _message_type(interaction: Interaction) -> int:
    """CHAT_INPUT_COMMAND, CONTEXT_MENU_COMMAND or DEFAULT."""
    if interaction.kind is not InteractionKind.COMMAND:
        return 0
    return 20 if interaction.payload["data"]["type"] == CHAT_INPUT else 23


def _metadata(interaction: Interaction) -> dict[str, Any]:
    kind = interaction.kind
    body: dict[str, Any] = {
        "id": str(interaction.id),
        "type": int(kind),
        "user": interaction.user.payload(),
        "authorizing_integration_owners": interaction.owners,
    }
    if kind is InteractionKind.COMPONENT and interaction.source is not None:
        body["interacted_message_id"] = str(interaction.source.id)
    if kind is InteractionKind.MODAL_SUBMIT and interaction.opened_by is not None:
        body["triggering_interaction_metadata"] = _metadata(interaction.opened_by)
    return body

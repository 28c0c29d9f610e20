"""How any process can answer a Discord interaction, and where the answer is shown: JSON kept with the job."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Self

import discord

_APPLICATION_WEBHOOK: Final = 3
TOKEN_LIFE: Final = 15 * 60.0
SAFETY: Final = 45.0
"""Seconds before the token's end from which on it is not used any more: an expired one costs a 401."""


@dataclass(frozen=True, slots=True)
class Handle:
    """What is needed to answer.

    Attributes:
        token: The interaction's token, a credential for 15 minutes.
        limit: Largest file in bytes for this interaction.
        can_post: The bot may send messages with files in the channel.
        user_only: Only the person has installed the app: the bot is not in the channel.
    """

    application_id: int
    token: str
    expires_at: float
    user_id: int
    channel_id: int
    limit: int
    ephemeral: bool = False
    can_post: bool = False
    user_only: bool = False

    def to_json(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(**data)

    def alive(self, now: float) -> bool:
        return now < self.expires_at - SAFETY


def webhook_of(handle: Handle, client: discord.Client) -> discord.Webhook:
    """The interaction's own webhook. `Webhook.partial` makes one of the ordinary kind, which may not whisper."""
    data: Any = {"id": handle.application_id, "type": _APPLICATION_WEBHOOK, "token": handle.token}
    return discord.Webhook.from_state(data, client._connection)  # noqa: SLF001 - no public way


def handle_of(interaction: discord.Interaction, *, ephemeral: bool) -> Handle:
    """The handle of an interaction that has just arrived."""
    permissions = interaction.app_permissions
    threads = isinstance(interaction.channel, discord.Thread)
    may_send = permissions.send_messages_in_threads if threads else permissions.send_messages
    user_only = interaction.is_user_integration() and not interaction.is_guild_integration()
    return Handle(
        application_id=interaction.application_id,
        token=interaction.token,
        expires_at=interaction.created_at.timestamp() + TOKEN_LIFE,
        user_id=interaction.user.id,
        channel_id=interaction.channel_id or 0,
        limit=interaction.filesize_limit,
        ephemeral=ephemeral,
        can_post=permissions.view_channel and may_send and permissions.attach_files and not user_only,
        user_only=user_only,
    )

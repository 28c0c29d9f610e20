"""`/imagine privacy`: what is kept, and two buttons by which everybody gets or erases what is theirs, without a moderator."""

import gzip
import io
import json
import re
from enum import StrEnum
from typing import Any, Final, Protocol, Self

import discord
import structlog

from adapters.discord.acknowledge import answer, receive
from adapters.discord.calls import LOST, brief
from adapters.discord.connection import Connection
from adapters.discord.mentions import NOBODY
from adapters.discord.requester import requester_of, texts_of
from adapters.discord.whisper import whisper
from bot.domain.outcomes import Failed, FailureClass
from bot.domain.requests import JobId
from bot.messages.catalogue import Texts
from bot.messages.keys import Say

log = structlog.get_logger(__name__)

_PLAIN: Final = 4 * 1024 * 1024
"""Larger exports go out packed."""


class Wish(StrEnum):
    EXPORT = "export"
    ERASE = "erase"
    ERASE_SURE = "erasesure"


_LABELS: Final = {
    Wish.EXPORT: (Say.BUTTON_EXPORT, "📦", discord.ButtonStyle.secondary),
    Wish.ERASE: (Say.BUTTON_ERASE, "🧹", discord.ButtonStyle.danger),
    Wish.ERASE_SURE: (Say.BUTTON_ERASE_SURE, "🧹", discord.ButtonStyle.danger),
}


class WishHandler(Protocol):
    """What a client offers to these buttons."""

    async def on_wish(self, interaction: discord.Interaction, wish: Wish) -> None: ...

    async def on_fault(self, interaction: discord.Interaction, fault: Exception) -> None: ...


class MineButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"mine:(?P<wish>[a-z]+)"):
    """Concerns whoever presses it, nobody else; so it needs no state."""

    def __init__(self, wish: str, label: str = "…") -> None:
        self.wish = wish
        _, emoji, style = _LABELS.get(Wish(wish), _LABELS[Wish.EXPORT])
        super().__init__(discord.ui.Button(label=label, emoji=emoji, style=style, custom_id=f"mine:{wish}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        return cls(match["wish"])

    async def callback(self, interaction: discord.Interaction) -> None:
        handler: WishHandler = interaction.client  # type: ignore[assignment]
        try:
            await handler.on_wish(interaction, Wish(self.wish))
        except Exception as fault:  # noqa: BLE001 - the library would only log it
            await handler.on_fault(interaction, fault)


def privacy_layout(texts: Texts) -> discord.ui.LayoutView:
    """What is kept, and what to do about it."""
    return _asking(texts.say(Say.PRIVACY), (Wish.EXPORT, Wish.ERASE), texts)


def _asking(text: str, wishes: tuple[Wish, ...], texts: Texts) -> discord.ui.LayoutView:
    view = discord.ui.LayoutView(timeout=None)
    row: discord.ui.ActionRow[Any] = discord.ui.ActionRow(
        *(MineButton(wish.value, texts.say(_LABELS[wish][0])) for wish in wishes)
    )
    view.add_item(discord.ui.Container(discord.ui.TextDisplay(text), row))
    return view


async def grant(client: Connection, interaction: discord.Interaction, wish: Wish) -> None:
    """Hand out, ask once more, or erase."""
    texts, requester = texts_of(interaction), requester_of(interaction, public=False)
    if wish is Wish.ERASE:
        await answer(interaction, _asking(texts.say(Say.ERASE_SURE), (Wish.ERASE_SURE,), texts))
        return
    if not await receive(interaction):
        return
    if wish is Wish.ERASE_SURE:
        await whisper(interaction, texts.say(Say.ERASED, count=await client.studio.forget(requester)))
        return
    document = json.dumps(await client.studio.export(requester), ensure_ascii=False, indent=1).encode()
    packed = len(document) > _PLAIN
    data, name = (gzip.compress(document), "imagine.json.gz") if packed else (document, "imagine.json")
    try:
        await interaction.followup.send(
            texts.say(Say.EXPORTED),
            file=discord.File(io.BytesIO(data), name),
            ephemeral=True,
            allowed_mentions=NOBODY,
        )
    except (discord.HTTPException, *LOST) as fault:
        log.warning("export_not_handed_out", fault=brief(fault))
        failed = Failed(FailureClass.INTERNAL)
        await whisper(interaction, texts.failure(failed, JobId(str(interaction.id)[-8:])))

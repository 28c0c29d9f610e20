"""The moderators' panel on Discord: what follows from a command, a button or a dialog. All is private to the moderator."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final

import discord

from adapters.discord.acknowledge import receive
from adapters.discord.automod import FOLLOW
from adapters.discord.calls import call
from adapters.discord.connection import Connection
from adapters.discord.guardrails_import import proposed, told_of_changes
from adapters.discord.guardrails_pages import dialog, drawn, files_of, submit_of
from adapters.discord.requester import requester_of
from bot.images.inspect import MAX_UPLOAD
from bot.messages.desk import DeskSay, desk_texts
from bot.moderation.pages import Form, Page, Shown
from bot.moderation.panel import Panel

_OPENS_FORM: Final = frozenset({"edit", "ask", "allow", "import", "verify"})
_CHANGES: Final = frozenset({"save", "undo", "import"})
"""Acts after which AutoMod may be followed, or no longer."""


async def submitted(client: Connection, interaction: discord.Interaction) -> bool:
    """A dialog of the panel was sent; False if the dialog is none of ours."""
    submit = submit_of(interaction)
    if submit is None:
        return False
    await answer(client, interaction, *submit)
    return True


async def answer(
    client: Connection,
    interaction: discord.Interaction,
    act: str,
    text: str = "",
    *,
    command: bool = False,
) -> None:
    """The page or dialog that follows an act: in place where the panel is, else as a new private message."""
    desk = client.context.desk
    if desk is None:
        return
    panel, actor = Panel(desk), requester_of(interaction)
    verb = act.partition(":")[0]
    if not command and verb in _OPENS_FORM and not text:
        shown = await panel.act(actor, act, text)
        if isinstance(shown, Form):
            await interaction.response.send_modal(dialog(shown))
            return
        if _on_the_panel(interaction):
            await interaction.response.edit_message(view=drawn(shown), attachments=files_of(shown))
        else:
            await interaction.response.send_message(view=drawn(shown), files=files_of(shown), ephemeral=True)
        return
    async with _acknowledged(client, interaction) as arrived:
        if not arrived:
            return
        shown = await (panel.command(actor, act) if command else panel.act(actor, act, text))
        if FOLLOW in act and not client.hears and isinstance(shown, Page):
            unheard = told_of_changes(client, desk_texts(actor.locale))
            shown = replace(shown, lines=(*shown.lines, unheard))
        await _show(client, interaction, shown)
    if re.split(r"[: ]", act, maxsplit=1)[0] in _CHANGES and interaction.guild is not None:
        client.automod_changed(interaction.guild)


async def import_rules(client: Connection, interaction: discord.Interaction) -> None:
    """The server's AutoMod rules, as a draft."""
    desk, guild = client.context.desk, interaction.guild
    if desk is None or guild is None:
        return
    async with _acknowledged(client, interaction) as arrived:
        if arrived:
            await _show(client, interaction, await proposed(client, desk, requester_of(interaction), guild))


async def verify_file(
    client: Connection, interaction: discord.Interaction, picture: discord.Attachment
) -> None:
    """Whether an attached file is a picture of ours."""
    desk, actor = client.context.desk, requester_of(interaction)
    if desk is None:
        return
    async with _acknowledged(client, interaction) as arrived:
        if not arrived:
            return
        data = b""
        if picture.size <= MAX_UPLOAD and await desk.may_moderate(actor):
            data = await call(picture.read, client.context.clock, tries=2)
        await _show(client, interaction, await Panel(desk).verified(actor, data))


@asynccontextmanager
async def _acknowledged(client: Connection, interaction: discord.Interaction) -> AsyncIterator[bool]:
    """In place on the panel's own message; on a card that others see too, by a private message of its own."""
    if _on_the_panel(interaction):
        yield await receive(interaction)
        return
    async with client.promises.promised(interaction, ephemeral=True) as message_id:
        yield message_id is not None


def _on_the_panel(interaction: discord.Interaction) -> bool:
    return interaction.message is not None and interaction.message.flags.ephemeral


async def _show(client: Connection, interaction: discord.Interaction, shown: Shown) -> None:
    if isinstance(
        shown, Form
    ):  # a command may not ask back once it is acknowledged: offer the dialog's button
        texts = desk_texts(str(interaction.locale))
        shown = Page(shown.title, (texts.say(DeskSay.HELP),))
    page = shown

    async def edit() -> Any:
        return await interaction.edit_original_response(view=drawn(page), attachments=files_of(page))

    await call(edit, client.context.clock)

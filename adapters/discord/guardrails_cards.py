"""Cards in log and review channels, and rulings told to a person. Implements the moderators' `Herald` port."""

from typing import Any

import discord
import structlog

from adapters.discord.calls import LOST, call
from adapters.discord.connection import Connection
from adapters.discord.guardrails_pages import GuardButton
from bot.moderation.news import CASE_BUTTON
from bot.moderation.ports import Card

log = structlog.get_logger(__name__)

_CLOSED = (discord.HTTPException, *LOST)


async def post_card(client: Connection, tenant: str, channel_id: str, card: Card) -> bool:
    """Into a channel of that very community, and no other one."""
    guild_id = tenant.removeprefix("discord:")
    if not channel_id.isdigit() or not guild_id.isdigit():
        return False
    try:
        channel: Any = client.get_channel(int(channel_id))
        if channel is None:
            channel = await call(lambda: client.fetch_channel(int(channel_id)), client.context.clock, tries=2)
        if str(getattr(getattr(channel, "guild", None), "id", "")) != guild_id:
            log.info("card_channel_elsewhere", tenant=tenant)
            return False
        message = await channel.send(view=_drawn(card))
    except _CLOSED as fault:
        log.info("card_refused", fault=type(fault).__name__)
        return False
    if card.about is not None:
        await client.copies.add(card.about, int(channel_id), message.id, card=True)
    return True


async def tell_person(client: Connection, user_id: str, card: Card) -> bool:
    """By direct message; the person has asked for an answer by appealing."""
    if not user_id.isdigit():
        return False
    try:
        user = await call(lambda: client.fetch_user(int(user_id)), client.context.clock, tries=2)
        await user.send(view=_drawn(card))
    except _CLOSED as fault:
        log.info("person_not_told", fault=type(fault).__name__)
        return False
    return True


def _drawn(card: Card) -> discord.ui.LayoutView:
    lines = "\n".join(discord.utils.escape_markdown(line) for line in (card.title, *card.lines))
    parts: list[discord.ui.Item[Any]] = [discord.ui.TextDisplay(lines[:3500])]
    buttons = [
        GuardButton(f"case:{value}", label) for label, act, value in card.buttons if act == CASE_BUTTON
    ]
    if buttons:
        parts.append(discord.ui.ActionRow(*buttons))
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container(*parts))
    return view

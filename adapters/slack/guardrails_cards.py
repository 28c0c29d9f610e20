"""Cards in log and review channels, and rulings told to a person. Implements the moderators' `Herald` port."""

from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.delivery import Delivery
from adapters.slack.guardrails_pages import card_button
from adapters.slack.handle import Handle
from adapters.slack.render import ACTION_PREFIX, Block, Message, escape
from adapters.slack.web_api import LOST, Refusal
from adapters.slack.workspaces import NotInstalled
from bot.domain.requests import Action
from bot.moderation.news import AGAIN_BUTTON, CASE_BUTTON
from bot.moderation.ports import Card

log = structlog.get_logger(__name__)

_CLOSED: Final = (Refusal, NotInstalled, *LOST)


class Cards:
    """Posts with the workspace's own token, so that nothing can reach another workspace."""

    def __init__(self, delivery: Delivery, client_for: Callable[[str], Awaitable[AsyncWebClient]]) -> None:
        self._delivery = delivery
        self._client_for = client_for

    async def post(self, tenant: str, channel: str, card: Card) -> bool:
        try:
            stands = await self._delivery.post(await self._client_for(tenant), channel, _drawn(card), None)
        except _CLOSED as fault:
            log.info("card_refused", fault=type(fault).__name__)
            return False
        if card.about is not None:
            await self._delivery.copies.add([card.about], {**stands, "card": True})
        return True

    async def tell(self, tenant: str, user: str, channel: str, card: Card) -> bool:
        """By an ephemeral message where the person asked; by direct message if that door is closed."""
        handle, message = Handle(tenant, user, channel), _drawn(card)
        try:
            await self._delivery.whisper(handle, message)
            return True
        except _CLOSED as fault:
            log.info("person_not_told_in_channel", fault=type(fault).__name__)
        try:
            await self._delivery.doors.direct(handle, message)
        except _CLOSED as fault:
            log.info("person_not_told", fault=type(fault).__name__)
            return False
        return True


def _drawn(card: Card) -> Message:
    text = "\n".join(escape(line) for line in (card.title, *card.lines))
    blocks: list[Block] = [{"type": "section", "text": {"type": "mrkdwn", "text": text[:2900]}}]
    elements = [button for label, act, value in card.buttons for button in _button(label, act, value)]
    if elements:
        blocks.append({"type": "actions", "block_id": "guard_card", "elements": elements})
    return Message(card.title, blocks)


def _button(label: str, act: str, value: str) -> list[Block]:
    if act == CASE_BUTTON:
        return [card_button(label, f"case:{value}")]
    if act == AGAIN_BUTTON:
        element = card_button(label, "")
        return [
            {**element, "action_id": f"{ACTION_PREFIX}{Action.REROLL}", "value": f"{Action.REROLL}:{value}"}
        ]
    return []

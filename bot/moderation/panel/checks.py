"""Acts of the panel: what the guardrails say to words, have said lately, and know of a picture."""

from typing import Final

from bot.domain.requests import Requester
from bot.guardrails.text import MAX_GRAPHEMES
from bot.messages.desk import DeskSay, DeskTexts
from bot.moderation.desk import Desk
from bot.moderation.pages import Form, Shown
from bot.moderation.panel import checks_pages as pages
from bot.moderation.panel.frame import shown

_VERIFIED: Final = 300
"""Characters of a request's number, a link or a SHA-256."""


async def ask(_desk: Desk, _actor: Requester, texts: DeskTexts, _rest: str, _text: str) -> Shown:
    title = texts.say(DeskSay.BUTTON_TEST)
    return Form(title, "test", texts.say(DeskSay.FORM_TEST), long=True, required=True, most=MAX_GRAPHEMES)


async def test(desk: Desk, actor: Requester, texts: DeskTexts, _rest: str, text: str) -> Shown:
    return shown(await desk.test(actor, text), texts, pages.dry_run)


async def verify(desk: Desk, actor: Requester, texts: DeskTexts, _rest: str, text: str) -> Shown:
    if not text:
        title = texts.say(DeskSay.VERIFY_TITLE)
        picture = texts.say(DeskSay.OPTION_PICTURE)
        return Form(title, "verify", texts.say(DeskSay.FORM_VERIFY), picture=picture, most=_VERIFIED)
    return shown(await desk.verify(actor, text), texts, pages.verified)


async def decisions(desk: Desk, actor: Requester, texts: DeskTexts, _rest: str, _text: str) -> Shown:
    return shown(await desk.decisions(actor, 10), texts, pages.decisions)

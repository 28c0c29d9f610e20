"""Acts of the panel: members, suspended and forgiven."""

import math
from typing import Final

from bot.domain.requests import Requester
from bot.messages.desk import DeskTexts
from bot.moderation.answers import Problem
from bot.moderation.desk import Desk
from bot.moderation.pages import Page, Shown
from bot.moderation.panel import people_pages as pages
from bot.moderation.panel.frame import help_page, shown
from bot.moderation.standing import Standing

_HOURS: Final = {"hour": 1.0, "day": 24.0, "ever": None}


async def user(desk: Desk, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    """One member, or everybody who is suspended."""
    if rest:
        return _page_of(desk, await desk.standing(actor, rest), texts)
    now = desk.parts.clock.now()
    found = await desk.suspensions(actor)
    return shown(found, texts, lambda found, texts: pages.suspended(found, now, texts))


async def ban(desk: Desk, actor: Requester, texts: DeskTexts, rest: str, text: str) -> Shown:
    """`rest` is "<hour|day|ever>:<user>" from a button, or the user alone with hours, or such a word, in the text."""
    name, _, user_id = rest.rpartition(":")
    word, _, reason = text.strip().partition(" ")
    hours = _HOURS.get(name)
    if not name and word in _HOURS:
        hours = _HOURS[word]
    elif not name and word:
        number = _number(word)
        hours = None if number is None else min(max(number, 0.1), 24.0 * 3650)
        reason = text.strip() if number is None else reason
    if not user_id:
        return help_page(texts)
    return _page_of(desk, await desk.suspend(actor, user_id, hours, reason), texts)


def _number(word: str) -> float | None:
    """Hours; None for a word that is none, such as "nan"."""
    try:
        number = float(word)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


async def lift(desk: Desk, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    return _page_of(desk, await desk.lift(actor, rest), texts)


def _page_of(desk: Desk, standing: Standing | Problem, texts: DeskTexts) -> Page:
    now = desk.parts.clock.now()
    return shown(standing, texts, lambda standing, texts: pages.standing(standing, now, texts))

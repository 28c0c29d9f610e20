"""Acts of the panel: members, suspended and forgiven."""

import re
from typing import Final

from bot.domain.requests import Requester
from bot.messages.desk import DeskTexts
from bot.moderation.answers import Problem
from bot.moderation.desk import Desk
from bot.moderation.pages import Page, Shown
from bot.moderation.panel import people_pages as pages
from bot.moderation.panel.frame import help_page, shown
from bot.moderation.standing import Standing

_EVER: Final = "ever"
_HOURS: Final = {"hour": 1.0, "day": 24.0, _EVER: None}
_SPAN: Final = re.compile(
    r"(\d{1,6}(?:[.,]\d{1,2})?)(m|min|minutes?|h|hours?|d|days?|w|weeks?)?", re.IGNORECASE
)
_IN_HOURS: Final = {"m": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0}
_LEAST: Final = 0.1
_MOST: Final = 24.0 * 3650


async def user(desk: Desk, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    """One member, or everybody who is suspended."""
    if rest:
        return _page_of(desk, await desk.standing(actor, rest), texts)
    now = desk.parts.clock.now()
    found = await desk.suspensions(actor)
    return shown(found, texts, lambda found, texts: pages.suspended(found, now, texts))


async def ban(desk: Desk, actor: Requester, texts: DeskTexts, rest: str, text: str) -> Shown:
    """`rest` is "<hour|day|ever>:<user>" from a button, or the user alone with the time in the text: "24", "24h",
    "2d", or one of those words, before a reason.
    """
    name, _, user_id = rest.rpartition(":")
    word, _, reason = text.strip().partition(" ")
    hours = _HOURS.get(name or word.lower())
    if not name and word.lower() not in _HOURS:
        span = _SPAN.fullmatch(word)
        hours = _hours_of(span) if span else None
        reason = reason if span else text.strip()
    if not user_id:
        return help_page(texts)
    return _page_of(desk, await desk.suspend(actor, user_id, hours, reason), texts)


def _hours_of(span: re.Match[str]) -> float:
    """Within the bounds of a suspension that ends by itself."""
    hours = float(span[1].replace(",", ".")) * _IN_HOURS[(span[2] or "h")[0].lower()]
    return min(max(hours, _LEAST), _MOST)


async def lift(desk: Desk, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    return _page_of(desk, await desk.lift(actor, rest), texts)


def _page_of(desk: Desk, standing: Standing | Problem, texts: DeskTexts) -> Page:
    now = desk.parts.clock.now()
    return shown(standing, texts, lambda standing, texts: pages.standing(standing, now, texts))

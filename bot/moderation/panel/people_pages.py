"""How members and their standing read. Pure: views in, pages out."""

from collections.abc import Sequence

from bot.domain.moderators import Suspension
from bot.messages.desk import DeskSay, DeskTexts, marked
from bot.messages.rule_words import hours_words
from bot.moderation.pages import Button, Menu, Page
from bot.moderation.panel.frame import home
from bot.moderation.standing import Standing


def standing(found: Standing, now: float, texts: DeskTexts) -> Page:
    """Strikes and suspension of a member, and what can be done."""
    say, lines, suspension = texts.say, [], found.suspension
    if found.strikes:
        reason = texts.word("reason", found.strikes[0].reason)
        lines.append(say(DeskSay.STANDING_STRIKES, number=len(found.strikes), reason=reason))
    if suspension is not None:
        lines.append(_suspended(suspension, now, texts))
    if not lines:
        lines.append(say(DeskSay.STANDING_GOOD))
    who = found.user_id
    buttons = (
        (Button(say(DeskSay.BUTTON_UNBAN), f"lift:{who}", primary=True),)
        if suspension
        else (
            Button(say(DeskSay.BUTTON_HOUR), f"ban:hour:{who}"),
            Button(say(DeskSay.BUTTON_DAY), f"ban:day:{who}"),
            Button(say(DeskSay.BUTTON_BAN), f"ban:ever:{who}", danger=True),
            *((Button(say(DeskSay.BUTTON_FORGIVE), f"lift:{who}"),) if found.strikes else ()),
        )
    )
    return Page(say(DeskSay.STANDING_TITLE, who=marked("person", who)), tuple(lines), (*buttons, home(texts)))


def suspended(found: Sequence[Suspension], now: float, texts: DeskTexts) -> Page:
    """Everybody who may not ask for pictures, and why."""
    if not found:
        return Page(texts.say(DeskSay.PEOPLE_NONE), buttons=(home(texts),))
    lines = tuple(
        texts.say(
            DeskSay.PERSON_LINE, who=marked("person", one.user_id), standing=_suspended(one, now, texts)
        )
        for one in found[:25]
    )
    options = tuple((f"{one.user_id} – {_reason(one, texts)}"[:75], one.user_id) for one in found[:25])
    menu = Menu(texts.say(DeskSay.MENU_PERSON), "user", options)
    return Page(texts.say(DeskSay.PEOPLE_TITLE, number=len(found)), lines, (home(texts),), (menu,))


def _suspended(suspension: Suspension, now: float, texts: DeskTexts) -> str:
    reason = _reason(suspension, texts)
    if suspension.until is None:
        return texts.say(DeskSay.STANDING_BANNED, reason=reason)
    hours = max(1, round((suspension.until - now) / 3600))
    return texts.say(DeskSay.STANDING_UNTIL, time=hours_words(hours, texts), reason=reason)


def _reason(suspension: Suspension, texts: DeskTexts) -> str:
    return texts.word("reason", suspension.reason) if suspension.reason else texts.say(DeskSay.EMPTY)

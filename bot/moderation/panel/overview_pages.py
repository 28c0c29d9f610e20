"""How the first page and the budget read. Pure: views in, pages out."""

from collections.abc import Sequence

from bot.guardrails.presets import PRESETS
from bot.guardrails.rulebook import AREAS
from bot.messages.desk import DeskSay, DeskTexts
from bot.moderation.budget import Budget
from bot.moderation.console import Link
from bot.moderation.pages import Button, Menu, Page
from bot.moderation.panel.frame import home
from bot.moderation.rules import RulesView


def overview(view: RulesView, budgets: Sequence[Budget], cases: int, texts: DeskTexts) -> Page:
    """The first page: where things stand, and the ways from here."""
    own = DeskSay.PANEL_OWN_RULES if view.version else DeskSay.PANEL_DEFAULTS
    preset = texts.word("preset", view.preset) if view.preset else texts.say(own)
    lines = [
        texts.say(
            DeskSay.PANEL_STATE if view.version else DeskSay.PANEL_STATE_NEW,
            preset=preset,
            version=view.version,
        ),
        *(_budget_line(budget, texts) for budget in budgets),
        texts.say(DeskSay.QUEUE_TITLE, number=cases) if cases else texts.say(DeskSay.QUEUE_NONE),
    ]
    say = texts.say
    return Page(
        say(DeskSay.PANEL_TITLE),
        tuple(lines),
        (
            Button(say(DeskSay.BUTTON_TEST), "ask", primary=True),
            Button(say(DeskSay.BUTTON_QUEUE), "queue"),
            Button(say(DeskSay.BUTTON_DECISIONS), "decisions"),
            Button(say(DeskSay.BUTTON_HISTORY), "history"),
            Button(say(DeskSay.BUTTON_PEOPLE), "user"),
            Button(say(DeskSay.BUTTON_BUDGET), "budget"),
            Button(say(DeskSay.BUTTON_CONSOLE), "console"),
            Button(say(DeskSay.BUTTON_EXPORT), "export"),
            Button(say(DeskSay.BUTTON_IMPORT), "import"),
        ),
        (
            Menu(
                say(DeskSay.MENU_PRESET), "preset", tuple((texts.word("preset", key), key) for key in PRESETS)
            ),
            Menu(say(DeskSay.MENU_AREA), "area", tuple((texts.word("area", key), key) for key in AREAS)),
        ),
    )


def budget(budgets: Sequence[Budget], texts: DeskTexts) -> Page:
    lines = tuple(_budget_line(one, texts) for one in budgets)
    menu = Menu(
        texts.say(DeskSay.MENU_SETTING),
        "edit",
        tuple((texts.word("setting", key), key) for key in ("limits.budget_day", "limits.budget_month")),
    )
    return Page(texts.say(DeskSay.BUDGET_TITLE), lines, (home(texts),), (menu,))


def console(link: Link, texts: DeskTexts) -> Page:
    return Page(texts.say(DeskSay.BUTTON_CONSOLE), (texts.say(DeskSay.CONSOLE_LINK, url=""),), link=link.url)


def _budget_line(one: Budget, texts: DeskTexts) -> str:
    period = texts.say(DeskSay.BUDGET_TODAY if one.period == "day" else DeskSay.BUDGET_THIS_MONTH)
    used = f"${(one.used + one.held) / 1_000_000:.2f}"
    if not one.cap:
        return texts.say(DeskSay.BUDGET_NO_CAP, period=period, used=used)
    cap = f"${one.cap / 1_000_000:.2f}"
    return texts.say(DeskSay.BUDGET_LINE, period=period, used=used, cap=cap, percent=one.percent)

"""What all pages of the panel have in common. Pure: views in, pages out."""

from collections.abc import Callable
from typing import Final, TypeVar

from bot.messages.desk import DeskSay, DeskTexts, marked
from bot.moderation.answers import Problem
from bot.moderation.pages import Button, Page

SHORT: Final = 90
"""Characters of somebody's words in a line among others."""
LINE: Final = 300
"""Characters of words that have a line of their own."""

Found = TypeVar("Found")


def home(texts: DeskTexts) -> Button:
    return Button(texts.say(DeskSay.BUTTON_HOME), "home")


def help_page(texts: DeskTexts) -> Page:
    return Page(texts.say(DeskSay.PANEL_TITLE), (texts.say(DeskSay.HELP),), (home(texts),))


def problem(found: Problem, texts: DeskTexts) -> Page:
    params = {name: marked("person", text) if name == "who" else text for name, text in found.params}
    return Page(texts.no(found.no, **params), buttons=(home(texts),))


def no(texts: DeskTexts, kind: str, **params: object) -> Page:
    return Page(texts.no(kind, **params), buttons=(home(texts),))


def shown(found: Found | Problem, texts: DeskTexts, page: Callable[[Found, DeskTexts], Page]) -> Page:
    """The page of what was found, or the one that says why there is nothing."""
    return problem(found, texts) if isinstance(found, Problem) else page(found, texts)


def cut(text: str, length: int = SHORT) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"

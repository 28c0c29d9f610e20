"""The playground's page in every language: nothing is missing, nothing is left over."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.domain.outcomes import FailureClass, RefusalReason
from bot.messages.page import page_languages, page_words

STATIC = Path(__file__).resolve().parents[2] / "adapters" / "playground" / "static"
CHOSEN_AT_RUN_TIME = {
    *("as the system", "light", "dark", "low", "medium", "high", "opaque", "transparent"),
}
NAMES = {"imagine-bot", "Discord", "Slack", "/imagine a brass owl", "imagine-bot playground"}


class PageText(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"noscript", "script", "title"}:
            self._inside.append(tag)
        self.found |= {value for name, value in attrs if name in {"aria-label", "placeholder"} and value}

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside and re.search(r"[A-Za-z]", data):
            self.found.add(data.strip())


def said() -> set[str]:
    page = PageText()
    page.feed((STATIC / "index.html").read_text("utf-8"))
    scripts = "\n".join(path.read_text("utf-8") for path in STATIC.rglob("*.js"))
    return ({*re.findall(r'\bt\("([^"]+)"', scripts)} | page.found | CHOSEN_AT_RUN_TIME | answered()) - NAMES


def answered() -> set[str]:
    """What the API itself says of a request that it does not take."""
    return {
        str(call.args[1].value)
        for path in STATIC.parent.glob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "BadRequest"
        if isinstance(call.args[1], ast.Constant)
    }


@pytest.mark.parametrize("language", sorted(page_languages()))
def test_every_sentence_of_the_page_is_there_and_no_other(language: str) -> None:
    words = page_languages()[language]

    assert said() - set(words) == set()
    assert set(words) - said() == set()
    for english, text in words.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english)), english


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en-GB,de;q=0.5", "en"),
        ("tlh, de;q=0.2", "de"),
        ("", "en"),
        ("*", "en"),
    ],
)
def test_the_first_language_that_the_page_has_is_taken(header: str, language: str) -> None:
    assert page_words(header)[0] == language


def test_every_reason_code_has_words_on_the_page() -> None:
    script = (STATIC / "words.js").read_text("utf-8")
    [table] = re.findall(r"const REASONS = \{(.*?)\n\};", script, re.DOTALL)

    assert set(re.findall(r"^  (\w+):", table, re.MULTILINE)) == {*RefusalReason, *FailureClass}

"""Nothing is in a catalogue that nobody says: such sentences would be translated for nothing."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from bot.guardrails.text import Strength
from bot.messages.console import own_console_words
from bot.messages.desk import DeskSay
from bot.messages.keys import Say

ROOT = Path(__file__).resolve().parents[2]
CONSOLE = ROOT / "bot" / "web" / "console"


@pytest.mark.parametrize("keys", [Say, DeskSay])
def test_every_sentence_is_said_somewhere(keys: type[StrEnum]) -> None:
    sources = "\n".join(
        path.read_text() for top in ("bot", "adapters") for path in (ROOT / top).rglob("*.py")
    )
    named = {*re.findall(r"\.([A-Z][A-Z0-9_]*)\b", sources)}

    assert {*keys.__members__} - named == set()


def test_every_word_of_the_console_is_said_somewhere() -> None:
    files = (*CONSOLE.glob("*.py"), *CONSOLE.glob("static/*.js"))
    sources = "\n".join(path.read_text() for path in files)
    quoted = re.findall(r"[\"'`](\w+)[\"'`]", sources)
    dotted = re.findall(r"\bwords\.(\w+)", sources)
    [areas] = re.findall(r"const AREAS = \{(.*?)\}", sources)
    put_together = {*re.findall(r"\w+", areas), *Strength, "budget_day", "budget_month"}
    unsaid = {*own_console_words("en")} - {*quoted, *dotted} - put_together

    assert {word for word in unsaid if not word.startswith("event_")} == set()

"""What autocompletion offers, from memory: there is no second chance within its three seconds."""

from collections.abc import Sequence
from typing import Final

ASPECTS: Final = ("1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "21:9")
_WORDS: Final = ("help", "privacy")
_SHOW: Final = "show"
MOST: Final = 25


def matching(values: Sequence[str], typed: str) -> list[str]:
    """Values that contain what was typed, those that begin with it first; all of them for nothing typed."""
    wanted = typed.strip().lower()
    found = [value for value in values if wanted in value.lower()]
    return sorted(found, key=lambda value: not value.lower().startswith(wanted))[:MOST]


def asks_for_show(typed: str) -> bool:
    """Somebody is typing `show`, so their own pictures are worth a look-up."""
    words = typed.lstrip().lower().split(" ", 1)
    return words[0] == _SHOW or (len(typed.strip()) >= 2 and _SHOW.startswith(typed.strip().lower()))


def command_words(typed: str) -> list[str]:
    """The words that are no prompt, while one of them is being typed; nothing gets in a prompt's way."""
    wanted = typed.strip().lower()
    return [word for word in _WORDS if len(wanted) >= 2 and word.startswith(wanted)]

"""Has the sanitizer kept what was asked for? A hijacked model must not matter."""

import re
from typing import Final

_WORD: Final = re.compile(r"\w{3,}", re.UNICODE)
_STOP: Final = frozenset(
    [
        "the",
        "and",
        "with",
        "for",
        "from",
        "that",
        "this",
        "into",
        "over",
        "under",
        "are",
        "was",
        "has",
        "have",
        "its",
        "his",
        "her",
        "their",
    ]
)

SHARED_AT_LEAST: Final = 0.3


def content_words(text: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(text.casefold()) if word not in _STOP)


def shared_share(raw: str, safe: str) -> float:
    """Share of the raw text's content words that the safe one kept; 1.0 when the raw text has none.

    A word counts as kept if its first four letters are there: "foxes" is kept by "fox".
    """
    asked = content_words(raw)
    if not asked:
        return 1.0
    kept = {word[:4] for word in content_words(safe)}
    return sum(word[:4] in kept for word in asked) / len(asked)


def drifted(raw: str, safe: str, language: str = "und") -> bool:
    """True when the safe text is about something else; it is then shown as a rewording.

    Safe prompts are English, so words of another `language` (a BCP 47 tag) share hardly any with theirs, and nothing
    can be told. The model says which language that is: where plain English stands there, its word does not count.
    """
    if shared_share(raw, safe) >= SHARED_AT_LEAST:
        return False
    foreign = language.lower().split("-")[0] not in {"en", "und", ""}
    return not foreign or any(word in _STOP for word in _WORD.findall(raw.casefold()))

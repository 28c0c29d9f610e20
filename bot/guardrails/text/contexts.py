"""Contexts in which a listed word means something harmless: "Maine coon", "pussy willow", "sex education".

They are classes, not prompts: fixed compounds of a word, and subjects (care, learning, law, nature) that a family of
words belongs to. A match in such a context is no longer sure: it becomes a soft one, which the sanitizer is told.
It never vanishes, and a word in disguise is left as it is: who hides it means it.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Final

from bot.guardrails.text.context_words import (
    COMPOUNDS,
    FAMILIES,
    LANGUAGES,
    MINORS,
    NAMES,
    NEGATED,
    SEXUAL,
    TITLES,
)
from bot.guardrails.text.lexicon import Strength
from bot.guardrails.text.reading import How
from bot.guardrails.text.scanner import Hit

_REACH: Final = 40
"""Characters around a match in which a compound is looked for."""
_LONGEST: Final = 4_000


def in_context(text: str, hits: Iterable[Hit], strict: Collection[str] = ()) -> tuple[Hit, ...]:
    """The hits, with sure ones made soft where the word stands in a harmless context.

    `text` is what was scanned; only its first 4000 characters are looked at. `strict` are terms that are meant
    wherever they occur.
    """
    hits = tuple(hits)
    if all(hit.match is Strength.SOFT or hit.view is not How.PLAIN for hit in hits):
        return hits
    lower = text[:_LONGEST].lower()
    if len(lower) != len(text[:_LONGEST]):  # a letter whose small form is longer: places would be off
        return hits
    return tuple(
        replace(hit, match=Strength.SOFT)
        if hit.match is Strength.HARD
        and hit.view is How.PLAIN
        and hit.term not in strict
        and _harmless(text, lower, hit)
        else hit
        for hit in hits
    )


def _harmless(text: str, lower: str, hit: Hit) -> bool:
    term = hit.term.lower()
    if term in SEXUAL and MINORS.search(lower):
        return False
    return (
        _in_compound(term, lower, hit)
        or _in_family(term, lower)
        or any(term in one.words and len(one.small.findall(lower)) >= 2 for one in LANGUAGES)
        or (term in SEXUAL and bool(NEGATED.search(lower[max(0, hit.start - _REACH) : hit.start])))
        or (term in NAMES and _is_name(text, hit))
    )


def _in_compound(term: str, lower: str, hit: Hit) -> bool:
    pattern = _compound(term) or _compound(_singular(term))
    if pattern is None:
        return False
    first = max(0, hit.start - _REACH)
    return any(
        first + found.start() < hit.end and first + found.end() > hit.start
        for found in pattern.finditer(lower[first : hit.end + _REACH])
    )


def _singular(term: str) -> str:
    return term[:-3] + "y" if term.endswith("ies") else term.removesuffix("s")


def _in_family(term: str, lower: str) -> bool:
    return any(term in one.words and one.subjects.search(lower) for one in FAMILIES)


def _is_name(text: str, hit: Hit) -> bool:
    """As in "Dick Smith" or "Mr Cock": a capital letter among small ones, beside another name or a title."""
    if not text[hit.start].isupper() or text.isupper():
        return False
    before, after = text[: hit.start].rsplit(maxsplit=1)[-1:], text[hit.end :].split(maxsplit=1)[:1]
    titled = bool(before) and before[0].rstrip(".").lower() in TITLES
    followed = (
        bool(after)
        and text[hit.end : hit.end + 1] == " "
        and after[0][:1].isupper()
        and after[0][1:2].islower()
    )
    return (titled or followed) and any(word.islower() and len(word) > 2 for word in text.split())


@lru_cache(maxsize=512)
def _compound(term: str) -> re.Pattern[str] | None:
    found = COMPOUNDS.get(term)
    return re.compile(rf"\b(?:{found})") if found else None

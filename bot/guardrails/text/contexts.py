"""Contexts in which a listed word means something harmless: "Maine coon", "pussy willow", "sex education".

They are classes, not prompts: fixed compounds of a word, and subjects (care, learning, law, nature) that a family of
words belongs to. A match in such a context is no longer sure: it becomes a soft one, which the sanitizer is told.
It never vanishes, and a word in disguise is left as it is: who hides it means it.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Final

from bot.guardrails.text.context_violence import VIOLENT
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
    first = max(0, hit.start - _REACH)
    around = lower[first : hit.end + _REACH]
    return any(
        first + found.start() < hit.end and first + found.end() > hit.start
        for pattern in _compounds(term)
        for text in dict.fromkeys((around, around.replace("-", " ")))
        for found in pattern.finditer(text)
    )


def _stems(term: str) -> Iterator[str]:
    """A word, and what it may be a form of: "killer" and "killing" of "kill", "knives" of "knife"."""
    yield term
    for ending, instead in _ENDINGS:
        if term.endswith(ending):
            stem = term.removesuffix(ending) + instead
            yield stem
            if stem[-1:] == stem[-2:-1]:
                yield stem[:-1]


_ENDINGS: Final = (
    ("ies", "y"), ("ves", "fe"), ("s", ""), ("es", ""), ("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"), ("er", ""),
    ("er", "e"), ("ers", ""), ("ers", "e"), ("sion", "de"), ("sions", "de"), ("ous", ""), ("y", ""), ("ist", ""),
    ("ery", "e"),
)  # fmt: skip


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


def prepare(terms: Iterable[str]) -> None:
    """Compile what the contexts of these terms need, so that nobody has to wait for it later."""
    for term in terms:
        _compounds(term.lower())


def _compounds(term: str) -> list[re.Pattern[str]]:
    """Of the word itself, and of what it is a form of."""
    return [pattern for stem in dict.fromkeys(_stems(term)) for pattern in _patterns(stem)]


@lru_cache(maxsize=len(COMPOUNDS) + len(VIOLENT) + 1024)
def _patterns(stem: str) -> tuple[re.Pattern[str], ...]:
    found = [COMPOUNDS[stem]] if stem in COMPOUNDS else []
    found += [rf"(?:{VIOLENT[stem]})\b"] if stem in VIOLENT else []
    return tuple(re.compile(rf"\b(?:{pattern})") for pattern in found)

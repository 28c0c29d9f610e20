"""The local checks of words: limits and the community's block list. No I/O; `make bench` tells what they take."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.domain.outcomes import DecidedBy, RefusalReason, Refused
from bot.domain.policy import Content
from bot.guardrails.imported import ImportedFilter
from bot.guardrails.text import (
    BlockList,
    Hit,
    MatchMode,
    PatternSet,
    Strength,
    Term,
    check_limits,
    in_context,
)

_MOST: Final = 512
"""Policies in use at a time."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A community's rules about words, ready to be used. `strict` are terms that are meant wherever they occur."""

    terms: BlockList
    strict: frozenset[str]
    patterns: PatternSet
    imported: ImportedFilter


_recent: dict[int, tuple[Content, _Compiled]] = {}
"""By identity, which lasts as long as what is kept here."""


def _compiled(content: Content) -> _Compiled:
    """Policies are frozen, so one compilation serves until they change.

    Looked for by identity first: to hash a long block list takes as long as to look for it in a sentence.
    """
    known = _recent.get(id(content))
    if known is None or known[0] is not content:
        if len(_recent) >= _MOST:
            _recent.clear()
        known = _recent[id(content)] = (content, _compile(content))
    return known[1]


@lru_cache(maxsize=_MOST)
def _compile(content: Content) -> _Compiled:
    terms = [Term(term.text, term.match, term.strength, term.plural) for term in content.blocked_terms]
    return _Compiled(
        BlockList.compile(terms, content.allow_phrases),
        frozenset(term.text for term in content.blocked_terms if term.match == MatchMode.SUBSTRING),
        PatternSet.of(content.patterns),
        ImportedFilter.of(content.imported_rules),
    )


def scan(words: str, content: Content) -> tuple[Hit, ...]:
    """Every match that no allow-phrase covers, a soft one where the word stands in a harmless context.

    A term that is matched inside of words as well is meant wherever it occurs.
    """
    compiled = _compiled(content)
    counting = tuple(hit for hit in compiled.terms.scan(words) if not hit.suppressed_by)
    return in_context(words, counting, compiled.strict)


def _blocked_by_terms(words: str, compiled: _Compiled) -> bool:
    """Whether there is a hard match in `scan`; the first one is enough."""
    return any(
        hit.match is Strength.HARD
        for sure in compiled.terms.sure(words)
        for hit in in_context(words, (sure,), compiled.strict)
    )


def check_words(words: str, content: Content) -> Refused | None:
    """Input limits, hard terms, the community's own patterns, and rules imported from its chat."""
    if not words.strip():
        return Refused(RefusalReason.EMPTY, DecidedBy.GUARD)
    if breach := check_limits(words):
        reason = RefusalReason.TOO_LONG if breach.too_long else RefusalReason.UNREADABLE
        return Refused(reason, DecidedBy.GUARD, params=(("limit", str(breach.limit)),))
    compiled = _compiled(content)
    if (
        _blocked_by_terms(words, compiled)
        or compiled.patterns.search(words)
        or compiled.imported.blocking(words)
    ):
        return _blocked(content)
    return None


def blocking_rules(words: str, content: Content) -> tuple[str, ...]:
    """Names of the imported rules that words break."""
    return _compiled(content).imported.blocking(words)


def _blocked(content: Content) -> Refused:
    """In the community's own words, if it has chosen some."""
    params = (("message", content.block_message),) if content.block_message else ()
    return Refused(RefusalReason.BLOCKED_TERM, DecidedBy.GUARD, appealable=True, params=params)


def flagged_terms(words: str, content: Content) -> tuple[str, ...]:
    """Soft matches: passed on to the sanitizer, which knows what they mean in the sentence."""
    return tuple(dict.fromkeys(hit.term for hit in scan(words, content) if hit.match == "soft"))

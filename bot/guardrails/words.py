"""The local checks of words: limits and the community's block list. No I/O; `make bench` tells what they take."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.domain.outcomes import DecidedBy, RefusalReason, Refused
from bot.domain.policy import Content
from bot.guardrails.imported import ImportedFilter
from bot.guardrails.text import (
    BlockList,
    GuildPattern,
    Hit,
    MatchMode,
    Term,
    check_limits,
    in_context,
    searched_forms,
)

_MOST: Final = 512
"""Policies in use at a time."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A community's rules about words, ready to be used."""

    terms: BlockList
    patterns: tuple[GuildPattern, ...]
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
        tuple(GuildPattern.compile(pattern) for pattern in content.patterns),
        ImportedFilter.of(content.imported_rules),
    )


def scan(words: str, content: Content) -> tuple[Hit, ...]:
    """Every match that no allow-phrase covers, a soft one where the word stands in a harmless context.

    A term that is matched inside of words as well is meant wherever it occurs.
    """
    hits = _compiled(content).terms.scan(words)
    counting = tuple(hit for hit in hits if not hit.suppressed_by)
    if not counting:
        return ()
    strict = {term.text for term in content.blocked_terms if term.match == MatchMode.SUBSTRING}
    return in_context(words, counting, strict)


def check_words(words: str, content: Content) -> Refused | None:
    """Input limits, hard terms, the community's own patterns, and rules imported from its chat."""
    if not words.strip():
        return Refused(RefusalReason.EMPTY, DecidedBy.GUARD)
    if breach := check_limits(words):
        reason = RefusalReason.TOO_LONG if breach.too_long else RefusalReason.UNREADABLE
        return Refused(reason, DecidedBy.GUARD, params=(("limit", str(breach.limit)),))
    if any(hit.match == "hard" for hit in scan(words, content)):
        return _blocked(content)
    forms = searched_forms(words) if content.patterns else ()
    if any(pattern.found_in(forms) for pattern in _compiled(content).patterns):
        return _blocked(content)
    if blocking_rules(words, content):
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

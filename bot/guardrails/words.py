"""The local checks of words: limits and the community's block list. About a tenth of a millisecond, no I/O."""

from functools import lru_cache

from bot.domain.outcomes import DecidedBy, RefusalReason, Refused
from bot.domain.policy import Content, ImportedRule
from bot.guardrails.imported import ImportedFilter
from bot.guardrails.text import BlockList, GuildPattern, Hit, MatchMode, Term, check_limits, in_context


@lru_cache(maxsize=512)
def block_list(content: Content) -> BlockList:
    """The compiled block list of a community; policies are frozen, so one compilation serves until they change."""
    terms = [Term(term.text, term.match, term.strength, term.plural) for term in content.blocked_terms]
    return BlockList.compile(terms, content.allow_phrases)


@lru_cache(maxsize=512)
def patterns(content: Content) -> tuple[GuildPattern, ...]:
    return tuple(GuildPattern.compile(pattern) for pattern in content.patterns)


@lru_cache(maxsize=512)
def _imported(rules: tuple[ImportedRule, ...]) -> ImportedFilter:
    return ImportedFilter.of(rules)


def scan(words: str, content: Content) -> tuple[Hit, ...]:
    """Every match that no allow-phrase covers, a soft one where the word stands in a harmless context.

    A term that is matched inside of words as well is meant wherever it occurs.
    """
    hits = block_list(content).scan(words)
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
    if any(pattern.search(words) for pattern in patterns(content)):
        return _blocked(content)
    if blocking_rules(words, content):
        return _blocked(content)
    return None


def blocking_rules(words: str, content: Content) -> tuple[str, ...]:
    """Names of the imported rules that words break."""
    return _imported(content.imported_rules).blocking(words)


def _blocked(content: Content) -> Refused:
    """In the community's own words, if it has chosen some."""
    params = (("message", content.block_message),) if content.block_message else ()
    return Refused(RefusalReason.BLOCKED_TERM, DecidedBy.GUARD, appealable=True, params=params)


def flagged_terms(words: str, content: Content) -> tuple[str, ...]:
    """Soft matches: passed on to the sanitizer, which knows what they mean in the sentence."""
    return tuple(dict.fromkeys(hit.term for hit in scan(words, content) if hit.match == "soft"))

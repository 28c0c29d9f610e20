"""The local checks of words: limits and the community's block list. No I/O; `make bench` tells what they take.

What they need is made ready at the first use, if nobody has done that ahead of it: see `compiled`.
"""

from bot.domain.outcomes import DecidedBy, RefusalReason, Refused
from bot.domain.policy import Content
from bot.guardrails.compiled import Compiled, compiled
from bot.guardrails.text import MAX_GRAPHEMES, Hit, Strength, check_limits, in_context


def scan(words: str, content: Content) -> tuple[Hit, ...]:
    """Every match that no allow-phrase covers, a soft one where the word stands in a harmless context.

    A term that is matched inside of words as well is meant wherever it occurs.
    """
    rules = compiled(content)
    counting = tuple(hit for hit in rules.terms.scan(words) if not hit.suppressed_by)
    return in_context(words, counting, rules.strict)


def _blocked_by_terms(words: str, rules: Compiled) -> bool:
    """Whether there is a hard match in `scan`; the first one is enough."""
    return any(
        hit.match is Strength.HARD
        for sure in rules.terms.sure(words)
        for hit in in_context(words, (sure,), rules.strict)
    )


def check_words(words: str, content: Content) -> Refused | None:
    """Input limits, hard terms, the community's own patterns, and rules imported from its chat."""
    if not words.strip():
        return Refused(RefusalReason.EMPTY, DecidedBy.GUARD)
    if breach := check_limits(words):
        reason = RefusalReason.TOO_LONG if breach.too_long else RefusalReason.UNREADABLE_WORDS
        # A text of too many bytes is told the same number: who keeps to it has ordinary words.
        return Refused(reason, DecidedBy.GUARD, params=(("limit", str(MAX_GRAPHEMES)),))
    rules = compiled(content)
    if _blocked_by_terms(words, rules) or rules.patterns.search(words) or rules.imported.blocking(words):
        return _blocked(content)
    return None


def _blocked(content: Content) -> Refused:
    """In the community's own words, if it has chosen some."""
    params = (("message", content.block_message),) if content.block_message else ()
    return Refused(RefusalReason.BLOCKED_TERM, DecidedBy.GUARD, appealable=True, params=params)


def flagged_terms(words: str, content: Content) -> tuple[str, ...]:
    """Soft matches: passed on to the sanitizer, which knows what they mean in the sentence."""
    return tuple(dict.fromkeys(hit.term for hit in scan(words, content) if hit.match == "soft"))

"""A community's rules about words, made ready for use: in a thread, as a long list takes longer than the event loop
may stand still. Nothing is made twice while it does not change, also not for places with other settings.
"""

import asyncio
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.domain.policy import BlockedTerm, Content, ImportedRule
from bot.guardrails.imported import CompiledRule, ImportedFilter
from bot.guardrails.remembered import ByIdentity
from bot.guardrails.text import BlockList, MatchMode, PatternSet, Term, prepare_contexts

_MOST: Final = 512
"""Communities whose rules are in use at a time."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """Rules about words. `strict` are terms that are meant wherever they occur."""

    terms: BlockList
    strict: frozenset[str]
    patterns: PatternSet
    imported: ImportedFilter


_contents = ByIdentity[Compiled](_MOST)
_under_way: dict[int, asyncio.Future[Compiled]] = {}


def compiled(content: Content) -> Compiled:
    """The rules, made here and now if they are not ready.

    Raises:
        PatternError: a stored pattern is none that RE2 takes.
    """
    return _contents.get(content) or _contents.put(_compile(content), content)


def is_ready(content: Content) -> bool:
    return _contents.get(content) is not None


def begin(content: Content) -> "asyncio.Future[Compiled] | None":
    """Have the rules made ready in a thread; None if they are. Nobody has to wait for it."""
    if is_ready(content):
        return None
    loop = asyncio.get_running_loop()
    known = _under_way.get(id(content))
    if known is not None and known.get_loop() is loop:
        return known
    made = loop.run_in_executor(None, compiled, content)
    _under_way[id(content)] = made
    made.add_done_callback(lambda future: _ended(content, future))
    return made


async def ready(content: Content, seconds: float | None = None) -> bool:
    """Whether the rules are ready for use, after waiting for them for so many seconds; None waits to the end.

    Rules that cannot be made count as ready: whoever uses them gets the error.
    """
    made = begin(content)
    if made is None:
        return True
    done, _ = await asyncio.wait({made}, timeout=seconds)
    return bool(done)


def _ended(content: Content, future: "asyncio.Future[Compiled]") -> None:
    if _under_way.get(id(content)) is future:
        del _under_way[id(content)]
    if not future.cancelled():
        future.exception()  # heard; whoever uses the rules raises it anew


def _compile(content: Content) -> Compiled:
    terms, strict = _terms(content.blocked_terms, content.allow_phrases)
    rules = tuple(map(_rule, content.imported_rules))
    return Compiled(terms, strict, _patterns(content.patterns), ImportedFilter(rules))


@lru_cache(maxsize=_MOST)
def _terms(listed: tuple[BlockedTerm, ...], allowed: tuple[str, ...]) -> tuple[BlockList, frozenset[str]]:
    terms = [Term(term.text, term.match, term.strength, term.plural) for term in listed]
    strict = frozenset(term.text for term in listed if term.match == MatchMode.SUBSTRING)
    prepare_contexts(term.text for term in listed)
    return BlockList.compile(terms, allowed), strict


@lru_cache(maxsize=_MOST)
def _patterns(sources: tuple[str, ...]) -> PatternSet:
    return PatternSet.of(sources)


@lru_cache(maxsize=4 * _MOST)
def _rule(rule: ImportedRule) -> CompiledRule:
    return CompiledRule.of(rule)

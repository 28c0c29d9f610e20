"""Rules taken over from a chat platform's own word filter, applied as they are written there.

Whole words are also seen through disguises, as the community's own terms are; a plural is another word. What a rule
allows is overlooked wherever it stands as typed.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import re2
from pydantic import TypeAdapter, ValidationError

from bot.domain.policy import ImportedRule
from bot.guardrails.rule_texts import BadValue
from bot.guardrails.text import BlockList, PatternSet, Scanner, Term, scanners_of, searched_forms

MAX_RULES: Final = 20
MAX_WORDS: Final = 1000
MAX_WORD: Final = 60
MAX_PATTERNS: Final = 10
MAX_EXEMPT: Final = 100
_MAX_NAME: Final = 100
_MAX_LINE: Final = 256 * 1024
_SHAPE: Final = '{"name": "…", "words": ["…"], "patterns": ["…"], "allow": ["…"], "exempt": ["…"]}'
_PREFILTER_MEMORY: Final = 32 << 20
"""Bytes that the prefilter of a rule's thousand words may use at most; as a rule it is one or two million."""
_RULE: Final = TypeAdapter(ImportedRule)
_JSON: Final = TypeAdapter(dict[str, Any])


@dataclass(frozen=True, slots=True)
class PartialWords:
    """Parts of words. RE2 looks whether any of them is there at all, which is seldom.

    Attributes:
        words: Folded, each with whether its left and its right end are ends of a word.
    """

    words: tuple[tuple[str, bool, bool], ...]
    _any: Any

    @classmethod
    def of(cls, words: Iterable[str]) -> Self:
        partial = tuple(
            (word.strip("*").casefold(), not word.startswith("*"), not word.endswith("*")) for word in words
        )
        options = re2.Options()
        options.log_errors = False
        options.never_capture = True
        options.max_mem = _PREFILTER_MEMORY
        source = b"|".join(re2.escape(word.encode("utf-8", "surrogatepass")) for word, _, _ in partial)
        try:
            return cls(partial, re2.compile(source, options) if partial else None)
        except re2.error:  # too much for it: they are looked for one by one
            return cls(partial, _Anything)

    def found_in(self, folded: str) -> bool:
        if not self.words or not self._any.search(folded.encode("utf-8", "surrogatepass")):
            return False
        return any(_occurs(word, folded, left, right) for word, left, right in self.words)


class _Anything:
    """A prefilter that rules nothing out."""

    @staticmethod
    def search(_text: bytes) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """What one rule looks for, and what it overlooks.

    Attributes:
        allowed: Matches what the rule overlooks; None if that is nothing.
        terms: The rule's whole words.
    """

    name: str
    partial: PartialWords
    patterns: PatternSet
    allowed: re.Pattern[str] | None
    terms: BlockList

    @classmethod
    def of(cls, rule: ImportedRule) -> Self:
        """Raises PatternError for a pattern that RE2 does not take."""
        return cls(
            rule.name,
            PartialWords.of(word for word in rule.words if _is_partial(word)),
            PatternSet.of(rule.patterns),
            re.compile("|".join(map(_expression, rule.allow)), re.IGNORECASE) if rule.allow else None,
            BlockList.compile(_terms_of(rule)),
        )

    def blocks(self, text: str, forms: Sequence[str], *, whole: bool) -> bool:
        """Whether the text breaks the rule; `forms` are its `searched_forms`, `whole`: one of the rule's whole words
        was found in there.
        """
        if not (whole or self._found(text, forms)):
            return False
        if self.allowed is None:
            return True
        left = self.allowed.sub(" ", text)
        return left == text or self._found(left, searched_forms(left)) or _sure(self.terms, left)

    def _found(self, text: str, forms: Sequence[str]) -> bool:
        return self.partial.found_in(text.casefold()) or self.patterns.found_in(forms)


@dataclass(frozen=True, slots=True)
class ImportedFilter:
    """All imported rules of a community. A text is cut into words once for all of them."""

    rules: tuple[CompiledRule, ...]

    def blocking(self, words: str) -> tuple[str, ...]:
        """Names of the rules that words break, as typed or in the form that is kept."""
        if not self.rules:
            return ()
        texts = searched_forms(words)
        scanned = [scanners_of(text) for text in texts]
        return tuple(rule.name for rule in self.rules if _breaks(rule, texts, scanned))


def _breaks(rule: CompiledRule, texts: Sequence[str], scanned: Sequence[Sequence[Scanner]]) -> bool:
    whole = any(True for scanners in scanned for _ in rule.terms.sure_in(scanners))
    return any(rule.blocks(text, texts[place:], whole=whole) for place, text in enumerate(texts))


def _is_partial(word: str) -> bool:
    return word.startswith("*") or word.endswith("*")


def _terms_of(rule: ImportedRule) -> list[Term]:
    return [
        Term(word, "phrase" if " " in word else "word", plural=False)
        for word in rule.words
        if not _is_partial(word)
    ]


def _sure(terms: BlockList, text: str) -> bool:
    return any(True for _ in terms.sure(text))


def _occurs(word: str, text: str, left: bool, right: bool) -> bool:
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not (left and _in_word(text[start - 1 : start])) and not (right and _in_word(text[end : end + 1])):
            return True
        start = text.find(word, start + 1)
    return False


def _in_word(sign: str) -> bool:
    return bool(sign) and (sign.isalnum() or sign == "_" or unicodedata.category(sign).startswith("M"))


def _expression(word: str) -> str:
    """A word with its asterisks: a literal, so that no text can make it slow."""
    left = "" if word.startswith("*") else r"(?<!\w)"
    right = "" if word.endswith("*") else r"(?!\w)"
    return left + re.escape(word.strip("*")) + right


def read_rules(text: str) -> tuple[ImportedRule, ...]:
    """One rule a line, as JSON; see `write_rules`.

    Raises:
        BadValue: a line is no rule, or holds more than a rule may.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MAX_RULES or any(len(line) > _MAX_LINE for line in lines):
        raise BadValue(f"{MAX_RULES} x JSON")
    try:
        rules = tuple(_RULE.validate_json(line, strict=False, extra="forbid") for line in lines)
    except ValidationError:
        raise BadValue(_SHAPE) from None
    if not all(_fits(rule) for rule in rules):
        raise BadValue(f"{MAX_WORDS} x {MAX_WORD}")
    try:
        for rule in rules:
            CompiledRule.of(rule)
    except ValueError:
        raise BadValue("RE2") from None
    return rules


def write_rules(rules: Sequence[ImportedRule]) -> str:
    return "\n".join(_written(rule) for rule in rules)


def _written(rule: ImportedRule) -> str:
    """On one line and always the same: sets are sorted."""
    document = _RULE.dump_python(rule, mode="json")
    line: bytes = _JSON.dump_json({**document, "exempt": sorted(document["exempt"])})
    return line.decode()


def _fits(rule: ImportedRule) -> bool:
    listed = (*rule.words, *rule.allow)
    return (
        0 < len(rule.name) <= _MAX_NAME
        and max(len(rule.words), len(rule.allow)) <= MAX_WORDS
        and len(rule.patterns) <= MAX_PATTERNS
        and len(rule.exempt) <= MAX_EXEMPT
        and all(len(place) <= MAX_WORD for place in rule.exempt)
        and all(len(word) <= MAX_WORD and word.strip("* ") and word == word.strip() for word in listed)
    )

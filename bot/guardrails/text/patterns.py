"""Regular expressions that moderators write. RE2 only: no backtracking, so no pattern can hang the bot."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Self

import re2

from bot.guardrails.text.stored import stored_form

MAX_PATTERN: Final = 260
"""Characters; Discord's AutoMod has the same limit."""
MAX_MEMORY: Final = 1 << 20
"""Bytes that one compiled pattern may use, for its program and for matching."""

_UNSUPPORTED: Final = re.compile(r"\(\?<?[=!]|\\[1-9]|\(\?P=|\(\?>|[*+?}]\+")


class PatternError(ValueError):
    """A pattern that cannot be used; the message is for the moderator who wrote it.

    Attributes:
        kind: empty, too_long, matches_all, unsupported (RE2 cannot do it), too_large or invalid.
    """

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class GuildPattern:
    """A compiled pattern. Matching ignores case and takes time linear in the text."""

    source: str
    _program: Any

    @classmethod
    def compile(cls, source: str) -> Self:
        """Compile a pattern in RE2's syntax.

        Raises:
            PatternError: empty, too long, not valid, too large, or so wide that it matches the empty text.
        """
        if not source.strip():
            raise PatternError("the pattern is empty", "empty")
        if len(source) > MAX_PATTERN:
            raise PatternError(
                f"the pattern has {len(source)} characters, at most {MAX_PATTERN} are allowed", "too_long"
            )
        options = re2.Options()
        options.case_sensitive = False
        options.log_errors = False
        options.max_mem = MAX_MEMORY
        try:
            program = re2.compile(source, options)
        except (re2.error, UnicodeEncodeError) as error:
            raise PatternError(*_explanation(source, error)) from None
        if program.search(""):
            raise PatternError("the pattern matches everything, also an empty text", "matches_all")
        return cls(source, program)

    def search(self, text: str) -> bool:
        """Whether the pattern is found in the text as typed or in the form that is kept."""
        return self.found_in(searched_forms(text))

    def found_in(self, forms: Iterable[str]) -> bool:
        return any(self._program.search(form) for form in forms)


def searched_forms(text: str) -> tuple[str, ...]:
    """What patterns look at: a text as typed, and as it is kept if that differs. Made once for all patterns."""
    typed = text.encode("utf-8", "replace").decode()
    kept = stored_form(typed)
    return (typed,) if kept == typed else (typed, kept)


def _explanation(source: str, error: Exception) -> tuple[str, str]:
    """For the moderator, and its kind."""
    if isinstance(error, UnicodeEncodeError):
        return "the pattern holds half a character", "invalid"
    if _UNSUPPORTED.search(source):
        return (
            "look-around, back-references and possessive or atomic groups are not supported",
            "unsupported",
        )
    reason = error.args[0] if error.args else ""
    reason = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
    if "too large" in reason or "out of memory" in reason:
        return "the pattern is too large: use fewer or smaller repetitions", "too_large"
    return f"the pattern is not valid: {reason}", "invalid"


_SET_MEMORY: Final = 8 << 20
"""Bytes that a community's patterns may use together while they are searched."""


@dataclass(frozen=True, slots=True)
class PatternSet:
    """A community's patterns, searched all at once: one pass over the text however many there are.

    RE2 reports a search that ran out of memory as "nothing found". So the set also holds a pattern that everything
    matches: without it among the findings the search has failed, and the patterns are tried one by one.
    """

    patterns: tuple[GuildPattern, ...]
    _program: Any

    @classmethod
    def of(cls, sources: Iterable[str]) -> Self:
        """Raises PatternError as `GuildPattern.compile` does."""
        patterns = tuple(map(GuildPattern.compile, sources))
        options = re2.Options()
        options.case_sensitive = False
        options.log_errors = False
        options.max_mem = _SET_MEMORY
        program = re2.Set.SearchSet(options)
        try:
            for pattern in patterns:
                program.Add(pattern.source)
            program.Add("")
            program.Compile()
        except re2.error:
            return cls(patterns, None)
        return cls(patterns, program)

    def search(self, text: str) -> bool:
        """Whether any pattern is found in the text as typed or in the form that is kept."""
        return bool(self.patterns) and self.found_in(searched_forms(text))

    def found_in(self, forms: Iterable[str]) -> bool:
        """The same for `searched_forms` of a text."""
        return bool(self.patterns) and any(map(self._found, forms))

    def _found(self, text: str) -> bool:
        found = [] if self._program is None else self._program.Match(text)
        if len(self.patterns) in found:
            return len(found) > 1
        return any(pattern.search(text) for pattern in self.patterns)

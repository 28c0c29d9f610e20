"""The sanitizer for when no text model is configured: rules instead of understanding, so that refusals can be seen.

It reads, it does not polish: the safe prompt is what was typed, cleaned. See `rule_set` for what it stops.
"""

import re
from dataclasses import dataclass
from typing import Final

from bot.domain.verdict import (
    MAX_ALT_TEXT,
    MAX_SAFE_PROMPT,
    Category,
    Decision,
    ReasonCode,
    Risk,
    Verdict,
)
from bot.guardrails.text import folded, hidden_text, stored_form
from bot.sanitizers.idioms import idioms_in, without_idioms
from bot.sanitizers.rule_set import FICTION, RULES, Rule

_LONGEST: Final = 4_000
_EXAMPLE: Final = "a brass owl on a stack of old books, warm lamp light"

_SUGGESTIONS: Final[dict[Category, str]] = {
    Category.SEXUAL: "an elegant portrait in evening dress, soft studio light",
    Category.VIOLENCE: "two armies facing each other at dawn, tense and still, nobody hurt",
    Category.GORE: "a foggy abandoned house at night, eerie mood, nothing graphic",
    Category.HATE: "people of many cultures sharing a meal at a long table",
    Category.HARASSMENT: "two friends laughing together over a harmless prank",
    Category.SELF_HARM: "a calm sunrise over the sea, a hopeful mood",
    Category.ILLICIT: "a detective's desk with maps and notes, film noir light",
    Category.REAL_PERSON: "an invented statesman giving a speech in a grand hall",
    Category.PRIVATE_PERSON: "an invented character writing a letter at a desk",
    Category.DECEPTION: "an old printing press with sheets of blank paper",
    Category.IP_CHARACTER: "an original hero of my own in a colourful city",
    Category.INJECTION: _EXAMPLE,
}
_QUOTED: Final = re.compile(r"\"[^\"]{0,200}\"|“[^”]{0,200}”|(?<!\w)'[^']{0,200}'(?!\w)")
_READABLE: Final = re.compile(r"[^\W_]|[^\x00-\x7f]")
_ENGLISH: Final = re.compile(r"\b(?:a|an|the|of|in|on|with|and|at|by|for|from|to)\b")


@dataclass(frozen=True, slots=True)
class Finding:
    """The rule that decides, and what it decides for this text."""

    rule: Rule
    decision: Decision


class RuleSanitizer:
    """Pure and fast; the same words always get the same verdict."""

    def judge(self, words: str) -> Verdict:
        """The verdict about a person's words; never raises. Only the first 4000 characters are read and drawn."""
        words = words[:_LONGEST]
        prompt = stored_form(words)
        language = "en" if _ENGLISH.search(prompt.lower()) else "und"
        finding = self.find(words)
        if finding and finding.decision is Decision.REJECT:
            return _rejected(finding.rule, language)
        if not _READABLE.search(prompt):
            return Verdict(
                Decision.ASK, reason_code=ReasonCode.UNCLEAR, suggestion=_EXAMPLE, language=language
            )
        return _drawn(prompt, language, finding.rule if finding else None)

    def find(self, words: str) -> Finding | None:
        """The first rule that rejects the words, else the first that rewrites them, else None."""
        if hidden_text(words):
            return Finding(HIDDEN_TEXT, Decision.REJECT)
        text = without_idioms(" ".join(folded(words).split()))
        unquoted = _QUOTED.sub(" ", text)
        fictional = bool(FICTION.search(text))
        rewriting = None
        for rule in RULES:
            if not rule.matches(unquoted if rule.category is Category.INJECTION else text):
                continue
            decision = rule.decision_for(text, fictional=fictional)
            if decision is Decision.REJECT:
                return Finding(rule, decision)
            if decision is Decision.REWRITE and not rewriting:
                rewriting = Finding(rule, decision)
        return rewriting


def _rejected(rule: Rule, language: str) -> Verdict:
    return Verdict(
        Decision.REJECT,
        rule.risk,
        rule.category,
        reason_code=ReasonCode(rule.category.value),
        suggestion=_SUGGESTIONS.get(rule.category),
        language=language,
        contains_instructions=rule.category is Category.INJECTION,
    )


HIDDEN_TEXT: Final = Rule("hidden_text", Category.INJECTION)
"""Text in invisible characters that is meant for a model, not for a person; found without a pattern."""


def _drawn(prompt: str, language: str, rule: Rule | None = None) -> Verdict:
    """Allow as typed, or with the rule's constraint behind the words."""
    words = " ".join(prompt.split())
    safe_prompt = _shortened(words, MAX_SAFE_PROMPT)
    if rule:
        room = MAX_SAFE_PROMPT - len(rule.constraint) - len(". ")
        safe_prompt = f"{_shortened(words, room).rstrip(' .')}. {rule.constraint}"
    return Verdict(
        Decision.REWRITE if rule else Decision.ALLOW,
        Risk.LOW if rule else Risk.NONE,
        rule.category if rule else Category.NONE,
        idioms_in(folded(words)),
        safe_prompt=safe_prompt,
        alt_text=_shortened(words, MAX_ALT_TEXT),
        language=language,
    )


def _shortened(text: str, length: int) -> str:
    """At most so many characters, cut between words where possible."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    return (head.rsplit(" ", 1)[0] if " " in head else head).rstrip(" ,;:") + "…"

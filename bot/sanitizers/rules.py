"""The sanitizer for when no text model is configured: rules instead of understanding, so that refusals can be seen.

It reads, it does not polish: the safe prompt is what was typed, cleaned. See `rule_set` for what it stops.
"""

import re
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
from bot.sanitizers.rule_set import FICTION, RULES, Fiction, Rule

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


class RuleSanitizer:
    """Pure and fast; the same words always get the same verdict."""

    def judge(self, words: str) -> Verdict:
        """The verdict about a person's words; never raises."""
        prompt = stored_form(words[:_LONGEST])
        language = "en" if _ENGLISH.search(prompt.lower()) else "und"
        if not _READABLE.search(prompt):
            return Verdict(
                Decision.ASK, reason_code=ReasonCode.UNCLEAR, suggestion=_EXAMPLE, language=language
            )
        rule = self.match(words)
        if rule is None:
            return _drawn(prompt, language)
        fictional = rule.fiction is Fiction.TONED_DOWN and FICTION.search(folded(prompt))
        if rule.decision is Decision.REWRITE or fictional:
            return _drawn(prompt, language, rule)
        return Verdict(
            rule.decision,
            rule.risk,
            rule.category,
            reason_code=rule.reason,
            suggestion=_SUGGESTIONS.get(rule.category),
            language=language,
            contains_instructions=rule.category is Category.INJECTION,
        )

    def match(self, words: str) -> Rule | None:
        """The rule that words fall under, None if they fall under none."""
        words = words[:_LONGEST]
        if hidden_text(words):
            return HIDDEN_TEXT
        text = without_idioms(" ".join(folded(words).split()))
        unquoted = _QUOTED.sub(" ", text)
        fictional = bool(FICTION.search(text))
        for rule in RULES:
            if rule.fiction is Fiction.FINE and fictional:
                continue
            if rule.matches(unquoted if rule.category is Category.INJECTION else text):
                return rule
        return None


HIDDEN_TEXT: Final = Rule("hidden_text", Category.INJECTION, re.compile(r"\Z"))
"""Text in invisible characters that is meant for a model, not for a person."""


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

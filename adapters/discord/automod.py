"""A server's AutoMod rules as rules of the bot: slash input is no message, so AutoMod itself never sees a prompt.

What cannot be taken over is named, with the reason; nothing is guessed. Regular expressions are Rust's there and
RE2's here: what means something else, or cannot be said, is left out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import discord

from bot.domain.policy import ImportedRule, Policy, Strictness
from bot.guardrails.imported import MAX_PATTERNS, MAX_WORD, MAX_WORDS
from bot.guardrails.rulebook import BY_KEY
from bot.guardrails.text import GuildPattern, PatternError
from bot.moderation.rules import Edit

FOLLOW: Final = "content.follow_imported"
_BLOCKING: Final = frozenset(
    {discord.AutoModRuleActionType.block_message, discord.AutoModRuleActionType.timeout}
)
_LEVELS: Final = {"sexual_content": ("sexual",), "slurs": ("hate", "harassment")}
"""Categories that stand for a list of Discord's own; profanity has none."""


class Skip(StrEnum):
    """Why something was not taken over. Keys of the table `skip`; the last ones are kinds of `PatternError`."""

    OFF = "off"
    ALERTS = "alerts"
    OTHER_KIND = "other_kind"
    LIST = "list"
    OTHER_MEANING = "other_meaning"
    UNSUPPORTED = "unsupported"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    MATCHES_ALL = "matches_all"
    INVALID = "invalid"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was left out: a rule's name, or a word or expression of one."""

    what: str
    why: Skip


@dataclass(frozen=True, slots=True)
class Translated:
    """AutoMod's rules in our terms.

    Attributes:
        rules: Those with words or expressions.
        lists: Names of rules that use Discord's own lists, each with the categories that become strict instead.
        skipped: What is not in there.
    """

    rules: tuple[ImportedRule, ...]
    lists: tuple[tuple[str, tuple[str, ...]], ...]
    skipped: tuple[Skipped, ...]

    @property
    def levels(self) -> tuple[str, ...]:
        """Categories that become strict."""
        return tuple(dict.fromkeys(level for _, levels in self.lists for level in levels))

    @property
    def empty(self) -> bool:
        return not (self.rules or self.lists or self.skipped)


def translate(found: Sequence[discord.AutoModRule]) -> Translated:
    """Rules about words that are on and block; the others are named as skipped."""
    rules: list[ImportedRule] = []
    lists: list[tuple[str, tuple[str, ...]]] = []
    skipped: list[Skipped] = []
    for rule in sorted(found, key=lambda one: one.id):
        name = " ".join(rule.name.split())[:100] or str(rule.id)
        if why := _passed_over(rule):
            skipped.append(Skipped(name, why))
        elif rule.trigger.type is discord.AutoModRuleTriggerType.keyword_preset:
            on = [preset for preset, chosen in rule.trigger.presets if chosen]
            skipped += [Skipped(f"{name}: {preset}", Skip.LIST) for preset in on if preset not in _LEVELS]
            if levels := tuple(level for preset in on for level in _LEVELS.get(preset, ())):
                lists.append((name, levels))
        else:
            taken, left_out = _keywords(name, rule)
            rules += [taken] if taken.words or taken.patterns else []
            skipped += left_out
    return Translated(tuple(rules), tuple(lists), tuple(skipped))


def edits_of(translated: Translated, policy: Policy, *, follow: bool = False) -> list[Edit]:
    """The changes that bring a policy there. Rules of an earlier import are replaced, own words stay.

    With `follow` the first import also turns following on; moderators who have turned it off are not asked again.
    """
    edits = [rules_edit(translated), *strict_edit(translated.levels, policy)]
    first = not policy.content.imported_rules and not policy.content.follow_imported
    return [*edits, _edit(FOLLOW, value=True)] if follow and first else edits


def rules_edit(translated: Translated) -> Edit:
    return _edit("content.imported_rules", translated.rules)


def strict_edit(levels: Sequence[str], policy: Policy) -> list[Edit]:
    """Categories made strict, if there are any; the others stay as they are."""
    if not levels:
        return []
    categories = {**dict(policy.content.categories), **dict.fromkeys(levels, Strictness.STRICT)}
    return [_edit("content.categories", tuple(categories.items()))]


def _edit(key: str, value: object) -> Edit:
    return Edit(key, BY_KEY[key].write(value))


def _passed_over(rule: discord.AutoModRule) -> Skip | None:
    kinds = discord.AutoModRuleTriggerType
    about_words = rule.trigger.type in {kinds.keyword, kinds.keyword_preset}
    if not about_words or rule.event_type is not discord.AutoModRuleEventType.message_send:
        return Skip.OTHER_KIND
    if not rule.enabled:
        return Skip.OFF
    return None if any(action.type in _BLOCKING for action in rule.actions) else Skip.ALERTS


def _keywords(name: str, rule: discord.AutoModRule) -> tuple[ImportedRule, list[Skipped]]:
    skipped: list[Skipped] = []
    words = _words(rule.trigger.keyword_filter, skipped)
    patterns: list[str] = []
    for source in rule.trigger.regex_patterns:
        translated = re2_of(source)
        if isinstance(translated, Skip):
            skipped.append(Skipped(source, translated))
        else:
            patterns.append(translated)
    exempt = frozenset(map(str, rule.exempt_role_ids | rule.exempt_channel_ids))
    allow = _words(rule.trigger.allow_list, skipped)
    return ImportedRule(name, words, tuple(patterns[:MAX_PATTERNS]), allow, exempt), skipped


def _words(found: Sequence[str], skipped: list[Skipped]) -> tuple[str, ...]:
    words = list(dict.fromkeys(" ".join(word.split()) for word in found))[:MAX_WORDS]
    skipped += [Skipped(word, Skip.TOO_LONG) for word in words if len(word) > MAX_WORD]
    return tuple(word for word in words if word.strip("* ") and len(word) <= MAX_WORD)


_CODE_POINT: Final = re.compile(r"\\u\{([0-9A-Fa-f]{1,6})\}")
_SETS: Final = re.compile(r"&&|~~|--")
_CLASSES: Final = {"w": r"\pL\pM\p{Nd}\p{Pc}", "d": r"\p{Nd}"}
"""Rust's classes know all scripts, RE2's only ASCII."""
_WORD_EDGE: Final = r"[^\pL\pM\p{Nd}\p{Pc}]"


def re2_of(source: str) -> str | Skip:
    """A Rust expression in RE2's syntax with the same meaning, or why there is none."""
    text = _CODE_POINT.sub(r"\\x{\1}", source)
    wide = _all_scripts(text)
    if wide is None:
        return Skip.OTHER_MEANING
    try:
        GuildPattern.compile(wide)
    except PatternError as problem:
        return Skip(problem.kind)
    return wide


def _all_scripts(text: str) -> str | None:
    r"""`\w`, `\d` and `\b` for words of any script; None where that cannot be said."""
    written: list[str] = []
    first, place = -1, 0  # `first`: where a class's first sign stands, -1 outside of classes
    while place < len(text):
        sign = text[place]
        pair, in_class = text[place : place + 2], first >= 0
        if sign == "\\" and len(pair) == 2:
            letter = pair[1]
            if letter in _CLASSES:
                written.append(_CLASSES[letter] if in_class else f"[{_CLASSES[letter]}]")
            elif letter.lower() in _CLASSES:
                if in_class:
                    return None
                written.append(f"[^{_CLASSES[letter.lower()]}]")
            elif letter == "b" and not in_class and not text.isascii():
                edge = _edge(place, len(text))
                if edge is None:
                    return None
                written.append(edge)
            elif letter == "B" and not text.isascii():
                return None
            else:
                written.append(pair)
            place += 2
            continue
        if in_class and ((sign == "[" and text[place + 1 : place + 2] != ":") or _SETS.match(pair)):
            return None  # sets in sets: RE2 would take the signs as they are
        if sign == "[" and not in_class:
            first = place + (2 if pair == "[^" else 1)
        elif sign == "]" and place > first:
            first = -1
        written.append(sign)
        place += 1
    return "".join(written)


def _edge(place: int, length: int) -> str | None:
    """A word's edge as what stands there; between others there is no way to say it without looking around."""
    if place == 0:
        return f"(?:^|{_WORD_EDGE})"
    return f"(?:$|{_WORD_EDGE})" if place + 2 == length else None

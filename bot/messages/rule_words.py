"""Rules and their changes in words, the same in both chats and the console. Data in `locales_rules/*.toml`.

Names of a chat's channels and roles are marked (`desk.marked`), so that each surface may write them its own way.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import Any, Final

from bot.domain.policy import BlockedTerm, ImportedRule, Rung
from bot.guardrails.rule_texts import BadValue
from bot.guardrails.rulebook import BY_KEY, Diff, Kind, Place, Setting
from bot.messages.desk import DeskSay, DeskTexts, marked

Tables = Mapping[str, Mapping[str, str]]

_SHOWN: Final = 6
"""Entries of a list that are named; the others are counted."""
_LONGEST: Final = 90
_REASONS: Final = {"violence/graphic": "gore", "self-harm": "self_harm"}
"""Names of the moderation service's categories among our reasons, where they differ."""
_DAY: Final = 24
_ALSO_PEOPLE: Final = frozenset({"access.moderators"})
"""Settings that take members besides roles, whose ids look alike."""


@lru_cache(maxsize=1)
def _tables() -> Mapping[str, Tables]:
    folder = resources.files("bot.messages") / "locales_rules"
    files = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return {entry.name.removesuffix(".toml"): tomllib.loads(entry.read_text("utf-8")) for entry in files}


def rule_tables(language: str) -> Tables:
    """What a language has itself."""
    return _tables()[language]


def change_line(diff: Diff, texts: DeskTexts) -> str:
    """One change: before and after, or what came to a list and what left it."""
    setting = texts.word("setting", diff.key)
    if diff.place:
        setting += f" ({place_words(diff.place, texts)})"
    entries = _LISTS.get(_kind(diff.key))
    if entries is not None and (changes := _changes(diff, entries, texts)):
        return _say("listed", texts, setting=setting, changes=changes)
    before, after = (_in_place(diff, text, texts) for text in (diff.before, diff.after))
    return _say("change", texts, setting=setting, before=before, after=after)


def value_words(key: str, text: str, texts: DeskTexts) -> str:
    """A setting's value as a short line; a text that is none comes back as it is."""
    setting = BY_KEY.get(key)
    if setting is None:
        return _cut(", ".join(text.splitlines()))
    if not text.strip():
        return _tables()[texts.language]["empty"].get(key, texts.say(DeskSay.EMPTY))
    try:
        value = setting.read(text)
    except BadValue:
        return _cut(", ".join(text.splitlines()))
    return _typed(setting, value, texts) or texts.say(DeskSay.EMPTY)


def choice_words(key: str, choice: str, texts: DeskTexts) -> str:
    """What a choice of a setting means."""
    table = _tables()[texts.language]["choice"]
    return table.get(f"{key}.{choice}", table.get(choice, choice))


def place_words(place: Place, texts: DeskTexts) -> str:
    key = DeskSay.IN_CHANNEL if place.kind == "channel" else DeskSay.FOR_ROLE
    return texts.say(key, place=marked(place.kind, place.place_id))


def _in_place(diff: Diff, text: str, texts: DeskTexts) -> str:
    if diff.place and not text:
        return _say("inherit", texts)
    return value_words(diff.key, text, texts)


def _typed(setting: Setting, value: Any, texts: DeskTexts) -> str:
    match setting.kind:
        case Kind.FLAG | Kind.CHOICE:
            return choice_words(setting.key, setting.write(value), texts)
        case Kind.NUMBER | Kind.MONEY | Kind.DECIMAL:
            return _number(setting, value, texts)
        case Kind.CHANNEL:
            return marked("channel", value)
        case Kind.CHANNELS:
            return _named([marked("channel", one) for one in sorted(value)], texts)
        case Kind.ROLES if setting.key in _ALSO_PEOPLE:
            return _named(sorted(value), texts)
        case Kind.ROLES:
            return _named([marked("role", one) for one in sorted(value)], texts)
        case Kind.LEVELS:
            return ", ".join(_level(category, level, texts) for category, level in value)
        case Kind.ROLE_CAPS:
            return ", ".join(
                _say("pair", texts, name=marked("role", role), value=_number(setting, cap, texts))
                for role, cap in value
            )
        case Kind.LADDER:
            return "; ".join(_rung(rung, texts) for rung in value)
        case Kind.TERMS | Kind.RULES | Kind.PHRASES | Kind.PATTERNS:
            entries = _LISTS[setting.kind](value, texts)
            return _named(list(entries.values()), texts)
        case _:
            return _cut(setting.write(value))


def _number(setting: Setting, value: float, texts: DeskTexts) -> str:
    if value or setting.area not in {"limits", "retention"}:
        return setting.write(value) if setting.kind is not Kind.ROLE_CAPS else str(value)
    if setting.area == "retention":
        return _say("for_ever", texts)
    return _say("no_wait", texts) if setting.key == "limits.cooldown_seconds" else texts.say(DeskSay.NO_LIMIT)


def _level(category: str, level: str, texts: DeskTexts) -> str:
    name = texts.word("reason", _REASONS.get(category, category))
    return _say("pair", texts, name=name, value=choice_words("content.categories", level, texts))


def _rung(rung: Rung, texts: DeskTexts) -> str:
    within = hours_words(rung.within_hours, texts)
    if not rung.suspend_hours:
        return _say("rung_ask", texts, strikes=rung.strikes, within=within)
    time = hours_words(rung.suspend_hours, texts)
    return _say("rung_suspend", texts, strikes=rung.strikes, within=within, time=time)


def hours_words(number: int, texts: DeskTexts) -> str:
    """A span of so many hours: "1 hour", "24 hours", "7 days"."""
    if number == 1:
        return _say("hour", texts)
    if number > _DAY and number % _DAY == 0:
        return _say("days", texts, number=number // _DAY)
    return _say("hours", texts, number=number)


def _changes(diff: Diff, entries: "Entries", texts: DeskTexts) -> str:
    """What was added, removed and changed; "" if one side cannot be read."""
    setting = BY_KEY[diff.key]
    try:
        old, new = (entries(setting.read(text), texts) for text in (diff.before, diff.after))
    except BadValue:
        return ""
    found = {
        "added": [words for key, words in new.items() if key not in old],
        "edited": [words for key, words in new.items() if key in old and _differs(diff, key, old, new)],
        "removed": [words for key, words in old.items() if key not in new],
    }
    return "; ".join(
        _say(name, texts, number=len(items), items=_named(items, texts))
        for name, items in found.items()
        if items
    )


def _differs(diff: Diff, key: str, old: Mapping[str, str], new: Mapping[str, str]) -> bool:
    """Two rules of the same size may still hold other words."""
    if BY_KEY[diff.key].kind is not Kind.RULES:
        return old[key] != new[key]
    before, after = (
        {rule.name: rule for rule in BY_KEY[diff.key].read(text)} for text in (diff.before, diff.after)
    )
    return bool(before[key] != after[key])


def _term(term: BlockedTerm, texts: DeskTexts) -> str:
    natural = "phrase" if " " in term.text else "word"
    how = [
        *([_say("inside" if term.match == "substring" else "word", texts)] if term.match != natural else []),
        *([_say("hint", texts)] if term.strength == "soft" else []),
        *([] if term.plural else [_say("singular", texts)]),
    ]
    return _say("term", texts, term=term.text, how="; ".join(how)) if how else term.text


def _rule(rule: ImportedRule, texts: DeskTexts) -> str:
    counts = {"words": len(rule.words), "patterns": len(rule.patterns), "allow": len(rule.allow)}
    return _say("rule", texts, name=rule.name, **counts)


Entries = Callable[[Any, DeskTexts], Mapping[str, str]]
"""A list's entries by what makes each of them the same, in words."""

_LISTS: Final[Mapping[Kind | None, Entries]] = {
    Kind.RULES: lambda rules, texts: {rule.name: _rule(rule, texts) for rule in rules},
    Kind.TERMS: lambda terms, texts: {term.text.casefold(): _term(term, texts) for term in terms},
    Kind.PHRASES: lambda lines, _texts: {line: line for line in lines},
    Kind.PATTERNS: lambda lines, _texts: {line: line for line in lines},
}


def _kind(key: str) -> Kind | None:
    return BY_KEY[key].kind if key in BY_KEY else None


def _named(items: Sequence[str], texts: DeskTexts) -> str:
    shown = ", ".join(_cut(item) for item in items[:_SHOWN])
    rest = len(items) - _SHOWN
    return _say("more", texts, items=shown, number=rest) if rest > 0 else shown


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _say(key: str, texts: DeskTexts, **params: object) -> str:
    return _tables()[texts.language]["say"][key].format(**params)

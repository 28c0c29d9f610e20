"""How the values of moderators' settings are written as text, and read back. Nothing here knows a policy."""

import re
from collections.abc import Sequence
from typing import Final

from bot.domain.policy import BlockedTerm, Rung, Strictness
from bot.guardrails.text import BlockList, GuildPattern, Term

MAX_TERMS: Final = 6000
MAX_TERM: Final = 60
MAX_PATTERNS: Final = 20
MAX_PATTERN: Final = 260

CATEGORIES: Final = ("sexual", "violence", "violence/graphic", "hate", "harassment", "self-harm", "illicit")
"""Categories of the moderation service whose level can be set; those about minors never can."""

_WORDS_OF_TRUTH: Final = {"on": True, "yes": True, "true": True, "1": True}
_WORDS_OF_UNTRUTH: Final = {"off": False, "no": False, "false": False, "0": False}
_ID: Final = re.compile(r"[A-Za-z0-9_./:-]{1,64}")
_MENTION: Final = re.compile(r"<(?:[@#][!&]?|!subteam\^)([A-Za-z0-9]+)(?:\|[^>]*)?>")
_RUNG: Final = re.compile(r"(\d{1,3}) in (\d{1,4})h -> (?:(\d{1,5})h|ask)")
_MATCHES: Final = ("word", "phrase", "substring")


class BadValue(ValueError):
    """A text is no value of its setting; `expected` says what is taken."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected


def read_flag(text: str) -> bool:
    word = text.strip().lower()
    known = _WORDS_OF_TRUTH | _WORDS_OF_UNTRUTH
    if word not in known:
        raise BadValue("on, off")
    return known[word]


def read_number(text: str, least: float, most: float, *, whole: bool) -> float:
    """A number within its bounds; a dollar sign and a decimal comma are tolerated.

    A comma before three digits is none: whoever writes "1,000" may well mean a thousand.
    """
    plain = text.strip().removeprefix("$")
    pattern = r"\d{1,9}" if whole else r"\d{1,9}(\.\d{1,6}|,\d{1,2}|,\d{4,6})?"
    number = plain.replace(",", ".")
    if not re.fullmatch(pattern, plain) or not least <= float(number) <= most:
        raise BadValue(f"{least:g} - {most:g}")
    return float(number)


def write_number(value: float, least_places: int = 0) -> str:
    """A number with at most six decimal places, as `read_number` takes it, and at least so many."""
    whole, _, places = f"{value:.6f}".partition(".")
    places = places.rstrip("0").ljust(least_places, "0")
    return f"{whole}.{places}" if places else whole


def read_choice(text: str, choices: Sequence[str]) -> str:
    word = text.strip().lower()
    found = next((choice for choice in choices if choice.lower() == word), None)
    if found is None:
        raise BadValue(", ".join(choices))
    return found


def read_text(text: str, most: int) -> str:
    line = " ".join(text.split())
    if len(line) > most:
        raise BadValue(f"0 - {most}")
    return line


def read_ids(text: str, most: int = 100) -> list[str]:
    """Ids or names, separated by commas or blanks; a platform's mentions are taken as their ids."""
    words = [word for word in re.split(r"[\s,;]+", _MENTION.sub(r"\1", text)) if word]
    if len(words) > most or not all(_ID.fullmatch(word) for word in words):
        raise BadValue("id, id, id" if most > 1 else "id")
    return list(dict.fromkeys(words))


def read_lines(text: str, most: int = 500) -> tuple[str, ...]:
    lines = [" ".join(line.split()) for line in text.splitlines()]
    lines = list(dict.fromkeys(line for line in lines if line))
    if len(lines) > most or any(len(line) > MAX_TERM for line in lines):
        raise BadValue(f"{most} x {MAX_TERM}")
    return tuple(lines)


def read_terms(text: str) -> tuple[BlockedTerm, ...]:
    """One term a line, with options behind a bar: "moby dick | phrase, soft". A chat's command has one line only:
    there commas part the terms.
    """
    found: dict[str, BlockedTerm] = {}
    lines = text.splitlines()
    for line in lines[0].split(",") if len(lines) == 1 and "|" not in text else lines:
        words, _, options = line.partition("|")
        words = " ".join(words.split())
        if words:
            found[words.casefold()] = _term(words, options)
    if len(found) > MAX_TERMS:
        raise BadValue(f"{MAX_TERMS}")
    return tuple(found.values())


def _term(words: str, options: str) -> BlockedTerm:
    chosen = {word.strip().lower() for word in options.split(",") if word.strip()}
    match = next((mode for mode in _MATCHES if mode in chosen), "phrase" if " " in words else "word")
    strength = "soft" if "soft" in chosen else "hard"
    known = {*_MATCHES, "soft", "hard", "singular"}
    if len(words) > MAX_TERM or chosen - known:
        raise BadValue("term | " + ", ".join(sorted(known)))
    term = BlockedTerm(words, match, strength, "singular" not in chosen)
    try:
        BlockList.compile([Term(term.text, term.match, term.strength, term.plural)], ())
    except ValueError:
        raise BadValue("term | " + ", ".join(sorted(known))) from None
    return term


def write_term(term: BlockedTerm) -> str:
    natural = "phrase" if " " in term.text else "word"
    options = [term.match] if term.match != natural or "," in term.text else []
    options += ["soft"] if term.strength == "soft" else []
    options += [] if term.plural else ["singular"]
    return f"{term.text} | {', '.join(options)}" if options else term.text


def read_patterns(text: str) -> tuple[str, ...]:
    """One RE2 expression a line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MAX_PATTERNS or any(len(line) > MAX_PATTERN for line in lines):
        raise BadValue(f"{MAX_PATTERNS} x {MAX_PATTERN}")
    for line in lines:
        try:
            GuildPattern.compile(line)
        except ValueError:
            raise BadValue("RE2") from None
    return tuple(dict.fromkeys(lines))


def read_levels(text: str) -> tuple[tuple[str, Strictness], ...]:
    """Levels of single categories: "violence=relaxed, hate=strict"."""
    levels = dict(_pairs(text))
    expected = f"{', '.join(CATEGORIES)} = {', '.join(Strictness)}"
    if not set(levels) <= set(CATEGORIES) or not set(levels.values()) <= set(Strictness):
        raise BadValue(expected)
    return tuple((category, Strictness(level)) for category, level in levels.items())


def read_role_caps(text: str) -> tuple[tuple[str, int], ...]:
    pairs = _pairs(_MENTION.sub(r"\1", text))
    if not all(_ID.fullmatch(role) and re.fullmatch(r"\d{1,6}", cap) for role, cap in pairs):
        raise BadValue("role=100, role=0")
    return tuple((role, int(cap)) for role, cap in dict(pairs).items())


def read_ladder(text: str) -> tuple[Rung, ...]:
    """Steps such as "3 in 24h -> 1h; 5 in 168h -> ask"."""
    rungs: list[Rung] = []
    for step in filter(None, (part.strip() for part in text.split(";"))):
        match = _RUNG.fullmatch(step)
        if match is None or not int(match[1]) or not int(match[2]):
            raise BadValue("3 in 24h -> 1h; 5 in 168h -> ask")
        rungs.append(Rung(int(match[1]), int(match[2]), int(match[3] or 0)))
    return tuple(sorted(rungs, key=lambda rung: rung.strikes))


def write_rung(rung: Rung) -> str:
    end = f"{rung.suspend_hours}h" if rung.suspend_hours else "ask"
    return f"{rung.strikes} in {rung.within_hours}h -> {end}"


def _pairs(text: str) -> list[tuple[str, str]]:
    parts = [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]
    if not all("=" in part for part in parts):
        raise BadValue("name=value, name=value")
    return [
        (name.strip(), value.strip().lower()) for name, _, value in (part.partition("=") for part in parts)
    ]

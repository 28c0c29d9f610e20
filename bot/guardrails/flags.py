"""Midjourney-style flags in what a person typed: `--ar 16:9 --n 2 --no text, people`.

A phone turns two hyphens into a dash, so `—ar 16:9` and `— ar 16:9` are flags as well, while a dash in prose and
everything between quotation marks stays as typed. Nothing is dropped in silence: a flag that is not understood
becomes a problem that names the legal values.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Final

from bot.domain.requests import Aspect, Background, Quality
from bot.domain.styles import LOOKS

MAX_COUNT: Final = 4
MAX_SEED: Final = 2**32 - 1
MAX_EXCLUDE: Final = 300


class ProblemKind(StrEnum):
    UNKNOWN = "unknown"
    MISSING_VALUE = "missing_value"
    BAD_VALUE = "bad_value"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class FlagProblem:
    """A flag that could not be taken as typed.

    Attributes:
        flag: The option's name, e.g. "aspect"; for an unknown flag what was typed, e.g. "--chaos".
        typed: The flag as the person knows it, e.g. "--ar", whichever dash their keyboard made of it.
        value: What was typed as its value, "" if nothing.
        legal: What may stand there, in a form that needs no translation.
    """

    flag: str
    kind: ProblemKind
    value: str
    legal: str
    typed: str


@dataclass(frozen=True, slots=True)
class Flags:
    """Options given as flags; None where no flag was given."""

    aspect: Aspect | None = None
    count: int | None = None
    quality: Quality | None = None
    style: str | None = None
    background: Background | None = None
    model: str | None = None
    seed: int | None = None
    exclude: str | None = None

    def items(self) -> Iterator[tuple[str, Any]]:
        """Name and value of each option that was given."""
        for option in fields(self):
            value = getattr(self, option.name)
            if value is not None:
                yield option.name, value


@dataclass(frozen=True, slots=True)
class ParsedWords:
    """The words without their flags, the flags, and what was wrong with them."""

    words: str
    flags: Flags = Flags()
    problems: tuple[FlagProblem, ...] = ()


def _number(lowest: int, highest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"\d{1,10}", text) or not lowest <= int(text) <= highest:
            raise ValueError(text)
        return int(text)

    return read


def _style(text: str) -> str:
    if text.lower() not in LOOKS:
        raise ValueError(text)
    return text.lower()


def _model(text: str) -> str:
    if not re.fullmatch(r"[\w.:/@-]{1,100}", text):
        raise ValueError(text)
    return text


def _exclude(text: str) -> str:
    if len(text) > MAX_EXCLUDE:
        raise ValueError(text)
    return text


@dataclass(frozen=True, slots=True)
class _Option:
    """How one option is written.

    Attributes:
        names: Flag names; the ones in `prose` are everyday words as well.
        read: Turns the typed value into the option's type, raising ValueError.
    """

    option: str
    names: tuple[str, ...]
    read: Callable[[str], Any]
    legal: str
    prose: frozenset[str] = frozenset()


_OPTIONS: Final = (
    _Option("aspect", ("ar", "aspect"), Aspect.parse, "1:1, 4:3, 16:9, 9:16 … (1:3 … 3:1)"),
    _Option("count", ("n", "count"), _number(1, MAX_COUNT), f"1 … {MAX_COUNT}", frozenset({"count"})),
    _Option(
        "quality",
        ("q", "quality"),
        lambda text: Quality(text.lower()),
        ", ".join(Quality),
        frozenset({"quality"}),
    ),
    _Option("style", ("style",), _style, ", ".join(LOOKS), frozenset({"style"})),
    _Option(
        "background",
        ("bg", "background"),
        lambda text: Background(text.lower()),
        ", ".join(Background),
        frozenset({"background"}),
    ),
    _Option("model", ("model",), _model, "A … Z, 0 … 9, . : / @ - _", frozenset({"model"})),
    _Option("seed", ("seed",), _number(0, MAX_SEED), f"0 … {MAX_SEED}"),
    _Option("exclude", ("no",), _exclude, f"…, …, … (≤ {MAX_EXCLUDE})", frozenset({"no"})),
)
LEGAL: Final = {option.option: option.legal for option in _OPTIONS}
"""What each option takes, in a form that needs no translation."""
_BY_NAME: Final = {name: option for option in _OPTIONS for name in option.names}
_ALL_NAMES: Final = ", ".join(f"--{option.names[0]}" for option in _OPTIONS)

_DASHES: Final = re.compile("--|[‒–—―⸺]")
_MARK: Final = re.compile(
    r"(?:(?<=\s)|\A)(?P<mark>-{2,3}|[‒–—―⸺]{1,2})(?P<gap>[ \t\u00a0]*)(?P<name>[A-Za-z][\w-]*)"
)
_TOKEN: Final = re.compile(r"(?:\s*=\s*|\s+)(?P<value>\"[^\"\n]*\"|“[^”\n]*”|[^\s,;]+)")
_QUOTED: Final = re.compile(
    r"(?<![\w\"])\"[^\"]*\"|“[^“”]*”|„[^„“”]*[“”]|«[^«»]*»|`[^`]*`"
    r"|(?<!\S)'[^']*'(?!\w)|(?<!\S)‘[^‘’]*’(?!\w)"
)
_CLINGING: Final = ",.;:!?)]}"


@dataclass(frozen=True, slots=True)
class _Found:
    """A flag in the text: where it is, and its value as typed."""

    start: int
    end: int
    name: str
    value: str

    @property
    def option(self) -> _Option | None:
        return _BY_NAME.get(self.name)


def parse_flags(text: str) -> ParsedWords:
    """Take the flags out of a text. Never raises; words without flags come back as typed.

    Flags that are typed twice with different values are a problem, except `--no`, which adds up. Typed options of
    a chat platform win over flags; merging them is the caller's part.
    """
    flags, problems = Flags(), list[FlagProblem]()
    found = _find(text)
    for flag in found:
        result = _read(flag, flags)
        if isinstance(result, FlagProblem):
            problems.append(result)
        else:
            flags = result
    return ParsedWords(_without(text, found), flags, tuple(problems))


def _find(text: str) -> list[_Found]:
    if not _DASHES.search(text):
        return []
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    marks = [mark for mark in _MARK.finditer(text) if not _inside(mark.start(), quoted)]
    found: list[_Found] = []
    limits = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, limit in zip(marks, limits, strict=False):
        if flag := _flag_at(text, mark, limit):
            found.append(flag)
    return found


def _inside(place: int, spans: list[tuple[int, int]]) -> bool:
    nearest = bisect_right(spans, (place, 0)) - 1
    return nearest >= 0 and place < spans[nearest][1]


def _flag_at(text: str, mark: re.Match[str], limit: int) -> _Found | None:
    """The flag at a mark, None when the mark is a dash in prose."""
    name = mark["name"].lower()
    option = _BY_NAME.get(name)
    if option is None:
        is_flag = mark["mark"].startswith("--") and not mark["gap"]
        return _Found(mark.start(), mark.end(), mark["mark"] + mark["name"], "") if is_flag else None
    if option.option == "exclude":
        value, end = text[mark.end() : limit].strip(" =\t\n"), limit
    else:
        token = _TOKEN.match(text, mark.end(), limit)
        value, end = (token["value"], token.end()) if token else ("", mark.end())
        value = value.rstrip(".!?)")
    flag = _Found(mark.start(), end, name, value.strip('"“”'))
    if mark["gap"] and not _clearly_meant(flag, option, text[end:limit]):
        return None
    return flag


def _clearly_meant(flag: _Found, option: _Option, rest: str) -> bool:
    """Whether a dash, a gap and a flag's name are a flag: its value is legal, and no sentence goes on after it."""
    try:
        option.read(_plain(flag.value))
    except ValueError:
        return False
    if flag.name not in option.prose:
        return True
    if option.option == "exclude" or rest.strip():
        return False
    return option.option != "model" or any(character.isdigit() for character in flag.value)


def _read(flag: _Found, flags: Flags) -> Flags | FlagProblem:
    """The flags with one more option set, or what is wrong with it."""
    option = flag.option
    if option is None:
        return FlagProblem(flag.name, ProblemKind.UNKNOWN, flag.value, _ALL_NAMES, flag.name)

    def problem(kind: ProblemKind) -> FlagProblem:
        return FlagProblem(option.option, kind, flag.value, option.legal, f"--{flag.name}")

    if not flag.value:
        return problem(ProblemKind.MISSING_VALUE)
    before = getattr(flags, option.option)
    typed = f"{before}, {flag.value}" if option.option == "exclude" and before else flag.value
    try:
        value = option.read(typed if option.option == "exclude" else _plain(typed))
    except ValueError:
        return problem(ProblemKind.BAD_VALUE)
    if option.option != "exclude" and before not in (None, value):
        return problem(ProblemKind.REPEATED)
    return replace(flags, **{option.option: value})


def _plain(value: str) -> str:
    """A value as an ASCII keyboard would have typed it: `１６：９` and `16∶9` are 16:9."""
    return unicodedata.normalize("NFKC", value).replace("∶", ":")


def _without(text: str, found: list[_Found]) -> str:
    """The text with the flags cut out; what is left keeps its own spacing."""
    if not found:
        return text
    words, place = "", 0
    for flag in found:
        words, place = _join(words, text[place : flag.start]), flag.end
    return _join(words, text[place:]).strip()


def _join(left: str, right: str) -> str:
    left, right = left.rstrip(), right.lstrip()
    if not left or not right:
        return left + right
    return left + ("" if right[0] in _CLINGING else " ") + right

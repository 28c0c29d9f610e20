"""One character at a time: which letters it can stand for, and how.

Only for matching: nothing here decides what is kept as a prompt.
"""

import unicodedata
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache
from string import ascii_lowercase
from typing import Final

from bot.guardrails.text.confusables import LOOKALIKES
from bot.guardrails.text.lookalikes import ACCENTED, PHONETIC, RARE, SMALL_CAPITALS, STRICT, WIDE


class Shape:
    """One-character classes of a view's characters, for its tokeniser."""

    WORD: Final = "w"
    SYMBOL: Final = "s"  # stands for a letter: @ $ €
    EDGE: Final = "e"  # stands for a letter inside a word, is punctuation at its ends: ! | + (
    MASK: Final = "m"  # hides a letter: *
    SPACE: Final = " "
    OTHER: Final = "."


class Reading(IntEnum):
    """How a character comes to stand for a letter other than itself, from certain to doubtful."""

    ITSELF = 0
    DECORATION = 1  # fullwidth, circled, mathematical, regional indicators, small capitals
    LEET = 2
    STRICT = 3  # a letter of another script that cannot be told from the Latin one
    WIDE = 4  # a letter of another script that resembles the Latin one
    ACCENT = 5  # a Latin letter of its own in some language: l-stroke, sharp s


@dataclass(frozen=True, slots=True)
class Glyph:
    """A readable character.

    Attributes:
        raw: The character itself: caseless, without marks, compatibility forms resolved.
        key: The canonical letter for look-ups; i and l are one class, digits are read as letters.
        options: Every letter or digit it can stand for, `raw` first.
        script: "LATIN", "CYRILLIC", ...; "" for what is no letter.
        marks: How many combining marks came with the character.
        alike: Other letters that it resembles so weakly that only a soft match may rest on it.
    """

    raw: str
    key: str
    options: str
    shape: str
    reading: Reading = Reading.ITSELF
    script: str = ""
    marks: int = 0
    alike: str = ""


MARK: Final = Glyph("", "", "", "")
"""Stands for a lone combining mark: it belongs to the glyph before it."""

_LEET_DIGITS: Final = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "gb", "7": "t", "8": "b", "9": "g",
}  # fmt: skip
_LEET_SYMBOLS: Final = {
    "@": "a",
    "$": "s",
    "€": "e",
    "£": "l",
    "¢": "c",
    "¥": "y",
    "₿": "b",
    "×": "x",
    "§": "s",
    "₵": "c",
    "₫": "d",
    "₣": "f",
    "₲": "g",
    "₭": "k",
    "₤": "l",
    "₦": "n",
    "₱": "p",
    "₽": "p",
    "₴": "s",
    "₮": "t",
    "₩": "w",
    "∈": "e",
    "∩": "n",
    "∆": "a",
    "√": "v",
}
_LEET_EDGES: Final = {"!": "il", "|": "il", "+": "t", "(": "c", "<": "c", "{": "c", "[": "c", "¡": "i"}
_MASKS: Final = frozenset("*#%^&~?_•●∙◦■□▪█▓░▇◼✱✲✻⁎∗٭❋")

_LINE_CLASS: Final = {"i": "il", "l": "li"}
_ALIKE: Final = {"i": "l", "l": "i"}
_UNSAFE_TO_READ: Final = frozenset("\u034f\u180e\u115f\u1160\u3164\uffa0\u2800")
_VARIATION_SELECTORS: Final = ((0xFE00, 0xFE0F), (0x180B, 0x180F), (0xE0100, 0xE01EF))


def is_variation_selector(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _VARIATION_SELECTORS)


def _by_character(table: dict[str, str]) -> dict[str, str]:
    """Character -> letters, from letters -> characters; the first letters that list a character win."""
    return {character: letters for letters in reversed(table) for character in table[letters]}


def _boxed_letters() -> dict[str, str]:
    """Regional indicators; squared, negative circled and negative squared letters."""
    starts = (0x1F1E6, 0x1F130, 0x1F150, 0x1F170)
    return {chr(start + place): letter for start in starts for place, letter in enumerate(ascii_lowercase)}


_STRICT: Final = _by_character(STRICT)
_ACCENTED: Final = _by_character(ACCENTED)
_TABLE: Final = (
    _by_character(RARE)
    | _by_character(LOOKALIKES)
    | _boxed_letters()
    | _by_character(WIDE)
    | _ACCENTED
    | _by_character(PHONETIC)
    | _by_character(SMALL_CAPITALS)
    | _STRICT
)


@lru_cache(maxsize=16_384)
def glyphs_of(character: str) -> tuple[Glyph, ...]:
    """What one character reads as: nothing if it is invisible, `MARK` if it is a combining mark."""
    if character.isspace() or unicodedata.category(character)[0] == "Z":
        return (Glyph(" ", " ", "", Shape.SPACE),)
    if _invisible(character):
        return ()
    decorated = character in _TABLE and unicodedata.category(character)[0] != "L"
    parts = character if decorated else unicodedata.normalize("NFKD", character)
    glyphs: list[Glyph] = []
    for part in parts:
        if unicodedata.category(part) in {"Mn", "Me"}:
            if glyphs:
                glyphs[-1] = replace(glyphs[-1], marks=glyphs[-1].marks + 1)
        else:
            glyphs += _read(part, compatible=part != character)
    return tuple(glyphs) if glyphs else (MARK,)


def _invisible(character: str) -> bool:
    if is_variation_selector(character) or character in _UNSAFE_TO_READ:
        return True
    category = unicodedata.category(character)
    return category in {"Cf", "Cc", "Co", "Cs"} or (category == "Cn" and character not in _TABLE)


def _read(character: str, *, compatible: bool) -> list[Glyph]:
    """Glyphs of one decomposed character; more than one if it stands for several letters."""
    if character.isascii():
        decoration = Reading.DECORATION if compatible else Reading.ITSELF
        return [_ascii(character, decoration)]
    if character in _LEET_SYMBOLS:
        return [_leet(character, _LEET_SYMBOLS[character], Shape.SYMBOL)]
    if character in _LEET_EDGES:
        return [_leet(character, _LEET_EDGES[character], Shape.EDGE)]
    if character in _MASKS:
        return [Glyph(character, character, "", Shape.MASK)]
    lower = character.lower()
    if target := _TABLE.get(character) or _TABLE.get(lower):
        return _lookalike(character, lower, target)
    shape = Shape.WORD if character.isalnum() else Shape.OTHER
    return [Glyph(part, part, part, shape, script=_script(character)) for part in character.casefold()]


def _ascii(character: str, reading: Reading) -> Glyph:
    raw = character.lower()
    if raw.isalpha():
        key = "l" if raw == "i" else raw
        return Glyph(raw, key, raw, Shape.WORD, reading, "LATIN", alike=_ALIKE.get(raw, ""))
    if raw.isdigit():
        return _leet(raw, _LEET_DIGITS[raw], Shape.WORD)
    if raw in _LEET_SYMBOLS:
        return _leet(raw, _LEET_SYMBOLS[raw], Shape.SYMBOL)
    if raw in _LEET_EDGES:
        return _leet(raw, _LEET_EDGES[raw], Shape.EDGE)
    return Glyph(raw, raw, "", Shape.MASK if raw in _MASKS else Shape.OTHER)


def _leet(character: str, letters: str, shape: str) -> Glyph:
    key = "l" if letters[0] == "i" else letters[0]
    return Glyph(character, key, character + letters, shape, Reading.LEET)


def _lookalike(character: str, lower: str, target: str) -> list[Glyph]:
    script = _script(character)
    marks = 0
    if lower in _ACCENTED:
        reading, marks = Reading.ACCENT, 1
    elif lower in _STRICT:
        reading = Reading.STRICT
    elif script in {"LATIN", ""}:
        reading = Reading.DECORATION
    else:
        reading = Reading.WIDE
    letters = [_LEET_DIGITS.get(letter, letter)[0] for letter in target]
    raws = [lower] if len(letters) == 1 else letters
    return [
        Glyph(
            raw,
            _ascii(letter, reading).key,
            raw + _LINE_CLASS.get(letter, letter),
            Shape.WORD,
            reading,
            script,
            marks,
        )
        for raw, letter in zip(raws, letters, strict=True)
    ]


def _script(character: str) -> str:
    """First word of the character's Unicode name for a letter, "" for anything else."""
    if not character.isalpha():
        return ""
    return unicodedata.name(character, "").split(" ")[0]

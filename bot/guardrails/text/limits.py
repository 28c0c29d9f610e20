"""How much and what kind of text is taken at all. Cheap, so that everything behind it works on bounded input."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.guardrails.text.glyphs import is_variation_selector

MAX_GRAPHEMES: Final = 1_000
MAX_BYTES: Final = 4_000
MAX_MARKS: Final = 2
MAX_MARKS_OF_A_SCRIPT: Final = 8
MAX_UNBROKEN: Final = 40


class LimitKind(StrEnum):
    GRAPHEMES = "graphemes"
    BYTES = "bytes"
    MARKS = "marks"
    UNBROKEN = "unbroken"
    BIDI = "bidi"


@dataclass(frozen=True, slots=True)
class LimitBreach:
    """The first limit that a text breaks. `limit` is the highest value that is taken."""

    kind: LimitKind
    limit: int

    @property
    def too_long(self) -> bool:
        """A shorter text would do; otherwise it is its characters."""
        return self.kind in {LimitKind.GRAPHEMES, LimitKind.BYTES}


def check_limits(text: str) -> LimitBreach | None:
    """Check length, stacked marks, endless chains without a space, and text direction that is left overridden."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        return LimitBreach(LimitKind.BYTES, MAX_BYTES)
    if len(text) > MAX_GRAPHEMES and count_graphemes(text) > MAX_GRAPHEMES:
        return LimitBreach(LimitKind.GRAPHEMES, MAX_GRAPHEMES)
    if not text.isascii():
        if _stacks_marks(text):
            return LimitBreach(LimitKind.MARKS, MAX_MARKS)
        if _leaves_direction_overridden(text):
            return LimitBreach(LimitKind.BIDI, 0)
    if any(len(_PIECE.findall(chain[0])) > MAX_UNBROKEN for chain in _LONG_CHAIN.finditer(text)):
        return LimitBreach(LimitKind.UNBROKEN, MAX_UNBROKEN)
    return None


def count_graphemes(text: str) -> int:
    """How many characters a reader sees: close to Unicode's extended grapheme clusters, never less than half."""
    count, joined, lone_indicator = 0, False, False
    for character in text:
        if character == "\u200d":
            joined = True
            continue
        indicator = 0x1F1E6 <= ord(character) <= 0x1F1FF
        if not (_extends(character) or joined or (indicator and lone_indicator)):
            count += 1
        lone_indicator = indicator and not lone_indicator
        joined = False
    return count


def _extends(character: str) -> bool:
    """Whether a character belongs to the one before it: marks, selectors, skin tones, medial and final jamo."""
    if character.isascii():
        return False
    code = ord(character)
    return (
        unicodedata.category(character)[0] == "M"
        or unicodedata.category(character) == "Cf"
        or is_variation_selector(character)
        or 0x1F3FB <= code <= 0x1F3FF
        or 0x1160 <= code <= 0x11FF
    )


def _stacks_marks(text: str) -> bool:
    """More marks on one character than any language writes: two accents, or eight signs of a script's own.

    A letter that Unicode knows as one character, such as a Greek one with breathing, accent and iota, is no stack.
    """
    stacked = {sign for sign in set(text) if unicodedata.category(sign) in {"Mn", "Me", "Cf"}}
    if len(stacked) <= _FEW and not any(one + other in text for one in stacked for other in stacked):
        return False
    upon = [sign in stacked for sign in text]
    start = 0
    for place, continued in enumerate([*upon, False]):
        if continued:
            continue
        if place - start > MAX_MARKS and _is_stack(text[start:place]):
            return True
        start = place
    return False


_FEW: Final = 4
"""So many different marks are quicker looked for in pairs than sign by sign."""


def _is_stack(cluster: str) -> bool:
    marks = [
        mark
        for mark in cluster
        if unicodedata.category(mark) in {"Mn", "Me"} and not is_variation_selector(mark)
    ]
    if len(marks) > MAX_MARKS_OF_A_SCRIPT:
        return True
    composed = unicodedata.normalize("NFC", cluster)
    return sum(map(_is_accent, marks)) > MAX_MARKS and any(map(_is_accent, composed))


def _is_accent(character: str) -> bool:
    """An accent above, below or through a letter, unlike the vowel signs and points of a script."""
    position = unicodedata.combining(character)
    return position == 1 or position >= 200 or unicodedata.category(character) == "Me"


def _leaves_direction_overridden(text: str) -> bool:
    """Whether an override of the text's direction is never taken back, so that it would turn what follows."""
    if "\u202d" not in text and "\u202e" not in text:
        return False
    open_runs: list[bool] = []
    for character in text:
        if character in "\u202a\u202b\u202d\u202e":
            open_runs.append(character in "\u202d\u202e")
        elif character == "\u202c" and open_runs:
            open_runs.pop()
    return any(open_runs)


_CHAINED: Final = r"[^\s\u3000-\u303f\uff01-\uff0f\uff1a-\uff1f]"
_LONG_CHAIN: Final = re.compile(rf"(?<!{_CHAINED}){_CHAINED}{{{MAX_UNBROKEN + 1},}}")
"""Characters without a space, enough of them for too many words and signs in a row; the full stops and commas of East
Asia count as spaces.
"""
_PIECE: Final = re.compile(
    r"[\w\u0300-\u036f\u0900-\u0eff\u1000-\u109f\u1780-\u17ff\u200b-\u200f]+"
    r"|[^\w\s](?:[\ufe0f\U0001f3fb-\U0001f3ff]|\u200d[^\w\s])*"
)
"""A word of any script, or one sign with what is joined to it."""

r"""Text that is written for machines, as a person would read it: `&#111;`, `%6f`, `\u006f`, `o<b>w</b>l`; and words that
are glued together: NiceOwlPicture, 123owl456.
"""

import html
import re
from collections.abc import Sequence
from typing import Final

_ENCODED: Final = re.compile(
    r"&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});|%[0-9a-fA-F]{2}|\\u\{?[0-9a-fA-F]{2,6}\}?|\\x[0-9a-fA-F]{2}"
    r"|<!--[^<>]{0,40}-->|</?[a-zA-Z][^<>]{0,40}>|\[/?[a-zA-Z]{1,6}\]"
    r"|\\/\\/|\|\\/\||\|\\\||/\\|\\/|\|-\||\|<|\|\)|\|_\|"
)
"""A character written as a number, by name or in strokes, or a tag of a markup language."""
_STROKES: Final = {
    r"\/\/": "w", r"|\/|": "m", r"|\|": "n", "/\\": "a", r"\/": "v", "|-|": "h", "|<": "k", "|)": "d", "|_|": "u",
}  # fmt: skip

_SIGNS_OF_CODE: Final = frozenset("&%\\<[|")
_CAMEL: Final = re.compile("[a-z](?=[A-Z][a-z]{2})")
_AROUND: Final = re.compile("[0-9]+|[xX]{2,3}")
_LETTERS: Final = 4
"""A word has so many to be looked for between digits or crosses."""

Part = tuple[str, list[int]]
"""A text, and where in the original each of its characters stands."""


def decoded(text: str) -> Part | None:
    """The words of a text that are encoded, decoded; None if there are none."""
    if _SIGNS_OF_CODE.isdisjoint(text):
        return None
    return _rewritten(text, [(*match.span(), _meant(match[0])) for match in _ENCODED.finditer(text)])


def unglued(text: str) -> Part | None:
    """The words of a text that are glued together, with a space at each seam; None if there are none."""
    return _rewritten(text, [(seam, seam, " ") for seam in sorted(_seams(text))])


def _seams(text: str) -> set[int]:
    """Before a capital letter, and between letters and the digits or crosses around them."""
    found = set[int]() if text.islower() else {match.end() for match in _CAMEL.finditer(text)}
    for around in _AROUND.finditer(text):
        start, end = around.span()
        before, after = text[max(0, start - _LETTERS) : start], text[end : end + _LETTERS]
        if _is_word(before) and not text[end : end + 1].isalnum():
            found.add(start)
        if _is_word(after) and not text[max(0, start - 1) : start].isalnum():
            found.add(end)
    return found


def _is_word(piece: str) -> bool:
    return len(piece) == _LETTERS and piece.isascii() and piece.isalpha()


def _rewritten(text: str, changes: Sequence[tuple[int, int, str]]) -> Part | None:
    """The words in which something changes, with the changes made: only they have to be read again."""
    signs: list[str] = []
    places: list[int] = []
    last = 0
    for start, end, instead in changes:
        first = _beginning(text, start)
        if first > last or not signs:
            _copy(text, last, _ending(text, last) if signs else last, signs, places)
            signs.append(" ")
            places.append(first)
            last = first
        _copy(text, last, start, signs, places)
        signs.append(instead)
        places += [min(start, len(text) - 1)] * len(instead)
        last = end
    if not signs:
        return None
    _copy(text, last, _ending(text, last), signs, places)
    return "".join(signs), places


def _copy(text: str, start: int, end: int, signs: list[str], places: list[int]) -> None:
    signs.append(text[start:end])
    places += range(start, end)


def _beginning(text: str, place: int) -> int:
    """Of the word around a place."""
    while place and not text[place - 1].isspace():
        place -= 1
    return place


def _ending(text: str, place: int) -> int:
    while place < len(text) and not text[place].isspace():
        place += 1
    return place


def _meant(written: str) -> str:
    if stroke := _STROKES.get(written):
        return stroke
    if written[0] == "&":
        return html.unescape(written)
    if written[0] in "<[":
        return ""
    code = int(written.strip("%\\uxUX{}"), 16)
    return chr(code) if code < _END_OF_UNICODE else ""


_END_OF_UNICODE: Final = 0x110000

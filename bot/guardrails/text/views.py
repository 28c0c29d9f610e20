"""The same text as a reader may see it: as it stands, hidden tag characters made visible, overrides reversed, letters
that stand on their head turned, bars between single letters taken for the gaps they are, what is written for machines
decoded, and names such as NiceOwlPicture taken apart.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Final, overload

from bot.guardrails.text.encoded import decoded, unglued
from bot.guardrails.text.glyphs import MARK, Glyph, Shape, glyphs_of

_TAGS: Final = re.compile("[\U000e0020-\U000e007e]+")
_FLAG: Final = re.compile(
    "\U0001f3f4[\U000e0061-\U000e007a]{2}[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,3}\U000e007f"
)
_TAG_OFFSET: Final = 0xE0000
_TURNED: Final = "ɐɔǝɟƃɥᴉɾʞɯɹʇʌʍʎ"
_TURNED_TEXT: Final = re.compile(f"[{_TURNED}].*[{_TURNED}]", re.DOTALL)
_UPRIGHT: Final = str.maketrans(
    _TURNED + "ⅎפɓıɿʃ" + "qpbdunmw69", "acefghijkmrtvwy" + "fggiil" + "bdqpnuwm96"
)
_BARRED: Final = re.compile(r"(?<![\w|+×])\w(?:[|+×]\w){2,}(?![\w|+×])")
_BARS: Final = str.maketrans("|+×", "   ")
_REVERSED: Final = re.compile("\u202e([^\u202a-\u202e]*)(?:\u202c|$)")


@dataclass(frozen=True, slots=True)
class View:
    """A text as glyphs.

    Attributes:
        name: "text", "hidden", "reversed", "encoded" or "glued".
        key: One canonical letter a glyph.
        raw: One raw character a glyph.
        shape: One class a glyph, see `glyphs.Shape`.
        origin: Index in the original text of each glyph, and one more for the end.
        marks: Combining marks on each glyph.
    """

    name: str
    glyphs: Sequence[Glyph]
    marks: Sequence[int]
    origin: Sequence[int]
    key: str
    raw: str
    shape: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where glyphs start..end-1 stand in the original text."""
        places = self.origin[start:end]
        return min(places), max(places) + 1


def hidden_text(text: str) -> str:
    """Text written in invisible tag characters, "" if there is none. The flags of nations are no hidden text."""
    visible = _FLAG.sub("", text)
    return " ".join(_decoded(match[0]) for match in _TAGS.finditer(visible))


def folded(text: str) -> str:
    """The text in small letters without accents, unseen characters and look-alikes, for rules written in ASCII."""
    view = next(views_of(text))
    return "".join([_plain_letter(glyph) for glyph in view.glyphs])


def _plain_letter(glyph: Glyph) -> str:
    if glyph.shape != Shape.WORD or glyph.raw.isascii() or len(glyph.options) < 2:
        return glyph.raw
    return glyph.options[1]


def views_of(text: str) -> Iterator[View]:
    """Every view of a text; the first one is the text itself."""
    yield from plain_views_of(text)
    yield from other_views_of(text)


def plain_views_of(text: str) -> Iterator[View]:
    """The text itself, and the same with bars between single letters taken for gaps. Their name is "text"."""
    yield _view("text", text, range(len(text)))
    if ("|" in text or "+" in text or "×" in text) and _BARRED.search(text):
        spaced = _BARRED.sub(lambda match: match[0].translate(_BARS), text)
        yield _view("text", spaced, range(len(text)))


def other_views_of(text: str) -> Iterator[View]:
    """What a text says when it is read in another way than from left to right as it stands."""
    if not text.isascii():
        yield from _unseen(text)
    for name, part in (("encoded", decoded(text)), ("glued", unglued(text))):
        if part is not None:
            yield _view(name, *part)


def _unseen(text: str) -> Iterator[View]:
    """What tag characters hide, what overrides turn round, and what stands on its head."""
    if tags := [place for match in _TAGS.finditer(text) for place in range(*match.span())]:
        yield _view("hidden", _decoded("".join(text[place] for place in tags)), tags)
    if "\u202e" in text:
        order = list(range(len(text)))
        for match in _REVERSED.finditer(text):
            order[match.start(1) : match.end(1)] = reversed(range(match.start(1), match.end(1)))
        yield _view("reversed", "".join(text[place] for place in order), order)
    if _TURNED_TEXT.search(text):
        upright = text.lower().translate(_UPRIGHT)
        if len(upright) == len(text):
            yield _view("reversed", upright[::-1], range(len(text) - 1, -1, -1))
            yield _view("reversed", upright, range(len(text)))


def _decoded(tags: str) -> str:
    return "".join(chr(ord(tag) - _TAG_OFFSET) for tag in tags)


_ASCII: Final = {chr(code): glyphs[0] for code in range(128) if len(glyphs := glyphs_of(chr(code))) == 1}
_ASCII_KEYS: Final = str.maketrans({character: glyph.key for character, glyph in _ASCII.items()})
_ASCII_RAWS: Final = str.maketrans({character: glyph.raw for character, glyph in _ASCII.items()})
_ASCII_SHAPES: Final = str.maketrans({character: glyph.shape for character, glyph in _ASCII.items()})


def ascii_key(text: str) -> str:
    """The key of printable ASCII text."""
    return text.translate(_ASCII_KEYS)


class _Sign:
    """What one character of a text becomes in a view: a few glyphs, mostly one.

    Attributes:
        glyph: The only one, if there is one.
        marked: A glyph comes with marks, or the character is a mark itself.
    """

    __slots__ = ("glyph", "glyphs", "key", "marked", "raw", "shape", "width")

    def __init__(self, character: str) -> None:
        self.glyphs = glyphs_of(character)
        self.width = len(self.glyphs)
        self.glyph = self.glyphs[0] if self.glyphs else MARK
        self.marked = any(glyph is MARK or glyph.marks for glyph in self.glyphs)
        self.key = "".join(glyph.key for glyph in self.glyphs)
        self.raw = "".join(glyph.raw for glyph in self.glyphs)
        self.shape = "".join(glyph.shape for glyph in self.glyphs)


class _Signs(dict[str, _Sign]):
    """Made when first met. Forgotten when there are very many, so that no text can fill the memory."""

    def __missing__(self, character: str) -> _Sign:
        if len(self) >= _MOST_SIGNS:
            self.clear()
        sign = self[character] = _Sign(character)
        return sign


_MOST_SIGNS: Final = 16_384
_SIGNS: Final = _Signs()


class _Glyphs(Sequence[Glyph]):
    """The glyphs of signs that have one each, looked up when they are asked for: of most texts hardly any are."""

    __slots__ = ("_signs",)

    def __init__(self, signs: Sequence[_Sign]) -> None:
        self._signs = signs

    @overload
    def __getitem__(self, place: int) -> Glyph: ...

    @overload
    def __getitem__(self, place: slice) -> list[Glyph]: ...

    def __getitem__(self, place: int | slice) -> Glyph | list[Glyph]:
        if isinstance(place, slice):
            return [sign.glyph for sign in self._signs[place]]
        return self._signs[place].glyph

    def __len__(self) -> int:
        return len(self._signs)


class _AsciiGlyphs(Sequence[Glyph]):
    """Those of ASCII text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    @overload
    def __getitem__(self, place: int) -> Glyph: ...

    @overload
    def __getitem__(self, place: slice) -> list[Glyph]: ...

    def __getitem__(self, place: int | slice) -> Glyph | list[Glyph]:
        if isinstance(place, slice):
            return [_ASCII[character] for character in self._text[place]]
        return _ASCII[self._text[place]]

    def __len__(self) -> int:
        return len(self._text)


def _view(name: str, text: str, places: Sequence[int]) -> View:
    if text.isascii() and text.isprintable():
        return View(
            name,
            _AsciiGlyphs(text),
            bytes(len(text)),
            places,
            key=text.translate(_ASCII_KEYS),
            raw=text.translate(_ASCII_RAWS),
            shape=text.translate(_ASCII_SHAPES),
        )
    signs = [_SIGNS[character] for character in text]
    distinct = set(signs)
    widths = {sign.width for sign in distinct}
    origin = places
    if max(widths, default=1) > 1:
        origin = [place for place, sign in zip(places, signs, strict=True) for _ in sign.glyphs]
        glyphs: Sequence[Glyph] = [glyph for sign in signs for glyph in sign.glyphs]
    else:
        if 0 in widths:
            seen = [sign.width for sign in signs]
            origin, signs = list(compress(places, seen)), list(compress(signs, seen))
        glyphs = _Glyphs(signs)
    marks: Sequence[int] = bytes(len(glyphs))
    if any(sign.marked for sign in distinct):
        glyphs, marks, origin = _marked(glyphs, origin)
    return View(
        name,
        glyphs,
        marks,
        origin,
        key="".join([sign.key for sign in signs]),
        raw="".join([sign.raw for sign in signs]),
        shape="".join([sign.shape for sign in signs]),
    )


def _marked(glyphs: Sequence[Glyph], origin: Sequence[int]) -> tuple[list[Glyph], list[int], list[int]]:
    """Glyphs without lone marks, the number of marks on each, and where each stands."""
    kept: list[Glyph] = []
    marks: list[int] = []
    places: list[int] = []
    for glyph, place in zip(glyphs, origin, strict=True):
        if glyph is not MARK:
            kept.append(glyph)
            marks.append(glyph.marks)
            places.append(place)
        elif marks:
            marks[-1] += 1
    return kept, marks, places

"""The same text as a reader may see it: as it stands, hidden tag characters made visible, overrides reversed, letters
that stand on their head turned, bars between single letters taken for the gaps they are.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

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
_BARRED: Final = re.compile(r"(?<![\w|])\w(?:\|\w){2,}(?![\w|])")
_REVERSED: Final = re.compile("\u202e([^\u202a-\u202e]*)(?:\u202c|$)")


@dataclass(frozen=True, slots=True)
class View:
    """A text as glyphs.

    Attributes:
        name: "text", "hidden" or "reversed".
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
    yield _view("text", text, range(len(text)))
    if tags := [place for match in _TAGS.finditer(text) for place in range(*match.span())]:
        yield _view("hidden", _decoded("".join(text[place] for place in tags)), tags)
    if "\u202e" in text:
        order = list(range(len(text)))
        for match in _REVERSED.finditer(text):
            order[match.start(1) : match.end(1)] = reversed(range(match.start(1), match.end(1)))
        yield _view("reversed", "".join(text[place] for place in order), order)
    if not text.isascii() and _TURNED_TEXT.search(text):
        upright = text.lower().translate(_UPRIGHT)
        if len(upright) == len(text):
            yield _view("reversed", upright[::-1], range(len(text) - 1, -1, -1))
            yield _view("reversed", upright, range(len(text)))
    if "|" in text and _BARRED.search(text):
        spaced = _BARRED.sub(lambda match: match[0].replace("|", " "), text)
        yield _view("text", spaced, range(len(text)))


def _decoded(tags: str) -> str:
    return "".join(chr(ord(tag) - _TAG_OFFSET) for tag in tags)


_ASCII: Final = {chr(code): glyphs[0] for code in range(128) if len(glyphs := glyphs_of(chr(code))) == 1}
_ASCII_KEYS: Final = str.maketrans({character: glyph.key for character, glyph in _ASCII.items()})
_ASCII_RAWS: Final = str.maketrans({character: glyph.raw for character, glyph in _ASCII.items()})
_ASCII_SHAPES: Final = str.maketrans({character: glyph.shape for character, glyph in _ASCII.items()})


def _view(name: str, text: str, places: Sequence[int]) -> View:
    if text.isascii() and text.isprintable():
        return View(
            name,
            [_ASCII[character] for character in text],
            bytes(len(text)),
            places,
            key=text.translate(_ASCII_KEYS),
            raw=text.translate(_ASCII_RAWS),
            shape=text.translate(_ASCII_SHAPES),
        )
    glyphs: list[Glyph] = []
    marks: list[int] = []
    origin: list[int] = []
    for place, character in zip(places, text, strict=True):
        for glyph in glyphs_of(character):
            if glyph is MARK:
                if marks:
                    marks[-1] += 1
                continue
            glyphs.append(glyph)
            marks.append(glyph.marks)
            origin.append(place)
    return View(
        name,
        glyphs,
        marks,
        origin,
        key="".join([glyph.key for glyph in glyphs]),
        raw="".join([glyph.raw for glyph in glyphs]),
        shape="".join([glyph.shape for glyph in glyphs]),
    )

"""The typeface (Roboto, Apache-2.0: Latin, Greek, Cyrillic) and what it can and cannot write."""

import unicodedata
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

import font_roboto
from PIL import ImageFont

_FOLDER: Final = Path(font_roboto.__file__).parent / "files"
_PROBE_SIZE: Final = 24
_MISSING: Final = "\uffff"


class Weight(StrEnum):
    REGULAR = "Regular"
    MEDIUM = "Medium"
    BOLD = "Bold"
    BLACK = "Black"


@lru_cache(maxsize=256)
def font(weight: Weight, size: int) -> ImageFont.FreeTypeFont:
    """The typeface at an em of `size` pixels."""
    return ImageFont.truetype(_FOLDER / f"Roboto-{weight}.ttf", size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def has_glyph(character: str) -> bool:
    """Whether the typeface draws this character, rather than its box for missing ones."""
    if character == " ":
        return True
    if unicodedata.category(character)[0] in "CZM":
        return False
    face = font(Weight.REGULAR, _PROBE_SIZE)
    drawn, missing = face.getmask(character), face.getmask(_MISSING)
    return not (drawn.size == missing.size and bytes(drawn) == bytes(missing))


def writable(text: str) -> str:
    """The part of the text that the typeface can write, composed, with single spaces."""
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(c if has_glyph(c) else " " if c.isspace() else "" for c in composed)
    return " ".join(kept.split())


def is_writable(text: str) -> bool:
    """Whether nearly all letters of the text survive `writable`, so that it still reads as itself."""
    letters = [c for c in unicodedata.normalize("NFC", text) if c.isalnum()]
    return bool(letters) and sum(map(has_glyph, letters)) >= 0.9 * len(letters)

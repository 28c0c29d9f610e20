"""What can be drawn: a name, a drawing in a square of 100 units, and where such a thing lives."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from PIL import Image

from bot.providers.offline.canvas import Canvas
from bot.providers.offline.palette import Coat, Colour, Finish

Draw = Callable[[Canvas, Coat], None]


class Habitat(StrEnum):
    GROUND = "ground"
    TABLE = "table"
    AIR = "air"
    AFLOAT = "afloat"
    DEEP = "deep"
    SPACE = "space"


@dataclass(frozen=True, slots=True)
class Thing:
    """Something with a name that can be drawn.

    Attributes:
        name: Its English noun, singular.
        draw: Draws it on a canvas of 100 x 100 units, y down, standing on y = 100.
        colour: What it is painted when the prompt names no colour.
        size: Height relative to a grown person (1.0), flattened so that a mouse can stand beside a castle.
        habitat: Where it is put.
        finish: Its natural material.
        top: Where a hat would sit: centre x, y, and width, in units; None for things without a head.
        seat: Where others stand on it, as a share of its height.
        saddle: How far from its middle they do so, as a share of its width, towards its right.
        hollow: How deep others sink into it, as a share of its height; 0 for what holds nothing.
        food: At home on a kitchen table.
        luminous: Gives light, so that the dusk around does not dim it.
        lettered: Must not be mirrored.
    """

    name: str
    draw: Draw
    colour: Colour
    size: float = 0.7
    habitat: Habitat = Habitat.GROUND
    finish: Finish = Finish.MATTE
    top: tuple[float, float, float] | None = None
    seat: float = 0.94
    saddle: float = 0.0
    hollow: float = 0.0
    food: bool = False
    luminous: bool = False
    lettered: bool = False

    def coat(self) -> Coat:
        return Coat(self.colour, self.finish)


@dataclass(frozen=True, slots=True)
class Extent:
    """The part of the 100 unit square that a drawing fills, in units."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Sprite:
    """A drawing on a transparent ground.

    Attributes:
        image: RGBA; reaches beyond the solid part where the thing glows.
        left: Pixels from the left edge of the image to the solid part.
        top: Pixels from the upper edge of the image to the solid part.
    """

    image: Image.Image
    left: int
    top: int


_MARGIN: Final = 40
_SOLID: Final = 150


@lru_cache(maxsize=512)
def _measure(draw: Draw) -> tuple[Extent, Extent]:
    """The solid part and the whole of a drawing, found by making it once, small."""
    canvas = Canvas(100 + 2 * _MARGIN, 100 + 2 * _MARGIN, 1.0, (_MARGIN, _MARGIN))
    draw(canvas, Coat((128, 128, 128)))
    alpha = canvas.image.getchannel("A")
    whole = alpha.getbbox() or (_MARGIN, _MARGIN, _MARGIN + 100, _MARGIN + 100)
    solid = alpha.point([255 if v >= _SOLID else 0 for v in range(256)]).getbbox() or whole
    return _units(solid), _units(whole)


def _units(box: tuple[int, int, int, int]) -> Extent:
    return Extent(box[0] - _MARGIN, box[1] - _MARGIN, box[2] - _MARGIN, box[3] - _MARGIN)


def extent(draw: Draw) -> Extent:
    """The part of the square that a drawing fills, without its glow."""
    return _measure(draw)[0]


def sprite(draw: Draw, coat: Coat, height: float) -> Sprite:
    """The drawing with its solid part `height` pixels high."""
    solid, whole = _measure(draw)
    scale = height / solid.height
    width, depth = math.ceil(whole.width * scale) + 2, math.ceil(whole.height * scale) + 2
    canvas = Canvas(width, depth, scale, (-whole.left * scale, -whole.top * scale))
    draw(canvas, coat)
    left, top = round((solid.left - whole.left) * scale), round((solid.top - whole.top) * scale)
    return Sprite(canvas.image, left, top)

"""What can be drawn: a name, a drawing in a square of 100 units, and where such a thing lives."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

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
        food: At home on a kitchen table.
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
    food: bool = False
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


_MARGIN = 30


@lru_cache(maxsize=512)
def extent(draw: Draw) -> Extent:
    """Measure a drawing by making it once, small."""
    canvas = Canvas(100 + 2 * _MARGIN, 100 + 2 * _MARGIN, 1.0, (_MARGIN, _MARGIN))
    draw(canvas, Coat((128, 128, 128)))
    box = canvas.image.getbbox() or (_MARGIN, _MARGIN, _MARGIN + 100, _MARGIN + 100)
    return Extent(box[0] - _MARGIN, box[1] - _MARGIN, box[2] - _MARGIN, box[3] - _MARGIN)


def sprite(draw: Draw, coat: Coat, height: float) -> Image.Image:
    """The drawing alone on a transparent ground, cropped, `height` pixels high."""
    box = extent(draw)
    scale = height / max(box.height, 1)
    canvas = Canvas(
        round(box.width * scale) + 2,
        round(box.height * scale) + 2,
        scale,
        (-box.left * scale, -box.top * scale),
    )
    draw(canvas, coat)
    return canvas.image

"""Colours, materials, and the coat a thing wears."""

import colorsys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

Colour = tuple[int, int, int]

INK: Final[Colour] = (38, 32, 48)
CREAM: Final[Colour] = (255, 246, 228)
WHITE: Final[Colour] = (255, 255, 255)
SHADE: Final[Colour] = (34, 22, 58)
GLOW: Final[Colour] = (255, 244, 214)


class Finish(StrEnum):
    MATTE = "matte"
    METAL = "metal"
    GLASS = "glass"


COLOURS: Final[Mapping[str, Colour]] = {
    "red": (214, 58, 52),
    "crimson": (176, 30, 54),
    "orange": (240, 134, 46),
    "amber": (245, 166, 35),
    "yellow": (248, 205, 62),
    "golden": (226, 172, 58),
    "lime": (160, 208, 64),
    "green": (72, 158, 90),
    "emerald": (24, 138, 98),
    "olive": (126, 132, 62),
    "teal": (32, 142, 146),
    "turquoise": (64, 196, 188),
    "cyan": (70, 196, 224),
    "blue": (52, 106, 210),
    "navy": (36, 54, 112),
    "indigo": (72, 66, 168),
    "purple": (128, 76, 176),
    "violet": (146, 96, 206),
    "lavender": (184, 164, 224),
    "magenta": (206, 54, 144),
    "pink": (242, 136, 170),
    "coral": (246, 122, 98),
    "brown": (136, 88, 56),
    "beige": (222, 200, 164),
    "black": (52, 50, 60),
    "grey": (142, 146, 156),
    "white": (246, 244, 240),
}

MATERIALS: Final[Mapping[str, tuple[Colour, Finish]]] = {
    "brass": ((206, 156, 66), Finish.METAL),
    "gold": ((232, 182, 62), Finish.METAL),
    "copper": ((196, 108, 68), Finish.METAL),
    "bronze": ((166, 112, 62), Finish.METAL),
    "silver": ((176, 184, 196), Finish.METAL),
    "steel": ((132, 146, 164), Finish.METAL),
    "iron": ((104, 108, 120), Finish.METAL),
    "chrome": ((178, 192, 208), Finish.METAL),
    "wooden": ((170, 114, 66), Finish.MATTE),
    "stone": ((152, 148, 142), Finish.MATTE),
    "marble": ((226, 224, 222), Finish.MATTE),
    "clay": ((190, 106, 76), Finish.MATTE),
    "paper": ((244, 236, 218), Finish.MATTE),
    "glass": ((150, 206, 220), Finish.GLASS),
    "crystal": ((166, 190, 238), Finish.GLASS),
    "ice": ((180, 222, 240), Finish.GLASS),
    "jade": ((66, 156, 116), Finish.GLASS),
    "chocolate": ((104, 62, 42), Finish.MATTE),
}


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """The colour `share` of the way from a to b."""
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


def lighter(colour: Colour, share: float = 0.3) -> Colour:
    """Towards warm light."""
    return mix(colour, GLOW, share)


def darker(colour: Colour, share: float = 0.3) -> Colour:
    """Towards a violet shadow, which keeps shaded colours alive."""
    return mix(colour, SHADE, share)


def luminance(colour: Colour) -> float:
    """Rec. 709 luma, 0 to 1."""
    return (0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]) / 255


def ink_on(colour: Colour) -> Colour:
    """Dark or light lettering, whichever reads on this colour."""
    return INK if luminance(colour) > 0.56 else WHITE


def hue(colour: Colour) -> float:
    """The angle on the colour wheel, 0 to 1."""
    return colorsys.rgb_to_hsv(colour[0] / 255, colour[1] / 255, colour[2] / 255)[0]


def is_warm(colour: Colour) -> bool:
    """Reds, oranges and yellows."""
    return hue(colour) < 0.2 or hue(colour) > 0.9


@dataclass(frozen=True, slots=True)
class Coat:
    """What a thing is made of.

    Attributes:
        base: The main colour.
        finish: How it takes the light.
        dyed: The prompt asked for this colour, so markings of the species give way to it.
    """

    base: Colour
    finish: Finish = Finish.MATTE
    dyed: bool = False

    @property
    def light(self) -> Colour:
        return lighter(self.base, 0.38)

    @property
    def pale(self) -> Colour:
        return lighter(self.base, 0.72)

    @property
    def dark(self) -> Colour:
        return darker(self.base, 0.28)

    @property
    def deep(self) -> Colour:
        return darker(self.base, 0.55)

    def marking(self, natural: Colour, dyed: float) -> Colour:
        """A second colour: the species' own, or a tint of the dye (`dyed` above 0 lighter, below 0 darker)."""
        if not self.dyed:
            return natural
        return lighter(self.base, dyed) if dyed >= 0 else darker(self.base, -dyed)

    def with_base(self, base: Colour) -> "Coat":
        return replace(self, base=base)


@dataclass(frozen=True, slots=True)
class Backdrop:
    """A studio wall and floor that go together."""

    wall: Colour
    disc: Colour
    floor: Colour


WARM_BACKDROPS: Final = (
    Backdrop((226, 122, 84), (250, 214, 160), (150, 66, 56)),
    Backdrop((232, 150, 120), (253, 226, 190), (168, 88, 84)),
    Backdrop((196, 92, 78), (244, 190, 140), (122, 50, 58)),
    Backdrop((238, 180, 104), (255, 232, 184), (184, 108, 62)),
)
COOL_BACKDROPS: Final = (
    Backdrop((64, 132, 142), (196, 226, 208), (34, 82, 98)),
    Backdrop((104, 122, 186), (222, 216, 240), (62, 70, 128)),
    Backdrop((118, 166, 142), (232, 238, 202), (70, 112, 104)),
    Backdrop((146, 112, 164), (244, 214, 220), (92, 66, 118)),
)

"""What landscapes stand on."""

import math
from collections.abc import Mapping
from random import Random
from typing import Final

from bot.providers.offline.canvas import Point
from bot.providers.offline.lighting import Light
from bot.providers.offline.palette import Colour
from bot.providers.offline.scene import Season

SNOW: Final[Colour] = (238, 244, 252)
_GRASS: Final[Mapping[Season, Colour]] = {
    Season.SPRING: (146, 202, 96),
    Season.SUMMER: (116, 180, 92),
    Season.AUTUMN: (196, 162, 84),
    Season.WINTER: SNOW,
}


def grass_colour(light: Light) -> Colour:
    return SNOW if light.snowy else _GRASS[light.season]


def ridge(width: float, y: float, height: float, rng: Random, bumps: float = 2.0) -> list[Point]:
    """A rolling line across the picture, closed at the bottom."""
    waves = [(bumps * k * rng.uniform(0.7, 1.3), rng.uniform(0, math.tau), height / k) for k in (1, 2, 3)]
    steps = 60
    points: list[Point] = []
    for i in range(steps + 1):
        x = -2 + (width + 4) * i / steps
        rise = sum(size * math.sin(speed * i / steps * math.pi + phase) for speed, phase, size in waves)
        points.append((x, y - rise / 2))
    return [*points, (width + 2, 102), (-2, 102)]

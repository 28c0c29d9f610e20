"""Heavenly things that can be the subject of a picture."""

import math

from bot.providers.offline import sky
from bot.providers.offline.canvas import Canvas, Gradient, arc_path, clear, halo, linear, points, radial
from bot.providers.offline.palette import WHITE, Coat, Colour, darker, lighter
from bot.providers.offline.scenery import earth
from bot.providers.offline.things import Habitat, Thing


def planet(c: Canvas, coat: Coat) -> None:
    sky.planet(c, 50, 50, 27, coat.base, ring=True)


def world(c: Canvas, coat: Coat) -> None:
    del coat
    earth(c, 50, 50, 40)


def star(c: Canvas, coat: Coat) -> None:
    c.circle(50, 52, 56, halo(coat.base, 0.5))
    tips = []
    for i in range(10):
        reach = 44 if i % 2 == 0 else 19
        angle = math.pi * i / 5 - math.pi / 2
        tips.append((50 + reach * math.cos(angle), 52 + reach * math.sin(angle)))
    c.polygon(
        tips,
        radial(lighter(coat.base, 0.7), coat.base, darker(coat.base, 0.25), focus=(0.42, 0.38), reach=1.2),
    )
    for i in range(0, 10, 2):
        c.polygon([tips[i], tips[(i + 1) % 10], (50, 52)], clear(WHITE, 0.24))


def rainbow(c: Canvas, coat: Coat) -> None:
    del coat
    bands: tuple[Colour, ...] = (
        (228, 72, 68),
        (246, 150, 62),
        (250, 214, 84),
        (96, 190, 108),
        (76, 146, 222),
        (136, 96, 196),
    )
    for i, colour in enumerate(bands):
        outer, inner = 48 - i * 4.4, 48 - (i + 1) * 4.4
        band = [
            *arc_path(50, 84, outer, outer * 1.2, 180, 360),
            *arc_path(50, 84, inner, inner * 1.2, 360, 180),
        ]
        c.polygon(band, linear(lighter(colour, 0.2), colour))
    for x in (12, 88):
        sky.cloud(c, x, 88, 19, WHITE, (190, 210, 236))


def cloud(c: Canvas, coat: Coat) -> None:
    for x, y, size in ((38, 62, 30), (66, 60, 28), (50, 70, 44)):
        sky.cloud(c, x, y, size, coat.base, (170, 196, 228))


def comet(c: Canvas, coat: Coat) -> None:
    for spread, opacity in points("20,0.35 12,0.6 5,0.9"):
        tail = [(74, 74 - spread * 0.7), (2 + spread, 6), (6, 2 + spread), (74 - spread * 0.7, 74)]
        c.polygon(tail, _trail(coat.base, opacity))
    c.glow(74, 74, 30, lighter(coat.base, 0.4), 0.8)
    c.circle(74, 74, 14, radial(WHITE, lighter(coat.base, 0.5), coat.base, focus=(0.4, 0.36)))


def _trail(colour: Colour, opacity: float) -> Gradient:
    return Gradient(((0, colour, 0.0), (1, lighter(colour, 0.5), opacity)), angle=45)


THINGS = (
    Thing("planet", planet, (226, 160, 96), 1.4, Habitat.SPACE),
    Thing("earth", world, (64, 132, 206), 1.4, Habitat.SPACE),
    Thing("star", star, (252, 206, 84), 0.7, Habitat.SPACE),
    Thing("rainbow", rainbow, (240, 160, 90), 2.0, Habitat.AIR),
    Thing("cloud", cloud, (252, 253, 255), 0.8, Habitat.AIR),
    Thing("comet", comet, (150, 200, 250), 0.9, Habitat.SPACE),
)

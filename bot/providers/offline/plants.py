"""Trees, flowers, mushrooms, a cactus."""

import math
from dataclasses import dataclass
from functools import partial
from random import Random

from bot.providers.offline.canvas import (
    Canvas,
    ellipse_path,
    linear,
    mirrored,
    points,
    radial,
    smooth,
    surface,
    turned,
)
from bot.providers.offline.palette import CREAM, WHITE, Coat, Colour, Finish, darker, lighter
from bot.providers.offline.things import Habitat, Thing

_BARK: Colour = (126, 84, 58)
_STEM: Colour = (78, 148, 82)


def _trunk(c: Canvas, foot: float, top: float, width: float) -> None:
    c.blob(
        [
            (50 - width * 0.5, top),
            (50 + width * 0.5, top),
            (50 + width * 0.55, foot - 6),
            (50 + width * 1.1, foot),
            (50 - width * 1.1, foot),
            (50 - width * 0.55, foot - 6),
        ],
        linear(lighter(_BARK, 0.2), _BARK, darker(_BARK, 0.4), angle=0),
    )


def _broadleaf(c: Canvas, coat: Coat, blossom: Colour | None = None) -> None:
    rng = Random(7)
    _trunk(c, 99, 52, 9)
    for tip in points("30,44 72,42 50,34"):
        c.ribbon([(50, 70), ((50 + tip[0]) / 2, 56), tip], (6, 4, 2.4), _BARK)
    lumps = (
        (30, 46, 20),
        (70, 46, 20),
        (22, 34, 16),
        (78, 33, 16),
        (50, 44, 22),
        (36, 22, 18),
        (64, 22, 18),
        (50, 13, 15),
    )
    for x, y, r in lumps:
        c.circle(x + 1, y + 2.4, r, coat.deep)
    for x, y, r in lumps:
        c.circle(x, y, r, surface(coat))
    for _ in range(90):
        a, reach = rng.uniform(0, math.tau), rng.random() ** 0.5
        x, y = 50 + 36 * reach * math.cos(a), 32 + 26 * reach * math.sin(a)
        leaf = (
            blossom
            if blossom and not coat.dyed and rng.random() < 0.75
            else lighter(coat.base, rng.uniform(0.05, 0.4))
        )
        c.ellipse(x, y, 2.3, 1.5, leaf, tilt=rng.uniform(-60, 60))


def cherry_tree(c: Canvas, coat: Coat) -> None:
    _broadleaf(c, coat, (255, 232, 240))
    for x, y in points("14,82 26,94 76,90 88,76 66,98"):
        c.ellipse(x, y, 1.7, 1.1, coat.light, tilt=30)


def pine(c: Canvas, coat: Coat) -> None:
    _trunk(c, 99, 78, 7)
    for i in range(5):
        top, foot, half = 2 + i * 14.5, 30 + i * 14.5, 14 + i * 5.6
        left = [
            (50, top),
            (50 - half * 0.45, foot - 9),
            (50 - half, foot + 1),
            (50 - half * 0.5, foot - 2),
            (50 - half * 0.2, foot + 2),
            (50, foot - 1),
        ]
        c.polygon(mirrored(left), linear(coat.light, coat.base, coat.deep, angle=40 + i * 4))


def palm(c: Canvas, coat: Coat) -> None:
    c.ribbon(
        points("44,99 45,70 52,46 58,26"),
        (9, 7, 5.6, 5),
        linear(lighter(_BARK, 0.3), _BARK, darker(_BARK, 0.3), angle=0),
    )
    for i in range(8):
        y = 92.0 - i * 8
        x = 44 + max(0.0, (80 - y)) * 0.21
        c.curve([(x - 3, y), (x, y + 1.6), (x + 3.4, y)], 0.8, darker(_BARK, 0.4))
    for angle in (-12, 26, 60, 120, 154, 192, 232, 304):
        tip = turned([(98, 32)], angle, (58, 26))[0]
        droop = (tip[0], tip[1] + 12)
        middle = ((58 + droop[0]) / 2, (26 + droop[1]) / 2 - 9)
        c.ribbon(
            [(58, 26), middle, droop], (2.6, 11, 0.6), linear(coat.light, coat.base, coat.dark, angle=angle)
        )
        c.curve([(58, 26), middle, droop], 0.7, coat.light)
    for x, y in points("54,29 60,31 64,27"):
        c.circle(x, y, 3.4, linear(lighter(_BARK, 0.3), darker(_BARK, 0.4)))


def cactus(c: Canvas, coat: Coat) -> None:
    for path in (points("36,62 20,62 20,38"), points("64,72 80,70 80,46")):
        c.ribbon(path, (12, 12, 12), coat.base)
        c.line([path[-1], (path[-1][0], path[-1][1] + 14)], 3, coat.light)
    c.rect(36, 8, 28, 91, linear(coat.light, coat.base, coat.dark, angle=0), 14)
    for x in (43, 50, 57):
        c.line([(x, 16), (x, 97)], 0.9, coat.dark)
        for y in range(20, 96, 9):
            c.line([(x - 1.6, y), (x + 1.6, y - 1.6)], 0.5, CREAM)
    for angle in range(0, 360, 60):
        petal = turned(ellipse_path(50, 2, 3, 5.4), angle, (50, 8))
        c.polygon(petal, linear((252, 150, 180), (230, 84, 140)))
    c.circle(50, 8, 3, (252, 214, 100))


@dataclass(frozen=True, slots=True)
class Bloom:
    """A flower on its stem."""

    petals: int
    length: float
    width: float
    heart: Colour
    heart_size: float


def _flower(bloom: Bloom, c: Canvas, coat: Coat) -> None:
    c.ribbon(
        points("50,99 49,70 50,36"), (3.6, 3, 2.6), linear(lighter(_STEM, 0.2), darker(_STEM, 0.2), angle=0)
    )
    for side, y in ((-1, 82), (1, 70)):
        leaf = [(50, y), (50 + side * 12, y - 12), (50 + side * 28, y - 12), (50 + side * 18, y - 1)]
        c.blob(leaf, linear(lighter(_STEM, 0.3), _STEM, darker(_STEM, 0.3), angle=60))
    centre = (50.0, 32.0)
    for ring, paint in ((1, darker(coat.base, 0.18)), (0, coat.base)):
        for i in range(bloom.petals):
            angle = 360 * (i + ring * 0.5) / bloom.petals
            petal = turned(
                ellipse_path(50, 32 - bloom.length * 0.6, bloom.width, bloom.length * 0.5), angle, centre
            )
            c.polygon(petal, linear(lighter(paint, 0.35), paint, darker(paint, 0.2), angle=50))
    c.circle(
        *centre, bloom.heart_size, radial(lighter(bloom.heart, 0.4), bloom.heart, darker(bloom.heart, 0.4))
    )
    for i in range(14):
        a, r = i * 2.4, bloom.heart_size * 0.8 * (i / 14) ** 0.5
        c.circle(
            50 + r * math.cos(a), 32 + r * math.sin(a), bloom.heart_size * 0.09, darker(bloom.heart, 0.45)
        )


def rose(c: Canvas, coat: Coat) -> None:
    c.ribbon(
        points("50,99 51,70 50,44"), (3.4, 3, 3), linear(lighter(_STEM, 0.1), darker(_STEM, 0.3), angle=0)
    )
    for side, y in ((-1, 84), (1, 72)):
        c.blob(
            [(50, y), (50 + side * 10, y - 12), (50 + side * 26, y - 14), (50 + side * 18, y)],
            linear(lighter(_STEM, 0.2), darker(_STEM, 0.3)),
        )
    for side in (-1, 1):
        c.blob([(50, 52), (50 + side * 16, 54), (50 + side * 20, 44)], darker(_STEM, 0.1))
    for petal, shade in (
        (points("24,18 18,38 34,56 50,58 66,56 82,38 76,18 50,4"), 0.3),
        (points("20,26 26,48 48,56 52,40 38,22"), 0.08),
        (points("80,26 74,48 52,56 48,40 62,22"), 0.16),
        (points("32,14 34,34 50,44 66,34 68,14 50,8"), 0.22),
        (points("38,12 40,26 50,32 60,26 62,12 50,8"), 0.02),
        (points("44,14 46,22 52,24 57,18 52,12"), 0.34),
    ):
        c.blob(
            petal,
            linear(
                lighter(darker(coat.base, shade), 0.24),
                darker(coat.base, shade),
                darker(coat.base, shade + 0.2),
                angle=70,
            ),
        )


def tulip(c: Canvas, coat: Coat) -> None:
    c.ribbon([(50, 99), (50, 44)], (3.6, 3.2), linear(lighter(_STEM, 0.1), darker(_STEM, 0.3), angle=0))
    for side in (-1, 1):
        c.blob(
            [(50, 98), (50 + side * 20, 76), (50 + side * 26, 48), (50 + side * 10, 72)],
            linear(lighter(_STEM, 0.3), _STEM, darker(_STEM, 0.3)),
        )
        c.blob(
            [(50, 50), (50 + side * 22, 42), (50 + side * 22, 8), (50 + side * 8, 24)],
            linear(coat.light, coat.base, coat.dark),
        )
    c.blob(mirrored(points("50,6 38,22 35,42 50,52")), surface(coat))


def mushroom(c: Canvas, coat: Coat) -> None:
    c.blob(
        mirrored(points("50,46 37,50 38,76 32,96 50,99")),
        linear(WHITE, (242, 230, 210), (206, 186, 166), angle=10),
    )
    c.ellipse(50, 56, 40, 8, (214, 184, 160))
    cap = smooth(points("50,5 26,12 8,36 6,54 26,58 50,59 74,58 94,54 92,36 74,12"))
    c.polygon(cap, surface(coat))
    with c.clipped(cap):
        for x, y, r in (
            (50, 22, 8),
            (27, 36, 6.6),
            (72, 35, 7.4),
            (46, 46, 5),
            (14, 50, 5),
            (88, 52, 5.4),
            (62, 12, 4),
        ):
            c.ellipse(x, y, r, r * 0.82, linear(WHITE, (240, 228, 218)))


def potted_plant(c: Canvas, coat: Coat) -> None:
    for angle, size in points("-66,34 62,34 -36,46 34,46 -10,52 14,50"):
        leaf = turned(
            [(50, 62), (42, 62 - size * 0.5), (50, 62 - size), (58, 62 - size * 0.5)], angle, (50, 64)
        )
        c.blob(leaf, linear(coat.light, coat.base, coat.dark, angle=angle + 90))
        c.line([(50, 64), leaf[2]], 0.8, coat.dark)
    clay = (204, 116, 80)
    c.polygon(
        points("30,66 70,66 64,99 36,99"), linear(lighter(clay, 0.3), clay, darker(clay, 0.35), angle=10)
    )
    c.rect(27, 61, 46, 9, linear(lighter(clay, 0.4), clay, darker(clay, 0.2), angle=10), 2)


def leaf(c: Canvas, coat: Coat) -> None:
    outline = points("50,3 40,22 26,18 28,34 6,34 16,48 8,62 28,62 32,78 48,70 50,80")
    c.polygon(mirrored(outline), surface(coat))
    c.line([(50, 99), (50, 14)], 1.8, coat.dark)
    for y, reach in points("30,16 50,34 64,24"):
        for side in (-1, 1):
            c.line([(50, y + 8), (50 + side * reach, y - 4)], 1.1, coat.dark)


THINGS = (
    Thing("tree", _broadleaf, (92, 160, 82), 1.9),
    Thing("cherry tree", cherry_tree, (244, 164, 190), 1.9),
    Thing("pine", pine, (52, 118, 84), 2.0),
    Thing("palm", palm, (84, 164, 84), 2.0),
    Thing("cactus", cactus, (86, 154, 94), 0.9),
    Thing("flower", partial(_flower, Bloom(9, 24, 5.4, (248, 196, 66), 8)), (244, 132, 168), 0.5),
    Thing("sunflower", partial(_flower, Bloom(16, 27, 4, (112, 70, 42), 13)), (250, 190, 46), 0.8),
    Thing("rose", rose, (206, 42, 66), 0.5),
    Thing("tulip", tulip, (236, 92, 88), 0.5),
    Thing("mushroom", mushroom, (214, 60, 52), 0.4),
    Thing("potted plant", potted_plant, (76, 152, 92), 0.5, Habitat.TABLE, top=None),
    Thing("leaf", leaf, (226, 122, 52), 0.3, Habitat.TABLE, Finish.MATTE),
)

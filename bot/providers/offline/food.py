"""Fruit, dishes and drinks."""

from dataclasses import dataclass
from functools import partial
from random import Random

from bot.providers.offline.canvas import (
    Canvas,
    Point,
    arc_path,
    clear,
    ellipse_path,
    fading,
    halo,
    linear,
    mirrored,
    points,
    radial,
    smooth,
    surface,
)
from bot.providers.offline.palette import CREAM, WHITE, Coat, Colour, darker, lighter
from bot.providers.offline.things import Draw, Habitat, Thing

_STALK: Colour = (110, 76, 50)
_LEAF: Colour = (96, 164, 78)
_CRUST: Colour = (214, 156, 88)


def _leaf(c: Canvas, x: float, y: float, size: float) -> None:
    c.blob(
        [
            (x, y),
            (x + size * 0.4, y - size * 0.5),
            (x + size, y - size * 0.5),
            (x + size * 0.7, y),
        ],
        linear(lighter(_LEAF, 0.3), _LEAF, darker(_LEAF, 0.3)),
    )


def _shine(c: Canvas, x: float, y: float, rx: float, ry: float) -> None:
    c.ellipse(x, y, rx, ry, halo(WHITE, 0.75), 30)


@dataclass(frozen=True, slots=True)
class Fruit:
    """A fruit that is one body with a stalk."""

    outline: tuple[Point, ...]
    stalk: bool = True
    leaf: bool = True
    pores: bool = False


def _fruit(shape: Fruit, c: Canvas, coat: Coat) -> None:
    body = smooth(mirrored(shape.outline))
    c.polygon(
        body,
        radial(lighter(coat.base, 0.5), coat.base, darker(coat.base, 0.42), focus=(0.36, 0.32), reach=1.5),
    )
    top = shape.outline[0][1]
    if shape.pores:
        rng = Random(2)
        with c.clipped(body):
            for _ in range(50):
                c.circle(rng.uniform(12, 88), rng.uniform(20, 98), 0.7, clear(coat.dark, 0.5))
    if shape.stalk:
        c.ellipse(50, top + 3, 10, 4, fading(coat.deep, 0.5, 0.0))
        c.ribbon([(50, top + 4), (51, top - 5), (55, top - 12)], (2.4, 2.4, 3.2), _STALK)
    if shape.leaf:
        _leaf(c, 52, top - 3, 22)
    _shine(c, 33, top + 24, 8, 13)


def banana(c: Canvas, coat: Coat) -> None:
    for dx, dy, shade in ((-9, -5, 0.16), (0, 0, 0.0)):
        base = darker(coat.base, shade)
        outline = [
            (22 + dx, 18 + dy),
            (30 + dx, 20 + dy),
            (38 + dx, 48 + dy),
            (60 + dx, 70 + dy),
            (92 + dx, 74 + dy),
            (96 + dx, 80 + dy),
            (84 + dx, 92 + dy),
            (50 + dx, 92 + dy),
            (24 + dx, 66 + dy),
            (18 + dx, 36 + dy),
        ]
        c.blob(outline, linear(lighter(base, 0.35), base, darker(base, 0.3), angle=110))
        c.curve(
            [(27 + dx, 24 + dy), (32 + dx, 56 + dy), (54 + dx, 79 + dy), (90 + dx, 80 + dy)],
            1,
            darker(base, 0.25),
        )
    c.blob(points("12,12 22,6 32,18 24,24 14,22"), linear((150, 130, 60), _STALK))
    c.circle(94, 77, 3.2, (84, 66, 46))


def strawberry(c: Canvas, coat: Coat) -> None:
    body = smooth(mirrored(points("50,22 28,20 15,38 26,70 42,93 50,98")))
    c.polygon(
        body, radial(lighter(coat.base, 0.4), coat.base, darker(coat.base, 0.4), focus=(0.36, 0.3), reach=1.5)
    )
    with c.clipped(body):
        for row in range(7):
            for i in range(7):
                x, y = 14 + i * 12 + (row % 2) * 6, 32 + row * 10
                c.ellipse(x, y, 1.3, 2.2, (255, 222, 130))
    for angle in (-70, -36, 0, 36, 70):
        leaf_path = [
            (50, 22),
            (50 + angle * 0.3 - 5, 24),
            (50 + angle * 0.5, 34 - abs(angle) * 0.16),
            (50 + angle * 0.3 + 5, 24),
        ]
        c.blob(leaf_path, linear(lighter(_LEAF, 0.2), darker(_LEAF, 0.2)))
    c.ribbon([(50, 22), (53, 12)], (3, 2.4), darker(_LEAF, 0.2))
    _shine(c, 33, 42, 6, 10)


def cherry(c: Canvas, coat: Coat) -> None:
    for x, y in ((30, 76), (70, 80)):
        c.curve([(x, y - 18), (x + (56 - x) * 0.5, 36), (58, 10)], 2, darker(_LEAF, 0.3))
        c.circle(
            x,
            y,
            19,
            radial(lighter(coat.base, 0.5), coat.base, darker(coat.base, 0.5), focus=(0.36, 0.32), reach=1.5),
        )
        _shine(c, x - 7, y - 7, 4, 6)
    _leaf(c, 58, 13, 30)


def grapes(c: Canvas, coat: Coat) -> None:
    c.ribbon(points("50,28 51,14 56,6"), (3, 3, 4), _STALK)
    _leaf(c, 52, 22, 30)
    for row, count in enumerate((4, 5, 4, 3, 2, 1)):
        for i in range(count):
            x, y = 50 + (i - (count - 1) / 2) * 15, 34 + row * 11.6
            c.circle(
                x,
                y,
                9,
                radial(
                    lighter(coat.base, 0.5), coat.base, darker(coat.base, 0.5), focus=(0.36, 0.32), reach=1.4
                ),
            )
            c.circle(x - 3, y - 3, 1.7, clear(WHITE, 0.7))


def watermelon(c: Canvas, coat: Coat) -> None:
    for r, paint in ((48, (58, 134, 78)), (44, (220, 240, 190)), (40.5, coat.base)):
        c.polygon(
            arc_path(50, 42, r, r * 1.1, 0, 180), linear(lighter(paint, 0.2), paint, darker(paint, 0.1))
        )
    for x, y in points("30,52 42,62 56,54 68,62 50,74 36,72 64,76 22,58 78,54"):
        c.ellipse(x, y, 1.7, 2.8, (58, 36, 44), tilt=(50 - x) * 0.6)


def pineapple(c: Canvas, coat: Coat) -> None:
    for angle in (-50, -28, -8, 14, 34, 54):
        c.blob(
            [
                (46, 38),
                (50 + angle * 0.7 - 3, 16),
                (50 + angle * 0.9, 2 + abs(angle) * 0.2),
                (50 + angle * 0.5 + 5, 20),
                (56, 38),
            ],
            linear(lighter(_LEAF, 0.3), _LEAF, darker(_LEAF, 0.4)),
        )
    body = ellipse_path(50, 67, 25, 32)
    c.polygon(body, surface(coat))
    with c.clipped(body):
        for i in range(-6, 14):
            c.line([(i * 10, 30), (i * 10 + 60, 100)], 0.9, coat.dark)
            c.line([(i * 10 + 10, 30), (i * 10 - 50, 100)], 0.9, coat.dark)


def carrot(c: Canvas, coat: Coat) -> None:
    for lean in (-12, -4, 5, 13):
        c.ribbon(
            [(50, 34), (50 + lean * 0.7, 18), (50 + lean * 1.5, 2 + abs(lean) * 0.4)],
            (3, 6, 1),
            linear(lighter(_LEAF, 0.3), darker(_LEAF, 0.2)),
        )
    c.blob(
        mirrored(points("50,30 38,32 36,44 43,76 50,99")), linear(coat.light, coat.base, coat.dark, angle=10)
    )
    for x, y, w in ((41, 48, 9), (52, 58, 9), (44, 70, 7), (50, 82, 5)):
        c.line([(x, y), (x + w, y + 1)], 0.9, coat.dark)


def pizza(c: Canvas, coat: Coat) -> None:
    cheese = coat.marking((252, 206, 104), 0.3)
    c.shadow(50, 96, 52, 6, 0.4)
    c.ellipse(50, 66, 50, 31, linear(lighter(_CRUST, 0.1), darker(_CRUST, 0.45)))
    c.ellipse(50, 62, 50, 31, linear(lighter(_CRUST, 0.35), _CRUST, darker(_CRUST, 0.2)))
    c.ellipse(50, 61.6, 43.6, 26, (202, 72, 46))
    c.ellipse(50, 61.4, 42, 24.8, linear(lighter(cheese, 0.3), cheese, darker(cheese, 0.16)))
    for angle in (20, 65, 110, 155):
        arc = arc_path(50, 61.4, 48, 29, angle, angle + 180)
        c.line([arc[0], arc[-1]], 0.5, darker(cheese, 0.34))
    for x, y in points("32,52 52,46 70,55 24,66 44,64 62,70 78,66 40,77 58,58"):
        c.ellipse(x, y + 0.7, 6, 4.2, darker((190, 56, 44), 0.4))
        c.ellipse(x, y, 6, 4.2, linear((228, 96, 74), (190, 56, 44)))
        c.circle(x - 1.5, y - 1, 0.7, (246, 150, 120))
    for x, y, tilt in ((42, 54, 30), (66, 62, -30), (32, 60, 80), (54, 72, 10), (74, 60, 60), (58, 50, -10)):
        c.ellipse(x, y, 3.6, 1.7, linear((120, 184, 84), (56, 124, 60)), tilt=tilt)


def sushi(c: Canvas, coat: Coat) -> None:
    board = (176, 118, 74)
    c.rect(2, 84, 96, 8, linear(lighter(board, 0.3), board, darker(board, 0.2)), 2)
    for x in (14, 74):
        c.rect(x, 91, 12, 7, darker(board, 0.35))
    for x, topping in ((6, coat.base), (36, coat.marking((250, 214, 98), 0.3))):
        c.blob(
            [(x, 84), (x + 1, 70), (x + 14, 66), (x + 27, 70), (x + 28, 84), (x + 14, 86)],
            linear(WHITE, (238, 232, 222)),
        )
        for k in range(7):
            c.ellipse(x + 3 + k * 3.6, 80 - (k % 2) * 3, 1.6, 0.9, (250, 248, 244))
        slab = smooth([(x - 2, 72), (x + 4, 60), (x + 16, 56), (x + 28, 61), (x + 31, 73), (x + 15, 68)])
        c.polygon(slab, linear(lighter(topping, 0.25), topping, darker(topping, 0.2)))
        with c.clipped(slab):
            for k in range(5):
                c.line([(x + k * 7, 74), (x + k * 7 + 6, 54)], 0.9, lighter(topping, 0.55))
    c.rect(44, 57.6, 7, 28, (44, 62, 54), 1)
    for x, y in ((82, 74), (82, 54)):
        c.rect(x - 13, y - 9, 26, 19, (38, 54, 50), 5)
        c.ellipse(x, y - 8, 13, 5.4, (40, 60, 54))
        c.ellipse(x, y - 8.4, 11, 4.4, WHITE)
        c.circle(x - 3, y - 8.6, 2.6, coat.base)
        c.circle(x + 3, y - 8.2, 2.2, (116, 180, 84))
    c.line([(0, 50), (72, 40)], 1.4, (120, 64, 48))
    c.line([(2, 46), (72, 36)], 1.4, (120, 64, 48))


def burger(c: Canvas, coat: Coat) -> None:
    c.polygon(
        smooth(points("8,82 92,82 90,94 78,98 22,98 10,94")),
        linear(lighter(_CRUST, 0.2), darker(_CRUST, 0.25)),
    )
    c.rect(6, 70, 88, 14, linear((132, 78, 52), (84, 46, 36)), 7)
    c.polygon(
        points("8,68 92,68 80,72 72,80 62,71 36,71 26,77 18,71"), linear((255, 220, 110), (246, 184, 62))
    )
    for x in (20.0, 46, 72):
        c.rect(x - 12, 60, 28, 8, linear((236, 96, 74), (198, 56, 50)), 3)
    c.blob(
        points("4,58 16,54 50,55 84,54 97,58 90,66 78,61 66,67 54,61 42,67 30,61 18,67 8,63"),
        linear((170, 214, 104), (100, 168, 72)),
    )
    bun = [(6.0, 56.0), *arc_path(50, 52, 44, 34, 180, 360), (94.0, 56.0)]
    c.polygon(bun, surface(coat))
    for x, y in points("32,32 46,25 60,28 72,36 52,38 24,42 40,42 66,45"):
        c.ellipse(x, y, 2.3, 1.3, CREAM, tilt=(x - 50))


def cake(c: Canvas, coat: Coat) -> None:
    icing = coat.base
    c.ellipse(50, 92, 48, 7, linear(WHITE, (206, 206, 220)))
    for x, y, w, h in ((12, 58, 76, 33), (24, 32, 52, 28)):
        c.rect(x, y + 4, w, h - 4, linear((250, 230, 196), (236, 206, 160), (206, 168, 128), angle=10), 3)
        c.rect(x, y + h * 0.55, w, 3, icing)
        c.rect(x, y, w, h * 0.32, linear(lighter(icing, 0.3), icing), 4)
        for i in range(round(w / 9)):
            drop = 5 + (i * 7) % 9
            c.rect(x + i * 9 + 1, y + h * 0.16, 7, drop + h * 0.1, linear(icing, darker(icing, 0.1)), 3.5)
    for i, colour in enumerate(((250, 196, 80), (110, 190, 220), (240, 110, 110))):
        x = 36 + i * 14
        c.rect(x - 1.5, 16, 3, 16, linear(lighter(colour, 0.3), colour, angle=0), 1)
        c.glow(x, 11, 8, (255, 214, 120), 0.9)
        c.blob([(x, 5), (x - 2.4, 11), (x, 15), (x + 2.4, 11)], linear((255, 240, 160), (250, 150, 60)))
    for i in range(9):
        c.circle(16 + i * 8.6, 88, 3.4, linear(WHITE, lighter(icing, 0.4)))


def cupcake(c: Canvas, coat: Coat) -> None:
    c.polygon(
        points("24,60 76,60 68,98 32,98"), linear((120, 180, 190), (76, 134, 152), (52, 100, 124), angle=10)
    )
    for i in range(6):
        c.line([(30 + i * 8, 61), (35 + i * 6, 97)], 0.9, (52, 100, 124))
    for y, r in points("56,34 42,26 29,17"):
        c.blob(
            [
                (50 - r, y + 4),
                (50 - r * 0.8, y - 8),
                (50, y - 12),
                (50 + r * 0.8, y - 8),
                (50 + r, y + 4),
                (50, y + 9),
            ],
            surface(coat),
        )
    c.circle(50, 14, 7, radial((255, 130, 120), (214, 50, 60), (150, 24, 44), focus=(0.36, 0.3), reach=1.4))
    for x, y, colour in (
        (36, 40, (250, 210, 90)),
        (60, 36, (110, 190, 220)),
        (48, 52, (250, 250, 250)),
        (68, 52, (250, 210, 90)),
        (30, 54, (130, 200, 130)),
    ):
        c.rect(x, y, 4.4, 1.7, colour, 0.8)


def ice_cream(c: Canvas, coat: Coat) -> None:
    cone = points("28,50 72,50 50,99")
    c.polygon(cone, linear(lighter(_CRUST, 0.3), _CRUST, darker(_CRUST, 0.3), angle=20))
    with c.clipped(cone):
        for i in range(-4, 14):
            c.line([(i * 9, 46), (i * 9 + 36, 100)], 0.9, darker(_CRUST, 0.34))
            c.line([(i * 9 + 20, 46), (i * 9 - 16, 100)], 0.9, darker(_CRUST, 0.34))
    for x, y, r, colour in (
        (36, 38, 17, coat.base),
        (64, 38, 17, coat.marking((250, 234, 200), 0.6)),
        (50, 20, 17, coat.marking((146, 96, 70), -0.2)),
    ):
        c.circle(
            x, y, r, radial(lighter(colour, 0.5), colour, darker(colour, 0.3), focus=(0.36, 0.3), reach=1.4)
        )
    c.blob(points("24,48 34,54 40,50 48,58 56,50 66,55 76,48 50,44"), linear(coat.base, coat.dark))
    c.circle(56, 2, 5, (214, 50, 60))


def donut(c: Canvas, coat: Coat) -> None:
    c.ellipse(50, 62, 47, 36, linear(lighter(_CRUST, 0.3), _CRUST, darker(_CRUST, 0.35)))
    icing = [
        (50 + (43 + 3 * (i % 2)) * x, 57 + (31 + 2.4 * (i % 3)) * y)
        for i, (x, y) in enumerate(ellipse_path(0, 0, 1, 1)[::4])
    ]
    c.blob(icing, surface(coat))
    c.ellipse(50, 55, 16, 10, linear(darker(_CRUST, 0.4), lighter(_CRUST, 0.1)))
    rng = Random(6)
    for _ in range(46):
        x, y = rng.choice(ellipse_path(50, 56, rng.uniform(21, 38), rng.uniform(15, 26)))
        sprinkle = rng.choice(((250, 220, 100), (120, 206, 226), (255, 255, 255), (140, 210, 130)))
        c.ellipse(x, y, 2.2, 0.8, sprinkle, tilt=rng.uniform(0, 180))


def croissant(c: Canvas, coat: Coat) -> None:
    for x, y, r, tilt in (
        (10, 76, 10, 50),
        (24, 60, 15, 30),
        (76, 60, 15, -30),
        (90, 76, 10, -50),
        (38, 50, 17, 14),
        (62, 50, 17, -14),
        (50, 47, 17, 0),
    ):
        c.ellipse(
            x,
            y,
            r * 0.74,
            r * 1.3,
            linear(lighter(coat.base, 0.4), coat.base, darker(coat.base, 0.4), angle=70),
            tilt,
        )
        c.curve([(x - r * 0.4, y - r), (x - r * 0.1, y), (x - r * 0.4, y + r)], 0.9, coat.dark)


def bread(c: Canvas, coat: Coat) -> None:
    loaf = smooth(points("4,70 8,52 28,42 60,38 88,46 97,66 92,88 60,95 20,93 6,86"))
    c.polygon(loaf, surface(coat, angle=80))
    for x in (28, 46, 64):
        c.blob(
            [(x, 46), (x + 10, 44), (x + 16, 66), (x + 10, 72), (x + 4, 58)], linear(coat.pale, coat.light)
        )


def _steam(c: Canvas, x: float, y: float) -> None:
    for dx in (-9, 1, 11):
        path = [(x + dx, y), (x + dx + 4, y - 8), (x + dx - 3, y - 16), (x + dx + 2, y - 25)]
        c.ribbon(path, (1.6, 3, 2.4, 0.6), fading(WHITE, 0.1, 0.7, angle=-90))


def _cup(drink: Colour, c: Canvas, coat: Coat) -> None:
    _steam(c, 46, 36)
    c.ellipse(47, 92, 46, 7, linear(coat.light, coat.dark))
    c.ellipse(47, 90.6, 40, 5, linear(coat.base, coat.light))
    c.ribbon(arc_path(78, 60, 15, 15, -80, 95)[::6], (6, 7, 6), linear(coat.light, coat.dark))
    c.polygon(smooth(points("14,44 47,42 80,44 78,66 66,87 47,90 28,87 16,66")), surface(coat, angle=20))
    c.ellipse(47, 45, 33.4, 8.6, linear(coat.light, coat.pale))
    c.ellipse(47, 46, 30, 6.8, linear(darker(drink, 0.35), drink))
    c.ellipse(42, 45.4, 12, 2.6, clear(lighter(drink, 0.6), 0.7))


def teapot(c: Canvas, coat: Coat) -> None:
    _steam(c, 14, 34)
    c.ribbon(points("28,74 14,60 10,44"), (14, 9, 6), linear(coat.light, coat.dark))
    c.ribbon(arc_path(78, 62, 17, 19, -100, 90)[::6], (5, 6, 5), linear(coat.light, coat.dark))
    c.ellipse(50, 66, 33, 30, surface(coat))
    c.rect(34, 92, 32, 5, coat.dark, 2)
    c.ellipse(50, 39, 20, 6, linear(coat.light, coat.dark))
    c.circle(50, 30, 5, surface(coat))
    for i in range(6):
        x, y = points("36,62 48,72 60,60 66,74 38,78 52,56")[i]
        c.circle(x, y, 2.4, coat.pale)


def wine(c: Canvas, coat: Coat) -> None:
    glass = smooth(points("28,8 72,8 74,30 66,50 50,57 34,50 26,30"))
    c.polygon(glass, clear((226, 240, 248), 0.6))
    with c.clipped(glass):
        c.rect(20, 26, 60, 40, linear(coat.light, coat.base, coat.dark))
        c.ellipse(50, 26, 25, 4, lighter(coat.base, 0.3))
    c.rect(48.4, 56, 3.2, 36, linear(WHITE, (170, 190, 206), angle=0))
    c.ellipse(50, 94, 20, 4, linear((236, 244, 250), (160, 180, 200)))
    c.ellipse(36, 28, 3, 14, clear(WHITE, 0.5), tilt=6)


def beer(c: Canvas, coat: Coat) -> None:
    c.ribbon(arc_path(72, 60, 17, 19, -90, 90)[::6], (7, 8, 7), (220, 232, 240))
    c.rect(20, 26, 52, 72, (232, 240, 246), 5)
    c.rect(24, 30, 44, 64, linear(coat.light, coat.base, coat.dark, angle=10), 3)
    for x in (34, 46, 58):
        c.rect(x - 2.4, 42, 4.8, 44, clear(WHITE, 0.2), 2)
    for x, y, r in ((24, 26, 9), (38, 21, 11), (54, 22, 11), (67, 27, 9), (30, 34, 6), (60, 34, 6)):
        c.circle(x, y, r, linear(WHITE, (246, 238, 222)))


def egg(c: Canvas, coat: Coat) -> None:
    c.blob(
        points("10,66 18,48 40,46 58,40 82,48 92,66 82,84 54,90 26,86"),
        linear(WHITE, (246, 244, 240), (220, 216, 214)),
    )
    c.circle(
        50,
        64,
        17,
        radial(lighter(coat.base, 0.5), coat.base, darker(coat.base, 0.2), focus=(0.38, 0.32), reach=1.4),
    )
    _shine(c, 44, 58, 4, 5)


def cheese(c: Canvas, coat: Coat) -> None:
    c.polygon(points("4,62 60,38 97,60 4,62"), linear(coat.pale, coat.light))
    c.rect(4, 61, 93, 32, linear(coat.light, coat.base, coat.dark, angle=20))
    for x, y, r in ((22, 76, 6), (50, 84, 5), (72, 72, 7), (40, 69, 3.4), (88, 84, 4)):
        c.circle(x, y, r, linear(coat.dark, coat.base))


def ramen(c: Canvas, coat: Coat) -> None:
    _steam(c, 48, 42)
    bowl = smooth(points("4,54 50,52 96,54 90,76 68,94 50,96 32,94 10,76"))
    c.polygon(bowl, surface(coat, angle=25))
    c.ellipse(50, 54, 46, 12, linear(coat.light, coat.pale))
    c.ellipse(50, 55, 42, 9.6, linear((224, 150, 78), (190, 110, 52)))
    for i in range(7):
        c.curve(
            [(16 + i * 8, 54), (22 + i * 8, 50 + i % 3), (28 + i * 8, 57), (34 + i * 7, 53)],
            1.7,
            (252, 226, 160),
        )
    c.ellipse(34, 52, 9, 5.4, WHITE)
    c.ellipse(34, 52, 4.6, 2.8, (250, 176, 60))
    c.ellipse(62, 51, 9, 4.6, linear((246, 190, 170), (214, 130, 110)))
    c.rect(72, 38, 11, 15, (46, 74, 60), 1)
    for x, y in points("48,58 54,56 44,50 58,60"):
        c.circle(x, y, 1.4, (116, 186, 84))
    c.line([(60, 50), (98, 22)], 1.6, (140, 70, 52))
    c.line([(64, 52), (101, 28)], 1.6, (140, 70, 52))


def pumpkin(c: Canvas, coat: Coat) -> None:
    c.ribbon(points("50,28 51,16 58,10"), (6, 5, 6), linear(lighter(_LEAF, 0.2), darker(_LEAF, 0.4)))
    for x, rx in points("22,18 78,18 34,20 66,20 50,19"):
        c.ellipse(
            x,
            62,
            rx,
            35 - abs(x - 50) * 0.16,
            linear(lighter(coat.base, 0.3), coat.base, darker(coat.base, 0.4), angle=60),
        )
    glow = linear((255, 240, 150), (255, 180, 60))
    for x in (34, 66):
        c.polygon([(x - 8, 58), (x + 8, 58), (x, 44)], glow)
    c.polygon(points("46,66 54,66 50,59"), glow)
    c.polygon(points("22,70 36,75 40,71 46,77 54,77 60,71 64,75 78,70 68,86 50,91 32,86"), glow)


def _dish(name: str, draw: Draw, colour: Colour, size: float = 0.34) -> Thing:
    return Thing(name, draw, colour, size, Habitat.TABLE, food=True)


_APPLE = Fruit(points("50,27 36,20 17,28 12,54 24,86 40,97 50,93"))
_ROUND = Fruit(points("50,20 30,23 13,42 12,64 26,90 50,98"), pores=True)
_LEMON = Fruit(points("50,14 43,22 22,36 16,58 30,84 44,92 50,99"), stalk=False, pores=True)
_PEAR = Fruit(points("50,16 38,20 35,40 20,60 20,84 36,97 50,98"))

THINGS = (
    _dish("apple", partial(_fruit, _APPLE), (212, 52, 48)),
    _dish("orange", partial(_fruit, _ROUND), (246, 148, 46)),
    _dish("lemon", partial(_fruit, _LEMON), (250, 216, 74)),
    _dish("pear", partial(_fruit, _PEAR), (182, 206, 92)),
    _dish("banana", banana, (250, 212, 78)),
    _dish("strawberry", strawberry, (224, 48, 58), 0.3),
    _dish("cherry", cherry, (196, 36, 60), 0.3),
    _dish("grapes", grapes, (126, 78, 160)),
    _dish("watermelon", watermelon, (236, 82, 88), 0.4),
    _dish("pineapple", pineapple, (240, 178, 66), 0.5),
    _dish("carrot", carrot, (242, 132, 48)),
    _dish("pizza", pizza, (252, 206, 104), 0.36),
    _dish("sushi", sushi, (248, 132, 96), 0.34),
    _dish("burger", burger, (222, 152, 82)),
    _dish("cake", cake, (246, 158, 182), 0.46),
    _dish("cupcake", cupcake, (248, 178, 200), 0.34),
    _dish("ice cream", ice_cream, (248, 160, 180), 0.42),
    _dish("donut", donut, (240, 130, 170), 0.3),
    _dish("croissant", croissant, (222, 152, 76), 0.28),
    _dish("bread", bread, (206, 142, 80), 0.32),
    _dish("coffee", partial(_cup, (120, 72, 44)), (240, 236, 228), 0.3),
    _dish("tea", partial(_cup, (196, 122, 52)), (146, 188, 196), 0.3),
    _dish("teapot", teapot, (82, 148, 150), 0.4),
    _dish("wine", wine, (150, 32, 58), 0.44),
    _dish("beer", beer, (246, 182, 62), 0.42),
    _dish("egg", egg, (250, 186, 58), 0.24),
    _dish("cheese", cheese, (250, 206, 92), 0.28),
    _dish("ramen", ramen, (200, 68, 56), 0.36),
    Thing("pumpkin", pumpkin, (240, 132, 44), 0.5, top=(50, 28, 40)),
)

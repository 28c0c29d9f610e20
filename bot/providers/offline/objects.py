"""Things to have and to hold: books, instruments, toys, treasures."""

import math
from collections.abc import Sequence

from bot.providers.offline.canvas import (
    Canvas,
    Point,
    arc_path,
    clear,
    ellipse_path,
    linear,
    mirrored,
    points,
    radial,
    smooth,
    surface,
    turned,
)
from bot.providers.offline.furnishings import (
    balloon,
    candle,
    chair,
    clock,
    gift,
    hat,
    lamp,
    lantern,
    light_bulb,
    sofa,
    table,
    umbrella,
    vase,
)
from bot.providers.offline.gadgets import (
    camera,
    gear,
    globe,
    headphones,
    hourglass,
    laptop,
    phone,
    telescope,
    tv,
)
from bot.providers.offline.materials import GOLD, PAGE, STEEL, WOOD
from bot.providers.offline.palette import CREAM, INK, WHITE, Coat, Colour, Finish, darker, lighter
from bot.providers.offline.things import Draw, Habitat, Thing


def book(c: Canvas, coat: Coat) -> None:
    c.blob(points("50,80 28,76 4,80 4,88 28,84 50,89 72,84 96,88 96,80 72,76"), linear(coat.base, coat.dark))
    for side in (-1, 1):
        page = [
            (50, 34),
            (50 + side * 12, 28),
            (50 + side * 28, 27),
            (50 + side * 44, 31),
            (50 + side * 44, 80),
            (50 + side * 28, 76),
            (50 + side * 12, 77),
            (50, 83),
        ]
        c.polygon(page, linear((255, 252, 242), (240, 230, 208), (206, 190, 164), angle=90 + side * 90))
        for i in range(6):
            y = 39 + i * 6
            c.curve(
                [(50 + side * 7, y + 1), (50 + side * 22, y - 2), (50 + side * 38, y)], 0.9, (176, 162, 146)
            )
    c.line([(50, 34), (50, 83)], 0.8, (170, 150, 124))
    c.polygon(points("57,30 63,29 63,60 60,56 57,60"), (206, 60, 56))


def stack_of_books(c: Canvas, coat: Coat) -> None:
    covers = (coat.base, (206, 152, 76), (70, 118, 108), (92, 78, 128))
    if coat.dyed:
        covers = (coat.base, coat.light, coat.dark, coat.base)
    y = 99.0
    for i, (colour, x, w, h) in enumerate(
        zip(covers, (4, 12, 7, 15), (92, 80, 84, 70), (17, 14, 16, 13), strict=True)
    ):
        y -= h
        c.rect(x, y, w, h, linear(lighter(colour, 0.25), colour, darker(colour, 0.3)), 3)
        left = i % 2 == 0
        px = x + 12 if left else x - 0.5
        c.rect(px, y + 2.4, w - 11.5, h - 4.8, PAGE, 0.8)
        for k in range(3):
            c.rect(px, y + 4 + k * (h - 6.6) / 3, w - 11.5, 0.5, (206, 192, 166))
        spine = x + 2.4 if left else x + w - 9.4
        for dy in (0.22, 0.66):
            c.rect(spine - 2 + (0 if left else 1), y + h * dy, 8.6, 1.6, GOLD)


def key(c: Canvas, coat: Coat) -> None:
    ring = surface(coat)
    for x, y in points("26,32 42,32 34,19"):
        c.circle(x, y, 13, ring)
    c.polygon(points("38,40 46,36 92,88 86,94"), ring)
    for x, y in ((72, 78), (80, 88)):
        c.polygon([(x, y), (x - 8, y + 7), (x - 3, y + 12), (x + 6, y + 5)], ring)
    for x, y in points("26,32 42,32 34,19"):
        c.circle(x, y, 5, (70, 54, 50))


def guitar(c: Canvas, coat: Coat) -> None:
    def lean(path: Sequence[Point]) -> list[Point]:
        return turned(path, 34, (50, 56))

    c.polygon(
        lean(smooth(points("50,48 36,50 36,62 40,70 28,80 30,98 50,106 70,98 72,80 60,70 64,62 64,50"))),
        surface(coat),
    )
    c.polygon(lean(ellipse_path(50, 74, 9, 9)), (60, 40, 38))
    c.polygon(lean(points("46.6,-6 53.4,-6 54,72 46,72")), linear((110, 72, 52), (70, 46, 40)))
    c.polygon(lean(points("44,-22 56,-22 54.6,-5 45.4,-5")), (82, 54, 46))
    c.polygon(lean(points("40,90 60,90 60,93.4 40,93.4")), (70, 46, 40))
    for x in (48.2, 49.6, 51, 52.4):
        c.line(lean([(x, -18), (x, 91)]), 0.45, (240, 232, 214))
    for y in range(2, 50, 8):
        c.line(lean([(46.6, y), (53.4, y)]), 0.5, (214, 186, 120))


def piano(c: Canvas, coat: Coat) -> None:
    for x in (14, 78):
        c.rect(x, 78, 7, 20, linear(coat.base, coat.deep, angle=0))
    c.rect(6, 20, 88, 64, surface(coat, angle=80), 3)
    c.rect(3, 16, 94, 6, linear(coat.light, coat.dark), 2)
    c.rect(30, 28, 40, 22, PAGE, 1)
    for i in range(4):
        c.line([(34, 33 + i * 4), (66, 33 + i * 4)], 0.6, (150, 140, 130))
    c.rect(2, 60, 96, 15, linear(coat.light, coat.dark), 2)
    c.rect(7, 61, 86, 10, WHITE)
    for i in range(1, 17):
        c.line([(7 + i * 5.06, 61), (7 + i * 5.06, 71)], 0.4, (150, 146, 150))
        if i % 7 not in (3, 0):
            c.rect(5.6 + i * 5.06, 61, 2.9, 6, INK)


def trumpet(c: Canvas, coat: Coat) -> None:
    c.rect(8, 44, 62, 5, surface(coat, angle=90), 2)
    c.polygon(smooth(points("62,43 80,38 97,20 99,46 97,74 80,55 62,51")), surface(coat, angle=90))
    c.ribbon(points("58,48 66,60 58,72 30,72 22,60 30,49"), (5, 5, 5, 5, 5, 5), surface(coat, angle=90))
    for x in (34, 43, 52):
        c.rect(x, 38, 6, 38, surface(coat, angle=0), 2)
        c.rect(x + 1.4, 32, 3.2, 7, STEEL, 1)
    c.polygon(points("2,42 9,44 9,49 2,51"), surface(coat))


def ball(c: Canvas, coat: Coat) -> None:
    outline = ellipse_path(50, 58, 40, 40)
    c.polygon(outline, radial(WHITE, coat.base, darker(coat.base, 0.4), focus=(0.38, 0.32), reach=1.4))
    with c.clipped(outline):
        for cx, cy in points("50,58 50,16 92,44 76,94 24,94 8,44"):
            patch = [
                (cx + 12 * math.sin(a * math.tau / 5), cy - 12 * math.cos(a * math.tau / 5)) for a in range(5)
            ]
            c.polygon(patch, linear((74, 68, 84), INK))
            for corner in patch if (cx, cy) == (50, 58) else ():
                c.line(
                    [corner, (50 + (corner[0] - 50) * 2.6, 58 + (corner[1] - 58) * 2.6)], 0.9, (120, 116, 130)
                )


def crown(c: Canvas, coat: Coat) -> None:
    gold = surface(coat)
    c.polygon(points("12,88 4,34 28,58 50,18 72,58 96,34 88,88"), gold)
    c.rect(10, 78, 80, 14, surface(coat, angle=20), 3)
    for x, y, colour in ((4, 32, (206, 52, 66)), (50, 15, (58, 112, 206)), (96, 32, (206, 52, 66))):
        c.circle(x, y, 6, radial(WHITE, colour, darker(colour, 0.4), focus=(0.36, 0.3)))
    for x, colour in ((28, (60, 160, 116)), (50, (206, 52, 66)), (72, (60, 160, 116))):
        c.ellipse(x, 85, 6, 4.6, radial(WHITE, colour, darker(colour, 0.4), focus=(0.36, 0.3)))


def sword(c: Canvas, coat: Coat) -> None:
    def lean(path: Sequence[Point]) -> list[Point]:
        return turned(path, 38, (50, 50))

    c.polygon(lean(points("45,70 44,-6 50,-18 56,-6 55,70")), surface(coat, angle=0))
    c.polygon(lean(points("49.4,66 49.4,-8 50.6,-8 50.6,66")), clear(INK, 0.4))
    c.polygon(lean(points("30,69 70,69 72,76 28,76")), GOLD)
    c.polygon(lean(points("46,76 54,76 54,98 46,98")), linear((120, 72, 56), (70, 42, 44)))
    c.polygon(lean(ellipse_path(50, 101, 7, 7)), GOLD)


def shield(c: Canvas, coat: Coat) -> None:
    outline = mirrored(points("50,4 34,12 10,12 12,46 24,78 50,98"))
    c.polygon(outline, STEEL)
    inner = [(50 + (x - 50) * 0.86, 50 + (y - 50) * 0.86) for x, y in outline]
    c.polygon(inner, surface(coat))
    with c.clipped(inner):
        c.rect(43, 0, 14, 100, lighter(coat.base, 0.7))
        c.rect(0, 36, 100, 14, lighter(coat.base, 0.7))
    c.circle(50, 43, 10, GOLD)


def treasure_chest(c: Canvas, coat: Coat) -> None:
    c.glow(50, 46, 50, (255, 220, 120), 0.7)
    c.polygon(points("10,44 16,14 30,4 70,4 84,14 90,44"), linear(coat.dark, coat.deep))
    for x, y, r in (
        (26, 48, 8),
        (40, 42, 9),
        (56, 44, 9),
        (70, 47, 8),
        (48, 34, 7),
        (62, 36, 6),
        (34, 36, 6),
    ):
        c.circle(x, y, r, GOLD)
        c.circle(x, y, r * 0.66, linear((250, 206, 90), (255, 236, 160), angle=60))
    c.polygon(points("74,42 80,34 86,42 80,52"), linear((255, 150, 160), (190, 40, 70)))
    c.rect(6, 50, 88, 48, linear(coat.light, coat.base, coat.dark), 3)
    for y in (64, 80):
        c.line([(7, y), (93, y)], 0.9, coat.deep)
    for x in (12, 80):
        c.rect(x, 50, 8, 48, GOLD)
    c.rect(6, 50, 88, 5, GOLD)
    c.rect(41, 50, 18, 20, GOLD, 3)
    c.circle(50, 58, 3, INK)
    c.polygon(points("48.8,59 51.2,59 52.4,66 47.6,66"), INK)


def chessboard(c: Canvas, coat: Coat) -> None:
    def at(i: float, j: float) -> Point:
        y = 52.0 + j * 5
        half = 34 + (y - 52) * 0.3
        return 50 + (i - 4) / 4 * half, y

    c.polygon(points("10,54 90,54 101,95 101,99 -1,99 -1,95"), linear(lighter(WOOD, 0.1), darker(WOOD, 0.3)))
    for i in range(8):
        for j in range(8):
            colour = CREAM if (i + j) % 2 == 0 else coat.base
            c.polygon([at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)], colour)
    men: tuple[tuple[float, float, Colour, float], ...] = (
        (1, 1, INK, 17),
        (3, 0.6, INK, 24),
        (5.4, 1.6, INK, 15),
        (6.6, 3, INK, 12),
        (2, 5, CREAM, 15),
        (4, 4.4, CREAM, 26),
        (6, 6, CREAM, 17),
    )
    for column, row, colour, tall in men:
        _chessman(c, *at(column + 0.5, row + 0.5), tall, colour)


def _chessman(c: Canvas, x: float, foot: float, tall: float, colour: Colour) -> None:
    w = 4.2
    paint = linear(lighter(colour, 0.35), colour, darker(colour, 0.3), angle=0)
    c.ellipse(x, foot, w * 1.2, 1.9, paint)
    c.polygon(
        [
            (x - w * 0.9, foot),
            (x - w * 0.36, foot - tall * 0.6),
            (x + w * 0.36, foot - tall * 0.6),
            (x + w * 0.9, foot),
        ],
        paint,
    )
    c.ellipse(x, foot - tall * 0.62, w * 0.8, 1.3, paint)
    if tall > 20:
        c.polygon(
            [
                (x - w * 0.8, foot - tall),
                (x - w * 0.3, foot - tall * 0.9),
                (x, foot - tall * 1.06),
                (x + w * 0.3, foot - tall * 0.9),
                (x + w * 0.8, foot - tall),
                (x + w * 0.5, foot - tall * 0.64),
                (x - w * 0.5, foot - tall * 0.64),
            ],
            paint,
        )
    else:
        c.circle(x, foot - tall * 0.84, w * 0.72, paint)


def bottle(c: Canvas, coat: Coat) -> None:
    c.rect(44, 2, 12, 9, linear((206, 160, 104), (150, 104, 66), angle=0), 2)
    c.polygon(
        smooth(mirrored(points("50,10 44,11 44,30 34,42 32,66 33,96 50,98"))),
        surface(Coat(coat.base, Finish.GLASS), angle=10),
    )
    c.rect(33.6, 56, 32.8, 24, PAGE, 1)
    c.rect(39, 62, 22, 2.4, coat.dark, 1)
    c.rect(42, 69, 16, 1.6, coat.base, 1)
    c.rect(37, 42, 3, 52, clear(WHITE, 0.4), 2)


def pencil(c: Canvas, coat: Coat) -> None:
    def lean(path: Sequence[Point]) -> list[Point]:
        return turned(path, 40, (50, 50))

    for i, shade in enumerate((coat.light, coat.base, coat.dark)):
        c.polygon(
            lean([(40 + i * 6.7, 4), (46.8 + i * 6.7, 4), (46.8 + i * 6.7, 82), (40 + i * 6.7, 82)]), shade
        )
    c.polygon(lean(points("40,82 60,82 50,106")), linear((250, 222, 176), (214, 172, 120)))
    c.polygon(lean(points("47,99 53,99 50,106")), INK)
    c.polygon(lean(points("40,-2 60,-2 60,5 40,5")), STEEL)
    c.polygon(lean(points("40,-13 60,-13 60,-2 40,-2")), linear((250, 160, 170), (216, 100, 120)))


def envelope(c: Canvas, coat: Coat) -> None:
    c.rect(4, 22, 92, 64, linear(coat.light, coat.base, coat.dark), 3)
    c.polygon(points("4,86 44,52 56,52 96,86"), linear(lighter(coat.base, 0.2), coat.dark))
    c.polygon(points("5,23 95,23 50,62"), linear(lighter(coat.base, 0.5), coat.base))
    c.circle(50, 58, 9, radial((240, 110, 100), (200, 48, 54), (140, 28, 44)))


def heart(c: Canvas, coat: Coat) -> None:
    c.polygon(
        smooth(mirrored(points("50,30 42,18 26,10 8,22 6,46 24,72 50,96"))),
        radial(lighter(coat.base, 0.5), coat.base, darker(coat.base, 0.35), focus=(0.32, 0.28), reach=1.5),
    )
    c.ellipse(26, 28, 6, 10, clear(WHITE, 0.5), tilt=40)


def diamond(c: Canvas, coat: Coat) -> None:
    top = points("4,40 24,16 76,16 96,40")
    c.polygon([*top, (50, 96)], coat.base)
    facets = (
        (points("4,40 30,40 50,96"), 0.3),
        (points("30,40 70,40 50,96"), 0.55),
        (points("70,40 96,40 50,96"), -0.3),
        (points("4,40 24,16 30,40"), 0.65),
        (points("24,16 50,16 30,40"), 0.2),
        (points("50,16 70,40 30,40"), 0.85),
        (points("50,16 76,16 70,40"), -0.1),
        (points("76,16 96,40 70,40"), 0.35),
    )
    for path, shade in facets:
        colour = lighter(coat.base, shade) if shade >= 0 else darker(coat.base, -shade)
        c.polygon(path, linear(lighter(colour, 0.3), colour, angle=60))


def trophy(c: Canvas, coat: Coat) -> None:
    for side in (-1, 1):
        c.ribbon(
            [(50 + side * 22, 20), (50 + side * 40, 20), (50 + side * 38, 44), (50 + side * 18, 52)],
            (5, 5, 5, 4),
            surface(coat),
        )
    c.polygon(smooth(mirrored(points("50,10 26,10 27,34 36,54 50,60"))), surface(coat, angle=15))
    c.ellipse(50, 11, 24, 3.6, coat.dark)
    c.rect(46, 58, 8, 18, surface(coat, angle=0))
    c.rect(34, 75, 32, 7, surface(coat, angle=0), 2)
    c.rect(28, 82, 44, 16, linear((110, 76, 58), (62, 42, 40)), 2)
    star = [turned([(50, 32 - (10 if i % 2 == 0 else 4.4))], i * 36, (50, 32))[0] for i in range(10)]
    c.polygon(star, lighter(coat.base, 0.75))


def backpack(c: Canvas, coat: Coat) -> None:
    c.curve(arc_path(50, 16, 12, 12, 180, 360)[::5], 4, coat.deep)
    for x in (6, 82):
        c.rect(x, 54, 12, 32, linear(coat.base, coat.deep), 5)
    c.rect(14, 10, 72, 88, surface(coat, angle=75), 22)
    c.rect(24, 56, 52, 34, linear(coat.light, coat.base, coat.dark), 7)
    c.rect(24, 62, 52, 2.4, coat.deep)
    c.rect(24, 32, 52, 2.4, coat.deep)
    for x in (34, 60):
        c.rect(x, 44, 6, 18, (150, 100, 64), 1)
        c.rect(x - 1, 56, 8, 6, GOLD, 1)


def shoe(c: Canvas, coat: Coat) -> None:
    c.rect(2, 80, 96, 11, linear(WHITE, (214, 210, 214)), 5)
    body = smooth(points("6,80 5,50 12,40 30,38 36,52 58,62 86,66 97,78 96,84 50,84"))
    c.polygon(body, surface(coat, angle=75))
    c.blob(points("70,84 74,66 90,68 97,80 92,84"), lighter(coat.base, 0.7))
    for i in range(4):
        c.line([(38 + i * 7, 52 + i * 3.4), (32 + i * 7, 62 + i * 3)], 2, WHITE)
    c.blob(points("16,74 30,60 50,72 30,68"), WHITE)


def anchor(c: Canvas, coat: Coat) -> None:
    c.circle(50, 13, 11, surface(coat))
    c.circle(50, 13, 5, (60, 60, 80))
    c.rect(45.6, 22, 8.8, 72, surface(coat, angle=0), 2)
    c.rect(26, 32, 48, 8, surface(coat), 4)
    c.ribbon(arc_path(50, 52, 38, 42, 175, 5)[::5], (7, 11, 7), surface(coat))
    for side in (-1, 1):
        c.polygon([(50 + side * 46, 66), (50 + side * 38, 42), (50 + side * 24, 62)], surface(coat))


def kite(c: Canvas, coat: Coat) -> None:
    c.curve(points("56,66 48,78 58,86 48,98"), 1, (120, 100, 100))
    for x, y in ((51, 75), (55, 86)):
        c.polygon([(x - 5, y - 3), (x + 5, y + 3), (x + 5, y - 3), (x - 5, y + 3)], (250, 200, 90))
    second = coat.marking((250, 206, 92), 0.5)
    for panel, colour in (
        (points("60,4 26,30 54,34"), coat.base),
        (points("60,4 88,36 54,34"), second),
        (points("26,30 54,34 56,68"), second),
        (points("88,36 54,34 56,68"), darker(coat.base, 0.1)),
    ):
        c.polygon(panel, linear(lighter(colour, 0.25), colour))


def _object(name: str, draw: Draw, colour: Colour, size: float = 0.5, finish: Finish = Finish.MATTE) -> Thing:
    return Thing(name, draw, colour, size, Habitat.TABLE, finish)


THINGS = (
    _object("book", book, (168, 58, 56), 0.3),
    Thing("stack of books", stack_of_books, (176, 62, 58), 0.34, Habitat.TABLE, seat=0.985, lettered=True),
    _object("lamp", lamp, (240, 190, 110), 0.6),
    Thing("candle", candle, (250, 238, 214), 0.4, Habitat.TABLE, luminous=True),
    Thing("lantern", lantern, (86, 84, 96), 0.45, Habitat.TABLE, Finish.METAL, luminous=True),
    Thing("light bulb", light_bulb, (255, 214, 90), 0.4, Habitat.TABLE, luminous=True),
    Thing("chair", chair, (206, 112, 82), 0.8, Habitat.TABLE, seat=0.45),
    Thing("sofa", sofa, (74, 140, 146), 0.7, Habitat.TABLE, seat=0.5),
    Thing("table", table, (176, 118, 74), 0.6, Habitat.TABLE, seat=1.0),
    _object("clock", clock, (214, 84, 70), 0.4),
    _object("key", key, (226, 178, 70), 0.3, Finish.METAL),
    _object("umbrella", umbrella, (214, 70, 76), 0.8),
    _object("guitar", guitar, (206, 128, 62), 0.7),
    _object("piano", piano, (72, 58, 66), 0.9),
    _object("trumpet", trumpet, (232, 182, 70), 0.4, Finish.METAL),
    _object("camera", camera, (196, 186, 176), 0.36),
    Thing("phone", phone, (64, 62, 78), 0.34, Habitat.TABLE, lettered=True),
    Thing("laptop", laptop, (176, 180, 192), 0.4, Habitat.TABLE, lettered=True),
    _object("tv", tv, (196, 112, 72), 0.6),
    _object("ball", ball, (248, 246, 244), 0.36),
    Thing("balloon", balloon, (226, 66, 72), 0.6, Habitat.AIR),
    _object("gift", gift, (206, 62, 82), 0.42),
    _object("crown", crown, (236, 186, 66), 0.34, Finish.METAL),
    _object("hat", hat, (62, 54, 78), 0.36),
    _object("sword", sword, (190, 198, 212), 0.7, Finish.METAL),
    _object("shield", shield, (62, 104, 178), 0.6),
    _object("treasure chest", treasure_chest, (156, 98, 58), 0.5),
    _object("globe", globe, (76, 150, 206), 0.5),
    _object("hourglass", hourglass, (168, 110, 66), 0.45),
    _object("telescope", telescope, (206, 158, 70), 0.7, Finish.METAL),
    Thing("vase", vase, (66, 116, 176), 0.5, Habitat.TABLE, seat=0.96, hollow=0.4),
    Thing("chessboard", chessboard, (140, 92, 64), 0.42, Habitat.TABLE, seat=0.6),
    _object("bottle", bottle, (72, 150, 120), 0.5),
    _object("pencil", pencil, (250, 190, 62), 0.4),
    _object("envelope", envelope, (246, 232, 204), 0.32),
    _object("heart", heart, (226, 52, 76), 0.5),
    _object("diamond", diamond, (116, 200, 232), 0.36),
    _object("trophy", trophy, (236, 186, 66), 0.5, Finish.METAL),
    _object("gear", gear, (150, 158, 174), 0.4, Finish.METAL),
    _object("backpack", backpack, (226, 112, 66), 0.5),
    _object("shoe", shoe, (222, 72, 66), 0.3),
    _object("headphones", headphones, (72, 84, 130), 0.4),
    _object("anchor", anchor, (92, 106, 136), 0.6, Finish.METAL),
    Thing("kite", kite, (222, 74, 70), 0.6, Habitat.AIR),
)

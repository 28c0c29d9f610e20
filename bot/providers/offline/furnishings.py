"""Things of a home: lamps, seats, tables, clocks, vases."""

from bot.providers.offline.canvas import (
    Canvas,
    arc_path,
    clear,
    linear,
    mirrored,
    points,
    radial,
    smooth,
    surface,
    turned,
)
from bot.providers.offline.materials import GOLD, STEEL, WOOD
from bot.providers.offline.palette import CREAM, INK, WHITE, Coat, Colour, darker, lighter


def lamp(c: Canvas, coat: Coat) -> None:
    c.glow(50, 36, 56, (255, 226, 150), 0.5)
    c.ellipse(50, 95, 20, 4.4, linear(lighter(WOOD, 0.3), darker(WOOD, 0.2)))
    c.rect(47.6, 46, 4.8, 48, GOLD, 2)
    c.polygon(
        points("34,8 66,8 84,52 16,52"), linear(lighter(coat.base, 0.6), lighter(coat.base, 0.2), coat.base)
    )
    c.ellipse(50, 52, 34, 4, lighter(coat.base, 0.7))
    c.ellipse(50, 8, 16, 2.4, coat.dark)


def candle(c: Canvas, coat: Coat) -> None:
    c.glow(50, 18, 46, (255, 206, 120), 0.75)
    c.ellipse(50, 94, 30, 5, linear((214, 176, 90), (146, 98, 44)))
    c.rect(38, 40, 24, 54, linear(coat.light, coat.base, coat.dark, angle=0), 4)
    c.blob(points("38,42 40,60 44,62 46,50 52,52 54,68 58,68 62,44 50,38"), coat.light)
    c.ellipse(50, 41, 12, 3, lighter(coat.base, 0.6))
    c.line([(50, 41), (50, 33)], 1.2, INK)
    c.blob(
        points("50,6 43,22 45,33 50,36 55,33 57,22"), linear((255, 250, 200), (255, 200, 90), (240, 120, 50))
    )
    c.blob(points("50,18 47,27 50,34 53,27"), WHITE)


def lantern(c: Canvas, coat: Coat) -> None:
    c.glow(50, 58, 56, (255, 206, 110), 0.7)
    c.curve(arc_path(50, 20, 17, 16, 180, 360)[::5], 2.4, coat.dark)
    c.polygon(points("38,22 62,22 72,32 28,32"), surface(coat))
    c.rect(30, 32, 40, 52, linear((255, 240, 180), (255, 204, 100)), 2)
    c.blob(points("50,42 44,58 46,72 54,72 56,58"), linear(WHITE, (255, 220, 120), (250, 140, 60)))
    for x in (29, 48.6, 68):
        c.rect(x, 32, 2.8, 52, coat.dark)
    c.rect(24, 83, 52, 9, surface(coat), 2)
    c.rect(30, 92, 40, 6, coat.dark, 2)


def light_bulb(c: Canvas, coat: Coat) -> None:
    c.glow(50, 38, 58, coat.base, 0.6)
    c.polygon(
        smooth(mirrored(points("50,4 30,9 19,30 26,52 38,66 40,74 50,74"))),
        radial(WHITE, lighter(coat.base, 0.4), coat.base, focus=(0.42, 0.4), reach=1.1),
    )
    c.curve(points("42,72 40,50 46,44 50,52 54,44 60,50 58,72"), 1.3, darker(coat.base, 0.4))
    for i in range(3):
        c.rect(39, 74 + i * 6.4, 22, 5, STEEL, 2)
    c.rect(44, 93, 12, 5, INK, 2)


def chair(c: Canvas, coat: Coat) -> None:
    for x in (20.0, 72):
        c.rect(x, 84, 8, 15, linear(WOOD, darker(WOOD, 0.4)), 2)
    c.rect(18, 14, 64, 62, surface(coat, angle=80), 18)
    for x, y in points("38,32 62,32 50,46"):
        c.circle(x, y, 1.7, coat.dark)
    c.rect(20, 60, 60, 26, linear(coat.light, coat.base), 7)
    for x in (8, 74):
        c.rect(x, 46, 18, 42, surface(coat, angle=80), 8)


def sofa(c: Canvas, coat: Coat) -> None:
    for x in (10, 84):
        c.rect(x, 88, 6, 10, darker(WOOD, 0.2), 1)
    c.rect(8, 38, 84, 44, surface(coat, angle=85), 12)
    for x in (15, 51):
        c.rect(x, 60, 34, 24, linear(coat.light, coat.base, coat.dark), 5)
    for x in (-2, 86):
        c.rect(x, 52, 16, 38, surface(coat, angle=80), 7)
    c.rect(6, 80, 88, 10, linear(coat.base, coat.dark), 3)
    c.polygon(turned(points("62,44 80,44 80,62 62,62"), 14, (71, 53)), coat.marking((248, 196, 90), 0.6))


def table(c: Canvas, coat: Coat) -> None:
    for x in (10, 82):
        c.rect(x, 50, 8, 49, linear(coat.base, coat.deep, angle=0), 1)
    c.rect(8, 50, 84, 9, coat.dark)
    c.rect(0, 42, 100, 9, linear(coat.light, coat.base, coat.dark), 2)


def clock(c: Canvas, coat: Coat) -> None:
    for side in (-1, 1):
        c.polygon(turned(points("46,84 54,84 53,99 47,99"), -side * 34, (50, 56)), coat.dark)
        bell = turned(arc_path(50, 16, 15, 13, 180, 360), side * 36, (50, 55))
        c.polygon(bell, surface(coat))
    c.circle(50, 56, 39, surface(coat))
    c.circle(50, 56, 32.6, linear(WHITE, CREAM))
    for hour in range(12):
        a, b = turned([(50, 27), (50, 31 if hour % 3 else 34)], hour * 30, (50, 56))
        c.line([a, b], 1.6 if hour % 3 else 2.4, INK)
    c.line([(50, 56), *turned([(50, 38)], 306, (50, 56))], 3, INK)
    c.line([(50, 56), *turned([(50, 32)], 52, (50, 56))], 2.2, INK)
    c.circle(50, 56, 3, (214, 70, 60))


def umbrella(c: Canvas, coat: Coat) -> None:
    c.line([(50, 8), (50, 88)], 2.4, WOOD)
    c.curve(points("50,86 50,95 58,97 62,90"), 3, WOOD)
    dome = [*arc_path(50, 50, 47, 42, 180, 360)]
    for i in (7, 5, 3, 1):
        x = 3 + i * 11.75
        dome.append((x, 45))
        if i > 1:
            dome.append((x - 11.75, 51))
    c.polygon(dome, surface(coat))
    for x in (-24, 24):
        c.curve([(50, 8), (50 + x * 0.75, 26), (50 + x, 47)], 0.9, coat.dark)
    c.line([(50, 8), (50, 2)], 2, WOOD)


def balloon(c: Canvas, coat: Coat) -> None:
    c.curve(points("50,66 46,76 54,86 49,99"), 0.8, (150, 140, 140))
    c.polygon(points("50,61 45,67 55,67"), coat.dark)
    c.ellipse(
        50,
        32,
        26,
        31,
        radial(lighter(coat.base, 0.6), coat.base, darker(coat.base, 0.3), focus=(0.36, 0.3), reach=1.3),
    )
    c.ellipse(40, 20, 4, 8, clear(WHITE, 0.55), tilt=28)


def gift(c: Canvas, coat: Coat) -> None:
    ribbon: Colour = coat.marking((250, 206, 96), 0.66)
    c.rect(12, 48, 76, 50, surface(coat, angle=70), 2)
    c.rect(6, 36, 88, 15, linear(coat.light, coat.base, coat.dark), 2)
    c.rect(42, 36, 16, 62, linear(lighter(ribbon, 0.3), ribbon, darker(ribbon, 0.2), angle=0))
    for side in (-1, 1):
        bow = [(50 + side * x, y) for x, y in points("1,36 10,20 26,12 34,22 24,34")]
        c.blob(bow, linear(lighter(ribbon, 0.3), ribbon, darker(ribbon, 0.3)))
        c.ellipse(50 + side * 20, 25, 7, 4, darker(ribbon, 0.4), tilt=-side * 30)
    c.rect(44, 27, 12, 11, lighter(ribbon, 0.2), 4)


def hat(c: Canvas, coat: Coat) -> None:
    c.ellipse(50, 86, 48, 10, linear(coat.light, coat.dark))
    c.blob(mirrored(points("50,12 27,13 26,50 28,84 50,89")), surface(coat, angle=15))
    c.ellipse(50, 14, 23, 5, linear(coat.light, coat.base))
    c.blob(mirrored(points("50,70 26.6,66 27,82 50,87")), linear((226, 84, 72), (166, 44, 52), angle=20))


def vase(c: Canvas, coat: Coat) -> None:
    body = smooth(mirrored(points("50,10 36,10 40,24 24,44 22,66 36,92 50,98")))
    c.polygon(body, surface(coat, angle=20))
    with c.clipped(body):
        c.rect(0, 50, 100, 3, coat.pale)
        c.rect(0, 68, 100, 3, coat.pale)
        for i in range(8):
            c.line([(16 + i * 9, 66), (20.5 + i * 9, 56), (25 + i * 9, 66)], 1.6, coat.pale)
    c.ellipse(50, 10, 14, 3.4, coat.deep)

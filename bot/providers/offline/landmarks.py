"""What stands in the open: volcanoes, camp fires, fountains, barns, tree houses, benches."""

from bot.providers.offline.canvas import Canvas, arc_path, clear, halo, linear, mirrored, points, smooth
from bot.providers.offline.palette import WHITE, Coat, Colour, darker, lighter, mix
from bot.providers.offline.things import Thing

_WOOD: Colour = (150, 100, 66)
_FLAME = linear((255, 240, 160), (255, 176, 62), (232, 74, 44))


def volcano(c: Canvas, coat: Coat) -> None:
    for x, y, r in ((50.0, 6.0, 14.0), (36, -2, 11), (64, -6, 13), (48, -16, 12)):
        c.circle(x, y, r, linear((150, 138, 152), (96, 86, 104), angle=60))
    c.glow(50, 26, 26, (255, 140, 60), 0.9)
    for x, y in points("34,12 42,-2 60,0 68,14 52,-8"):
        c.circle(x, y, 2, (255, 176, 80))
        c.line([(x, y), (50 + (x - 50) * 0.5, 28)], 0.8, (255, 150, 60))
    cone = points("38,30 44,33 50,30 56,33 62,30 70,46 82,72 104,99 -4,99 18,72 30,46")
    c.polygon(cone, linear(coat.light, coat.base, coat.deep, angle=20))
    with c.clipped(cone):
        c.polygon(points("62,30 110,99 58,99 66,70"), clear(coat.deep, 0.4))
        for path in ("44,30 42,48 34,62 30,84", "50,30 52,54 50,72 56,99", "57,30 62,48 68,58 70,74"):
            c.ribbon(points(path), (6, 5, 4.4, 2), linear((255, 220, 120), (246, 112, 48), (206, 48, 40)))


def campfire(c: Canvas, coat: Coat) -> None:
    c.glow(50, 62, 58, (255, 170, 80), 0.6)
    for i in range(7):
        x = 14.0 + i * 12
        c.ellipse(x, 96 - abs(i - 3) * 0.6, 7, 4.6, linear((176, 170, 176), (104, 98, 112)))
    c.ribbon(points("18,92 50,84 82,76"), (9, 9, 8), linear(lighter(_WOOD, 0.2), darker(_WOOD, 0.3)))
    c.ribbon(points("82,92 50,84 18,76"), (9, 9, 8), linear(lighter(_WOOD, 0.2), darker(_WOOD, 0.3)))
    flame = linear(lighter(coat.base, 0.4), coat.base, darker(coat.base, 0.1)) if coat.dyed else _FLAME
    c.blob(points("50,6 60,26 74,42 76,66 64,84 36,84 24,66 28,46 38,50 40,28"), flame)
    c.blob(points("52,34 62,54 64,70 56,82 42,82 36,68 44,58"), linear((255, 244, 180), (255, 206, 90)))
    for x, y in points("30,20 70,16 62,2 38,4"):
        c.circle(x, y, 1.3, (255, 206, 110))


def fountain(c: Canvas, coat: Coat) -> None:
    stone = linear(coat.light, coat.base, coat.dark, angle=20)
    water: Colour = (128, 200, 236)
    for reach, height in ((12.0, 26.0), (22, 20), (32, 12)):
        for side in (-1, 1):
            arc = [
                (50 + side * reach * t / 8, 26 - height * (1 - ((t - 3) / 3) ** 2) * 0.8) for t in range(9)
            ]
            c.ribbon(
                [*arc, (50 + side * reach * 1.2, 56 if reach < 30 else 84)],
                (1.6, 2.4, 3),
                mix(water, WHITE, 0.5),
            )
    c.rect(45, 30, 10, 54, stone, 3)
    c.polygon(arc_path(50, 50, 28, 14, 0, 180), stone)
    c.ellipse(50, 50, 28, 4.4, linear(lighter(water, 0.5), water))
    c.polygon(points("4,82 96,82 90,99 10,99"), stone)
    c.rect(0, 78, 100, 7, linear(coat.pale, coat.base), 3)
    c.ellipse(50, 79.4, 45, 3.2, linear(lighter(water, 0.5), water))


def barn(c: Canvas, coat: Coat) -> None:
    roof = linear((116, 100, 106), (74, 62, 74))
    c.polygon(
        points("12,99 12,52 24,30 50,16 76,30 88,52 88,99"),
        linear(coat.light, coat.base, coat.dark, angle=20),
    )
    for plank in range(18, 88, 7):
        c.rect(plank, 54, 0.7, 45, coat.dark)
    c.ribbon(points("6,56 22,28 50,11"), (5, 5, 5), roof)
    c.ribbon(points("94,56 78,28 50,11"), (5, 5, 5), roof)
    c.rect(42, 32, 16, 14, WHITE, 1)
    c.rect(44, 34, 12, 10, (70, 52, 58))
    c.rect(30, 60, 40, 39, WHITE)
    for x in (32.0, 51):
        c.rect(x, 62, 17, 37, linear(coat.base, coat.dark))
        c.line([(x + 1, 64), (x + 16, 97)], 1.6, WHITE)
        c.line([(x + 16, 64), (x + 1, 97)], 1.6, WHITE)


def treehouse(c: Canvas, coat: Coat) -> None:
    leaf: Colour = (92, 156, 82)
    c.blob(
        points("42,99 45,70 43,44 57,44 56,70 60,99"),
        linear(lighter(_WOOD, 0.16), _WOOD, darker(_WOOD, 0.4), angle=0),
    )
    for x, y, r in ((20.0, 34, 20), (50, 14, 24), (80, 34, 20), (34, 22, 20), (68, 22, 20)):
        c.circle(x, y, r, linear(lighter(leaf, 0.26), leaf, darker(leaf, 0.3), angle=60))
    c.rect(18, 62, 64, 4.4, linear(lighter(_WOOD, 0.3), darker(_WOOD, 0.2)), 1)
    c.rect(28, 36, 44, 27, linear(coat.light, coat.base, coat.dark, angle=20))
    for y in (43, 50, 57):
        c.rect(28, y, 44, 0.7, coat.dark)
    c.polygon(points("22,38 50,18 78,38"), linear((206, 96, 74), (150, 60, 58)))
    c.rect(33, 43, 12, 11, (255, 226, 150), 1)
    c.rect(38.4, 43, 1.2, 11, coat.deep)
    c.polygon([*arc_path(60, 49, 5.6, 5.6, 180, 360), (65.6, 62), (54.4, 62)], coat.deep)
    for x in (70.0, 79):
        c.line([(x, 64), (x, 99)], 1.4, (196, 150, 100))
    for y in range(69, 99, 6):
        c.line([(70, y), (79, y)], 1.4, (196, 150, 100))


def bench(c: Canvas, coat: Coat) -> None:
    iron: Colour = (70, 66, 80)
    for x in (14, 86):
        c.rect(x - 2, 40, 4, 58, iron, 1)
        c.curve([(x, 76), (x + 6, 64), (x + 2, 60), (x - 4, 64)], 2.4, iron)
    for y in (44.0, 53, 62):
        c.rect(4, y, 92, 6.4, linear(coat.light, coat.base, coat.dark), 2)
    c.polygon(points("6,76 94,76 100,84 0,84"), linear(coat.light, coat.base, coat.dark))
    c.rect(0, 83, 100, 3, coat.deep, 1)


def waterfall(c: Canvas, coat: Coat) -> None:
    rock: Colour = (126, 120, 132)
    cliff = smooth(mirrored(points("50,8 30,6 8,12 -4,40 -8,80 -10,99 50,99")))
    c.polygon(cliff, linear(lighter(rock, 0.2), rock, darker(rock, 0.4), angle=60))
    c.polygon(
        smooth(mirrored(points("50,4 28,2 6,9 2,17 26,15 50,14"))), linear((150, 196, 96), (88, 142, 78))
    )
    fall = points("34,10 66,10 70,50 74,92 26,92 30,50")
    c.polygon(fall, linear(lighter(coat.base, 0.7), coat.base, lighter(coat.base, 0.6)))
    with c.clipped(fall):
        for i in range(11):
            x = 30 + i * 4.2
            c.line(
                [(x, 8 + i * 7 % 30), (50 + (x - 50) * 1.2, 60 + i * 11 % 34)], 0.9, lighter(coat.base, 0.86)
            )
    c.ellipse(50, 94, 50, 6, linear(lighter(coat.base, 0.5), coat.base))
    for i in range(9):
        c.circle(22 + i * 7, 90 + i % 2 * 2, 6.4, halo(WHITE, 0.9))


THINGS = (
    Thing("volcano", volcano, (124, 96, 92), 2.8),
    Thing("waterfall", waterfall, (104, 176, 220), 2.6),
    Thing("campfire", campfire, (246, 132, 48), 0.55, luminous=True),
    Thing("fountain", fountain, (198, 194, 200), 1.3),
    Thing("barn", barn, (196, 66, 58), 2.0),
    Thing("treehouse", treehouse, (214, 160, 104), 2.3),
    Thing("bench", bench, (176, 118, 72), 0.6, seat=0.36),
)

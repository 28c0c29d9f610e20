"""Street food, sweets, and a few fruits that need more than one body."""

import math

from bot.providers.offline.canvas import Canvas, clear, halo, linear, mirrored, points, radial, smooth
from bot.providers.offline.palette import WHITE, Coat, Colour, darker, lighter
from bot.providers.offline.things import Draw, Habitat, Thing

_LETTUCE: Colour = (124, 184, 82)
_BUN: Colour = (226, 164, 92)


def sandwich(c: Canvas, coat: Coat) -> None:
    """Two triangles of toast with their filling to the front."""
    crust = darker(coat.base, 0.34)
    c.polygon(points("8,60 62,30 96,56 92,62"), linear(lighter(coat.base, 0.5), coat.base))
    c.rect(9, 62, 86, 30, darker(_LETTUCE, 0.2), 2)
    for y, paint in (
        (92.0, linear(lighter(coat.base, 0.5), coat.base, crust)),
        (84, linear((250, 214, 96), (236, 182, 62))),
        (78, linear((240, 132, 116), (206, 84, 84))),
        (71, linear(lighter(_LETTUCE, 0.3), _LETTUCE, darker(_LETTUCE, 0.2))),
        (60, linear(lighter(coat.base, 0.5), coat.base, crust)),
    ):
        wavy = y == 71
        low = [(96 - 88 * i / 16, y + 8 + (2.2 * (i % 2) if wavy else 0)) for i in range(17)]
        c.polygon([(7, y), (97, y), *low], paint)
    c.line(points("56,22 56,58"), 1.4, (206, 160, 100))
    c.circle(56, 25, 5, radial((190, 206, 110), (112, 142, 60), focus=(0.36, 0.3)))


def taco(c: Canvas, coat: Coat) -> None:
    for i in range(15):
        angle = math.radians(196 + 148 * i / 14)
        x, y = 50 + 42 * math.cos(angle), 90 + 54 * math.sin(angle)
        c.circle(x, y, 7, linear(lighter(_LETTUCE, 0.3), _LETTUCE, darker(_LETTUCE, 0.3)))
    for i in range(9):
        angle = math.radians(208 + 124 * i / 8)
        colour = ((222, 66, 56), (250, 208, 92), (136, 84, 56))[i % 3]
        c.circle(
            50 + 38 * math.cos(angle), 90 + 47 * math.sin(angle), 5.4, linear(lighter(colour, 0.3), colour)
        )
    shell = smooth(points("4,92 8,66 26,46 50,40 74,46 92,66 96,92 92,98 50,99 8,98"))
    c.polygon(shell, linear(coat.light, coat.base, coat.dark, angle=60))
    with c.clipped(shell):
        for i in range(22):
            c.circle(10 + i * 37 % 82, 52 + i * 23 % 46, 1.1, clear(darker(coat.base, 0.5), 0.4))


def hot_dog(c: Canvas, coat: Coat) -> None:
    c.blob(points("4,64 12,52 50,46 88,52 96,64 88,74 12,74"), linear(darker(_BUN, 0.1), darker(_BUN, 0.3)))
    c.ribbon(
        points("0,60 24,54 50,52 76,54 100,60"), (17, 19, 19, 17), linear(coat.light, coat.base, coat.dark)
    )
    for x, y in points("0,60 100,60"):
        c.circle(x, y, 8.4, linear(coat.light, coat.base, coat.dark))
    mustard = [(8 + 84 * i / 16, 54 + 3.6 * (-1) ** i - 2 * math.sin(i / 16 * math.pi)) for i in range(17)]
    c.ribbon(mustard, (3.4, 3.6, 3.4), (252, 206, 62))
    c.blob(
        points("2,66 14,64 50,62 86,64 98,66 94,84 78,94 22,94 6,84"),
        linear(lighter(_BUN, 0.34), _BUN, darker(_BUN, 0.28)),
    )
    c.ellipse(34, 74, 22, 4, halo(WHITE, 0.5))


def fries(c: Canvas, coat: Coat) -> None:
    for i in range(13):
        x, top = 22 + i * 4.6, 14 + (i * 29 % 17)
        shade = (lighter(coat.base, 0.3), coat.base, darker(coat.base, 0.14))[i % 3]
        c.polygon(
            [(x - 3 + i % 3, top), (x + 3 + i % 3, top - 1), (x + 3.4, 66), (x - 3.4, 66)],
            linear(lighter(shade, 0.2), shade, angle=0),
        )
    c.polygon(
        smooth(points("14,46 30,54 50,57 70,54 86,46 80,97 50,99 20,97")),
        linear((240, 92, 76), (206, 48, 52), (150, 32, 52), angle=20),
    )
    c.circle(50, 77, 10, linear((255, 226, 130), (240, 180, 60)))


def avocado(c: Canvas, coat: Coat) -> None:
    skin = smooth(mirrored(points("50,4 38,8 30,34 16,58 18,82 34,97 50,99")))
    c.polygon(skin, linear(darker(coat.base, 0.3), darker(coat.base, 0.55), angle=60))
    flesh = smooth(mirrored(points("50,10 41,13 35,36 22,60 24,80 36,92 50,94")))
    c.polygon(
        flesh, radial((250, 244, 170), (216, 222, 118), lighter(coat.base, 0.1), focus=(0.5, 0.62), reach=1.3)
    )
    c.circle(50, 68, 17, radial((214, 154, 104), (150, 92, 58), (92, 54, 44), focus=(0.34, 0.3), reach=1.4))
    c.ellipse(44, 61, 5, 3.4, halo(WHITE, 0.8), tilt=-30)


def peach(c: Canvas, coat: Coat) -> None:
    c.polygon(
        smooth(points("50,28 66,20 86,34 88,60 74,88 52,98 28,90 12,64 14,36 34,20")),
        radial((255, 226, 160), coat.base, darker(coat.base, 0.34), focus=(0.34, 0.36), reach=1.5),
    )
    c.curve(points("50,28 44,48 46,72 52,97"), 1.6, darker(coat.base, 0.34))
    c.curve(points("50,30 49,20 53,13"), 3, (110, 76, 50))
    c.blob(points("53,18 64,6 82,8 72,20"), linear(lighter((96, 164, 78), 0.3), (96, 164, 78)))


def pancakes(c: Canvas, coat: Coat) -> None:
    c.ellipse(50, 90, 50, 9, linear(WHITE, (206, 212, 226)))
    for i in range(5):
        y = 84 - i * 8.6
        c.rect(
            14 + i % 2 * 2,
            y - 6,
            72 - i % 3 * 2,
            11,
            linear((252, 226, 160), coat.base, darker(coat.base, 0.3)),
            5.5,
        )
    c.ellipse(50, 44, 36, 9, linear(lighter(coat.base, 0.1), darker(coat.base, 0.1)))
    syrup = linear((206, 120, 40), (150, 74, 30))
    c.ellipse(50, 43.4, 29, 6.6, syrup)
    for x, low in ((26.0, 66), (42, 56), (60, 76), (74, 58)):
        c.rect(x - 3.6, 42, 7.2, low - 42, syrup, 3.6)
    c.polygon(points("40,34 56,31 62,37 46,41"), (255, 236, 150))
    c.polygon(points("40,34 46,41 46,46 40,39"), (236, 198, 96))
    c.polygon(points("46,41 62,37 62,42 46,46"), (246, 214, 116))


def cookie(c: Canvas, coat: Coat) -> None:
    rim = [
        (
            50 + (44 + (i * 31 % 5)) * math.cos(i * math.tau / 26),
            55 + (44 + (i * 31 % 5)) * math.sin(i * math.tau / 26),
        )
        for i in range(26)
    ]
    c.blob(
        rim, radial(lighter(coat.base, 0.4), coat.base, darker(coat.base, 0.34), focus=(0.4, 0.36), reach=1.3)
    )
    for x, y, r in (
        (34, 36, 7),
        (62, 32, 6),
        (74, 54, 7.4),
        (50, 58, 6.6),
        (30, 64, 6),
        (56, 82, 7),
        (38, 86, 4.4),
        (80, 74, 4),
        (18, 50, 4),
    ):
        c.circle(x, y, r, radial((150, 98, 70), (92, 54, 42), (58, 34, 34), focus=(0.34, 0.3), reach=1.4))


def popcorn(c: Canvas, coat: Coat) -> None:
    for i in range(26):
        x, y = 18.0 + i * 41 % 65, 40 - (i * 17 % 24) * (1 - abs(i * 41 % 65 - 32) / 42)
        c.circle(x, y, 7, radial(WHITE, (255, 244, 206), (238, 206, 140), focus=(0.36, 0.3), reach=1.4))
        c.circle(x + 4, y + 2, 3.6, (255, 248, 226))
    body = points("12,40 88,40 78,98 50,99.6 22,98")
    c.polygon(body, linear(WHITE, (236, 230, 226), angle=0))
    with c.clipped(body):
        for i in range(5):
            x = 12.0 + i * 17.6
            c.polygon(
                [(x, 38), (x + 8.8, 38), (50 + (x + 8.8 - 50) * 0.74, 100), (50 + (x - 50) * 0.74, 100)],
                linear(coat.light, coat.base, coat.dark),
            )


def _snack(name: str, draw: Draw, colour: Colour, size: float = 0.34) -> Thing:
    return Thing(name, draw, colour, size, Habitat.TABLE, food=True)


THINGS = (
    _snack("sandwich", sandwich, (232, 184, 120)),
    _snack("taco", taco, (240, 190, 96), 0.3),
    _snack("hot dog", hot_dog, (196, 84, 58), 0.24),
    _snack("fries", fries, (250, 204, 88), 0.38),
    _snack("avocado", avocado, (126, 158, 70)),
    _snack("peach", peach, (246, 150, 104), 0.32),
    _snack("pancakes", pancakes, (222, 160, 88), 0.34),
    _snack("cookie", cookie, (218, 158, 94), 0.28),
    _snack("popcorn", popcorn, (222, 62, 64), 0.42),
)

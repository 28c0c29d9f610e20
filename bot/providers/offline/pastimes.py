"""Play, music and travel: violins, drums, controllers, flags, compasses, skateboards, beds."""

import math

from bot.providers.offline.canvas import (
    Canvas,
    clear,
    halo,
    linear,
    mirrored,
    points,
    radial,
    smooth,
    surface,
)
from bot.providers.offline.palette import CREAM, INK, WHITE, Coat, Colour, Finish, darker, lighter
from bot.providers.offline.things import Habitat, Thing

_GOLD = linear((255, 240, 170), (240, 188, 60), (190, 126, 34), angle=30)
_WOOD: Colour = (150, 96, 62)


def violin(c: Canvas, coat: Coat) -> None:
    c.line(points("82,8 74,98"), 1.6, _WOOD)
    c.line(points("84,9 77,97"), 0.5, WHITE)
    c.rect(47.4, 8, 5.2, 44, linear((78, 62, 66), INK, angle=0), 1)
    c.blob(points("50,-2 56,2 54,9 46,9 44,2"), linear(coat.light, coat.dark))
    for side in (-1, 1):
        c.line([(50 + side * 3, 4), (50 + side * 9, 3)], 1.8, coat.deep)
    body = smooth(mirrored(points("50,38 36,39 29,47 32,56 37,62 36,68 27,76 27,90 38,98 50,99")))
    c.polygon(
        body, radial(lighter(coat.base, 0.5), coat.base, darker(coat.base, 0.4), focus=(0.4, 0.36), reach=1.4)
    )
    for side in (-1, 1):
        c.curve([(50 + side * 10, 62), (50 + side * 8, 68), (50 + side * 11, 75)], 1.2, coat.deep)
    c.rect(48, 40, 4, 26, linear((78, 62, 66), INK, angle=0), 1)
    c.polygon(points("46,80 54,80 52.6,94 47.4,94"), INK)
    c.rect(43, 70, 14, 2, CREAM, 0.6)
    for x in (48.6, 49.6, 50.6, 51.6):
        c.line([(x, 10), (x, 82)], 0.28, (240, 240, 240))


def drum(c: Canvas, coat: Coat) -> None:
    c.rect(10, 44, 80, 44, linear(coat.light, coat.base, coat.dark, angle=0))
    c.ellipse(50, 88, 40, 10, coat.dark)
    for i in range(6):
        x = 10 + i * 13.4
        c.line([(x, 48), (x + 6.7, 90 + 5 * math.sin((i + 0.5) / 6 * math.pi)), (x + 13.4, 48)], 1.2, CREAM)
    for y in (46.0, 86):
        c.ribbon([(9, y), (30, y + 8), (50, y + 9.4), (70, y + 8), (91, y)], (5, 5, 5), _GOLD)
    c.ellipse(50, 44, 41, 11, _GOLD)
    c.ellipse(50, 43.4, 38, 9.4, linear(WHITE, (226, 218, 206)))
    for path in ("14,10 56,42", "92,4 60,40"):
        stick = points(path)
        c.line(stick, 2.4, lighter(_WOOD, 0.3))
        c.circle(*stick[1], 3.6, lighter(_WOOD, 0.4))


def game_controller(c: Canvas, coat: Coat) -> None:
    body = smooth(points("24,34 50,38 76,34 92,46 101,80 92,94 80,86 70,74 30,74 20,86 8,94 -1,80 8,46"))
    c.polygon(
        body,
        surface(coat, angle=70) if coat.finish is Finish.METAL else linear(coat.light, coat.base, coat.dark),
    )
    dark = linear((86, 84, 104), (46, 44, 60))
    c.rect(19, 46, 6, 19, dark, 1.6)
    c.rect(12.5, 52.5, 19, 6, dark, 1.6)
    for x, y, colour in (
        (78.0, 46.0, (250, 206, 72)),
        (87, 55, (224, 70, 66)),
        (69, 55, (76, 132, 226)),
        (78, 64, (92, 184, 104)),
    ):
        c.circle(x, y, 4.4, radial(lighter(colour, 0.5), colour, darker(colour, 0.3), focus=(0.36, 0.3)))
    for x in (38.0, 62):
        c.circle(x, 68, 8, dark)
        c.circle(x, 67, 5.4, linear((120, 118, 138), (64, 62, 80)))
    for x in (43.0, 52):
        c.rect(x, 48, 6, 2.6, clear(INK, 0.6), 1.2)


def flag(c: Canvas, coat: Coat) -> None:
    c.rect(17, 4, 4, 95, linear((226, 214, 196), (140, 112, 92), angle=0), 1.6)
    c.circle(19, 4, 4.4, _GOLD)
    top = [(21 + i * 2, 11 + 4 * math.sin(i / 36 * math.tau)) for i in range(37)]
    low = [(x, y + 46) for x, y in reversed(top)]
    c.polygon(
        [*top, *low], linear(coat.light, coat.base, coat.dark, coat.base, coat.light, coat.base, angle=8)
    )


def compass(c: Canvas, coat: Coat) -> None:
    c.circle(50, 9, 8, _GOLD)
    c.circle(50, 9, 4.6, darker(coat.base, 0.6))
    c.circle(50, 56, 43, surface(coat, angle=60))
    c.circle(50, 56, 36, coat.deep)
    c.circle(50, 56, 34.6, radial(WHITE, CREAM, (226, 208, 176), focus=(0.4, 0.36), reach=1.3))
    for i in range(24):
        a = math.tau * i / 24
        inner = 29 if i % 6 else 25
        c.line(
            [
                (50 + inner * math.cos(a), 56 + inner * math.sin(a)),
                (50 + 32 * math.cos(a), 56 + 32 * math.sin(a)),
            ],
            0.9,
            (120, 96, 80),
        )
    c.polygon(points("66,36 54,60 46,52"), linear((240, 92, 76), (196, 44, 50)))
    c.polygon(points("34,76 54,60 46,52"), linear((96, 112, 140), (60, 70, 96)))
    c.circle(50, 56, 3.6, _GOLD)
    c.ellipse(38, 40, 16, 8, halo(WHITE, 0.5), tilt=-40)


def skateboard(c: Canvas, coat: Coat) -> None:
    for x in (24, 76):
        c.polygon([(x - 7, 78), (x + 7, 78), (x + 4, 88), (x - 4, 88)], (150, 156, 170))
        for dx in (-7, 7):
            c.circle(x + dx, 91, 7.6, radial(WHITE, (244, 226, 190), (190, 160, 120), focus=(0.36, 0.3)))
            c.circle(x + dx, 91, 2.6, (110, 104, 120))
    c.ribbon(
        points("-6,58 8,70 24,75 50,76 76,75 92,70 106,58"),
        (7, 8, 8, 8, 8, 8, 7),
        linear(coat.light, coat.base, coat.dark),
    )
    c.ribbon(
        points("-6,55 8,67 24,72 50,73 76,72 92,67 106,55"), (2, 2.6, 2.6, 2.6, 2.6, 2.6, 2), (58, 54, 66)
    )


def bed(c: Canvas, coat: Coat) -> None:
    for x in (2.0, 92):
        c.rect(x, 84, 6, 15, darker(_WOOD, 0.3), 1)
    c.rect(-2, 34, 12, 56, linear(lighter(_WOOD, 0.2), darker(_WOOD, 0.2), angle=0), 4)
    c.rect(4, 72, 94, 16, linear(_WOOD, darker(_WOOD, 0.3)), 2)
    c.rect(8, 58, 90, 18, linear(WHITE, (222, 220, 230)), 6)
    c.blob(points("10,50 28,46 34,54 30,62 12,62 8,56"), linear(WHITE, (214, 216, 230)))
    c.blob(
        points("36,56 60,52 96,55 101,66 100,82 70,84 38,82 33,70"),
        linear(coat.light, coat.base, coat.dark, angle=70),
    )
    c.ribbon(points("36,57 34,68 38,82"), (7, 8, 7), coat.pale)
    c.rect(93, 52, 8, 38, linear(lighter(_WOOD, 0.2), darker(_WOOD, 0.2), angle=0), 3)


THINGS = (
    Thing("violin", violin, (186, 98, 52), 0.6, Habitat.TABLE),
    Thing("drum", drum, (206, 62, 62), 0.5, Habitat.TABLE, seat=0.62),
    Thing("game controller", game_controller, (226, 226, 236), 0.32, Habitat.TABLE, lettered=True),
    Thing("flag", flag, (214, 62, 66), 1.0),
    Thing("compass", compass, (216, 168, 76), 0.4, Habitat.TABLE, Finish.METAL, lettered=True),
    Thing("skateboard", skateboard, (226, 104, 78), 0.28, seat=0.74),
    Thing("bed", bed, (104, 138, 196), 0.7, Habitat.TABLE, seat=0.62),
)

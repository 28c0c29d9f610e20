"""Animals of the sea."""

import math

from bot.providers.offline.canvas import (
    Canvas,
    arc_path,
    clear,
    fading,
    linear,
    mirrored,
    points,
    radial,
    smooth,
    surface,
    turned,
)
from bot.providers.offline.features import bead_eye, blush, smile
from bot.providers.offline.palette import INK, WHITE, Coat, darker, lighter
from bot.providers.offline.things import Habitat, Thing


def fish(c: Canvas, coat: Coat) -> None:
    c.blob(points("26,50 2,24 8,50 2,78"), linear(coat.light, coat.base, coat.dark, angle=0))
    c.blob(points("42,32 56,12 74,22 70,34"), linear(coat.light, coat.dark))
    c.blob(points("46,68 54,84 66,78 62,66"), linear(coat.base, coat.dark))
    body = smooth(points("20,50 40,30 66,26 88,38 97,52 88,66 64,74 40,70"))
    c.polygon(body, surface(coat, angle=85))
    with c.clipped(body):
        for x in (44, 64):
            stripe = [(x, 20), (x + 8, 20), (x + 11, 50), (x + 8, 80), (x, 80), (x + 3, 50)]
            c.blob(stripe, coat.marking((255, 250, 240), 0.7))
        for row in range(3):
            for i in range(4):
                x, y = 30 + i * 5, 42 + row * 8
                c.curve(arc_path(x, y, 2.4, 3, 90, 270)[::8], 0.6, coat.dark)
    c.blob(points("58,52 48,58 50,68 62,60"), linear(coat.light, coat.dark))
    bead_eye(c, 84, 44, 4.4)
    smile(c, 93, 54, 6, coat.deep, 1)


def shark(c: Canvas, coat: Coat) -> None:
    c.blob(points("10,48 -2,22 8,30 18,46"), linear(coat.base, coat.dark))
    c.blob(points("10,52 0,74 10,68 18,56"), linear(coat.base, coat.dark))
    c.blob(points("46,36 50,10 62,34"), linear(coat.light, coat.dark))
    body = smooth(points("8,50 30,38 60,32 86,40 100,50 88,60 60,68 30,60"))
    c.polygon(body, surface(coat, angle=85))
    with c.clipped(body):
        c.blob(points("4,54 40,54 76,54 102,52 96,74 40,76"), linear(WHITE, (224, 230, 238)))
    c.blob(points("56,58 46,80 54,82 68,62"), linear(coat.base, coat.deep))
    mouth = points("76,57 84,55 94,53 86,61")
    c.blob(mouth, (120, 40, 56))
    for x in (79, 83, 87, 90):
        c.polygon([(x - 1.6, 56.4), (x + 1.6, 55.6), (x, 59)], WHITE)
    for x in (64, 68, 72):
        c.curve([(x, 44), (x - 1.4, 49), (x, 53)], 0.8, coat.deep)
    bead_eye(c, 84, 46, 2.7)


def whale(c: Canvas, coat: Coat) -> None:
    for side in (-1, 1):
        c.ribbon(
            [(64, 24), (64 + side * 4, 10), (64 + side * 13, 8), (64 + side * 16, 16)],
            (3, 3.6, 3, 1),
            linear((206, 240, 252), (126, 200, 232)),
        )
    c.blob(points("16,44 -2,34 0,18 12,26 22,18 26,32 22,46"), linear(coat.light, coat.dark))
    body = smooth(points("14,40 26,58 40,36 64,26 88,34 99,56 92,80 66,90 36,86 18,66"))
    c.polygon(body, surface(coat, angle=80))
    with c.clipped(body):
        c.blob(points("20,74 50,70 80,66 104,60 100,96 30,98"), linear((250, 250, 252), (206, 222, 236)))
        for i in range(5):
            c.curve(
                [(56 + i * 2, 74 + i * 3.4), (76, 72 + i * 3.4), (98, 66 + i * 3.6)], 0.7, (150, 176, 204)
            )
    c.blob(points("56,72 46,88 58,92 68,78"), linear(coat.base, coat.deep))
    bead_eye(c, 82, 56, 3.2)
    blush(c, 76, 63, 4)
    smile(c, 90, 62, 9, coat.deep, 1.1)


def dolphin(c: Canvas, coat: Coat) -> None:
    c.blob(points("12,76 -2,78 2,90 10,86 14,98 22,88"), linear(coat.light, coat.dark))
    c.blob(points("44,34 44,12 60,28"), linear(coat.light, coat.dark))
    body = smooth(points("12,82 20,56 40,34 66,26 84,34 100,44 98,49 82,50 70,58 46,62 26,72"))
    c.polygon(body, surface(coat, angle=75))
    with c.clipped(body):
        c.blob(points("24,76 44,54 66,48 98,48 90,64 50,72"), linear(WHITE, (220, 232, 242)))
    c.blob(points("56,54 50,74 58,74 68,56"), linear(coat.base, coat.deep))
    bead_eye(c, 78, 38, 2.6)
    c.curve(points("98,46 90,48 84,46"), 0.9, coat.deep)


def octopus(c: Canvas, coat: Coat) -> None:
    for i, (x, y) in enumerate(points("6,76 12,94 28,99 44,94 58,98 74,99 90,93 95,75")):
        root = (34 + i * 4.6, 58)
        side = -1 if i < 4 else 1
        c.ribbon(
            [root, ((root[0] + x) / 2 - side * 3, 80), (x, y), (x + side * 5, y - 9)],
            (13, 9, 6, 2.4),
            linear(coat.light, coat.base, coat.dark),
        )
        for k in range(3):
            c.circle(
                root[0] + (x - root[0]) * (0.5 + k * 0.2), 66 + (y - 66) * (0.5 + k * 0.22), 1.4, coat.pale
            )
    c.polygon(smooth(mirrored(points("50,3 30,9 21,30 25,52 36,64 50,67"))), surface(coat))
    c.ellipse(38, 16, 5, 8, clear(WHITE, 0.26), tilt=30)
    for side in (-1, 1):
        c.circle(50 + side * 11, 42, 8, WHITE)
        bead_eye(c, 50 + side * 10, 43, 5)
        blush(c, 50 + side * 19, 53, 4)
    smile(c, 50, 53, 10, coat.deep, 1.3)


def jellyfish(c: Canvas, coat: Coat) -> None:
    for i in range(7):
        x = 24 + i * 8.6
        sway = 5 if i % 2 else -5
        c.ribbon(
            [(x, 44), (x + sway, 62), (x - sway, 80), (x + sway, 98)],
            (3.4, 3, 2.2, 0.6),
            fading(coat.light, 0.95, 0.3),
        )
    for x in (40, 50, 60):
        c.ribbon([(x, 42), (x - 5, 58), (x + 5, 72), (x - 2, 86)], (8, 7, 5, 1), fading(coat.pale, 0.9, 0.4))
    c.blob(
        points("50,4 24,10 10,34 14,48 26,43 38,50 50,44 62,50 74,43 86,48 90,34 76,10"),
        radial(coat.pale, coat.light, coat.base, focus=(0.42, 0.3), reach=1.3),
    )
    for side in (-1, 1):
        bead_eye(c, 50 + side * 11, 30, 3)
    smile(c, 50, 33, 8, coat.deep, 1)


def crab(c: Canvas, coat: Coat) -> None:
    for side in (-1, 1):
        for i in range(3):
            c.ribbon(
                [
                    (50 + side * 26, 66 + i * 6),
                    (50 + side * (42 + i), 68 + i * 8),
                    (50 + side * (44 - i * 3), 86 + i * 5),
                ],
                (6, 4.4, 1.6),
                coat.dark,
            )
        c.ribbon([(50 + side * 24, 58), (50 + side * 40, 50), (50 + side * 38, 36)], (7, 6, 7), coat.base)
        claw = [(50 + side * x, y) for x, y in points("30,36 26,18 36,6 37,22 46,8 52,20 46,36")]
        c.blob(claw, surface(coat))
        c.line([(50 + side * 11, 54), (50 + side * 12, 42)], 3, coat.base)
        c.circle(50 + side * 12, 38, 6, WHITE)
        bead_eye(c, 50 + side * 12, 38.6, 3.6)
    c.polygon(smooth(mirrored(points("50,50 30,51 16,64 24,84 50,91"))), surface(coat, angle=75))
    smile(c, 50, 68, 18, coat.deep, 1.4)
    for x, y in points("32,60 68,60 50,58"):
        c.circle(x, y, 1.7, coat.light)


def turtle(c: Canvas, coat: Coat) -> None:
    skin = (150, 192, 104)
    c.polygon(points("8,80 -4,84 10,86"), skin)
    for x in (24.0, 66):
        c.blob(
            [(x - 9, 80), (x - 8, 97), (x + 8, 97), (x + 9, 80)],
            linear(lighter(skin, 0.2), darker(skin, 0.3)),
        )
    c.ribbon(points("74,82 86,74 88,62"), (15, 13, 13), skin)
    c.ellipse(89, 58, 11, 10, linear(lighter(skin, 0.3), skin, darker(skin, 0.2)))
    bead_eye(c, 92, 55, 2.7)
    smile(c, 94, 60, 7, darker(skin, 0.6), 1)
    shell = smooth(points("4,82 8,58 28,40 52,40 74,56 80,82 42,87"))
    c.polygon(shell, surface(coat))
    with c.clipped(shell):
        for x, y in points("42,56 22,66 62,66 34,78 52,78 10,78 74,80"):
            plate = [
                (x + 9 * math.cos(a * math.tau / 6), y + 8 * math.sin(a * math.tau / 6)) for a in range(6)
            ]
            c.polygon(plate, linear(coat.light, coat.base, coat.dark))
    c.ribbon(points("4,83 42,88 80,83"), (5, 5, 5), darker(coat.base, 0.3))


def starfish(c: Canvas, coat: Coat) -> None:
    arms = []
    for i in range(10):
        r = 46 if i % 2 == 0 else 21
        arms += turned([(50, 52 - r)], i * 36, (50, 52))
    c.blob(arms, surface(coat))
    for i in range(5):
        for r in (14, 22, 30):
            c.circle(*turned([(50, 52 - r)], i * 72, (50, 52))[0], 1.9, coat.pale)
    for side in (-1, 1):
        bead_eye(c, 50 + side * 7, 49, 3)
    smile(c, 50, 54, 9, INK, 1.1)


THINGS = (
    Thing("fish", fish, (246, 134, 52), 0.4, Habitat.DEEP),
    Thing("shark", shark, (110, 134, 160), 0.9, Habitat.DEEP),
    Thing("whale", whale, (66, 124, 184), 1.5, Habitat.DEEP, top=(72, 26, 34)),
    Thing("dolphin", dolphin, (104, 156, 196), 0.9, Habitat.DEEP),
    Thing("octopus", octopus, (214, 96, 132), 0.7, Habitat.DEEP, top=(50, 6, 40)),
    Thing("jellyfish", jellyfish, (186, 128, 220), 0.6, Habitat.DEEP),
    Thing("crab", crab, (226, 82, 60), 0.4),
    Thing("turtle", turtle, (112, 128, 70), 0.5),
    Thing("starfish", starfish, (246, 138, 92), 0.3, Habitat.DEEP),
)

"""Animals that need a drawing of their own: hedgehogs, bats, crocodiles, hippos, kangaroos, spiders."""

import math

from bot.providers.offline.canvas import Canvas, linear, mirrored, points, radial, smooth
from bot.providers.offline.features import bead_eye, blush, slit_eye, smile
from bot.providers.offline.palette import INK, WHITE, Coat, darker, lighter
from bot.providers.offline.things import Habitat, Thing


def hedgehog(c: Canvas, coat: Coat) -> None:
    for ring, (reach, shade) in enumerate(((47.0, coat.deep), (41, coat.dark), (34, coat.base))):
        spines = []
        for i in range(33):
            angle = math.radians(158 + 226 * i / 32)
            length = reach * (1.0 if i % 2 else 0.84) + ring
            spines.append((50 + length * math.cos(angle), 62 + length * 0.94 * math.sin(angle)))
        c.polygon([*spines, (80, 93), (66, 97), (34, 97), (20, 93)], linear(lighter(shade, 0.22), shade))
    face = coat.marking((244, 216, 178), 0.62)
    c.blob(
        mirrored(points("50,42 34,44 24,58 24,80 34,95 50,97")),
        linear(lighter(face, 0.4), face, darker(face, 0.14)),
    )
    for side in (-1, 1):
        c.circle(50 + side * 22, 46, 6.4, linear(face, darker(face, 0.3)))
        bead_eye(c, 50 + side * 11, 62, 4)
        blush(c, 50 + side * 18, 71, 4.4)
        c.ellipse(50 + side * 13, 96.6, 7, 3.2, darker(face, 0.24))
    c.ellipse(50, 69, 4.6, 3.6, radial((110, 96, 104), INK, focus=(0.36, 0.3)))
    smile(c, 50, 73, 9)


def bat(c: Canvas, coat: Coat) -> None:
    for side in (-1, 1):
        wing = [
            (50 + side * x, y)
            for x, y in points("6,44 22,24 46,20 62,34 54,40 48,54 38,50 32,64 22,58 10,66")
        ]
        c.polygon(wing, linear(coat.light, coat.base, coat.deep, angle=90 + side * 40))
        for x, y in points("48,54 32,64 62,34"):
            c.curve(
                [(50 + side * 8, 44), (50 + side * (x * 0.6), y - 14), (50 + side * x, y)], 0.8, coat.deep
            )
        c.polygon(
            [(50 + side * 4, 30), (50 + side * 15, 12), (50 + side * 15, 34)], linear(coat.light, coat.dark)
        )
    c.blob(mirrored(points("50,24 38,28 36,44 40,66 50,72")), linear(coat.light, coat.base, coat.dark))
    for side in (-1, 1):
        bead_eye(c, 50 + side * 6, 40, 3.2)
        c.polygon([(50 + side * 4, 51), (50 + side * 2, 51), (50 + side * 3, 55)], WHITE)
    smile(c, 50, 48, 12)


def crocodile(c: Canvas, coat: Coat) -> None:
    c.ribbon(points("30,80 8,84 -14,74 -20,60"), (20, 16, 9, 1), linear(coat.light, coat.dark))
    for x in (20, 56):
        c.ribbon([(x, 84), (x - 3, 96), (x + 7, 98)], (12, 9, 6), coat.dark)
    c.blob(
        points("10,76 22,66 50,62 72,66 76,80 60,92 24,92"),
        linear(coat.light, coat.base, coat.dark, angle=70),
    )
    belly = coat.marking((238, 226, 168), 0.6)
    c.blob(points("24,88 46,90 66,86 60,93 40,95 26,94"), linear(lighter(belly, 0.2), belly))
    for i in range(7):
        x, y = 14 + i * 9, 70 - 5 * math.sin(i / 6 * math.pi)
        c.polygon([(x - 4.4, y + 2), (x, y - 6), (x + 4.4, y + 2)], coat.dark)
    for x in (34, 68):
        c.ribbon([(x, 84), (x + 2, 95), (x + 11, 98)], (12, 10, 6), linear(coat.base, coat.dark))
    c.polygon(smooth(points("62,82 84,82 112,84 118,88 110,93 84,92 66,90")), linear(coat.dark, coat.deep))
    c.polygon(
        points("80,80 " + " ".join(f"{82 + 6 * k},{85 if k % 2 else 80}" for k in range(6)) + " 114,80"),
        WHITE,
    )
    snout = smooth(points("60,66 72,58 84,66 104,70 118,74 119,81 108,82 82,82 66,84"))
    c.polygon(snout, linear(coat.light, coat.base, coat.dark, angle=70))
    c.circle(74, 62, 7.4, linear(coat.light, coat.base))
    slit_eye(c, 75, 61, 4.6, (250, 206, 80))
    c.ellipse(113, 73.4, 1.8, 1.2, coat.deep)


def hippo(c: Canvas, coat: Coat) -> None:
    for x in (30, 70):
        c.rect(x - 9, 78, 18, 21, linear(coat.base, coat.dark, angle=0), 7)
    c.blob(
        mirrored(points("50,40 22,46 12,66 18,88 36,95 50,95")),
        linear(coat.light, coat.base, coat.dark, angle=70),
    )
    for side in (-1, 1):
        c.ellipse(50 + side * 21, 15, 6, 7.4, linear(coat.base, coat.dark), tilt=side * 24)
        c.ellipse(50 + side * 21, 16, 3, 4, coat.marking((236, 162, 160), 0.5), tilt=side * 24)
    c.blob(mirrored(points("50,10 32,13 25,30 24,46 50,52")), linear(coat.light, coat.base))
    muzzle = smooth(mirrored(points("50,36 30,38 16,50 20,68 36,74 50,74")))
    c.polygon(muzzle, linear(lighter(coat.base, 0.42), coat.base, coat.dark, angle=70))
    for side in (-1, 1):
        bead_eye(c, 50 + side * 12, 28, 4)
        c.ellipse(50 + side * 12, 47, 4, 2.8, coat.deep, tilt=side * 20)
        c.rect(50 + side * 13 - 3, 66, 6, 8, WHITE, 2)
        blush(c, 50 + side * 26, 58, 4.6)
    c.curve(points("26,62 38,67.4 50,68 62,67.4 74,62"), 1.4, coat.deep)


def kangaroo(c: Canvas, coat: Coat) -> None:
    c.ribbon(points("40,84 18,90 -2,96 -12,92"), (15, 11, 7, 2), linear(coat.light, coat.dark))
    c.blob(
        points("56,38 66,48 72,72 66,92 44,94 32,82 36,60 46,44"),
        linear(coat.light, coat.base, coat.dark, angle=40),
    )
    belly = coat.marking((246, 224, 190), 0.6)
    c.blob(points("60,46 68,60 69,80 58,88 54,70"), linear(lighter(belly, 0.3), belly))
    c.blob(points("32,74 48,68 56,80 50,94 38,94"), linear(coat.light, coat.base, coat.dark, angle=50))
    c.ribbon(points("44,94 58,98 74,97.4"), (8, 7, 5), linear(coat.base, coat.dark))
    c.curve(points("56,74 63,77 69,74"), 1.4, darker(belly, 0.34))
    for x, y in points("60,26 66,25"):
        c.ribbon(
            [(x, y), (x - 3, y - 14), (x - 1, y - 24)], (5, 8, 2), linear(coat.light, coat.dark, angle=0)
        )
    c.blob(
        points("52,34 58,24 70,24 82,32 86,38 80,43 66,46 56,44"), linear(coat.light, coat.base, coat.dark)
    )
    c.blob(points("74,33 84,34 87,39 80,43 73,41"), belly)
    c.ellipse(86, 36.6, 2.6, 2.2, INK)
    bead_eye(c, 68, 32, 3.2)
    c.ribbon(points("58,54 70,60 76,55"), (7, 6, 4), linear(coat.base, coat.dark))


def spider(c: Canvas, coat: Coat) -> None:
    c.line(points("50,-30 50,40"), 0.6, (226, 226, 236))
    for side in (-1, 1):
        for y, knee, foot in ((50.0, 30.0, 54.0), (56, 44, 70), (62, 60, 86), (66, 76, 99)):
            c.curve([(50 + side * 12, y), (50 + side * 34, knee), (50 + side * 46, foot)], 3.2, coat.deep)
    c.circle(50, 52, 22, radial(coat.light, coat.base, coat.dark, focus=(0.36, 0.3), reach=1.3))
    c.circle(50, 70, 14, radial(coat.light, coat.base, coat.dark, focus=(0.36, 0.3), reach=1.3))
    for side in (-1, 1):
        c.circle(50 + side * 6, 67, 5, WHITE)
        bead_eye(c, 50 + side * 5.4, 67.6, 3)
    smile(c, 50, 75, 8, WHITE)


THINGS = (
    Thing("hedgehog", hedgehog, (150, 108, 80), 0.4, top=(50, 20, 40)),
    Thing("bat", bat, (104, 88, 128), 0.4, Habitat.AIR, top=(50, 25, 22)),
    Thing("crocodile", crocodile, (98, 162, 92), 0.6, seat=0.84),
    Thing("hippo", hippo, (150, 146, 172), 0.95, top=(50, 12, 34)),
    Thing("kangaroo", kangaroo, (198, 138, 92), 0.95, top=(66, 25, 20)),
    Thing("spider", spider, (92, 82, 112), 0.3, top=(50, 32, 30)),
)

"""Birds: the owl, perching birds, waterfowl, and some that stand upright."""

import math
from dataclasses import dataclass
from functools import partial

from bot.providers.offline.canvas import (
    Canvas,
    arc_path,
    fading,
    linear,
    mirrored,
    points,
    radial,
    smooth,
    surface,
    turned,
)
from bot.providers.offline.features import bead_eye
from bot.providers.offline.palette import CREAM, GLOW, INK, WHITE, Coat, Colour, Finish, darker, lighter, mix
from bot.providers.offline.things import Habitat, Thing

_BEAK: Colour = (242, 164, 58)


def owl(c: Canvas, coat: Coat) -> None:
    body = smooth(mirrored(points("50,15 35,13 24,19 19,34 18,55 22,78 33,93 50,97")))
    _owl_feet(c, coat)
    _owl_tufts(c, coat)
    c.polygon(body, surface(coat))
    with c.clipped(body):
        _owl_breast(c, coat)
        _owl_brow(c, coat)
    for side in (-1, 1):
        _owl_wing(c, coat, side)
    with c.clipped(body):
        c.ellipse(50, 106, 46, 34, fading(coat.deep, 0.0, 0.7))
        if coat.finish is not Finish.MATTE:
            c.blob(points("38,40 33,60 36,84 42,88 41,60 45,44"), fading(GLOW, 0.55, 0.0, angle=80))
    _owl_face(c, coat)


def _owl_feet(c: Canvas, coat: Coat) -> None:
    claw = darker(_BEAK, 0.2) if coat.finish is Finish.MATTE else coat.dark
    for x in (39, 61):
        for step in (-5, 0, 5):
            c.ellipse(x + step, 96.5, 2.9, 4, linear(lighter(claw, 0.3), claw), tilt=-step * 3)


def _owl_tufts(c: Canvas, coat: Coat) -> None:
    for side in (-1, 1):
        tuft = [(50 + side * x, y) for x, y in points("9,18 19,12 27,2.5 28.6,12 29,27 18,26")]
        c.blob(tuft, linear(coat.dark, coat.base, angle=70 + side * 20))
        inner = [(50 + side * x, y) for x, y in points("19,16 24,11 26.6,7 26.8,14 25,22")]
        c.blob(inner, linear(coat.light, coat.dark, angle=90))


def _owl_breast(c: Canvas, coat: Coat) -> None:
    breast = smooth(mirrored(points("50,40 34,44 29,62 32,82 42,95 50,97")))
    c.polygon(breast, linear(coat.pale, coat.light, coat.base, angle=80))
    with c.clipped(breast):
        for row in reversed(range(8)):
            _feather_row(c, coat, 47 + row * 6.4, offset=4.2 * (row % 2), shade=0.2 + row / 10)


def _feather_row(c: Canvas, coat: Coat, y: float, offset: float, shade: float) -> None:
    """One row of scalloped feathers, each with its own light edge and quill."""
    tip = mix(coat.light, coat.base, shade)
    for i in range(-4, 5):
        x = 50 + i * 8.4 + offset
        path = smooth([(x - 4.4, y - 3), (x - 4, y + 3), (x, y + 7.6), (x + 4, y + 3), (x + 4.4, y - 3)])
        c.polygon(path, linear(darker(coat.base, 0.5), coat.base, lighter(tip, 0.5)))
        c.curve([(x - 3.9, y + 3.2), (x, y + 7.4), (x + 3.9, y + 3.2)], 0.8, darker(coat.base, 0.42))
        c.line([(x, y + 1), (x, y + 4.6)], 0.55, darker(coat.base, 0.36))


def _owl_wing(c: Canvas, coat: Coat, side: int) -> None:
    def at(x: float, y: float) -> tuple[float, float]:
        return 50 + side * x, y

    for i, (x, y) in enumerate(points("21,91 25,88 29,83")):
        feather = smooth(
            [at(x + 2, y - 40), at(x - 2.6, y - 10), at(x - 1, y), at(x + 4, y - 9), at(x + 6, y - 36)]
        )
        c.polygon(feather, linear(coat.base, darker(coat.base, 0.42 - 0.06 * i), darker(coat.base, 0.1)))
    wing = smooth([at(27, 37), at(20.5, 48), at(20, 64), at(24, 78), at(31.5, 84), at(35, 66), at(34, 46)])
    c.polygon(wing, surface(coat, angle=90 - side * 34))
    with c.clipped(wing):
        for row in reversed(range(6)):
            for i in range(3):
                x, y = 20.5 + i * 6 + 3 * (row % 2), 48 + row * 7
                scale = smooth(
                    [
                        at(x - 3.4, y - 4),
                        at(x - 2.8, y + 2),
                        at(x, y + 5.2),
                        at(x + 2.8, y + 2),
                        at(x + 3.4, y - 4),
                    ]
                )
                c.polygon(scale, linear(darker(coat.base, 0.34), coat.base, lighter(coat.base, 0.34)))
    c.curve([at(27, 38), at(20.8, 49), at(20.2, 64), at(24, 77)], 0.9, lighter(coat.base, 0.5))


def _owl_brow(c: Canvas, coat: Coat) -> None:
    for i in range(5):
        c.ellipse(50 + (i - 2) * 5.6, 17.5 + abs(i - 2) * 0.9, 2.7, 3.6, linear(coat.dark, coat.light))


def _owl_face(c: Canvas, coat: Coat) -> None:
    for side in (-1, 1):
        x, y = 50 + side * 13.6, 32.5
        c.circle(x, y + 1.2, 16.6, fading(coat.deep, 0.2, 0.6))
        c.circle(x, y, 16, linear(lighter(coat.base, 0.72), coat.light, coat.base, angle=70))
        for ray in range(24):
            tip = turned([(x, y - 14.9)], ray * 15, (x, y))[0]
            foot = turned([(x, y - 11)], ray * 15, (x, y))[0]
            c.line([foot, tip], 0.6, darker(coat.base, 0.24))
        _owl_eye(c, coat, x, y)
    beak = smooth(points("50,34 46.4,38 47.4,43 50,48.6 52.6,43 53.6,38"))
    hue = darker(_BEAK, 0.1) if coat.finish is Finish.MATTE else darker(coat.base, 0.46)
    c.polygon(beak, linear(lighter(hue, 0.5), hue, darker(hue, 0.4), angle=20))
    for side in (-1, 1):
        brow = [(50 + side * dx, y) for dx, y in points("0.6,29 6,20 17,15 31,10.5 22,18.4 10,22.4")]
        c.blob(brow, linear(lighter(coat.base, 0.3), coat.dark, angle=90))


def _owl_eye(c: Canvas, coat: Coat, x: float, y: float) -> None:
    iris = (250, 176, 40) if coat.finish is not Finish.METAL else (255, 160, 46)
    c.circle(x, y, 11.2, darker(coat.base, 0.66))
    c.circle(x, y, 10.2, radial((255, 226, 120), iris, darker(iris, 0.42), focus=(0.5, 0.58), reach=1.05))
    c.circle(x, y, 6.3, linear((14, 10, 18), (46, 32, 46)))
    c.circle(x - 2.6, y - 3.2, 2.5, WHITE)
    c.circle(x + 2.6, y + 3, 1.1, CREAM)
    c.polygon(arc_path(x, y, 10.2, 10.2, 185, 355), fading(INK, 0.5, 0.0))


@dataclass(frozen=True, slots=True)
class Perching:
    """A small bird seen from the side."""

    belly: Colour
    beak: Colour = _BEAK
    hooked: bool = False
    crest: bool = False
    head: Colour | None = None
    long_tail: float = 0
    cheek: bool = False


def _perching(look: Perching, c: Canvas, coat: Coat) -> None:
    belly = coat.marking(look.belly, 0.62)
    for x in (46, 54):
        c.line([(x, 84), (x + 2, 97)], 1.8, darker(look.beak, 0.3))
        c.line([(x - 2, 98), (x + 7, 98)], 1.8, darker(look.beak, 0.3))
    tail = 18 + look.long_tail
    c.blob(
        [(30, 64), (12, 74), (24 - tail, 76 + tail * 0.55), (30 - tail, 83 + tail * 0.55), (32, 80)],
        surface(coat.with_base(coat.dark)),
    )
    body = smooth(points("60,14 46,20 38,38 24,58 24,74 40,87 58,86 74,70 79,44 78,24 70,15"))
    c.polygon(body, surface(coat))
    with c.clipped(body):
        c.blob(
            points("82,38 68,42 58,60 44,76 46,92 70,90 88,62"),
            linear(lighter(belly, 0.3), belly, darker(belly, 0.22)),
        )
        if look.head is not None:
            head = coat.marking(look.head, 0.3)
            c.blob(
                points("50,8 44,30 58,40 84,34 84,10"), linear(lighter(head, 0.2), head, darker(head, 0.1))
            )
        if look.cheek:
            c.circle(66, 38, 4, fading((240, 110, 90), 0.5, 0.3))
    if look.crest:
        for i in range(3):
            c.blob(
                [(58 + i * 4, 17), (48 + i * 2, 6 - i * 2), (44 + i * 5, 0 - i), (56 + i * 4, 7)],
                linear(coat.light, coat.base),
            )
    wing = smooth(points("54,46 38,48 24,62 10,80 34,80 54,72 61,58"))
    c.polygon(wing, linear(lighter(coat.base, 0.16), coat.dark, darker(coat.base, 0.42), angle=110))
    for i in range(4):
        c.curve(
            [(52 - i * 5, 52 + i * 3), (44 - i * 6, 66 + i * 3), (26 - i * 3, 78)],
            0.9,
            lighter(coat.base, 0.24),
        )
    if look.hooked:
        c.blob(
            points("76,26 86,25 92,32 90,42 85,36 76,37"),
            linear(lighter(look.beak, 0.4), look.beak, darker(look.beak, 0.3)),
        )
    else:
        c.polygon(points("77,27 96,33 77,38"), linear(lighter(look.beak, 0.4), darker(look.beak, 0.2)))
    bead_eye(c, 68, 28, 3.6)


@dataclass(frozen=True, slots=True)
class Waterfowl:
    """A swimming or standing bird with a neck."""

    neck: float
    beak: Colour = _BEAK
    head: Colour | None = None
    legs: float = 0


def _waterfowl(look: Waterfowl, c: Canvas, coat: Coat) -> None:
    top = 58 - look.neck
    lift = look.legs
    if lift:
        for x in (42, 52):
            c.line([(x, 82 - lift), (x + 1, 98 - lift * 0.1)], 2, darker(look.beak, 0.1))
            c.line([(x - 2, 98.4), (x + 7, 98.4)], 2, darker(look.beak, 0.1))
    down = -lift
    neck = [(64, 76 + down), (73, 64 + down), (67, top + 22 + down * 0.6), (70, top + 10 + down * 0.6)]
    head = coat if look.head is None or coat.dyed else coat.with_base(look.head)
    c.ribbon(neck, (22, 15, 11, 13), linear(head.light, coat.base, coat.dark, angle=0))
    body = smooth(
        [
            (76, 66 + down),
            (84, 80 + down),
            (70, 95 + down),
            (40, 97 + down),
            (18, 88 + down),
            (4, 66 + down),
            (22, 72 + down),
            (46, 66 + down),
        ]
    )
    c.polygon(body, surface(coat))
    hy = top + 8 + down * 0.6
    c.ellipse(73, hy, 10, 9, surface(head))
    c.blob(
        [(80, hy - 3), (90, hy), (97, hy + 4), (90, hy + 6), (80, hy + 5)],
        linear(lighter(look.beak, 0.3), look.beak, darker(look.beak, 0.2)),
    )
    wing = smooth(
        [(58, 72 + down), (38, 66 + down), (8, 70 + down), (22, 84 + down), (46, 90 + down), (60, 84 + down)]
    )
    c.polygon(wing, linear(lighter(coat.base, 0.4), coat.base, coat.dark, angle=100))
    for i in range(3):
        c.curve(
            [
                (54 - i * 6, 76 + i * 3 + down),
                (38 - i * 6, 80 + i * 2 + down),
                (20 - i * 2, 75 + i * 3 + down),
            ],
            0.9,
            coat.dark,
        )
    bead_eye(c, 75, hy - 2, 2.5)


def penguin(c: Canvas, coat: Coat) -> None:
    belly = coat.marking((250, 246, 238), 0.75)
    for x in (39, 61):
        c.ellipse(x, 96, 10, 4, linear(lighter(_BEAK, 0.3), darker(_BEAK, 0.2)))
    for side in (-1, 1):
        c.blob(
            [(50 + side * x, y) for x, y in points("22,40 36,58 40,74 32,72 24,62")],
            linear(coat.light, coat.base, coat.deep),
        )
    body = smooth(mirrored(points("50,3 34,8 29,24 24,46 22,72 30,92 50,97")))
    c.polygon(body, surface(coat))
    c.polygon(
        smooth(mirrored(points("50,40 37,44 30,62 32,84 50,94"))), linear(WHITE, belly, darker(belly, 0.16))
    )
    for side in (-1, 1):
        c.ellipse(50 + side * 8.5, 25, 10, 12, linear(WHITE, belly))
        bead_eye(c, 50 + side * 8, 22, 3.2)
    c.ellipse(50, 41, 15, 4, fading((250, 186, 64), 0.9, 0.1))
    c.blob(points("44,28 50,26 56,28 50,36"), linear(lighter(_BEAK, 0.4), darker(_BEAK, 0.2)))


def chicken(c: Canvas, coat: Coat) -> None:
    comb = (214, 56, 50)
    for x in (46.0, 56):
        c.line([(x, 84), (x, 97)], 2.2, _BEAK)
        c.line([(x - 4, 98), (x + 6, 98)], 2.2, _BEAK)
    for i, reach in enumerate((0, 5, 9)):
        c.blob(
            [
                (28, 62),
                (14 - reach / 2, 34 + i * 7),
                (4 - reach / 3, 40 + i * 10),
                (14, 60 + i * 5),
                (30, 74),
            ],
            linear(coat.light, coat.dark, darker(coat.base, 0.4)),
        )
    for x, y in points("62,10 68,6 74,10"):
        c.circle(x, y, 5, linear(lighter(comb, 0.2), comb))
    body = smooth(points("66,12 56,24 48,48 24,54 18,70 32,88 56,88 74,74 80,48 80,22 74,13"))
    c.polygon(body, surface(coat))
    c.blob(points("58,60 40,58 24,66 36,80 54,80"), linear(coat.light, coat.dark))
    c.ellipse(79, 38, 4, 7, linear(comb, darker(comb, 0.2)))
    c.polygon(points("78,22 93,29 78,33"), linear(lighter(_BEAK, 0.3), _BEAK))
    bead_eye(c, 71, 23, 3)


def flamingo(c: Canvas, coat: Coat) -> None:
    c.line(points("48,58 50,78 49,98"), 1.8, coat.dark)
    c.line(points("42,58 34,76 50,80"), 1.8, coat.dark)
    c.line([(45, 98.4), (56, 98.4)], 1.8, coat.dark)
    neck = points("58,50 72,40 60,26 58,12 68,5 75,10")
    c.ribbon(neck, (14, 8, 6.4, 6, 7, 8), linear(coat.light, coat.base, angle=90))
    c.blob(
        points("70,6 78,4 86,12 84,22 80,16 72,14"), linear((250, 226, 214), (250, 226, 214), INK, angle=80)
    )
    c.blob(points("66,46 62,60 44,66 22,60 6,62 22,46 46,38"), surface(coat))
    c.blob(points("58,50 40,44 10,62 34,64 52,60"), linear(coat.base, coat.dark, darker(coat.base, 0.4)))
    bead_eye(c, 74, 8, 1.7)


def flying_bird(c: Canvas, coat: Coat) -> None:
    far = points("50,50 62,22 84,6 78,30 66,52")
    c.blob(far, linear(coat.dark, coat.deep))
    c.blob(points("88,48 70,42 46,46 20,60 2,62 24,70 56,66 80,58"), surface(coat))
    near = smooth(points("58,50 48,22 26,2 28,30 38,56"))
    c.polygon(near, linear(coat.light, coat.base, coat.dark))
    for i in range(3):
        c.curve([(34 + i * 5, 20 + i * 6), (38 + i * 4, 38 + i * 3), (42 + i * 4, 52)], 0.9, coat.dark)
    c.polygon(points("86,46 99,51 86,55"), linear(lighter(_BEAK, 0.3), _BEAK))
    bead_eye(c, 80, 48, 2.2)


def peacock(c: Canvas, coat: Coat) -> None:
    for ring, (reach, count) in enumerate(((50, 15), (37, 11))):
        for i in range(count):
            angle = math.radians(180 + 180 * i / (count - 1))
            x, y = 50 + reach * math.cos(angle) * 0.96, 60 + reach * 1.12 * math.sin(angle)
            plume: Colour = (36, 142, 110) if ring else (44, 168, 122)
            c.ribbon([(50, 74), (x, y)], (2, 9), linear(darker(plume, 0.3), plume))
            c.circle(x, y, 6, radial((40, 40, 120), (36, 110, 200), (222, 180, 70), (40, 150, 110)))
    for x in (46, 54):
        c.line([(x, 86), (x, 98)], 1.6, (150, 120, 90))
    c.blob(mirrored(points("50,26 43,32 45,50 36,66 38,84 50,92")), surface(coat))
    for x in (-4, 0, 4):
        c.line([(50, 28), (50 + x, 17)], 0.7, coat.dark)
        c.circle(50 + x, 16, 1.6, coat.light)
    for side in (-1, 1):
        bead_eye(c, 50 + side * 3.4, 34, 1.8)
    c.polygon(points("48,37 52,37 50,42"), _BEAK)


def _bird(name: str, colour: Colour, look: Perching, size: float = 0.36) -> Thing:
    return Thing(name, partial(_perching, look), colour, size, Habitat.GROUND, top=(64, 16, 26))


THINGS = (
    Thing("owl", owl, (150, 104, 66), 0.5, top=(50, 13, 42)),
    _bird("bird", (86, 140, 206), Perching((250, 214, 160), cheek=True)),
    _bird("robin", (122, 98, 80), Perching((226, 104, 52))),
    _bird(
        "parrot",
        (42, 160, 86),
        Perching((246, 204, 66), (64, 58, 66), hooked=True, head=(222, 60, 54), long_tail=8),
    ),
    _bird("crow", (50, 50, 64), Perching((74, 74, 92), (92, 88, 96))),
    _bird("eagle", (104, 72, 50), Perching((122, 86, 60), hooked=True, head=(250, 246, 238)), 0.55),
    _bird("dove", (240, 238, 240), Perching((255, 252, 248), (236, 150, 130))),
    _bird("cockatoo", (248, 240, 222), Perching((255, 252, 244), (92, 88, 96), hooked=True, crest=True)),
    Thing(
        "duck",
        partial(_waterfowl, Waterfowl(26, head=(36, 122, 86))),
        (168, 132, 100),
        0.36,
        Habitat.AFLOAT,
        top=(73, 31, 22),
    ),
    Thing("goose", partial(_waterfowl, Waterfowl(44, legs=12)), (236, 232, 226), 0.5, top=(73, 8, 22)),
    Thing(
        "swan",
        partial(_waterfowl, Waterfowl(52, (236, 120, 60))),
        (250, 250, 252),
        0.55,
        Habitat.AFLOAT,
        top=(73, 6, 20),
    ),
    Thing("penguin", penguin, (52, 58, 78), 0.6, top=(50, 7, 34)),
    Thing("chicken", chicken, (238, 226, 206), 0.42, top=(68, 10, 26)),
    Thing("flamingo", flamingo, (244, 134, 158), 0.8, top=(70, 5, 16)),
    Thing("seagull", flying_bird, (236, 238, 242), 0.3, Habitat.AIR),
    Thing("peacock", peacock, (36, 96, 180), 0.8, top=(50, 27, 14)),
)

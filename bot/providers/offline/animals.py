"""Four-legged animals: some sit and look at you, some stand in profile; and the small creatures of a garden."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Final, Literal

from bot.providers.offline.canvas import (
    Canvas,
    Path,
    Point,
    clear,
    ellipse_path,
    linear,
    mirrored,
    points,
    smooth,
    surface,
    turned,
)
from bot.providers.offline.features import bead_eye, blush, slit_eye, smile
from bot.providers.offline.palette import INK, WHITE, Coat, Colour, darker, lighter
from bot.providers.offline.things import Habitat, Thing

Ears = Literal["pointed", "round", "long", "floppy", "small", "none"]
Tail = Literal["bushy", "slim", "stub", "ringed", "none"]

_NOSE: Final[Colour] = (48, 36, 44)
_PINK: Final[Colour] = (238, 150, 150)
_HORN: Final[Colour] = (226, 208, 170)


@dataclass(frozen=True, slots=True)
class Sitting:
    """An animal that sits facing the viewer.

    Attributes:
        pale: Muzzle and chest.
        socks: Paws and ear tips.
        cheeks: Half width of the face at the cheeks, in units.
        muzzle: Half width of the muzzle.
    """

    pale: Colour
    socks: Colour
    ears: Ears = "pointed"
    tail: Tail = "bushy"
    cheeks: float = 25
    muzzle: float = 11
    mask: Literal["fox", "panda", "raccoon", "stripes", "patch", "heart", "plain"] = "plain"
    mane: Colour | None = None
    iris: Colour | None = None
    whiskers: bool = False
    snout: bool = False
    teeth: bool = False


def _sitting(look: Sitting, c: Canvas, coat: Coat) -> None:
    pale = coat.marking(look.pale, 0.66)
    socks = coat.marking(look.socks, -0.45)
    _sitting_tail(c, coat, look, pale, socks)
    _sitting_body(c, coat, look, pale, socks)
    if look.mane is not None:
        mane = coat.marking(look.mane, -0.4)
        for i in range(18):
            tuft = ellipse_path(50, 7, 7, 12)
            c.polygon(turned(tuft, i * 20, (50, 34)), linear(lighter(mane, 0.2), mane, darker(mane, 0.25)))
    _ears(c, coat, look, socks)
    head = smooth(
        mirrored([(50, 12), (38, 13), (29, 22), (50 - look.cheeks, 41), (36, 53), (44, 59), (50, 60)])
    )
    c.polygon(head, surface(coat, angle=80))
    with c.clipped(head):
        _mask_marks(c, coat, look, pale, socks)
    _sitting_face(c, coat, look, pale)


def _sitting_tail(c: Canvas, coat: Coat, look: Sitting, pale: Colour, socks: Colour) -> None:
    if look.tail == "bushy":
        tail = smooth(points("60,92 78,95 93,82 95,62 86,46 82,60 78,74 66,80"))
        c.polygon(tail, surface(coat, angle=30))
        with c.clipped(tail):
            tip = points("98,64 91,60 87,66 82,58 80,40 98,40")
            c.polygon(tip, linear(lighter(pale, 0.3), pale))
    elif look.tail in ("slim", "ringed"):
        tail_path = points("62,92 82,94 90,80 84,66 90,54")
        c.ribbon(tail_path, (9, 9, 8, 7, 6), linear(coat.light, coat.base, coat.dark, angle=0))
        rings = 4 if look.tail == "ringed" else 1
        for x, y in points("88,57 86,66 89,76 84,91")[:rings]:
            c.ellipse(x, y, 3.8, 3.2, socks)
    elif look.tail == "stub":
        c.circle(72, 86, 8, linear(WHITE, pale))


def _sitting_body(c: Canvas, coat: Coat, look: Sitting, pale: Colour, socks: Colour) -> None:
    for side in (-1, 1):
        c.ellipse(50 + side * 17, 84, 14, 14, linear(coat.base, coat.dark, angle=90))
        c.ellipse(50 + side * 20, 95.5, 10, 4.5, linear(lighter(socks, 0.12), socks))
    body = smooth(mirrored(points("50,48 39,52 33,68 31,86 37,97 50,98")))
    c.polygon(body, surface(coat, angle=70))
    with c.clipped(body):
        c.blob(mirrored(points("50,46 39,50 40,66 44,78 50,84")), linear(lighter(pale, 0.3), pale))
        if look.mask == "stripes":
            for y in (70, 78, 86):
                for side in (-1, 1):
                    c.polygon(
                        [(50 + side * 22, y - 3), (50 + side * 11, y), (50 + side * 22, y + 1.5)], socks
                    )
        c.ellipse(50, 50, 24, 8, clear(coat.deep, 0.22))
    for side in (-1, 1):
        leg = smooth([(50 + side * x, y) for x, y in points("11,70 2,76 2.4,95 6,98.5 12,97 13,84")])
        c.polygon(leg, linear(coat.base, coat.base, darker(coat.base, 0.16)))
        with c.clipped(leg):
            c.rect(20, 88, 60, 14, linear(socks, darker(socks, 0.1)))
        for step in (5, 8.4):
            c.line([(50 + side * step, 95), (50 + side * step, 97.6)], 0.6, darker(socks, 0.5))


def _ears(c: Canvas, coat: Coat, look: Sitting, socks: Colour) -> None:
    inner = _PINK if not coat.dyed else coat.pale
    for side in (-1, 1):

        def at(*points: Point, s: int = side) -> list[Point]:
            return [(50 + s * x, y) for x, y in points]

        if look.ears == "pointed":
            c.blob(
                at((5, 19), (13, 6), (22, -2), (25, 8), (25, 28), (14, 30)),
                linear(socks, coat.base, coat.base),
            )
            c.blob(at((12, 17), (17, 9), (21.5, 3), (23, 12), (22, 25)), linear(darker(inner, 0.35), inner))
        elif look.ears == "round":
            c.circle(50 + side * 21, 17, 10, linear(socks, darker(socks, 0.2)))
            c.circle(50 + side * 21, 18.4, 6, linear(darker(inner, 0.3), inner))
        elif look.ears == "long":
            c.blob(at((5, 20), (6, -8), (14, -22), (20, -8), (17, 20)), surface(coat, angle=80))
            c.blob(at((9, 14), (9, -6), (14, -15), (16, -5), (14, 14)), linear(darker(inner, 0.1), inner))
        elif look.ears == "floppy":
            c.blob(
                at((10, 14), (24, 12), (34, 26), (33, 46), (26, 48), (20, 30)),
                linear(socks, darker(socks, 0.3)),
            )
        elif look.ears == "small":
            c.blob(at((10, 18), (17, 7), (25, 8), (25, 22)), linear(coat.light, coat.dark))


def _mask_marks(c: Canvas, coat: Coat, look: Sitting, pale: Colour, socks: Colour) -> None:
    if look.mask == "fox":
        for side in (-1, 1):
            cheek = [(50 + side * x, y) for x, y in points("1,45 9,44 17,40 34,34 34,62 0,64")]
            c.blob(cheek, linear(lighter(pale, 0.4), pale, darker(pale, 0.08)))
    elif look.mask in ("panda", "raccoon"):
        for side in (-1, 1):
            c.ellipse(50 + side * 11.5, 36, 8.6, 7.2, linear(socks, darker(socks, 0.2)), tilt=-side * 32)
        if look.mask == "raccoon":
            c.blob(points("48,12 52,12 52.6,40 47.4,40"), socks)
    elif look.mask == "stripes":
        for x, y, w in ((50, 15, 3), (42, 15, 2.4), (58, 15, 2.4)):
            c.polygon([(x - w / 2, y - 6), (x + w / 2, y - 6), (x + (50 - x) * 0.2, y + 9)], socks)
        for side in (-1, 1):
            for y in (38, 44):
                c.polygon([(50 + side * 30, y - 2), (50 + side * 15, y), (50 + side * 30, y + 2)], socks)
    elif look.mask == "heart":
        face = mirrored(points("50,28 42,23 33,28 32,40 36,54 50,60"))
        c.blob(face, linear(lighter(pale, 0.3), pale, darker(pale, 0.1)))
    elif look.mask == "patch":
        c.blob(points("53,10 55,26 62,44 80,44 80,8"), linear(socks, darker(socks, 0.15)))


def _sitting_face(c: Canvas, coat: Coat, look: Sitting, pale: Colour) -> None:
    if look.snout:
        snout = coat.marking(darker(look.pale, 0.02), 0.3)
        c.ellipse(50, 46, 11, 8.4, linear(lighter(snout, 0.4), snout, darker(snout, 0.12)))
        for side in (-1, 1):
            c.ellipse(50 + side * 3.8, 46, 1.7, 2.9, darker(snout, 0.5))
        smile(c, 50, 54, 9, darker(coat.base, 0.5), 1)
    else:
        m = look.muzzle
        for side in (-1, 1):
            c.ellipse(
                50 + side * m * 0.42,
                48.4,
                m * 0.66,
                m * 0.58,
                linear(lighter(pale, 0.5), pale, darker(pale, 0.06)),
            )
        if look.teeth:
            c.rect(47.4, 52, 5.2, 6, WHITE, 1)
            c.line([(50, 52), (50, 57.6)], 0.4, (190, 184, 184))
        c.blob(points("45,42 50,41 55,42 52,47 48,47"), linear((96, 76, 84), _NOSE))
        for side in (-1, 1):
            c.curve(
                [(50, 47), (50 + side * 1, 50.4), (50 + side * 3.4, 51.8), (50 + side * 6, 50.4)],
                1,
                darker(coat.base, 0.66),
            )
    for side in (-1, 1):
        if look.iris is None:
            bead_eye(c, 50 + side * 11.5, 34.5, 4)
        else:
            slit_eye(c, 50 + side * 11.5, 34, 5, look.iris)
        blush(c, 50 + side * 18, 45, 4)
        if look.whiskers:
            for y in (-2.4, 1.6):
                c.curve(
                    [
                        (50 + side * 12, 48 + y * 0.4),
                        (50 + side * 22, 47 + y),
                        (50 + side * 31, 45.4 + y * 2),
                    ],
                    0.5,
                    lighter(pale, 0.5),
                )


@dataclass(frozen=True, slots=True)
class Standing:
    """An animal in profile, facing right.

    Attributes:
        neck: How far the head is lifted above the back, in units.
        leg: Leg length in units.
        girth: Depth of the trunk in units.
        snout: Length of the face.
    """

    hoof: Colour
    neck: float = 20
    leg: float = 34
    girth: float = 26
    snout: float = 12
    muzzle: Colour | None = None
    mane: Colour | None = None
    spots: Colour | None = None
    stripes: Colour | None = None
    horns: Literal["none", "antlers", "curved", "unicorn", "knobs", "nose"] = "none"
    wool: bool = False
    humps: int = 0
    beard: bool = False
    tuft: bool = True


def _standing(look: Standing, c: Canvas, coat: Coat) -> None:
    back = 98 - look.leg - look.girth
    belly = 98 - look.leg
    head = (78.0, back - look.neck + 4)
    far = coat.with_base(darker(coat.base, 0.3))
    for x in (30, 64):
        _leg(c, far, look, x + 6, belly)
    tail = [(17, back + 5), (9, back + 12), (8, belly + 2)]
    c.ribbon(tail, (4, 3, 2), coat.dark)
    if look.tuft:
        c.ellipse(8, belly + 5, 2.8, 6, coat.marking(look.mane or look.hoof, -0.4))
    if look.humps:
        for i in range(look.humps):
            x = 46 if look.humps == 1 else 36 + i * 20
            c.blob(
                [(x - 13, back + 8), (x - 6, back - 11), (x + 5, back - 11), (x + 13, back + 8)],
                surface(coat),
            )
    _trunk_and_neck(c, coat, look, back, belly, head)
    for x in (22, 62):
        _leg(c, coat, look, x, belly)
    _profile_head(c, coat, look, head)


def _leg(c: Canvas, coat: Coat, look: Standing, x: float, belly: float) -> None:
    width = 5.4 + look.girth * 0.1
    c.ribbon(
        [(x, belly - 8), (x + 1, belly + look.leg * 0.4), (x, 97)],
        (width * 1.9, width, width * 0.82),
        linear(coat.base, coat.base, coat.dark),
    )
    c.rect(x - width * 0.5, 94, width * 1.1, 4.4, linear(lighter(look.hoof, 0.15), look.hoof), 1.4)


def _trunk_and_neck(c: Canvas, coat: Coat, look: Standing, back: float, belly: float, head: Point) -> None:
    hx, hy = head
    trunk = smooth(
        [
            (17, back + 4),
            (34, back - 1),
            (52, back + 1),
            (66, back - 2),
            (75, back + 8),
            (74, belly - 4),
            (60, belly + 2),
            (40, belly + 1),
            (24, belly + 1),
            (14, belly - 8),
        ]
    )
    neck = smooth(
        [
            (58, back + 4),
            (66, (back + hy) / 2),
            (hx - 7, hy - 4),
            (hx + 3, hy + 2),
            (77, (back + hy) / 2 + 5),
            (76, back + 16),
            (64, back + 18),
        ]
    )
    if look.mane is not None:
        mane = coat.marking(look.mane, -0.5)
        c.ribbon(
            [(hx - 4, hy - 8), (hx - 12, hy + 4), (62, (back + hy) / 2 + 2), (57, back + 8)],
            (5, 11, 11, 5),
            linear(lighter(mane, 0.2), darker(mane, 0.2)),
        )
    if look.wool:
        for i in range(9):
            c.circle(18 + i * 7, back + 4 + (i % 2) * 2, 8, coat.light)
            c.circle(18 + i * 7, belly - 4 - (i % 2) * 2, 8, coat.dark)
        c.circle(14, (back + belly) / 2, 10, coat.base)
        c.circle(76, (back + belly) / 2, 9, coat.base)
    c.polygon(trunk, surface(coat, angle=80))
    c.polygon(neck, linear(coat.light, coat.base, angle=70))
    for patch in (trunk, neck):
        with c.clipped(patch):
            _coat_pattern(c, look, back, belly, hy)
    if look.wool:
        for i in range(14):
            x, y = 22 + (i * 17) % 50, back + 6 + (i * 11) % max(8, int(look.girth - 8))
            c.curve([(x - 3, y), (x, y + 3), (x + 3, y)], 1, coat.dark)


def _coat_pattern(c: Canvas, look: Standing, back: float, belly: float, top: float) -> None:
    if look.stripes is not None:
        for i in range(11):
            x = 16 + i * 6.2
            c.polygon([(x, back - 8), (x + 2.8, back - 8), (x + 0.4, belly + 6)], look.stripes)
        for i in range(6):
            y = top + 6 + i * (back - top) / 6
            c.polygon([(54, y + 4), (54, y + 7), (84, y - 1)], look.stripes)
    if look.spots is not None:
        rng = Random(11)
        for _ in range(26):
            x, y, r = rng.uniform(14, 80), rng.uniform(top, belly), rng.uniform(2.6, 5.2)
            c.blob(
                [
                    (x - r, y),
                    (x - 1, y - r * 0.9),
                    (x + r, y - r * 0.4),
                    (x + r * 0.8, y + r * 0.8),
                    (x - r * 0.5, y + r),
                ],
                look.spots,
            )


def _profile_head(c: Canvas, coat: Coat, look: Standing, head: Point) -> None:
    x, y = head
    face = coat.with_base(look.muzzle) if look.wool and look.muzzle else coat
    _horns(c, coat, look, x, y)
    c.blob([(x - 5, y - 6), (x - 9, y - 14), (x - 2, y - 15), (x + 1, y - 6)], linear(coat.light, coat.dark))
    reach = look.snout
    skull = smooth(
        [
            (x - 8, y - 3),
            (x - 2, y - 9),
            (x + 6, y - 7),
            (x + reach, y + 3),
            (x + reach + 3, y + 9),
            (x + reach - 3, y + 13),
            (x + 3, y + 11),
            (x - 6, y + 8),
        ]
    )
    c.polygon(skull, surface(face, angle=75))
    if look.muzzle is not None:
        with c.clipped(skull):
            muzzle = coat.marking(look.muzzle, 0.5)
            c.circle(x + reach + 1, y + 9, 8.4, linear(lighter(muzzle, 0.2), muzzle))
    c.circle(x + reach, y + 6.4, 1.1, INK)
    bead_eye(c, x + 2.4, y - 0.6, 2.3)
    if look.beard:
        c.polygon(
            [(x + reach - 6, y + 11), (x + reach, y + 11), (x + reach - 4, y + 22)], lighter(coat.base, 0.5)
        )
    if look.wool:
        for dx, dy in points("-6,-4 -1,-9 5,-8"):
            c.circle(x + dx, y + dy, 4.6, linear(coat.light, coat.base))


def _horns(c: Canvas, coat: Coat, look: Standing, x: float, y: float) -> None:
    if look.horns == "antlers":
        for side, colour in ((-1, darker(_HORN, 0.4)), (1, darker(_HORN, 0.2))):
            c.ribbon(
                [(x - 1, y - 8), (x + side * 5 - 2, y - 20), (x + side * 12, y - 32)], (3, 2.6, 1.2), colour
            )
            c.ribbon([(x + side * 4 - 2, y - 18), (x + side * 13, y - 22)], (2.2, 1), colour)
            c.ribbon([(x + side * 8 - 1, y - 25), (x + side * 2, y - 33)], (2, 1), colour)
    elif look.horns == "curved":
        c.ribbon(
            [(x, y - 7), (x + 1, y - 16), (x - 7, y - 22)],
            (4.4, 3.4, 1),
            linear(lighter(_HORN, 0.2), darker(_HORN, 0.25)),
        )
    elif look.horns == "unicorn":
        c.polygon([(x + 1, y - 8), (x + 6, y - 7), (x + 13, y - 30)], linear((255, 240, 180), (240, 180, 70)))
        c.line([(x + 5, y - 14), (x + 7.6, y - 12.4)], 0.8, (214, 142, 60))
        c.line([(x + 8, y - 20), (x + 9.6, y - 18.8)], 0.8, (214, 142, 60))
    elif look.horns == "knobs":
        for dx in (-3, 2):
            c.line([(x + dx, y - 8), (x + dx, y - 16)], 2, coat.base)
            c.circle(x + dx, y - 17, 2.2, coat.dark)
    elif look.horns == "nose":
        c.polygon(
            [(x + look.snout - 4, y + 2), (x + look.snout + 3, y + 5), (x + look.snout + 6, y - 13)],
            linear(_HORN, darker(_HORN, 0.3)),
        )


def elephant(c: Canvas, coat: Coat) -> None:
    far = darker(coat.base, 0.3)
    for x in (30, 60):
        c.rect(x + 4, 66, 13, 32, linear(coat.dark, far), 5)
    body = smooth(points("12,50 22,32 44,26 66,30 74,50 70,74 44,78 18,76"))
    c.ribbon(points("13,48 6,58 7,70"), (4, 3, 2), coat.dark)
    c.polygon(body, surface(coat, angle=80))
    for x in (18, 52):
        c.rect(x, 62, 15, 36, linear(coat.base, coat.dark), 6)
        for step in (3, 7.5, 12):
            c.ellipse(x + step, 96, 1.8, 1.6, lighter(coat.base, 0.6))
    c.ribbon(
        points("84,40 94,54 91,74 96,84"), (17, 12, 8, 6), linear(coat.light, coat.base, coat.dark, angle=10)
    )
    c.blob(points("82,56 88,64 96,66 90,70 82,66"), linear(WHITE, _HORN))
    c.blob(points("62,28 72,16 88,18 95,34 90,52 74,58 62,46"), surface(coat, angle=70))
    ear = smooth(points("66,24 50,22 44,40 52,60 64,60 72,44"))
    c.polygon(ear, linear(coat.light, coat.base, coat.dark))
    c.blob(
        points("64,30 54,28 50,40 56,54 63,54 67,42"),
        linear(coat.marking((214, 164, 170), 0.3), coat.marking((184, 134, 150), 0.1)),
    )
    bead_eye(c, 82, 34, 2.6)


def frog(c: Canvas, coat: Coat) -> None:
    pale = coat.marking((222, 240, 170), 0.66)
    for side in (-1, 1):
        c.ellipse(50 + side * 30, 80, 17, 14, surface(coat), tilt=side * 24)
        c.ellipse(50 + side * 36, 94, 13, 4, linear(coat.light, coat.dark))
    c.blob(mirrored(points("50,36 26,44 20,68 30,90 50,94")), surface(coat, angle=75))
    c.blob(mirrored(points("50,64 34,68 34,86 50,92")), linear(lighter(pale, 0.4), pale))
    for side in (-1, 1):
        c.circle(50 + side * 17, 34, 12, surface(coat))
        c.circle(50 + side * 17, 33, 8, WHITE)
        bead_eye(c, 50 + side * 16, 34, 5)
        c.ellipse(50 + side * 14, 94, 9, 4, linear(coat.light, coat.dark))
        blush(c, 50 + side * 24, 56, 4.4)
    smile(c, 50, 50, 32, darker(coat.base, 0.6), 1.4)


def snail(c: Canvas, coat: Coat) -> None:
    skin = (226, 196, 150)
    c.blob(
        points("8,96 30,84 62,84 72,66 86,62 92,74 84,92 60,98 20,98"),
        linear(lighter(skin, 0.3), skin, darker(skin, 0.2)),
    )
    for x in (80, 90):
        c.ribbon([(x - 4, 66), (x, 50)], (2.4, 1.8), skin)
        bead_eye(c, x, 48, 2.8)
    smile(c, 84, 74, 8, darker(skin, 0.6), 1)
    c.circle(44, 62, 29, surface(coat))
    for r, dx in points("23,2 16,4 9.6,5 4.4,6"):
        c.circle(44 + dx, 62 + dx * 0.5, r, darker(coat.base, 0.3))
        c.circle(
            44 + dx + 0.6, 62 + dx * 0.5 + 0.6, r - 1.8, linear(coat.light, coat.base, coat.dark, angle=60)
        )


def snake(c: Canvas, coat: Coat) -> None:
    for y, rx, shade in ((90, 40, 0.28), (77, 31, 0.14), (65, 22, 0.0)):
        c.ellipse(
            50,
            y,
            rx,
            9.6,
            linear(lighter(coat.base, 0.3 - shade), darker(coat.base, shade), darker(coat.base, 0.4)),
        )
        for i in range(-3, 4):
            c.ellipse(50 + i * rx / 3.8, y + 1, 3, 2.2, coat.marking((248, 220, 110), 0.5))
    c.ribbon(
        points("56,62 70,46 48,38 52,20"), (13, 12, 11, 13), linear(coat.light, coat.base, coat.dark, angle=0)
    )
    c.curve(points("40,24 30,27 24,25"), 1.2, (214, 60, 70))
    c.blob(points("34,24 40,14 54,10 62,18 58,28 44,31"), surface(coat))
    bead_eye(c, 48, 18, 2.8)


def butterfly(c: Canvas, coat: Coat) -> None:
    for side in (-1, 1):

        def at(*points: Point, s: int = side) -> list[Point]:
            return [(50 + s * x, y) for x, y in points]

        c.blob(
            at((2, 44), (22, 12), (42, 8), (46, 28), (34, 48), (4, 54)),
            linear(darker(coat.base, 0.6), darker(coat.base, 0.4)),
        )
        c.blob(
            at((4, 44), (22, 17), (38, 13), (41, 28), (31, 44), (5, 51)),
            linear(coat.light, coat.base, coat.dark, angle=90 - side * 40),
        )
        c.blob(
            at((3, 54), (30, 54), (40, 70), (30, 90), (16, 82)),
            linear(darker(coat.base, 0.5), darker(coat.base, 0.6)),
        )
        c.blob(
            at((5, 56), (28, 57), (35, 70), (28, 84), (17, 78)),
            linear(coat.base, coat.marking((250, 200, 90), 0.5)),
        )
        for x, y, r in ((31, 24, 4.6), (24, 34, 3), (25, 70, 4)):
            c.circle(50 + side * x, y, r, linear(WHITE, coat.pale))
        c.curve(at((1, 34), (8, 18), (14, 14)), 1, INK)
        c.circle(50 + side * 14, 14, 1.6, INK)
    c.blob(mirrored(points("50,30 46.6,38 46,60 50,84")), linear((92, 70, 70), INK))


def bee(c: Canvas, coat: Coat) -> None:
    for x, tilt in ((46, -28), (62, 18)):
        c.ellipse(x, 28, 12, 22, linear((236, 246, 255), (180, 210, 236)), tilt=tilt)
    body = smooth(points("16,60 28,42 56,38 78,48 84,62 74,78 50,84 26,78"))
    c.polygon(points("18,56 4,62 18,68"), INK)
    c.polygon(body, surface(coat))
    with c.clipped(body):
        for x in (26, 42, 58):
            c.blob(
                [(x, 34), (x + 8, 34), (x + 10, 60), (x + 8, 90), (x, 90), (x + 2, 60)],
                linear((72, 56, 52), INK),
            )
    c.circle(80, 60, 15, linear((92, 70, 60), INK))
    for x in (78, 88):
        c.circle(x, 57, 4.6, WHITE)
        bead_eye(c, x + 0.6, 57.6, 3)
    smile(c, 83, 63, 7, WHITE, 1)
    for x in (80, 88):
        c.curve([(x, 46), (x + 4, 36), (x + 9, 34)], 1.2, INK)


def ladybird(c: Canvas, coat: Coat) -> None:
    for x in (28, 48, 66):
        c.line([(x, 84), (x - 4, 96)], 2.4, INK)
    c.circle(78, 66, 17, linear((80, 66, 72), INK))
    c.circle(84, 62, 4.4, WHITE)
    bead_eye(c, 85, 62, 2.8)
    c.curve(points("82,50 88,40 94,38"), 1.4, INK)
    shell = smooth(points("6,84 10,58 30,40 54,40 72,58 74,84 40,88"))
    c.polygon(shell, surface(coat))
    with c.clipped(shell):
        for x, y, r in ((24, 60, 6), (44, 54, 6.4), (36, 76, 6.6), (58, 72, 6), (16, 80, 5)):
            c.circle(x, y, r, INK)


def dinosaur(c: Canvas, coat: Coat) -> None:
    pale = coat.marking((236, 232, 170), 0.6)
    spine = coat.marking((238, 142, 72), -0.4)
    for x, y in points("10,72 20,62 30,52 40,40 46,26 52,12"):
        c.polygon([(x - 4, y + 8), (x - 6, y - 5), (x + 8, y + 3)], linear(lighter(spine, 0.3), spine))
    body = smooth(points("2,84 20,66 38,46 46,22 58,8 78,8 92,18 90,28 70,34 70,52 74,72 66,88 44,92 24,86"))
    c.polygon(body, surface(coat, angle=60))
    with c.clipped(body):
        c.blob(points("70,36 62,50 60,74 56,90 84,88 84,44"), linear(lighter(pale, 0.3), pale))
    c.blob(points("40,72 32,84 34,98 56,98 58,80"), linear(coat.light, coat.dark))
    c.blob(points("60,76 58,90 60,98 78,98 74,82"), linear(coat.base, coat.deep))
    c.ribbon(points("60,52 74,56 78,62"), (7, 5, 4), coat.dark)
    bead_eye(c, 66, 17, 3)
    c.curve(points("90,25 78,27 68,25"), 1.1, darker(coat.base, 0.6))
    c.circle(88, 17, 1, darker(coat.base, 0.6))


def dragon(c: Canvas, coat: Coat) -> None:
    membrane = coat.marking((250, 176, 92), 0.45)
    _dragon_wing(c, coat, membrane, points("56,42 70,8 96,-6 92,14 98,30 84,32 82,48 66,46"), 0.35)
    tail = points("40,74 18,82 6,66 16,52")
    c.ribbon(tail, (18, 11, 6, 3), linear(coat.light, coat.base, coat.dark))
    c.polygon(points("12,56 10,42 22,40 22,52"), linear(membrane, darker(membrane, 0.3)))
    for x in (40.0, 62):
        c.blob(
            [(x - 8, 74), (x - 9, 90), (x - 5, 98), (x + 10, 98), (x + 8, 78)], linear(coat.base, coat.deep)
        )
        for step in (-2, 3, 8):
            c.polygon([(x + step - 2, 97), (x + step + 2, 97), (x + step + 1, 100)], WHITE)
    body = smooth(points("28,74 34,54 52,46 70,54 76,72 64,88 42,88"))
    c.polygon(body, surface(coat, angle=60))
    neck = points("64,66 80,52 74,34 80,22")
    c.ribbon(neck, (26, 16, 12, 13), linear(coat.light, coat.base, coat.dark, angle=10))
    for i, (x, y) in enumerate(points("72,62 79,54 80,45 78,37")):
        c.ellipse(x + 3, y + 2, 5 - i * 0.3, 2.6, linear(lighter(membrane, 0.5), membrane), tilt=-30)
    for x, y in points("68,26 65,36 66,46"):
        c.polygon([(x + 4, y - 4), (x - 6, y - 3), (x + 3, y + 5)], membrane)
    c.ribbon(points("78,14 70,6 62,6"), (5, 3.6, 1), linear(_HORN, darker(_HORN, 0.3), angle=180))
    c.blob(points("74,16 84,9 94,14 105,20 104,28 90,31 77,30"), surface(coat, angle=75))
    c.curve(points("104,25 94,26 85,26"), 1, coat.deep)
    c.circle(102, 18.6, 1.1, coat.deep)
    slit_eye(c, 87, 17.4, 3, (250, 206, 70))
    _dragon_wing(c, coat, membrane, points("48,50 34,12 4,-8 8,14 -2,32 14,34 18,52 34,48"), 0.0)


def _dragon_wing(c: Canvas, coat: Coat, membrane: Colour, outline: Path, shade: float) -> None:
    paint = linear(lighter(membrane, 0.25), membrane, darker(membrane, 0.35))
    c.polygon(outline, paint if not shade else linear(darker(membrane, shade), darker(membrane, shade + 0.2)))
    root, elbow, tip = outline[:3]
    bone = darker(coat.base, shade)
    c.ribbon([root, elbow, tip], (5, 4, 1.6), bone)
    for end in (outline[4], outline[6]):
        c.ribbon([elbow, end], (2.6, 0.8), bone)


_FOX = Sitting((252, 240, 226), (62, 44, 46), cheeks=28, mask="fox", muzzle=9)
_CREAM: Colour = (250, 238, 220)


def _sits(name: str, colour: Colour, look: Sitting, size: float = 0.55) -> Thing:
    return Thing(name, partial(_sitting, look), colour, size, top=(50, 15, 36))


def _stands(name: str, colour: Colour, look: Standing, size: float = 0.95) -> Thing:
    back = 98 - look.leg - look.girth
    crown = back - look.neck - 3
    seat = (98 - back - 8) / (98 - crown + 8)
    return Thing(name, partial(_standing, look), colour, size, top=(79, crown, 20), seat=seat, saddle=-0.12)


def _small(name: str, draw: Callable[[Canvas, Coat], None], colour: Colour, size: float) -> Thing:
    return Thing(name, draw, colour, size)


THINGS = (
    _sits(
        "cat",
        (238, 164, 92),
        Sitting(
            _CREAM, (206, 122, 62), tail="slim", whiskers=True, iris=(116, 186, 98), mask="stripes", muzzle=9
        ),
    ),
    _sits(
        "dog",
        (212, 160, 104),
        Sitting(_CREAM, (128, 82, 54), ears="floppy", tail="slim", mask="patch", muzzle=12, cheeks=22),
    ),
    _sits("fox", (232, 112, 48), _FOX),
    _sits(
        "wolf",
        (136, 144, 158),
        Sitting((240, 242, 246), (84, 92, 108), mask="fox", cheeks=28, iris=(240, 200, 80)),
        0.65,
    ),
    _sits(
        "bear",
        (142, 94, 62),
        Sitting((226, 188, 142), (112, 72, 48), ears="round", tail="none", muzzle=13),
        0.95,
    ),
    _sits(
        "polar bear",
        (246, 246, 248),
        Sitting((255, 255, 255), (226, 230, 238), ears="round", tail="none", muzzle=13),
        0.95,
    ),
    _sits(
        "panda",
        (248, 246, 244),
        Sitting((255, 252, 248), (48, 46, 56), ears="round", tail="none", mask="panda", muzzle=11),
        0.8,
    ),
    _sits(
        "koala",
        (158, 166, 178),
        Sitting((238, 238, 240), (140, 148, 162), ears="round", tail="none", muzzle=10),
        0.5,
    ),
    _sits(
        "lion",
        (232, 178, 96),
        Sitting(
            (252, 232, 196),
            (196, 138, 70),
            ears="round",
            tail="slim",
            mane=(164, 88, 44),
            muzzle=12,
            cheeks=22,
            whiskers=True,
        ),
        0.8,
    ),
    _sits(
        "tiger",
        (242, 152, 62),
        Sitting(
            (255, 246, 234),
            (52, 42, 48),
            ears="round",
            tail="ringed",
            mask="stripes",
            muzzle=12,
            whiskers=True,
            iris=(240, 208, 96),
        ),
        0.8,
    ),
    _sits(
        "rabbit",
        (214, 190, 168),
        Sitting((252, 244, 236), (244, 232, 220), ears="long", tail="stub", cheeks=22, muzzle=9, teeth=True),
        0.42,
    ),
    _sits(
        "mouse",
        (166, 164, 176),
        Sitting(
            (240, 232, 232),
            (224, 176, 176),
            ears="round",
            tail="slim",
            cheeks=20,
            muzzle=8,
            whiskers=True,
            teeth=True,
        ),
        0.28,
    ),
    _sits(
        "hamster",
        (238, 188, 124),
        Sitting((255, 246, 232), (238, 200, 170), ears="round", tail="none", cheeks=28, teeth=True),
        0.28,
    ),
    _sits(
        "raccoon",
        (146, 146, 154),
        Sitting((240, 238, 236), (60, 58, 68), ears="small", tail="ringed", mask="raccoon", cheeks=27),
        0.45,
    ),
    _sits(
        "monkey",
        (136, 92, 64),
        Sitting(
            (240, 204, 164), (120, 80, 54), ears="round", tail="slim", muzzle=12, cheeks=21, mask="heart"
        ),
        0.55,
    ),
    _sits(
        "pig",
        (246, 172, 176),
        Sitting((240, 140, 150), (224, 130, 138), ears="floppy", tail="none", snout=True),
        0.5,
    ),
    _sits(
        "squirrel",
        (190, 104, 56),
        Sitting((252, 234, 210), (160, 84, 46), ears="small", tail="bushy", cheeks=21, muzzle=8, teeth=True),
        0.34,
    ),
    _stands(
        "horse", (158, 98, 58), Standing((66, 50, 46), 28, 38, 24, 15, (120, 76, 52), (66, 42, 36)), 1.15
    ),
    _stands(
        "unicorn",
        (250, 246, 250),
        Standing((216, 190, 130), 28, 38, 24, 15, (250, 214, 220), (226, 140, 196), horns="unicorn"),
        1.15,
    ),
    _stands(
        "zebra",
        (248, 246, 244),
        Standing((54, 50, 58), 27, 36, 25, 14, (70, 66, 74), (54, 50, 58), stripes=(54, 50, 58)),
        1.05,
    ),
    _stands(
        "donkey", (150, 144, 140), Standing((70, 62, 62), 25, 34, 25, 14, (228, 222, 214), (82, 74, 76)), 0.9
    ),
    _stands(
        "cow",
        (248, 244, 238),
        Standing((86, 70, 66), 14, 30, 31, 13, (240, 178, 170), spots=(76, 60, 58), horns="curved"),
        1.0,
    ),
    _stands(
        "sheep",
        (246, 240, 230),
        Standing((78, 66, 68), 10, 24, 34, 11, (92, 78, 80), wool=True, tuft=False),
        0.65,
    ),
    _stands(
        "goat",
        (226, 216, 202),
        Standing((86, 74, 70), 20, 31, 25, 11, (206, 190, 174), horns="curved", beard=True, tuft=False),
        0.65,
    ),
    _stands(
        "deer",
        (184, 122, 74),
        Standing((72, 54, 50), 25, 36, 22, 12, (240, 222, 200), horns="antlers", tuft=False),
        0.95,
    ),
    _stands(
        "giraffe",
        (244, 202, 120),
        Standing((110, 78, 56), 54, 34, 20, 12, (250, 226, 176), spots=(190, 118, 58), horns="knobs"),
        1.6,
    ),
    _stands("camel", (218, 170, 110), Standing((120, 88, 64), 24, 36, 24, 13, humps=2), 1.1),
    _stands("rhino", (152, 154, 162), Standing((96, 96, 106), 4, 24, 38, 16, horns="nose"), 0.95),
    Thing("elephant", elephant, (158, 166, 182), 1.2, top=(78, 18, 24), seat=0.8, saddle=-0.14),
    Thing("dinosaur", dinosaur, (108, 176, 98), 1.3, top=(68, 9, 26)),
    Thing("dragon", dragon, (188, 52, 58), 1.5, Habitat.AIR, top=(85, 10, 18)),
    _small("frog", frog, (112, 182, 82), 0.32),
    _small("snail", snail, (206, 128, 92), 0.26),
    _small("snake", snake, (96, 166, 88), 0.42),
    Thing("butterfly", butterfly, (240, 138, 60), 0.28, Habitat.AIR),
    Thing("bee", bee, (250, 200, 62), 0.25, Habitat.AIR),
    _small("ladybird", ladybird, (222, 58, 50), 0.22),
)

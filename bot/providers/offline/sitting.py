"""Animals that sit and look at you: foxes, cats, bears and their like."""

from dataclasses import dataclass
from typing import Final, Literal

from bot.providers.offline.canvas import (
    Canvas,
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
from bot.providers.offline.palette import WHITE, Coat, Colour, darker, lighter

Ears = Literal["pointed", "round", "long", "floppy", "small", "none"]


Tail = Literal["bushy", "slim", "stub", "ringed", "none"]


_NOSE: Final[Colour] = (48, 36, 44)
_PINK: Final[Colour] = (238, 150, 150)


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


def sitting(look: Sitting, c: Canvas, coat: Coat) -> None:
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

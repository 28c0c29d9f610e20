"""Animals that stand in profile: horses, deer, cattle and their like."""

from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from bot.providers.offline.canvas import Canvas, Point, linear, points, smooth, surface
from bot.providers.offline.features import bead_eye
from bot.providers.offline.palette import INK, Coat, Colour, darker, lighter

HORN: Final[Colour] = (226, 208, 170)


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


def standing(look: Standing, c: Canvas, coat: Coat) -> None:
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
        for side, colour in ((-1, darker(HORN, 0.4)), (1, darker(HORN, 0.2))):
            c.ribbon(
                [(x - 1, y - 8), (x + side * 5 - 2, y - 20), (x + side * 12, y - 32)], (3, 2.6, 1.2), colour
            )
            c.ribbon([(x + side * 4 - 2, y - 18), (x + side * 13, y - 22)], (2.2, 1), colour)
            c.ribbon([(x + side * 8 - 1, y - 25), (x + side * 2, y - 33)], (2, 1), colour)
    elif look.horns == "curved":
        c.ribbon(
            [(x, y - 7), (x + 1, y - 16), (x - 7, y - 22)],
            (4.4, 3.4, 1),
            linear(lighter(HORN, 0.2), darker(HORN, 0.25)),
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
            linear(HORN, darker(HORN, 0.3)),
        )

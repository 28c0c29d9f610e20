"""A logo and an icon."""

import math

from bot.providers.offline.canvas import Gradient, linear
from bot.providers.offline.lettering import Weight
from bot.providers.offline.mockups.board import Board, Frame, emblem, label, shadowed
from bot.providers.offline.palette import WHITE, darker, ink_on, lighter, mix


def logo(b: Board) -> None:
    c, t = b.canvas, b.theme
    c.rect(-1, -1, b.wide + 2, 102, linear((252, 246, 236), (240, 226, 208), angle=60))
    c.glow(b.wide / 2, 42, min(b.wide, 100) * 0.6, WHITE, 0.9)
    reach = min(b.wide * 0.34, 27.0)
    cx, cy = b.wide / 2, 39.0
    ink = darker(t.accent, 0.35)
    c.shadow(cx, cy + reach * 1.04, reach * 0.9, reach * 0.14, 0.3)
    for k, paint in (
        (1.0, linear(lighter(t.accent, 0.2), t.accent, ink, angle=60)),
        (0.93, (250, 242, 228)),
        (0.905, linear(lighter(t.accent, 0.26), t.accent, ink, angle=60)),
    ):
        c.circle(cx, cy, reach * k, paint)
    for i in range(48):
        a = math.tau * i / 48
        c.circle(cx + reach * 0.965 * math.cos(a), cy + reach * 0.965 * math.sin(a), reach * 0.012, ink)
    c.circle(cx, cy, reach * 0.72, linear((255, 250, 240), (250, 230, 202)))
    if b.emblem is None:
        label(b, cx, cy, b.initial, reach, ink, Weight.BLACK, anchor="mm")
    else:
        emblem(b, cx - reach * 0.5, cy - reach * 0.5, reach, plain=True)
    name = (b.title or (b.emblem or "Studio")).upper()
    spaced = " ".join(name) if len(name) <= 14 else name
    label(b, cx, 79, spaced, min(7.0, b.wide * 0.09), ink, Weight.BLACK, b.wide * 0.84, "ms")
    c.rect(cx - reach * 0.5, 82.6, reach, 0.5, t.second)
    label(
        b,
        cx,
        87.4,
        "SINCE TODAY",
        min(2.6, b.wide * 0.03),
        mix(ink, t.second, 0.4),
        Weight.MEDIUM,
        b.wide * 0.6,
        "ms",
    )


def icon(b: Board) -> None:
    c, t = b.canvas, b.theme
    side = min(b.wide * 0.66, 62.0)
    f = Frame((b.wide - side) / 2, (92 - side) / 2, side, side)
    shadowed(c, f, side * 0.23, t.accent, 0.9)
    c.rect(
        f.x,
        f.y,
        side,
        side,
        linear(lighter(t.accent, 0.34), t.accent, darker(t.accent, 0.34), angle=60),
        side * 0.23,
    )
    c.rect(
        f.x + side * 0.02,
        f.y + side * 0.02,
        side * 0.96,
        side * 0.5,
        Gradient(((0, WHITE, 0.28), (1, WHITE, 0.0))),
        side * 0.21,
    )
    if b.emblem is None:
        label(
            b,
            f.x + side / 2,
            f.y + side / 2,
            b.initial,
            side * 0.6,
            ink_on(t.accent),
            Weight.BLACK,
            anchor="mm",
        )
        return
    c.shadow(f.x + side / 2, f.y + side * 0.84, side * 0.3, side * 0.05, 0.5)
    emblem(b, f.x + side * 0.17, f.y + side * 0.17, side * 0.66, plain=True)

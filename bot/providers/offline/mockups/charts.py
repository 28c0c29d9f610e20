"""Charts within a frame: areas, doughnuts, columns."""

import math
from random import Random

from bot.providers.offline.canvas import Path, Point, clear, fading, linear, smooth
from bot.providers.offline.lettering import Weight
from bot.providers.offline.mockups.board import Board, Frame, bar, label
from bot.providers.offline.palette import WHITE, darker, lighter


def area(b: Board, f: Frame) -> None:
    c, t = b.canvas, b.theme
    for i in range(4):
        y = f.y + f.h * i / 3.4
        c.rect(f.x, y, f.w, f.h * 0.006, clear(t.faint, 0.3))
    for colour, low, high in ((t.second, 0.2, 0.55), (t.accent, 0.4, 0.92)):
        line = _walk(b.rng, f, low, high)
        c.polygon([*line, (f.x + f.w, f.y + f.h), (f.x, f.y + f.h)], fading(colour, 0.45, 0.03))
        c.polygon(_thick(line, max(f.h * 0.02, 0.18)), colour)
        x, y = line[-12]
        c.circle(x, y, f.h * 0.035, WHITE)
        c.circle(x, y, f.h * 0.024, colour)


def _walk(rng: Random, f: Frame, low: float, high: float) -> list[Point]:
    """A rising, wavering curve within a frame."""
    points = [
        (
            f.x + f.w * i / 7,
            f.y + f.h * (1 - (low + (high - low) * (i / 7) * 0.75 + rng.uniform(-0.11, 0.15))),
        )
        for i in range(8)
    ]
    return smooth(points, closed=False)


def _thick(line: Path, width: float) -> list[Point]:
    return [*((x, y - width / 2) for x, y in line), *((x, y + width / 2) for x, y in reversed(line))]


def donut(b: Board, f: Frame) -> None:
    c, t = b.canvas, b.theme
    r = min(f.w, f.h * 0.82) / 2
    cx, cy = f.x + f.w / 2, f.y + r
    start = -90.0
    shares = [b.rng.uniform(0.6, 1.6) for _ in range(4)]
    colours = (t.accent, t.second, lighter(t.accent, 0.5), darker(t.accent, 0.4))
    for share, colour in zip(shares, colours, strict=True):
        end = start + 360 * share / sum(shares)
        c.polygon(_wedge(cx, cy, r, start, end), linear(lighter(colour, 0.14), colour))
        start = end
    c.circle(cx, cy, r * 0.6, t.card)
    label(b, cx, cy, f"{b.rng.randint(61, 94)}%", r * 0.42, t.ink, Weight.BOLD, anchor="mm")
    for i, colour in enumerate(colours):
        x = f.x + f.w * (0.04 + i * 0.25)
        c.circle(x, f.y + f.h * 0.95, f.h * 0.025, colour)
        bar(c, x + f.h * 0.05, f.y + f.h * 0.93, f.w * 0.13, f.h * 0.04, t.faint)


def _wedge(cx: float, cy: float, r: float, start: float, end: float) -> list[Point]:
    steps = 48
    angles = [math.radians(start + (end - start) * i / steps) for i in range(steps + 1)]
    return [(cx, cy), *((cx + r * math.cos(a), cy + r * math.sin(a)) for a in angles)]


def columns(b: Board, f: Frame) -> None:
    c, t = b.canvas, b.theme
    count = 7
    for i in range(count):
        high = f.h * b.rng.uniform(0.3, 0.98)
        w = f.w / count
        colour = t.accent if i != 4 else t.second
        c.rect(
            f.x + i * w + w * 0.2,
            f.y + f.h - high,
            w * 0.6,
            high,
            linear(lighter(colour, 0.3), colour),
            w * 0.16,
        )
    c.rect(f.x, f.y + f.h, f.w, f.h * 0.01, clear(t.faint, 0.5))

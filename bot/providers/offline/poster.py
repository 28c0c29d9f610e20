"""A poster for prompts that name nothing we can draw: typography where the typeface has the letters, else pure form."""

import math
from dataclasses import dataclass
from random import Random
from typing import Final

from PIL import Image

from bot.providers.offline.canvas import Canvas, arc_path, linear, smooth
from bot.providers.offline.lettering import Weight, font, is_writable, writable
from bot.providers.offline.palette import Colour, darker, ink_on, lighter, mix

_LONGEST: Final = 140


@dataclass(frozen=True, slots=True)
class Scheme:
    """Paper, lettering and three colours of a poster."""

    paper: Colour
    shapes: tuple[Colour, Colour, Colour]


_SCHEMES: Final = (
    Scheme((246, 232, 208), ((222, 92, 66), (38, 92, 108), (242, 178, 74))),
    Scheme((30, 42, 74), ((238, 108, 84), (250, 196, 92), (88, 158, 170))),
    Scheme((236, 226, 216), ((90, 68, 132), (234, 128, 108), (248, 200, 118))),
    Scheme((20, 74, 78), ((246, 206, 128), (232, 110, 82), (146, 198, 176))),
    Scheme((250, 218, 196), ((196, 56, 74), (46, 58, 110), (250, 160, 92))),
)


def poster(words: str, width: int, height: int, rng: Random) -> Image.Image:
    """RGB, width x height pixels."""
    canvas = Canvas(width, height, height / 100)
    wide = 100 * width / height
    scheme = rng.choice(_SCHEMES)
    canvas.rect(
        -1,
        -1,
        wide + 2,
        102,
        linear(lighter(scheme.paper, 0.16), scheme.paper, darker(scheme.paper, 0.1), angle=60),
    )
    legible = is_writable(words)
    pattern = rng.choice((_arches, _orbits, _ribbons, _tiles))
    pattern(canvas, wide, 62 if legible else 100, scheme, rng)
    if legible:
        _lettering(canvas, wide, _shortened(writable(words)), scheme)
    return canvas.image.convert("RGB")


def _shortened(words: str) -> str:
    if len(words) <= _LONGEST:
        return words
    return words[:_LONGEST].rsplit(" ", 1)[0] + "…"


def _arches(c: Canvas, wide: float, depth: float, scheme: Scheme, rng: Random) -> None:
    """Nested half circles that rise from the dividing line, with a sun."""
    reach = min(wide * 0.6, depth * 0.8)
    x = wide * rng.choice((0.34, 0.5, 0.66))
    colours = (*scheme.shapes, scheme.paper)
    for k in range(5):
        r = reach * (1 - k * 0.19)
        colour = colours[k % 4]
        c.polygon(
            arc_path(x, depth, r, r, 180, 360),
            linear(lighter(colour, 0.2), colour, darker(colour, 0.16), angle=50),
        )
    sun = scheme.shapes[(rng.randrange(3))]
    far = wide * (0.16 if x > wide / 2 else 0.84)
    c.glow(far, depth * 0.28, reach * 0.4, lighter(sun, 0.4), 0.5)
    c.circle(far, depth * 0.28, reach * 0.15, linear(lighter(sun, 0.4), sun))
    for i in range(3):
        line = smooth(
            [
                (-4, depth + 1.2 + i * 1.6),
                (wide * 0.4, depth + 0.4 + i * 1.6),
                (wide + 4, depth + 1.4 + i * 1.6),
            ],
            closed=False,
        )
        c.curve(line, 0.5, colours[i])


def _orbits(c: Canvas, wide: float, depth: float, scheme: Scheme, rng: Random) -> None:
    cx, cy = wide * rng.uniform(0.4, 0.6), depth * 0.5
    reach = min(wide, depth) * 0.46
    for k in range(5):
        r = reach * (0.36 + k * 0.2)
        c.curve(
            [(cx + r * math.cos(a * math.tau / 72), cy + r * math.sin(a * math.tau / 72)) for a in range(73)],
            0.3,
            mix(scheme.paper, ink_on(scheme.paper), 0.28),
        )
        angle = rng.uniform(0, math.tau)
        colour = scheme.shapes[k % 3]
        size = reach * rng.uniform(0.06, 0.13)
        c.shadow(
            cx + r * math.cos(angle) + size * 0.3,
            cy + r * math.sin(angle) + size * 0.5,
            size * 1.3,
            size * 1.3,
            0.4,
        )
        c.circle(
            cx + r * math.cos(angle),
            cy + r * math.sin(angle),
            size,
            linear(lighter(colour, 0.4), colour, darker(colour, 0.25), angle=50),
        )
    colour = scheme.shapes[0]
    c.glow(cx, cy, reach * 0.6, lighter(colour, 0.3), 0.6)
    c.circle(cx, cy, reach * 0.25, linear(lighter(colour, 0.5), colour, darker(colour, 0.3), angle=50))


def _ribbons(c: Canvas, wide: float, depth: float, scheme: Scheme, rng: Random) -> None:
    for k in range(7):
        colour = (*scheme.shapes, mix(scheme.paper, scheme.shapes[0], 0.4))[k % 4]
        y = depth * (0.1 + 0.13 * k)
        points = [(wide * (j / 4 * 1.2 - 0.1), y + rng.uniform(-0.16, 0.16) * depth) for j in range(5)]
        c.ribbon(
            points, (3, 9, 6, 10, 4), linear(lighter(colour, 0.25), colour, darker(colour, 0.2), angle=20)
        )


def _tiles(c: Canvas, wide: float, depth: float, scheme: Scheme, rng: Random) -> None:
    """Quarter circles and dots on a grid."""
    across = max(2, round(wide / depth * 4))
    size = wide / across
    for i in range(across):
        for j in range(round(depth / size)):
            x, y = i * size, j * size
            ground, figure = rng.sample((*scheme.shapes, scheme.paper), 2)
            c.rect(x, y, size + 0.1, size + 0.1, ground)
            corner = rng.randrange(5)
            if corner == 4:
                c.circle(x + size / 2, y + size / 2, size * 0.3, figure)
                continue
            cx, cy = x + size * (corner in (1, 2)), y + size * (corner in (2, 3))
            arc = arc_path(cx, cy, size, size, corner * 90, corner * 90 + 90)
            c.polygon([(cx, cy), *arc], linear(lighter(figure, 0.2), figure, angle=45))


def _lettering(c: Canvas, wide: float, words: str, scheme: Scheme) -> None:
    """The words in the lower third, as large as they go."""
    ink = ink_on(scheme.paper)
    top, bottom = 68.0, 91.0
    left, room = wide * 0.07, wide * 0.86
    size, lines = _fit(words, room, bottom - top)
    c.rect(left, top - 2.4, min(room, 12), 0.9, scheme.shapes[0])
    for i, line in enumerate(lines):
        c.text(left, top + size * (0.92 + i * 1.12), line, size, ink, Weight.BLACK)


def _fit(words: str, room: float, depth: float) -> tuple[float, list[str]]:
    """The largest em in units at which the words, broken into lines, fill room x depth."""
    size = depth * 0.62
    while size > 1.2:
        lines = _broken(words, room, size)
        if len(lines) * size * 1.12 <= depth and all(_length(line, size) <= room for line in lines):
            return size, lines
        size *= 0.92
    return size, _broken(words, room, size)[: max(1, int(depth / size))]


_EM: Final = 100


def _length(line: str, size: float) -> float:
    return font(Weight.BLACK, _EM).getlength(line) * size / _EM


def _broken(words: str, room: float, size: float) -> list[str]:
    lines: list[str] = []
    for word in words.split():
        if lines and _length(f"{lines[-1]} {word}", size) <= room:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines

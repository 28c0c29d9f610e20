"""Rooms: a wall and a floor, a window, a library, a table, a plain studio."""

import math
from random import Random

from bot.providers.offline.canvas import Canvas, clear, fading, halo, linear, smooth
from bot.providers.offline.ground import grass_colour
from bot.providers.offline.lighting import Light
from bot.providers.offline.palette import WHITE, Backdrop, Colour, darker, lighter, mix


def room(c: Canvas, width: float, light: Light, rng: Random) -> float:
    wall = rng.choice(((224, 200, 172), (176, 198, 190), (222, 178, 160), (190, 196, 216)))
    _interior(c, width, wall, light)
    x = rng.choice((0.18, 0.8)) * width
    window(c, x, 16, min(24, width * 0.26), 32, light, rng)
    for i in range(2):
        frame_x = (0.5 + 0.13 * i) * width if x < width / 2 else (0.3 + 0.13 * i) * width
        c.rect(frame_x - 4.6, 21 + 3 * i, 9.2, 11.2, darker(wall, 0.5), 0.4)
        c.rect(
            frame_x - 4,
            21.6 + 3 * i,
            8,
            10,
            linear(lighter(wall, 0.6), rng.choice(((226, 140, 100), (110, 150, 140)))),
            0.2,
        )
    return 88


def _interior(c: Canvas, width: float, wall: Colour, light: Light) -> None:
    if light.dark:
        wall = mix(wall, (58, 48, 86), 0.5)
    c.rect(-1, -1, width + 2, 78, linear(lighter(wall, 0.2), wall, darker(wall, 0.1)))
    c.ellipse(width / 2, 30, width * 0.6, 60, halo((255, 240, 210), 0.4))
    c.rect(-1, 72, width + 2, 3, lighter(wall, 0.5))
    floor = (150, 100, 68) if not light.dark else (92, 66, 62)
    c.rect(-1, 75, width + 2, 28, linear(darker(floor, 0.12), floor, lighter(floor, 0.14)))
    for i in range(-6, 7):
        x = width / 2 + i * width / 9
        c.line([(x, 75), (width / 2 + (x - width / 2) * 2.2, 101)], 0.22, darker(floor, 0.25))


def window(c: Canvas, x: float, y: float, w: float, h: float, light: Light, rng: Random) -> None:
    """A window with curtains, showing the sky of the scene."""
    frame = [(x - w / 2, y), (x + w / 2, y), (x + w / 2, y + h), (x - w / 2, y + h)]
    c.rect(x - w / 2 - 1.2, y - 1.2, w + 2.4, h + 2.4, (250, 244, 234), 0.8)
    with c.clipped(frame):
        c.rect(x - w / 2, y, w, h, linear(*light.sky))
        if light.dark:
            for _ in range(14):
                c.circle(x + rng.uniform(-0.5, 0.5) * w, y + rng.uniform(0, 0.7) * h, 0.2, WHITE)
        c.blob(
            [
                (x - w, y + h),
                (x - w * 0.3, y + h * 0.72),
                (x + w * 0.2, y + h * 0.84),
                (x + w, y + h * 0.7),
                (x + w, y + h * 1.2),
            ],
            light.lit(grass_colour(light), 0.2),
        )
    c.rect(x - 0.4, y, 0.8, h, (250, 244, 234))
    c.rect(x - w / 2, y + h * 0.46, w, 0.8, (250, 244, 234))
    for side in (-1, 1):
        fall = [
            (x + side * (w / 2 + 3), y - 2),
            (x + side * w * 0.16, y - 2),
            (x + side * w * 0.34, y + h * 0.5),
            (x + side * (w / 2 - 1), y + h + 5),
            (x + side * (w / 2 + 4), y + h + 5),
        ]
        c.blob(fall, linear((232, 150, 118), (204, 108, 92), (170, 82, 80), angle=0 if side > 0 else 180))


def library(c: Canvas, width: float, light: Light, rng: Random) -> float:
    wood = (120, 76, 50)
    c.rect(-1, -1, width + 2, 104, linear(darker(wood, 0.2), darker(wood, 0.45)))
    for shelf in range(4):
        y = 18 + shelf * 18.6
        x = 1.0
        while x < width:
            w, h = rng.uniform(1.6, 3.6), rng.uniform(9.5, 14.5)
            if rng.random() < 0.93:
                spine = rng.choice(
                    (
                        (164, 66, 58),
                        (58, 104, 116),
                        (206, 158, 84),
                        (90, 76, 116),
                        (98, 126, 90),
                        (222, 206, 176),
                    )
                )
                c.rect(x, y - h, w, h, linear(lighter(spine, 0.14), darker(spine, 0.35), angle=0), 0.3)
                c.rect(x + 0.3, y - h * 0.8, w - 0.6, 0.6, lighter(spine, 0.5))
            x += w + 0.2
        c.rect(-1, y, width + 2, 1.8, linear(lighter(wood, 0.2), darker(wood, 0.3)))
    c.rect(-1, 76, width + 2, 26, linear(lighter(wood, 0.16), wood, darker(wood, 0.3)))
    c.ellipse(width / 2, 46, width * 0.6, 60, halo((255, 214, 140), 0.5))
    return 90


def _pendant(c: Canvas, x: float, wall: Colour) -> None:
    """A lamp that hangs over the table and fills the headroom with light."""
    c.polygon([(x - 6, 26), (x + 6, 26), (x + 34, 66), (x - 34, 66)], fading((255, 236, 180), 0.42, 0.0))
    c.rect(x - 0.25, -1, 0.5, 14, darker(wall, 0.6))
    shade = smooth([(x - 1.6, 12), (x + 1.6, 12), (x + 5, 17), (x + 10, 25), (x - 10, 25), (x - 5, 17)])
    c.polygon(shade, linear(darker(wall, 0.2), darker(wall, 0.62), angle=20))
    c.ellipse(x, 25.4, 9.6, 1.6, (255, 240, 196))
    c.glow(x, 27, 13, (255, 244, 206), 0.8)


def table(c: Canvas, width: float, light: Light, rng: Random) -> float:
    wall = rng.choice(((58, 116, 118), (206, 116, 86), (226, 186, 132), (108, 128, 110)))
    if light.dark:
        wall = mix(wall, (44, 40, 76), 0.5)
    c.rect(-1, -1, width + 2, 70, linear(lighter(wall, 0.2), wall, darker(wall, 0.18)))
    c.ellipse(width * 0.5, 40, width * 0.62, 52, halo((255, 238, 200), 0.5))
    for i in range(7):
        x, y, r = rng.uniform(0, width), rng.uniform(6, 52), rng.uniform(3, 8)
        c.circle(x, y, r, clear(lighter(wall, 0.7), 0.1 + 0.01 * i))
    _pendant(c, width * rng.choice((0.36, 0.5, 0.64)), wall)
    wood = (190, 130, 82)
    c.rect(-1, 64, width + 2, 38, linear(lighter(wood, 0.22), wood, darker(wood, 0.3)))
    for i in range(9):
        y = 67 + i * 4.2
        grain = [(width * k / 6, y + rng.uniform(-0.6, 0.6)) for k in range(7)]
        c.ribbon(grain, (0.14, 0.34, 0.14), mix(wood, (110, 66, 40), 0.4))
    c.rect(-1, 64, width + 2, 0.8, lighter(wood, 0.5))
    return 86


def studio(c: Canvas, width: float, backdrop: Backdrop, rng: Random) -> float:
    """A wall with a glowing disc, a floor, and a few drifting shapes: the portrait setting."""
    wall, floor = backdrop.wall, backdrop.floor
    c.rect(-1, -1, width + 2, 104, linear(lighter(wall, 0.2), wall, darker(wall, 0.24), angle=70))
    reach = min(width, 100)
    cx = width / 2 + rng.uniform(-0.05, 0.05) * width
    for i in range(4):
        x, y, r = rng.uniform(0, width), rng.uniform(0, 70), reach * rng.uniform(0.06, 0.16)
        c.circle(x, y, r, clear(lighter(wall, 0.5), 0.1 + 0.02 * i))
    c.glow(cx, 44, reach * 0.66, backdrop.disc, 0.65)
    c.circle(
        cx,
        45,
        reach * 0.375,
        linear(lighter(backdrop.disc, 0.5), backdrop.disc, mix(backdrop.disc, wall, 0.5)),
    )
    for k in (0.415, 0.445):
        ring = [
            (cx + reach * k * math.cos(a * math.tau / 90), 45 + reach * k * math.sin(a * math.tau / 90))
            for a in range(91)
        ]
        c.curve(ring, 0.22, mix(backdrop.disc, wall, 0.35))
    horizon = smooth([(-4, 78), (width * 0.3, 75.6), (width * 0.7, 76.4), (width + 4, 74.6)], closed=False)
    c.polygon(
        [*horizon, (width + 4, 104), (-4, 104)], linear(lighter(floor, 0.26), floor, darker(floor, 0.35))
    )
    c.ellipse(cx, 88, reach * 0.6, 9, halo(lighter(floor, 0.7), 0.4))
    return 88

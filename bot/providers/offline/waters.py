"""Sea and ice, seen from the shore and from below."""

import math
from random import Random

from bot.providers.offline.canvas import Canvas, Gradient, clear, fading, linear
from bot.providers.offline.ground import SNOW, ridge
from bot.providers.offline.lighting import Light
from bot.providers.offline.palette import WHITE, Colour, darker, lighter, mix
from bot.providers.offline.scene import Time, Weather
from bot.providers.offline.sky import lightning, paint_sky


def _water(
    c: Canvas, width: float, top: float, light: Light, rng: Random, colour: Colour = (44, 126, 168)
) -> None:
    """A sea that mirrors the sky near the horizon."""
    near = light.lit(colour)
    c.rect(-1, top, width + 2, 102 - top, linear(mix(light.horizon, near, 0.35), near, darker(near, 0.4)))
    shine = (255, 214, 150) if light.time in (Time.SUNSET, Time.DAWN) else (226, 240, 255)
    for _ in range(round(width * 0.8)):
        y = top + (100 - top) * rng.random() ** 1.5
        depth = (y - top) / (100 - top)
        x, half = rng.uniform(0, width), 1 + depth * 5
        c.ellipse(x, y, half, 0.16 + depth * 0.3, clear(shine, rng.uniform(0.14, 0.5)))


def sea(c: Canvas, width: float, light: Light, rng: Random) -> float:
    paint_sky(c, width, 60, light, rng)
    if light.weather is Weather.STORM:
        lightning(c, rng.uniform(0.15, 0.85) * width, 58, rng)
    _water(c, width, 60, light, rng)
    rough = 3.4 if light.weather is Weather.STORM else 1.2
    for y in (66, 72, 79):
        wave(c, width, y, rough, light, rng)
    return 84


def wave(c: Canvas, width: float, y: float, height: float, light: Light, rng: Random) -> None:
    """One crest across the picture with a line of foam."""
    near = light.lit((40, 118, 160), max(0.0, (78 - y) / 50))
    phase = rng.uniform(0, math.tau)
    length = 5 + y * 0.06
    crest = [
        (x * 0.8, y - height * abs(math.sin(x * 0.8 / length + phase)) ** 1.6)
        for x in range(-2, round(width / 0.8) + 4)
    ]
    c.polygon(
        [*crest, (width + 4, 102), (-4, 102)],
        Gradient(((0, lighter(near, 0.22), 0.9), (0.3, near, 0.8), (1, darker(near, 0.45), 0.75))),
    )
    c.polygon([*crest, *[(px, py + 0.4) for px, py in reversed(crest)]], clear(WHITE, 0.5))


def beach(c: Canvas, width: float, light: Light, rng: Random) -> float:
    paint_sky(c, width, 54, light, rng)
    _water(c, width, 54, light, rng, (54, 168, 186))
    sand = light.lit((244, 214, 158))
    shore = ridge(width, 75, 4, rng, 1.2)
    c.polygon([(x, y - 2) for x, y in shore], clear(WHITE, 0.7))
    c.polygon([(x, y - 0.8) for x, y in shore], light.lit((206, 170, 122)))
    c.polygon(shore, linear(lighter(sand, 0.2), sand, darker(sand, 0.2)))
    for _ in range(round(width * 0.5)):
        c.circle(rng.uniform(0, width), rng.uniform(80, 99), rng.uniform(0.1, 0.3), darker(sand, 0.2))
    return 88


def polar(c: Canvas, width: float, light: Light, rng: Random) -> float:
    """Icebergs in a cold sea, floes in front; northern lights by night."""
    paint_sky(c, width, 58, light, rng)
    if light.dark:
        _aurora(c, width, rng)
    _water(c, width, 58, light, rng, (70, 140, 182))
    for i in range(max(2, round(width / 34))):
        _iceberg(c, (i + rng.uniform(0.15, 0.85)) * 34, 61 + i % 2 * 4, rng.uniform(11, 24), light, rng)
    ice = light.lit(SNOW, 0.02)
    for y, haze in ((73.0, 0.3), (79, 0.08)):
        shelf = ridge(width, y, 2.6, rng, 1.6)
        c.polygon([(x, py + 1.6) for x, py in shelf], light.lit((126, 190, 220), haze))
        c.polygon(
            shelf, linear(lighter(ice, 0.2), mix(ice, light.lit((176, 208, 232)), haze), darker(ice, 0.24))
        )
    for _ in range(round(width * 0.14)):
        x, y = rng.uniform(0, width), rng.uniform(84, 98)
        c.ellipse(x, y, rng.uniform(2, 6), 0.6, clear(light.lit((150, 190, 222)), 0.5))
    return 89


def _iceberg(c: Canvas, x: float, base: float, height: float, light: Light, rng: Random) -> None:
    half = height * rng.uniform(0.7, 1.1)
    lean = rng.uniform(-0.25, 0.25) * half
    top = (x + lean, base - height)
    left = [
        (x - half, base),
        (x - half * 0.72, base - height * 0.5),
        (x - half * 0.3, base - height * 0.62),
        top,
    ]
    right = [
        (x + half * 0.36, base - height * 0.7),
        (x + half * 0.66, base - height * 0.34),
        (x + half, base),
    ]
    c.polygon([*left, *right], linear(light.lit((250, 253, 255), 0.1), light.lit((170, 212, 236), 0.14)))
    shade = light.lit((96, 158, 200), 0.16)
    c.polygon(
        [top, *right, (x + half * 0.1, base), (x + lean + half * 0.16, base - height * 0.5)],
        clear(shade, 0.6),
    )
    c.ellipse(x, base + 0.8, half * 1.1, 1.4, clear(light.lit((214, 238, 250), 0.1), 0.6))


def _aurora(c: Canvas, width: float, rng: Random) -> None:
    for colour, y, tall in (
        ((90, 240, 170), 34.0, 26.0),
        ((120, 160, 250), 26, 22),
        ((200, 110, 230), 42, 18),
    ):
        phase, speed = rng.uniform(0, math.tau), rng.uniform(1.4, 2.4)
        steps = round(width / 2.4)
        for i in range(steps):
            x = width * i / steps
            low = y + 7 * math.sin(speed * i / steps * math.pi + phase)
            strength = 0.3 + 0.16 * math.sin(i * 1.7 + phase)
            rays = Gradient(((0, colour, 0.0), (0.75, colour, strength), (1, colour, 0.0)))
            c.rect(x, low - tall, width / steps + 0.4, tall, rays)


def underwater(c: Canvas, width: float, light: Light, rng: Random) -> float:
    deep = (10, 46, 104) if not light.dark else (6, 22, 60)
    c.rect(-1, -1, width + 2, 104, linear((120, 220, 226), (40, 150, 196), (22, 92, 156), deep))
    for i in range(6):
        x = rng.uniform(-0.1, 1.0) * width
        spread = rng.uniform(5, 12)
        c.polygon(
            [(x, -2), (x + spread * 0.6, -2), (x + spread * 2.4 + 8, 86), (x + spread + 4, 86)],
            fading((226, 255, 250), 0.26 - 0.02 * i, 0.0),
        )
    for y, haze in ((82.0, 0.6), (87, 0.3), (91, 0.0)):
        floor = mix((226, 200, 150), deep, 0.35 + haze * 0.5)
        c.polygon(ridge(width, y, 4, rng), linear(lighter(floor, 0.14), floor, darker(floor, 0.3)))
    for _ in range(max(3, round(width / 11))):
        x = rng.choice((rng.uniform(0, 0.28), rng.uniform(0.72, 1.0))) * width
        if rng.random() < 0.5:
            coral(
                c,
                x,
                95,
                rng.uniform(7, 15),
                rng.choice(((244, 112, 110), (250, 164, 96), (216, 108, 176))),
                rng,
            )
        else:
            weed(c, x, 97, rng.uniform(14, 34), rng)
    for _ in range(round(width * 0.35)):
        x, y, r = rng.uniform(0, width), rng.uniform(6, 88), rng.choice((0.4, 0.6, 1.0, 1.4))
        c.circle(x, y, r, Gradient(((0, WHITE, 0.04), (0.75, WHITE, 0.16), (1, WHITE, 0.6)), radial=True))
    return 94


def weed(c: Canvas, x: float, base: float, height: float, rng: Random) -> None:
    hue = mix((40, 150, 110), (20, 96, 110), rng.random())
    sway = rng.choice((-1, 1)) * height * 0.12
    spine = [
        (x, base),
        (x + sway, base - height * 0.34),
        (x - sway, base - height * 0.68),
        (x + sway, base - height),
    ]
    c.ribbon(spine, (2.2, 3, 2.2, 0.4), linear(lighter(hue, 0.25), hue, darker(hue, 0.3)))


def coral(c: Canvas, x: float, base: float, height: float, colour: Colour, rng: Random) -> None:
    for lean in (-0.5, -0.2, 0.1, 0.45):
        top = (x + lean * height, base - height * rng.uniform(0.7, 1.0))
        c.ribbon(
            [(x, base), (x + lean * height * 0.5, base - height * 0.5), top],
            (2.4, 2, 1.6),
            darker(colour, 0.1),
        )
        c.circle(*top, 1.2, lighter(colour, 0.4))

"""Above the horizon: sky, sun, moon, stars, clouds; and the weather in front of everything."""

import math
from random import Random

from bot.providers.offline.canvas import (
    Canvas,
    Gradient,
    Point,
    clear,
    fading,
    linear,
    points,
    radial,
    smooth,
)
from bot.providers.offline.lighting import Light
from bot.providers.offline.palette import WHITE, Colour, darker, lighter, mix
from bot.providers.offline.scene import Time, Weather

_SUN: Colour = (255, 236, 170)
_MOON: Colour = (246, 240, 220)


def paint_sky(c: Canvas, width: float, horizon: float, light: Light, rng: Random) -> None:
    """Fill the canvas from the top to the horizon (units), with what hangs there."""
    c.rect(-1, -1, width + 2, horizon + 4, linear(*light.sky))
    side = rng.choice((0.24, 0.3, 0.72, 0.78)) * width
    overcast = light.weather in (Weather.RAIN, Weather.STORM, Weather.FOG)
    reach = min(width, 100)
    if light.time is Time.NIGHT:
        if not overcast:
            paint_stars(c, width, horizon * 0.95, rng, round(width * 0.9))
        moon(c, side, horizon * 0.26, reach * 0.075, veiled=overcast)
    elif light.time is Time.DAY:
        if not overcast:
            sun(c, side, horizon * 0.26, reach * 0.07)
    else:
        y = horizon * (0.86 if light.time is Time.SUNSET else 0.74)
        sun(c, side, y, reach * 0.1, low=True)
    paint_clouds(c, width, horizon, light, rng)


def sun(c: Canvas, x: float, y: float, r: float, *, low: bool = False) -> None:
    c.glow(x, y, r * (7 if low else 4.5), (255, 214, 130) if low else (255, 250, 220), 0.7)
    c.circle(x, y, r, linear((255, 250, 214), _SUN, (255, 190, 110)) if low else linear(WHITE, _SUN))


def moon(c: Canvas, x: float, y: float, r: float, *, veiled: bool = False) -> None:
    c.glow(x, y, r * 5, (186, 204, 255), 0.3 if veiled else 0.55)
    if veiled:
        c.glow(x, y, r * 1.6, _MOON, 0.8)
        return
    c.circle(x, y, r, linear((255, 252, 238), _MOON, (206, 206, 214), angle=50))
    for dx, dy, size in (
        (-0.3, -0.25, 0.24),
        (0.34, 0.1, 0.18),
        (-0.12, 0.42, 0.14),
        (0.2, -0.5, 0.1),
        (0.45, 0.5, 0.1),
    ):
        c.circle(x + dx * r, y + dy * r, size * r, clear((176, 176, 196), 0.5))


def paint_stars(c: Canvas, width: float, height: float, rng: Random, count: int) -> None:
    for _ in range(count):
        x, y, r = rng.uniform(0, width), rng.uniform(0, height), rng.choice((0.1, 0.13, 0.16, 0.26))
        c.circle(x, y, r, mix((150, 170, 230), WHITE, rng.random()))
        if r > 0.2 and rng.random() < 0.35:
            sparkle(c, x, y, r * 4.4)


def sparkle(c: Canvas, x: float, y: float, r: float) -> None:
    """A four-pointed star."""
    tips: list[Point] = []
    for i in range(8):
        reach = r if i % 2 == 0 else r * 0.18
        tips.append((x + reach * math.cos(math.pi * i / 4), y + reach * math.sin(math.pi * i / 4)))
    c.polygon(tips, WHITE)


def paint_clouds(c: Canvas, width: float, horizon: float, light: Light, rng: Random) -> None:
    heavy = light.weather in (Weather.RAIN, Weather.STORM, Weather.SNOW)
    count = max(2, round(width / (16 if heavy else 34)))
    base = {
        Time.DAY: (255, 255, 255),
        Time.DAWN: (255, 226, 222),
        Time.SUNSET: (255, 178, 150),
        Time.NIGHT: (96, 108, 166),
    }[light.time]
    if heavy:
        base = mix(base, light.sky[0], 0.55)
    for i in range(count):
        x = (i + rng.uniform(0.1, 0.9)) * width / count
        y = rng.uniform(0.1, 0.34 if heavy else 0.6) * horizon
        cloud(c, x, y, rng.uniform(9, 17) * (1.5 if heavy else 1) * min(1.0, width / 90), base, light.sky[0])


def cloud(c: Canvas, x: float, y: float, size: float, colour: Colour, shade: Colour) -> None:
    """A flat-bottomed cumulus, `size` units to either side."""
    outline = points(
        "-1,0 -0.86,-0.22 -0.56,-0.24 -0.4,-0.5 -0.02,-0.6 0.26,-0.36 0.5,-0.4 0.72,-0.16 1,0 "
        "0.5,0.07 -0.5,0.07"
    )
    path = smooth([(x + px * size, y + py * size) for px, py in outline])
    low = mix(colour, shade, 0.34)
    c.polygon(path, Gradient(((0, lighter(colour, 0.3), 0.96), (0.6, colour, 0.9), (1, low, 0.55))))


def paint_weather(c: Canvas, width: float, light: Light, rng: Random) -> None:
    """Rain, snow, mist and wind in front of the whole picture (100 units high)."""
    if light.weather in (Weather.RAIN, Weather.STORM):
        slant = 5 if light.weather is Weather.STORM else 2
        for _ in range(round(width * (2.2 if light.weather is Weather.STORM else 1.6))):
            x, y, length = rng.uniform(-5, width + 5), rng.uniform(-5, 100), rng.uniform(3, 7)
            drop = [
                (x, y),
                (x + 0.16, y),
                (x - slant * length / 7 + 0.16, y + length),
                (x - slant * length / 7, y + length),
            ]
            c.polygon(drop, clear((214, 226, 244), rng.uniform(0.3, 0.62)))
    elif light.weather is Weather.SNOW:
        for _ in range(round(width * 1.5)):
            x, y, r = rng.uniform(0, width), rng.uniform(0, 100), rng.choice((0.25, 0.4, 0.55, 0.85))
            c.circle(x, y, r, clear(WHITE, rng.uniform(0.65, 0.95)))
    elif light.weather is Weather.FOG:
        for _ in range(7):
            x, y = rng.uniform(0, width), rng.uniform(45, 92)
            c.ellipse(x, y, width * rng.uniform(0.3, 0.6), rng.uniform(5, 11), _mist(light))
    elif light.weather is Weather.WIND:
        for _ in range(6):
            x, y = rng.uniform(0, width * 0.8), rng.uniform(14, 80)
            c.ribbon(
                [(x, y), (x + 12, y - 2), (x + 24, y + 1), (x + 27, y - 3), (x + 23, y - 4)],
                (0.2, 0.6, 0.5, 0.4, 0.2),
                WHITE,
            )


def _mist(light: Light) -> Gradient:
    colour = lighter(light.horizon, 0.3)
    return Gradient(((0, colour, 0.5), (0.6, colour, 0.24), (1, colour, 0.0)), radial=True)


def lightning(c: Canvas, x: float, height: float, rng: Random) -> None:
    """A forked bolt from the clouds down to `height`."""
    bolt: list[Point] = [(x, 8)]
    while bolt[-1][1] < height:
        bolt.append((bolt[-1][0] + rng.uniform(-5, 5), bolt[-1][1] + rng.uniform(5, 9)))
    c.glow(x, height / 2, height * 0.8, (214, 220, 255), 0.5)
    c.line(bolt, 0.9, (250, 246, 255))
    fork = [bolt[2], (bolt[2][0] + 6, bolt[2][1] + 6), (bolt[2][0] + 8, bolt[2][1] + 13)]
    c.line(fork, 0.5, (226, 226, 255))


def planet(c: Canvas, x: float, y: float, r: float, colour: Colour, *, ring: bool = False) -> None:
    """A banded ball, with or without a ring."""
    c.glow(x, y, r * 1.7, lighter(colour, 0.3), 0.35)
    if ring:
        _ring(c, x, y, r, colour, 180, 360)
    ball = [(x + r * math.cos(a * math.tau / 60), y + r * math.sin(a * math.tau / 60)) for a in range(60)]
    c.polygon(ball, radial(lighter(colour, 0.45), colour, darker(colour, 0.65), focus=(0.34, 0.3), reach=1.5))
    with c.clipped(ball):
        for i, share in enumerate((-0.55, -0.15, 0.3, 0.62)):
            band = [
                (x - r * 1.1, y + share * r),
                (x, y + share * r + r * 0.12),
                (x + r * 1.1, y + share * r - r * 0.05),
                (x + r * 1.1, y + share * r + r * 0.12),
                (x, y + share * r + r * 0.28),
                (x - r * 1.1, y + share * r + r * 0.14),
            ]
            c.blob(band, clear(lighter(colour, 0.5) if i % 2 else darker(colour, 0.4), 0.3))
    if ring:
        _ring(c, x, y, r, colour, 0, 180)


def _ring(c: Canvas, x: float, y: float, r: float, colour: Colour, start: float, end: float) -> None:
    def arc(reach: float) -> list[Point]:
        angles = [math.radians(start + (end - start) * i / 40) for i in range(41)]
        return [
            (x + r * reach * math.cos(a), y + r * reach * 0.3 * math.sin(a) - r * 0.24 * reach * math.cos(a))
            for a in angles
        ]

    c.polygon([*arc(1.9), *reversed(arc(1.35))], fading(lighter(colour, 0.6), 0.95, 0.7, angle=0))
    c.polygon([*arc(1.66), *reversed(arc(1.58))], clear(darker(colour, 0.5), 0.5))

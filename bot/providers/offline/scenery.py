"""Places: each paints its backdrop and says where the ground is."""

import math
from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from bot.providers.offline.canvas import Canvas, Gradient, Point, clear, fading, halo, linear, smooth
from bot.providers.offline.lighting import Light
from bot.providers.offline.palette import WHITE, Backdrop, Colour, darker, lighter, mix
from bot.providers.offline.scene import Place, Season, Time, Weather
from bot.providers.offline.sky import cloud, lightning, paint_sky, paint_stars, planet

Scenery = Callable[[Canvas, float, Light, Random], float]

_SNOW: Final[Colour] = (238, 244, 252)
_LEAVES: Final[Mapping[Season, tuple[Colour, ...]]] = {
    Season.SPRING: ((142, 196, 96), (246, 176, 196), (252, 206, 214)),
    Season.SUMMER: ((70, 140, 80), (96, 164, 88), (54, 120, 76)),
    Season.AUTUMN: ((224, 132, 52), (206, 84, 48), (238, 178, 70)),
    Season.WINTER: ((150, 176, 190), (214, 226, 236), (180, 200, 212)),
}
_GRASS: Final[Mapping[Season, Colour]] = {
    Season.SPRING: (146, 202, 96),
    Season.SUMMER: (116, 180, 92),
    Season.AUTUMN: (196, 162, 84),
    Season.WINTER: _SNOW,
}


def _grass(light: Light) -> Colour:
    return _SNOW if light.snowy else _GRASS[light.season]


def ridge(width: float, y: float, height: float, rng: Random, bumps: float = 2.0) -> list[Point]:
    """A rolling line across the picture, closed at the bottom."""
    waves = [(bumps * k * rng.uniform(0.7, 1.3), rng.uniform(0, math.tau), height / k) for k in (1, 2, 3)]
    steps = 60
    points: list[Point] = []
    for i in range(steps + 1):
        x = -2 + (width + 4) * i / steps
        rise = sum(size * math.sin(speed * i / steps * math.pi + phase) for speed, phase, size in waves)
        points.append((x, y - rise / 2))
    return [*points, (width + 2, 102), (-2, 102)]


def peaks(width: float, y: float, height: float, rng: Random) -> list[Point]:
    """A mountain range, closed at the bottom."""
    points: list[Point] = []
    x = -rng.uniform(5, 20)
    while x < width + 20:
        tall = height * rng.uniform(0.55, 1.0)
        step = tall * rng.uniform(0.5, 0.8)
        points += [(x, y - tall * 0.16), (x + step * 0.55, y - tall * 0.62), (x + step, y - tall)]
        points.append((x + step * 1.4, y - tall * 0.55))
        x += step * 1.9
    return [(points[0][0], 102), *points, (points[-1][0] + 8, 102)]


def meadow(c: Canvas, width: float, light: Light, rng: Random) -> float:
    paint_sky(c, width, 66, light, rng)
    grass = _grass(light)
    for y, rise, haze in ((58, 9, 0.62), (63, 7, 0.36), (69, 5, 0.14)):
        shade = light.lit(darker(grass, 0.24), haze)
        c.polygon(ridge(width, y, rise, rng), linear(lighter(shade, 0.2), shade, darker(shade, 0.1)))
        if haze < 0.5:
            _far_trees(c, width, y, light, rng, haze)
    ground = light.lit(grass, 0.03)
    c.polygon(ridge(width, 76, 2.4, rng), linear(lighter(ground, 0.22), ground, darker(ground, 0.34)))
    _tufts(c, width, light, rng, 79)
    return 88


def _far_trees(c: Canvas, width: float, y: float, light: Light, rng: Random, haze: float) -> None:
    for _ in range(round(width / 22)):
        x, r = rng.uniform(0, width), rng.uniform(1.8, 3.6)
        leaf = light.lit(rng.choice(_LEAVES[Season.WINTER if light.snowy else light.season]), haze)
        c.rect(x - 0.3, y, 0.7, r * 1.4, darker(leaf, 0.5))
        c.ellipse(x, y - r * 0.5, r, r * 1.15, linear(lighter(leaf, 0.25), leaf, darker(leaf, 0.3), angle=60))


def _tufts(c: Canvas, width: float, light: Light, rng: Random, top: float) -> None:
    """Grass blades and small flowers; drifts where it is winter."""
    grass = light.lit(_grass(light))
    for _ in range(round(width * 0.5)):
        x, y = rng.uniform(0, width), rng.uniform(top, 100)
        size = 0.6 + (y - top) / (100 - top) * 1.8
        if light.snowy:
            c.ellipse(x, y, size * 2.2, size * 0.5, clear(WHITE, 0.3))
            continue
        for lean in (-0.7, 0, 0.8):
            blade = [(x - 0.16 * size, y), (x + lean * size, y - size * 1.7), (x + 0.16 * size, y)]
            c.polygon(blade, darker(grass, 0.24 + 0.1 * lean))
        if light.season in (Season.SPRING, Season.SUMMER) and rng.random() < 0.4:
            petal = light.lit(rng.choice(((255, 255, 250), (250, 206, 84), (240, 140, 170), (176, 140, 220))))
            for i in range(5):
                c.circle(
                    x + size * 0.5 * math.cos(i * 1.257),
                    y - size * 1.7 + size * 0.5 * math.sin(i * 1.257),
                    size * 0.34,
                    petal,
                )
            c.circle(x, y - size * 1.7, size * 0.32, light.lit((246, 196, 66)))


def forest(c: Canvas, width: float, light: Light, rng: Random) -> float:
    paint_sky(c, width, 70, light, rng)
    green = (92, 136, 118) if light.snowy else (52, 110, 78)
    autumn = light.season is Season.AUTUMN and not light.snowy
    for base, size, haze in ((64, 26, 0.66), (69, 34, 0.42), (74, 44, 0.18)):
        for i in range(round(width / size * 2.6) + 1):
            x = (i + rng.uniform(-0.3, 0.3)) * size / 2.6
            foot, height = base + rng.uniform(-1, 2), size * rng.uniform(0.7, 1.1)
            if autumn:
                _leafy(c, x, foot, height, light.lit(rng.choice(_LEAVES[Season.AUTUMN]), haze))
            else:
                fir(c, x, foot, height, light.lit(green, haze), snowy=light.snowy, light=light)
        floor = light.lit(_grass(light) if light.snowy else darker(_grass(light), 0.2), haze)
        c.polygon(ridge(width, base, 2, rng), linear(floor, darker(floor, 0.16)))
    ground = light.lit(_grass(light), 0.04)
    c.polygon(ridge(width, 78, 2.4, rng), linear(lighter(ground, 0.2), ground, darker(ground, 0.36)))
    for side in (0.0, width):
        x, height = side + rng.uniform(-3, 3), min(78, width * 0.8)
        if autumn:
            _leafy(c, x, 88, height, light.lit(rng.choice(_LEAVES[Season.AUTUMN])))
        else:
            fir(c, x, 88, height, light.lit(darker(green, 0.2)), snowy=light.snowy, light=light)
    _tufts(c, width, light, rng, 80)
    if autumn:
        _fallen_leaves(c, width, light, rng)
    return 89


def _leafy(c: Canvas, x: float, base: float, height: float, colour: Colour) -> None:
    """A broad-leaved tree: a slim trunk and a crown of five clouds of leaves."""
    bark = darker(mix(colour, (110, 74, 56), 0.6), 0.3)
    c.polygon(
        [
            (x - height * 0.014, base - height * 0.5),
            (x + height * 0.014, base - height * 0.5),
            (x + height * 0.028, base),
            (x - height * 0.028, base),
        ],
        bark,
    )
    for dx, dy, r in (
        (-0.13, 0.5, 0.15),
        (0.13, 0.52, 0.15),
        (0.0, 0.44, 0.15),
        (-0.07, 0.68, 0.17),
        (0.07, 0.74, 0.16),
    ):
        crown = linear(lighter(colour, 0.28), colour, darker(colour, 0.26), angle=60)
        c.ellipse(x + dx * height, base - dy * height, r * height, r * height, crown)


def _fallen_leaves(c: Canvas, width: float, light: Light, rng: Random) -> None:
    for _ in range(round(width * 0.7)):
        x, y = rng.uniform(0, width), rng.uniform(79, 99)
        size = 0.5 + (y - 78) * 0.045
        leaf = light.lit(rng.choice(_LEAVES[Season.AUTUMN]))
        c.ellipse(x, y, size * 1.3, size * 0.6, lighter(leaf, rng.uniform(0, 0.3)), tilt=rng.uniform(-50, 50))


def fir(
    c: Canvas, x: float, base: float, height: float, colour: Colour, *, snowy: bool, light: Light
) -> None:
    """A fir with boughs in four tiers."""
    c.rect(
        x - height * 0.022,
        base - height * 0.14,
        height * 0.044,
        height * 0.15,
        darker(mix(colour, (96, 66, 48), 0.6), 0.3),
    )
    for tier in range(4):
        top = base - height + tier * height * 0.19
        foot = top + height * 0.34
        half = height * (0.1 + 0.052 * tier)
        bough = [
            (x, top),
            (x + half * 0.55, foot - height * 0.09),
            (x + half, foot),
            (x + half * 0.3, foot - height * 0.03),
            (x, foot + height * 0.01),
            (x - half * 0.3, foot - height * 0.03),
            (x - half, foot),
            (x - half * 0.55, foot - height * 0.09),
        ]
        c.polygon(bough, linear(lighter(colour, 0.18), colour, darker(colour, 0.3), angle=30))
        if snowy:
            cap = [
                (x, top),
                (x + half * 0.5, foot - height * 0.1),
                (x + half * 0.1, foot - height * 0.13),
                (x - half * 0.3, foot - height * 0.08),
                (x - half * 0.5, foot - height * 0.1),
            ]
            c.polygon(cap, mix(light.lit(_SNOW), colour, 0.12))


def mountains(c: Canvas, width: float, light: Light, rng: Random) -> float:
    paint_sky(c, width, 64, light, rng)
    for y, height, haze in ((66, 46, 0.52), (68, 34, 0.26)):
        rock = light.lit((104, 118, 150), haze)
        line = peaks(width, y, height, rng)
        c.polygon(line, linear(lighter(rock, 0.12), rock, mix(rock, light.horizon, 0.4)))
        with c.clipped(line):
            for (ax, ay), (bx, by), (dx, dy) in zip(line, line[1:], line[2:], strict=False):
                if by < ay and by < dy and by < y - height * 0.4:
                    snow = [
                        (bx, by - 1),
                        (bx - (bx - ax) * 0.7, by + 7),
                        (bx - 1.4, by + 5.4),
                        (bx + 0.6, by + 9),
                        (bx + 2.6, by + 5.6),
                        (bx + (dx - bx) * 0.8, by + 8),
                    ]
                    c.polygon(snow, mix(light.lit(_SNOW), rock, 0.1))
                    c.polygon(
                        [(bx, by - 1), (bx + 2, by + 14), (bx + 30, by + 60), (bx + 46, by + 60)],
                        clear(darker(rock, 0.5), 0.18),
                    )
    grass = _grass(light)
    for y, haze in ((70, 0.3), (75, 0.12), (80, 0.0)):
        shade = light.lit(darker(grass, 0.15), haze)
        c.polygon(ridge(width, y, 4, rng), linear(lighter(shade, 0.18), shade, darker(shade, 0.3)))
    _tufts(c, width, light, rng, 83)
    return 89


def desert(c: Canvas, width: float, light: Light, rng: Random) -> float:
    paint_sky(c, width, 64, light, rng)
    for y, rise, haze in ((60.0, 8, 0.5), (66, 8, 0.24), (74, 5, 0.05)):
        sand = light.lit((236, 190, 122), haze)
        dune = ridge(width, y, rise, rng, 1.4)
        c.polygon(dune, linear(lighter(sand, 0.25), sand, darker(sand, 0.26)))
    for _ in range(round(width * 0.12)):
        x, y = rng.uniform(0, width), rng.uniform(80, 98)
        c.curve([(x - 5, y), (x, y - 0.8), (x + 5, y)], 0.3, light.lit((214, 164, 100)))
    return 88


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
    ice = light.lit(_SNOW, 0.02)
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


def city(c: Canvas, width: float, light: Light, rng: Random) -> float:
    paint_sky(c, width, 74, light, rng)
    for base, tall, haze in ((76, 46, 0.6), (79, 36, 0.34), (83, 24, 0.1)):
        x = -rng.uniform(0, 6)
        while x < width:
            w = rng.uniform(6, 12)
            height = tall * rng.uniform(0.5, 1.0)
            _block(c, x, base - height, w, height + 3, light, rng, haze)
            x += w + rng.uniform(0.2, 1.4)
    road = light.lit((116, 112, 124))
    c.rect(-1, 84, width + 2, 20, linear(lighter(road, 0.2), road, darker(road, 0.3)))
    c.rect(-1, 83.4, width + 2, 1.6, light.lit((214, 206, 200)))
    for i in range(round(width / 12) + 1):
        c.polygon(
            [(i * 12 + 1, 95.4), (i * 12 + 7, 95.4), (i * 12 + 6.6, 96.4), (i * 12 + 0.4, 96.4)],
            light.lit((246, 226, 160)),
        )
    return 93


def _block(
    c: Canvas, x: float, top: float, w: float, height: float, light: Light, rng: Random, haze: float
) -> None:
    wall = light.lit(rng.choice(((118, 130, 164), (176, 128, 118), (206, 180, 150), (96, 116, 142))), haze)
    c.rect(x, top, w, height, linear(lighter(wall, 0.16), wall, darker(wall, 0.14), angle=20))
    if rng.random() < 0.3:
        c.rect(x + w * 0.45, top - 4, 0.5, 4, wall)
    lamp = (255, 220, 140)
    for row in range(int((height - 4) / 3)):
        for column in range(int(w / 2.4)):
            on = rng.random() < (0.55 if light.dark else 0.16)
            pane = mix(lamp if on else darker(wall, 0.3), wall, haze * 0.6)
            c.rect(x + 0.9 + column * 2.4, top + 1.6 + row * 3, 1.3, 1.7, pane)


def above_clouds(c: Canvas, width: float, light: Light, rng: Random) -> float:
    paint_sky(c, width, 100, light, rng)
    base = light.lit((255, 255, 255), 0.1)
    for y, size in ((80, 20), (90, 26), (99, 32)):
        for i in range(round(width / size) + 2):
            cloud(
                c,
                (i + rng.uniform(-0.3, 0.3)) * size,
                y + rng.uniform(-3, 3),
                size * rng.uniform(0.8, 1.1),
                base,
                light.sky[0],
            )
    return 82


def space(c: Canvas, width: float, light: Light, rng: Random) -> float:
    c.rect(-1, -1, width + 2, 104, linear((10, 10, 34), (28, 22, 70), (58, 32, 92), angle=60))
    for colour in ((120, 70, 180), (50, 110, 190), (220, 90, 140)):
        x, y = rng.uniform(0.1, 0.9) * width, rng.uniform(15, 85)
        c.ellipse(
            x, y, rng.uniform(26, 46), rng.uniform(14, 26), halo(colour, 0.42), tilt=rng.uniform(-40, 40)
        )
    paint_stars(c, width, 100, rng, round(width * 1.8))
    side = rng.choice((0.14, 0.86))
    planet(
        c,
        side * width,
        rng.uniform(16, 26),
        min(width, 100) * 0.09,
        rng.choice(((224, 150, 92), (110, 170, 220), (190, 120, 190))),
        ring=rng.random() < 0.6,
    )
    planet(
        c,
        (1 - side) * width,
        106,
        min(width, 100) * 0.26,
        rng.choice(((86, 120, 196), (96, 166, 150), (206, 112, 96))),
    )
    return 78


def moonscape(c: Canvas, width: float, light: Light, rng: Random) -> float:
    c.rect(-1, -1, width + 2, 104, linear((8, 8, 26), (22, 22, 56), (52, 46, 92)))
    paint_stars(c, width, 74, rng, round(width * 1.6))
    side = rng.choice((0.2, 0.8))
    earth(c, side * width, 22, min(width, 100) * 0.11)
    for y, haze in ((70.0, 0.45), (77, 0.2)):
        dust = mix((196, 194, 204), (52, 46, 92), haze)
        c.polygon(ridge(width, y, 5, rng), linear(lighter(dust, 0.2), dust, darker(dust, 0.3)))
    for _ in range(max(4, round(width / 9))):
        x, y = rng.uniform(0, width), rng.uniform(80, 98)
        r = 1.6 + (y - 78) * 0.22
        c.ellipse(x, y, r * 1.6, r * 0.5, linear((110, 106, 124), (172, 170, 182)))
        c.ellipse(x, y + r * 0.12, r * 1.4, r * 0.4, linear((130, 126, 144), (186, 184, 194)))
    return 87


def earth(c: Canvas, x: float, y: float, r: float) -> None:
    planet(c, x, y, r, (64, 132, 206))
    for dx, dy, size in ((-0.3, -0.3, 0.36), (0.3, 0.1, 0.32), (-0.2, 0.5, 0.22)):
        land = [
            (
                x + (dx + math.cos(a) * size * (0.8 + 0.3 * (a % 2))) * r,
                y + (dy + math.sin(a) * size * 0.8) * r,
            )
            for a in range(6)
        ]
        c.blob(land, clear((106, 176, 106), 0.85))
    c.ellipse(x - r * 0.1, y - r * 0.02, r * 0.6, r * 0.07, clear(WHITE, 0.6), tilt=-12)


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
            light.lit(_grass(light), 0.2),
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


SCENERY: Final[Mapping[Place, Scenery]] = {
    Place.MEADOW: meadow,
    Place.FOREST: forest,
    Place.MOUNTAINS: mountains,
    Place.DESERT: desert,
    Place.BEACH: beach,
    Place.SEA: sea,
    Place.UNDERWATER: underwater,
    Place.CITY: city,
    Place.SKY: above_clouds,
    Place.SPACE: space,
    Place.MOON: moonscape,
    Place.POLAR: polar,
    Place.ROOM: room,
    Place.LIBRARY: library,
    Place.TABLE: table,
}


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

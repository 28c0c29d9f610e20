"""Landscapes, by name: what is behind the subjects."""

import math
from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from bot.providers.offline.canvas import Canvas, Point, clear, halo, linear
from bot.providers.offline.ground import SNOW, grass_colour, ridge
from bot.providers.offline.interiors import library, room, table
from bot.providers.offline.lighting import Light
from bot.providers.offline.palette import WHITE, Colour, darker, lighter, mix
from bot.providers.offline.scene import Place, Season
from bot.providers.offline.sky import cloud, paint_sky, paint_stars, planet
from bot.providers.offline.waters import beach, polar, sea, underwater

Scenery = Callable[[Canvas, float, Light, Random], float]


_LEAVES: Final[Mapping[Season, tuple[Colour, ...]]] = {
    Season.SPRING: ((142, 196, 96), (246, 176, 196), (252, 206, 214)),
    Season.SUMMER: ((70, 140, 80), (96, 164, 88), (54, 120, 76)),
    Season.AUTUMN: ((224, 132, 52), (206, 84, 48), (238, 178, 70)),
    Season.WINTER: ((150, 176, 190), (214, 226, 236), (180, 200, 212)),
}


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
    grass = grass_colour(light)
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
    grass = light.lit(grass_colour(light))
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
        floor = light.lit(grass_colour(light) if light.snowy else darker(grass_colour(light), 0.2), haze)
        c.polygon(ridge(width, base, 2, rng), linear(floor, darker(floor, 0.16)))
    ground = light.lit(grass_colour(light), 0.04)
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
            c.polygon(cap, mix(light.lit(SNOW), colour, 0.12))


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
                    c.polygon(snow, mix(light.lit(SNOW), rock, 0.1))
                    c.polygon(
                        [(bx, by - 1), (bx + 2, by + 14), (bx + 30, by + 60), (bx + 46, by + 60)],
                        clear(darker(rock, 0.5), 0.18),
                    )
    grass = grass_colour(light)
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

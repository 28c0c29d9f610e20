"""Buildings."""

from random import Random

from bot.providers.offline.canvas import (
    Canvas,
    Gradient,
    Path,
    arc_path,
    clear,
    fading,
    linear,
    mirrored,
    points,
    smooth,
    surface,
    turned,
)
from bot.providers.offline.palette import CREAM, WHITE, Coat, Colour, darker, lighter
from bot.providers.offline.things import Thing

_ROOF: Colour = (196, 84, 66)
_WOOD: Colour = (128, 84, 58)
_PANE = linear((255, 240, 186), (250, 200, 110))
_STONE: Colour = (172, 168, 176)


def _window(c: Canvas, x: float, y: float, w: float, h: float, frame: Colour = CREAM) -> None:
    c.rect(x - 0.8, y - 0.8, w + 1.6, h + 1.6, frame, 0.6)
    c.rect(x, y, w, h, _PANE)
    c.rect(x + w / 2 - 0.35, y, 0.7, h, frame)
    c.rect(x, y + h / 2 - 0.35, w, 0.7, frame)
    c.rect(x - 1.4, y + h + 0.6, w + 2.8, 1.3, lighter(frame, 0.2))


def _door(c: Canvas, x: float, y: float, w: float, h: float, colour: Colour = _WOOD) -> None:
    """A round-topped door whose foot is at y."""
    path = [*arc_path(x, y - h + w / 2, w / 2, w / 2, 180, 360), (x + w / 2, y), (x - w / 2, y)]
    c.polygon([(px + (px - x) * 0.16, py - (0 if py >= y else 1)) for px, py in path], lighter(colour, 0.5))
    c.polygon(path, linear(lighter(colour, 0.2), darker(colour, 0.3), angle=20))
    c.circle(x + w * 0.3, y - h * 0.42, w * 0.07, (244, 206, 110))


def _tiles(c: Canvas, path: Path, colour: Colour) -> None:
    """A roof with rows of shingles."""
    step = 5
    c.polygon(path, linear(lighter(colour, 0.18), colour, darker(colour, 0.26), angle=70))
    ys = [y for _, y in path]
    with c.clipped(path):
        y = min(ys) + step
        row = 0
        while y < max(ys) + step:
            for i in range(24):
                x = -10 + i * step * 1.1 + (row % 2) * step * 0.55
                c.curve(
                    arc_path(x, y - step * 0.3, step * 0.55, step * 0.4, 10, 170)[::8],
                    0.4,
                    darker(colour, 0.36),
                )
            y += step * 0.8
            row += 1


def house(c: Canvas, coat: Coat) -> None:
    c.rect(68, 18, 9, 22, linear((190, 116, 96), (140, 74, 66), angle=0))
    c.rect(66.6, 15, 11.8, 4, (210, 140, 118), 1)
    c.rect(14, 46, 72, 53, linear(coat.light, coat.base, coat.dark, angle=20))
    c.rect(14, 93, 72, 6, linear(_STONE, darker(_STONE, 0.3)))
    _tiles(c, points("50,10 96,49 4,49"), coat.marking(_ROOF, -0.4))
    c.circle(50, 35, 6.4, CREAM)
    c.circle(50, 35, 5, _PANE)
    _window(c, 21, 57, 14, 16)
    _window(c, 65, 57, 14, 16)
    _door(c, 50, 97, 15, 30, (72, 118, 128))
    c.rect(39, 96.4, 22, 2.8, lighter(_STONE, 0.3), 0.8)
    for x in (14, 72):
        for i in range(4):
            c.circle(x + 2 + i * 3.4, 95 - (i % 2) * 2, 4, linear((132, 190, 104), (70, 136, 80)))


def cottage(c: Canvas, coat: Coat) -> None:
    c.rect(70, 30, 8, 22, linear(_STONE, darker(_STONE, 0.3), angle=0))
    c.blob(points("74,26 80,18 76,10 84,2 90,10 84,20"), clear(WHITE, 0.5))
    c.rect(16, 60, 68, 39, linear(coat.light, coat.base, coat.dark, angle=20))
    for x in (16.0, 46, 80):
        c.rect(x, 60, 3.4, 39, _WOOD)
    straw = (216, 170, 92)
    roof = smooth(points("50,18 72,26 90,52 97,68 84,68 50,62 16,68 3,68 10,52 28,26"))
    c.polygon(roof, linear(lighter(straw, 0.3), straw, darker(straw, 0.36)))
    with c.clipped(roof):
        rng = Random(3)
        for _ in range(60):
            x, y = rng.uniform(4, 96), rng.uniform(20, 68)
            c.line([(x, y), (x + (x - 50) * 0.1, y + 6)], 0.5, darker(straw, rng.uniform(0.1, 0.4)))
    _window(c, 24, 72, 13, 12, _WOOD)
    _window(c, 64, 72, 12, 12, _WOOD)
    _door(c, 51, 99, 13, 26, (148, 76, 58))


def castle(c: Canvas, coat: Coat) -> None:
    wall = linear(coat.light, coat.base, coat.dark, angle=15)
    roof = coat.marking((96, 88, 160), -0.45)
    c.rect(36, 26, 28, 60, linear(coat.base, coat.dark, darker(coat.base, 0.4), angle=15))
    _cone(c, 50, 26, 17, 24, roof)
    _slit(c, 50, 38)
    for x in (18, 82):
        c.rect(x - 7, 36, 14, 60, linear(coat.base, coat.dark, angle=10))
        _cone(c, x, 36, 9.6, 20, roof)
        _slit(c, x, 46)
    for x, top in ((6, 52), (94, 52)):
        c.rect(x - 8, top, 16, 47, wall)
        _cone(c, x, top, 10.6, 20, darker(roof, 0.1))
        _slit(c, x, top + 14)
    c.rect(6, 64, 88, 35, wall)
    for i in range(11):
        c.rect(7 + i * 8, 59, 4.6, 6, coat.base)
    rng = Random(5)
    for _ in range(34):
        c.rect(rng.uniform(8, 86), rng.uniform(67, 95), 4.4, 1.9, clear(coat.deep, 0.16), 0.6)
    gate = [*arc_path(50, 82, 10.6, 10.6, 180, 360), (60.6, 99), (39.4, 99)]
    c.polygon(gate, coat.deep)
    inner = [*arc_path(50, 82.6, 8.6, 8.6, 180, 360), (58.6, 99), (41.4, 99)]
    c.polygon(inner, linear(_WOOD, darker(_WOOD, 0.4)))
    for x in (46, 50, 54):
        c.line([(x, 76), (x, 98.6)], 0.7, darker(_WOOD, 0.6))
    for x in (26, 74):
        _slit(c, x, 78)


def _cone(c: Canvas, x: float, foot: float, half: float, height: float, colour: Colour) -> None:
    c.polygon(
        [(x - half, foot + 0.6), (x + half, foot + 0.6), (x, foot - height)],
        linear(lighter(colour, 0.26), colour, darker(colour, 0.4), angle=20),
    )
    c.line([(x, foot - height), (x, foot - height - 7)], 0.7, (90, 78, 84))
    c.polygon([(x, foot - height - 7), (x + 8, foot - height - 4.8), (x, foot - height - 2.6)], (232, 86, 74))


def _slit(c: Canvas, x: float, y: float) -> None:
    c.polygon([*arc_path(x, y, 2, 2.4, 180, 360), (x + 2, y + 6), (x - 2, y + 6)], _PANE)


def lighthouse(c: Canvas, coat: Coat) -> None:
    c.blob(points("10,99 18,88 34,84 66,84 84,89 92,99"), linear((150, 142, 148), (98, 92, 108)))
    tower = points("41,28 59,28 65,92 35,92")
    c.polygon(tower, linear(WHITE, (244, 238, 230), (190, 180, 190), angle=10))
    with c.clipped(tower):
        for y in (28.0, 54, 80):
            c.rect(30, y, 40, 13, linear(coat.light, coat.base, coat.dark, angle=10))
    for y in (46.0, 70):
        _slit(c, 50, y)
    c.rect(36.6, 25.4, 26.8, 3.4, (66, 62, 78), 1)
    for x in (39.0, 45, 55, 61):
        c.line([(x, 20), (x, 26)], 0.7, (66, 62, 78))
    c.line([(38, 20), (62, 20)], 0.8, (66, 62, 78))
    c.rect(42, 11, 16, 15, (66, 62, 78))
    c.rect(43, 12, 14, 14, _PANE)
    c.polygon(points("43,14 16,6 16,24 43,22"), _beam(180))
    c.polygon(points("57,14 84,6 84,24 57,22"), _beam(0))
    c.glow(50, 18, 17, (255, 240, 180), 0.9)
    for x in (42.4, 47.4, 51.6, 56.6):
        c.rect(x, 12, 1, 14, (66, 62, 78))
    c.polygon(mirrored(points("50,2 46,5 40,12.6")), linear(coat.light, coat.dark))
    _door(c, 50, 92, 8, 13, (96, 64, 54))


def _beam(angle: float) -> Gradient:
    return fading((255, 244, 190), 0.75, 0.0, angle=angle)


def tower(c: Canvas, coat: Coat) -> None:
    c.polygon(points("36,34 64,34 68,99 32,99"), linear(coat.light, coat.base, coat.dark, angle=10))
    c.rect(30, 24, 40, 12, linear(coat.light, coat.base, coat.dark, angle=10))
    for i in range(5):
        c.rect(30 + i * 8.4, 18, 5.4, 7, coat.base)
    for y in (48, 66):
        _slit(c, 50, y)
    rng = Random(4)
    for _ in range(26):
        c.rect(rng.uniform(37, 58), rng.uniform(40, 94), 4.6, 1.8, clear(coat.deep, 0.2), 0.5)
    _door(c, 50, 99, 12, 20)


def skyscraper(c: Canvas, coat: Coat) -> None:
    for x, top, w in ((20, 34, 26), (58, 22, 24), (36, 6, 26)):
        c.rect(x, top, w, 99 - top, linear(coat.light, coat.base, coat.dark, angle=15), 1)
        for row in range(int((90 - top) / 5)):
            for column in range(int(w / 5)):
                lit = (row * 7 + column * 5 + x) % 4 != 0
                c.rect(x + 2 + column * 5, top + 4 + row * 5, 3, 3, (255, 226, 150) if lit else coat.deep)
    c.line([(49, 6), (49, -6)], 1.1, coat.deep)


def church(c: Canvas, coat: Coat) -> None:
    c.rect(38, 56, 54, 43, linear(coat.light, coat.base, coat.dark, angle=20))
    _tiles(c, points("38,58 48,38 86,38 97,58"), coat.marking((120, 92, 96), -0.4))
    c.rect(14, 34, 27, 65, linear(coat.light, coat.base, coat.dark, angle=10))
    c.polygon(points("10,36 45,36 27.5,4"), linear((150, 118, 122), (86, 64, 78), angle=20))
    c.line([(27.5, 4), (27.5, -7)], 1.2, (226, 182, 86))
    c.line([(24, -3.4), (31, -3.4)], 1.2, (226, 182, 86))
    c.circle(27.5, 47, 5.4, CREAM)
    c.line([(27.5, 47), (27.5, 43.4)], 0.7, _WOOD)
    c.line([(27.5, 47), (30, 48.6)], 0.7, _WOOD)
    for x in (52, 66, 80):
        c.polygon(
            [*arc_path(x, 72, 3.4, 4.6, 180, 360), (x + 3.4, 84), (x - 3.4, 84)],
            linear((240, 150, 110), (120, 120, 200), (250, 210, 110)),
        )
    _door(c, 27.5, 99, 12, 24)


def temple(c: Canvas, coat: Coat) -> None:
    for i in range(3):
        y, half = 80 - i * 25, 40 - i * 9
        c.rect(50 - half * 0.62, y - 6, half * 1.24, 20, linear((250, 236, 210), (220, 190, 150), angle=20))
        for k in (-0.5, -0.17, 0.17, 0.5):
            c.rect(50 + half * k * 1.14 - 1, y - 6, 2.2, 20, coat.base)
        eave = [
            (50, y - 20),
            (50 - half * 0.4, y - 16),
            (50 - half * 0.8, y - 8),
            (50 - half * 1.14, y - 7),
            (50 - half, y - 3),
            (50, y - 4),
        ]
        c.blob(mirrored(eave), linear(lighter((72, 92, 104), 0.2), (72, 92, 104), darker((72, 92, 104), 0.4)))
    c.line([(50, 12), (50, 0)], 1.6, (232, 184, 84))
    c.circle(50, 4, 2.2, (248, 208, 100))
    c.rect(10, 93, 80, 6, linear(_STONE, darker(_STONE, 0.3)), 1)


def windmill(c: Canvas, coat: Coat) -> None:
    c.polygon(points("36,34 64,34 72,99 28,99"), linear(coat.light, coat.base, coat.dark, angle=10))
    c.polygon(mirrored(points("50,18 38,24 33,36")), linear((170, 92, 72), (110, 56, 58)))
    _window(c, 45, 52, 10, 11, _WOOD)
    _door(c, 50, 99, 13, 24)
    for angle in (20, 110, 200, 290):
        c.line([(50, 32), turned([(50, -10)], angle, (50, 32))[0]], 1.5, _WOOD)
        sail = turned(points("51,24 60,24 60,-8 51,-8"), angle, (50, 32))
        c.polygon(sail, linear(CREAM, (226, 206, 176)))
        for k in range(5):
            c.line(turned([(51, 22 - k * 7.4), (60, 22 - k * 7.4)], angle, (50, 32)), 0.5, _WOOD)
    c.circle(50, 32, 3, darker(_WOOD, 0.3))


def bridge(c: Canvas, coat: Coat) -> None:
    c.rect(-8, 66, 116, 6, linear(coat.light, coat.dark))
    for x in (22.0, 78):
        c.rect(x - 3.4, 22, 2.8, 77, linear(coat.light, coat.base, coat.dark, angle=0))
        c.rect(x + 1.2, 22, 2.8, 77, linear(coat.light, coat.base, coat.dark, angle=0))
        for y in (26.0, 44):
            c.rect(x - 3.4, y, 7.4, 3, coat.dark)
    for start, end, dip in ((-8, 22, 52), (22, 78, 62), (78, 108, 52)):
        low_start, low_end = (66 if start < 0 else 24), (66 if end > 100 else 24)
        middle = ((start + end) / 2, dip)
        c.curve([(start, low_start), middle, (end, low_end)], 1.2, coat.dark)
        for i in range(1, 8):
            x = start + (end - start) * i / 8
            t = (x - start) / (end - start)
            y = (1 - t) ** 2 * low_start + 2 * t * (1 - t) * (dip * 1.14 - 4) + t * t * low_end
            c.line([(x, y + 1), (x, 66)], 0.35, coat.dark)


def tent(c: Canvas, coat: Coat) -> None:
    c.polygon(points("50,24 98,97 62,97"), linear(coat.dark, coat.deep, angle=30))
    c.polygon(points("50,24 2,97 74,97"), surface(coat))
    c.polygon(points("46,40 28,97 60,97"), linear((70, 52, 60), (36, 28, 44)))
    c.polygon(points("46,40 28,97 36,97 43,66"), coat.light)
    c.polygon(points("46,40 60,97 54,97 48,66"), coat.dark)
    c.line([(50, 24), (50, 18)], 1.4, _WOOD)


def pyramid(c: Canvas, coat: Coat) -> None:
    c.polygon(points("50,26 106,98 64,98"), linear(coat.dark, coat.deep, angle=60))
    face = points("50,26 -6,98 64,98")
    c.polygon(face, linear(coat.light, coat.base, angle=80))
    with c.clipped(face):
        for i in range(10):
            y = 34 + i * 7
            c.line([(-8, y), (70, y)], 0.5, coat.dark)
            for k in range(12):
                c.line([(k * 8 + (i % 2) * 4 - 10, y), (k * 8 + (i % 2) * 4 - 10, y + 7)], 0.4, coat.dark)


def igloo(c: Canvas, coat: Coat) -> None:
    dome = [*arc_path(50, 97, 46, 58, 180, 360)]
    c.polygon(dome, surface(coat))
    with c.clipped(dome):
        for i in range(6):
            r = 46 * (1 - i * 0.02)
            c.curve(arc_path(50, 97 - i * 10, r, 6, 0, -180)[::5], 0.7, coat.dark)
            for k in range(9):
                c.line(
                    [(8 + k * 11 + (i % 2) * 5, 96 - i * 10), (8 + k * 11 + (i % 2) * 5, 86 - i * 10)],
                    0.6,
                    coat.dark,
                )
    c.polygon(arc_path(62, 97, 22, 32, 180, 360), linear(coat.light, coat.dark))
    c.polygon(arc_path(62, 97, 15, 24, 180, 360), (56, 74, 110))


def shop(c: Canvas, coat: Coat) -> None:
    c.rect(10, 22, 80, 77, linear(lighter(coat.base, 0.5), lighter(coat.base, 0.3), angle=20))
    c.rect(7, 18, 86, 7, linear(coat.light, coat.dark), 1.4)
    for x in (20.0, 43, 66):
        _window(c, x, 30, 13, 13)
    for i in range(8):
        x = 6.0 + i * 11
        colour = coat.base if i % 2 else CREAM
        c.polygon(
            [(x + 2 - (i - 4) * 0.2, 50), (x + 13 - (i - 3) * 0.2, 50), (x + 11, 63), (x, 63)],
            linear(lighter(colour, 0.2), colour),
        )
        c.polygon(arc_path(x + 5.5, 63, 5.5, 4, 0, 180), darker(colour, 0.1))
    c.rect(15, 70, 42, 23, _PANE, 1)
    c.rect(15, 88, 42, 11, linear(coat.dark, coat.deep))
    for x, r in points("23,4 33,5 44,4.4"):
        c.polygon(arc_path(x, 88, r, r * 1.2, 180, 360), linear((226, 158, 92), (176, 104, 60)))
    _door(c, 74, 99, 17, 30, darker(coat.base, 0.3))


THINGS = (
    Thing("house", house, (246, 222, 184), 1.9),
    Thing("cottage", cottage, (244, 228, 200), 1.7),
    Thing("castle", castle, (190, 182, 196), 2.8),
    Thing("lighthouse", lighthouse, (214, 66, 58), 2.6),
    Thing("tower", tower, (178, 168, 166), 2.4),
    Thing("skyscraper", skyscraper, (92, 124, 170), 3.0),
    Thing("church", church, (240, 228, 210), 2.3),
    Thing("temple", temple, (196, 62, 52), 2.3),
    Thing("windmill", windmill, (240, 224, 200), 2.2),
    Thing("bridge", bridge, (206, 84, 62), 2.0),
    Thing("tent", tent, (238, 150, 62), 1.0),
    Thing("pyramid", pyramid, (230, 186, 112), 2.2),
    Thing("igloo", igloo, (222, 236, 248), 1.2),
    Thing("shop", shop, (64, 142, 132), 1.9),
)

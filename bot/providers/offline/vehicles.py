"""Vehicles by road, rail, water, air and through space."""

from collections.abc import Sequence

from bot.providers.offline.canvas import (
    Canvas,
    Point,
    arc_path,
    clear,
    fading,
    halo,
    linear,
    mirrored,
    points,
    smooth,
    surface,
)
from bot.providers.offline.palette import CREAM, INK, WHITE, Coat, Colour, darker, lighter
from bot.providers.offline.things import Habitat, Thing

_TYRE: Colour = (46, 44, 54)
_GLASS = linear((214, 238, 250), (140, 190, 222), angle=60)
_WOOD: Colour = (150, 98, 62)
_CLOTH: Colour = (250, 240, 222)


def _wheel(c: Canvas, x: float, y: float, r: float, hub: Colour = (206, 210, 220)) -> None:
    c.circle(x, y, r, linear((84, 82, 94), _TYRE, (28, 26, 34)))
    c.circle(x, y, r * 0.6, linear(lighter(hub, 0.5), hub, darker(hub, 0.4), angle=60))
    c.circle(x, y, r * 0.22, darker(hub, 0.5))


def car(c: Canvas, coat: Coat) -> None:
    cabin = smooth(points("24,60 32,42 42,36 60,36 70,42 80,60"))
    c.polygon(cabin, linear(coat.light, coat.base))
    c.polygon(smooth(points("30,59 36,45 43,41 49,41 49,59")), _GLASS)
    c.polygon(smooth(points("53,59 53,41 60,41 67,46 73,59")), _GLASS)
    body = smooth(points("3,78 4,66 14,59 30,57 74,57 90,62 98,70 98,84 88,88 12,88 3,86"))
    c.polygon(body, surface(coat, angle=85))
    c.rect(4, 79, 94, 2.4, clear(WHITE, 0.35), 1)
    c.line([(51, 60), (51, 84)], 0.7, coat.deep)
    c.rect(55, 66, 6, 1.7, coat.deep, 0.8)
    c.ellipse(95, 70, 3.4, 4, linear(WHITE, (252, 226, 140)))
    c.ellipse(4.4, 70, 2.2, 3.6, (226, 60, 50))
    for x in (23, 77):
        c.polygon(arc_path(x, 87, 13, 13.4, 180, 360), coat.deep)
        _wheel(c, x, 88, 10.6)


def truck(c: Canvas, coat: Coat) -> None:
    c.rect(2, 34, 60, 48, linear(lighter(CREAM, 0.3), CREAM, darker(CREAM, 0.2)), 2)
    for x in (16, 31, 46):
        c.line([(x, 36), (x, 80)], 0.6, darker(CREAM, 0.2))
    c.polygon(smooth(points("64,48 66,44 82,44 88,48 97,66 99,84 64,84")), surface(coat, angle=80))
    c.polygon(points("70,49 82,49 90,65 70,65"), _GLASS)
    c.rect(2, 80, 96, 7, linear((96, 94, 106), _TYRE), 1)
    c.circle(96, 76, 2.8, (252, 232, 160))
    for x in (18, 36, 82):
        _wheel(c, x, 88, 10)


def bus(c: Canvas, coat: Coat) -> None:
    c.rect(2, 34, 96, 54, surface(coat, angle=85), 7)
    c.rect(2, 64, 96, 5, coat.pale)
    for i in range(5):
        c.rect(8 + i * 15, 42, 12, 17, _GLASS, 2)
    c.rect(84, 42, 12, 40, _GLASS, 2)
    c.line([(90, 43), (90, 82)], 0.7, coat.deep)
    c.circle(96, 79, 2.4, (252, 232, 160))
    for x in (22, 74):
        c.polygon(arc_path(x, 87, 12, 12, 180, 360), coat.deep)
        _wheel(c, x, 88, 10)


def train(c: Canvas, coat: Coat) -> None:
    for x, y, r in ((80.0, 16.0, 9.0), (66, 6, 8), (52, 0, 6)):
        c.circle(x, y, r, clear(WHITE, 0.75))
    c.rect(82, 26, 9, 22, linear((100, 96, 110), INK, angle=0), 1)
    c.polygon(points("79,22 94,22 91,30 82,30"), linear((120, 116, 130), INK))
    c.rect(40, 44, 54, 34, surface(coat, angle=88), 12)
    for x in (56.0, 72):
        c.rect(x, 44, 2, 34, (238, 196, 96))
    c.polygon(arc_path(66, 44, 7, 8, 180, 360), linear((252, 224, 140), (206, 150, 60)))
    c.rect(6, 26, 38, 56, linear(coat.light, coat.base, coat.dark, angle=10), 2)
    c.rect(2, 20, 46, 8, linear((90, 86, 100), INK), 2)
    for x in (11.0, 28):
        c.rect(x, 36, 12, 14, _GLASS, 1.4)
    c.rect(4, 78, 92, 6, linear((110, 106, 120), INK), 1)
    c.polygon(points("92,80 104,96 86,96"), linear((200, 70, 60), (130, 40, 50)))
    c.circle(95, 58, 4.6, linear(WHITE, (252, 224, 130)))
    for x, r in points("18,12 46,9 64,9 82,9"):
        _wheel(c, x, 98 - r, r, (220, 80, 66))
    c.line([(18, 90), (64, 90)], 2, (210, 206, 214))
    c.rect(-4, 97.6, 112, 2, (110, 100, 106))


def _two_wheels(c: Canvas, r: float, centres: Sequence[Point]) -> None:
    for x, y in centres:
        c.circle(x, y, r, _TYRE)
        c.circle(x, y, r - 2.6, (236, 234, 236))
        for spoke in range(6):
            end = arc_path(x, y, r - 2.6, r - 2.6, spoke * 30, spoke * 30 + 180)
            c.line([end[0], end[-1]], 0.4, (150, 150, 160))
        c.circle(x, y, 2, _TYRE)


def bicycle(c: Canvas, coat: Coat) -> None:
    _two_wheels(c, 21, ((22, 77), (78, 77)))
    for path in (points("22,77 36,48 68,48 47,77 36,48"), [(22, 77), (47, 77)], [(78, 77), (66, 38)]):
        c.line(path, 2.8, coat.base)
    c.line([(36, 48), (34, 41)], 2, (90, 90, 100))
    c.rect(26, 38, 16, 4.4, linear((110, 72, 54), (66, 42, 38)), 2)
    c.curve(points("66,38 70,34 78,34 80,40"), 2.2, (66, 62, 72))
    c.circle(47, 77, 5.4, linear((220, 222, 228), (140, 144, 156)))
    c.line([(47, 77), (52, 86)], 1.6, _TYRE)
    c.rect(49, 85.4, 8, 2, _TYRE, 1)


def motorcycle(c: Canvas, coat: Coat) -> None:
    for x in (20, 80):
        _wheel(c, x, 80, 18)
    c.line([(80, 80), (68, 42)], 3, (150, 154, 166))
    c.blob(points("26,62 44,76 62,76 66,58 44,60"), linear((150, 154, 166), (80, 82, 96)))
    c.ribbon(points("54,80 34,84 8,84"), (5, 5, 6), linear((226, 228, 234), (140, 144, 156)))
    c.blob(points("44,52 56,42 70,46 72,56 58,62 46,60"), surface(coat))
    c.blob(points("8,56 20,50 44,54 46,61 24,62"), linear((90, 66, 60), INK))
    c.curve(points("70,44 64,34 54,34"), 2.6, (66, 62, 72))
    c.circle(77, 47, 5.6, linear(WHITE, (250, 226, 140)))
    c.polygon(arc_path(80, 80, 21, 21, 195, 320), coat.dark)
    _wheel(c, 80, 80, 18)


def tractor(c: Canvas, coat: Coat) -> None:
    c.rect(70, 26, 4, 24, linear((110, 106, 120), INK, angle=0), 1)
    c.rect(46, 46, 48, 28, surface(coat, angle=80), 5)
    for x in (60, 68, 76):
        c.line([(x, 54), (x, 66)], 1.4, coat.deep)
    c.rect(14, 22, 40, 46, _GLASS, 2)
    c.rect(10, 16, 48, 7, linear(coat.light, coat.dark), 3)
    for x in (14, 51):
        c.rect(x, 22, 3, 48, coat.dark)
    c.circle(92, 56, 3, (252, 232, 160))
    _wheel(c, 30, 73, 25, (248, 206, 84))
    _wheel(c, 80, 83, 15, (248, 206, 84))


def sailing_ship(c: Canvas, coat: Coat) -> None:
    for x, top in points("30,16 54,4 76,20"):
        c.line([(x, 76), (x, top)], 1.7, darker(_WOOD, 0.3))
        c.polygon([(x, top - 5), (x + 9, top - 2.6), (x, top)], (222, 72, 62))
    cloth = coat.base if coat.dyed else _CLOTH
    for x, y, w, h in (
        (30, 22, 10, 15),
        (30, 41, 12, 22),
        (54, 9, 11, 16),
        (54, 28, 14, 18),
        (54, 49, 15, 18),
        (76, 26, 9, 14),
        (76, 43, 10, 20),
    ):
        sail = [
            (x - w, y),
            (x + w, y),
            (x + w + 3, y + h * 0.5),
            (x + w + 1, y + h),
            (x, y + h - 2.6),
            (x - w, y + h),
            (x - w + 4, y + h * 0.5),
        ]
        c.blob(sail, linear(lighter(cloth, 0.4), cloth, darker(cloth, 0.26), angle=15))
        c.line([(x - w - 1, y), (x + w + 1, y)], 1.1, darker(_WOOD, 0.3))
    c.polygon(points("86,72 104,60 88,76"), darker(_WOOD, 0.2))
    c.polygon(points("78,28 102,60 82,62"), linear(lighter(cloth, 0.2), darker(cloth, 0.2)))
    hull = smooth(points("2,62 12,66 16,74 50,77 84,73 96,68 88,88 74,97 26,97 10,88"))
    wood = _WOOD
    c.polygon(hull, linear(lighter(wood, 0.25), wood, darker(wood, 0.45)))
    with c.clipped(hull):
        c.rect(0, 79, 100, 2.6, (240, 198, 104))
        for y in (85, 89, 93):
            c.line([(4, y), (96, y)], 0.5, darker(wood, 0.45))
    for x in (26, 38, 50, 62, 74):
        c.circle(x, 83.6, 1.9, darker(wood, 0.7))


def steamer(c: Canvas, coat: Coat) -> None:
    for x in (36, 54):
        c.rect(x, 28, 11, 30, linear(coat.light, coat.base, coat.dark, angle=0), 1)
        c.rect(x, 28, 11, 6, (50, 48, 60))
        c.circle(x - 4, 20, 8, clear(WHITE, 0.6))
        c.circle(x - 14, 12, 10, clear(WHITE, 0.4))
    c.rect(20, 56, 60, 12, linear(WHITE, (226, 226, 232)), 2)
    c.rect(12, 66, 76, 12, linear(WHITE, (220, 220, 228)), 2)
    for i in range(10):
        c.circle(18 + i * 7, 72, 1.7, (92, 140, 186))
    hull = points("2,76 99,76 90,97 12,97")
    c.polygon(hull, linear((72, 80, 112), (40, 44, 68)))
    c.polygon(points("9,90 94,90 90,97 12,97"), coat.base)


def submarine(c: Canvas, coat: Coat) -> None:
    c.line(points("52,36 52,18 62,18"), 3, coat.dark)
    c.rect(40, 34, 26, 22, linear(coat.light, coat.dark), 6)
    c.polygon(points("8,48 2,34 -6,38 2,64 -6,90 2,94 8,78"), linear(coat.light, coat.dark))
    c.ellipse(52, 66, 46, 24, surface(coat, angle=80))
    for x in (36, 56, 76):
        c.circle(x, 64, 8, lighter(coat.base, 0.5))
        c.circle(x, 64, 6, _GLASS)
        c.circle(x - 2, 62, 1.7, WHITE)


def airplane(c: Canvas, coat: Coat) -> None:
    stripe = coat.base if coat.dyed else (52, 116, 200)
    c.polygon(points("50,44 70,16 80,16 66,46"), linear((220, 226, 236), (160, 172, 192)))
    c.polygon(points("8,44 2,14 14,14 28,46"), linear(lighter(stripe, 0.2), stripe, darker(stripe, 0.2)))
    body = smooth(points("2,46 20,38 70,36 90,40 100,50 92,60 70,64 26,60 8,54"))
    c.polygon(body, linear(WHITE, (242, 244, 250), (176, 186, 206)))
    with c.clipped(body):
        c.rect(0, 55, 100, 3, stripe)
    c.polygon(points("84,42 92,43 96,47 84,48"), (58, 82, 116))
    for i in range(9):
        c.rect(24 + i * 6, 45, 3, 4.4, (104, 150, 196), 1.4)
    c.polygon(points("40,55 58,55 36,88 24,90"), linear((226, 232, 242), (150, 162, 186)))
    c.rect(36, 68, 14, 7, linear((150, 160, 180), (90, 98, 120)), 3.4)


def helicopter(c: Canvas, coat: Coat) -> None:
    c.line([(10, 24), (98, 24)], 2.2, (70, 72, 84))
    c.line([(54, 24), (54, 36)], 3, (70, 72, 84))
    c.polygon(points("40,46 2,50 2,56 40,62"), surface(coat))
    c.polygon(points("2,34 10,36 12,56 2,58"), linear(coat.light, coat.dark))
    c.circle(5, 44, 7, clear((220, 224, 232), 0.6))
    c.blob(points("32,46 46,36 66,36 88,46 96,60 84,74 50,76 34,64"), surface(coat))
    c.blob(points("66,41 84,46 93,59 72,62 64,54"), _GLASS)
    for x in (48, 74):
        c.line([(x, 75), (x, 86)], 2, (70, 72, 84))
    c.curve(points("34,86 84,87 92,82"), 2.4, (70, 72, 84))


def rocket(c: Canvas, coat: Coat) -> None:
    red = coat.base if coat.dyed else (226, 78, 64)
    flame = smooth(mirrored(points("50,78 42,80 37,94 44,104 50,122")))
    c.circle(50, 96, 26, halo((255, 190, 90), 0.6))
    c.polygon(flame, linear((255, 240, 170), (255, 176, 66), (236, 90, 50)))
    c.polygon(smooth(mirrored(points("50,80 46,82 45,92 50,104"))), linear(WHITE, (255, 240, 180)))
    for side in (-1, 1):
        c.blob(
            [(50 + side * x, y) for x, y in points("14,52 30,70 30,86 18,78 12,78")],
            linear(lighter(red, 0.2), red, darker(red, 0.4)),
        )
    body = smooth(mirrored(points("50,-6 42,4 33,28 32,56 38,80 50,81")))
    c.polygon(body, linear(WHITE, (240, 240, 246), (168, 172, 196), angle=10))
    with c.clipped(body):
        c.rect(20, -10, 60, 27, linear(lighter(red, 0.2), red, darker(red, 0.3), angle=10))
        c.rect(20, 73, 60, 10, linear(lighter(red, 0.1), darker(red, 0.3), angle=10))
    c.circle(50, 38, 10, linear((200, 206, 220), (120, 126, 150)))
    c.circle(50, 38, 7.6, linear((150, 214, 240), (50, 104, 170), angle=60))
    c.circle(47.6, 35.4, 2, WHITE)
    c.ellipse(50, 66, 3, 11, linear(lighter(red, 0.1), darker(red, 0.4)))


def ufo(c: Canvas, coat: Coat) -> None:
    c.polygon(points("36,50 64,50 84,100 16,100"), fading((190, 255, 190), 0.7, 0.0))
    c.polygon(arc_path(50, 36, 22, 26, 180, 360), linear((206, 246, 255), (120, 190, 226)))
    c.circle(50, 28, 8, (122, 196, 110))
    for x in (47.0, 53):
        c.ellipse(x, 27, 2, 3, INK)
    c.ellipse(50, 40, 48, 14, surface(coat, angle=80))
    c.ellipse(50, 35, 24, 5.4, linear(coat.pale, coat.light))
    for i in range(7):
        x = 12 + i * 12.7
        y = 43 + 5.4 * (1 - ((x - 50) / 40) ** 2)
        c.circle(x, y, 5, halo((255, 240, 150), 0.9))
        c.circle(x, y, 2, (255, 236, 150))


def hot_air_balloon(c: Canvas, coat: Coat) -> None:
    second = coat.marking((250, 204, 96), 0.6)
    for x in (42, 47, 53, 58):
        c.line([(50 + (x - 50) * 1.6, 68), (x, 86)], 0.6, _WOOD)
    envelope = smooth(mirrored(points("50,0 30,4 16,20 17,40 32,60 41,70 50,71")))
    c.polygon(envelope, surface(coat))
    with c.clipped(envelope):
        for scale, colour in ((0.78, second), (0.5, coat.base), (0.22, second)):
            gore = mirrored(
                [
                    (50, -2),
                    (50 - 34 * scale, 16),
                    (50 - 34 * scale, 36),
                    (50 - 18 * scale, 60),
                    (50 - 9 * scale, 74),
                ]
            )
            c.blob(gore, linear(lighter(colour, 0.3), colour, darker(colour, 0.26), angle=30))
        c.ellipse(36, 22, 8, 14, halo(WHITE, 0.5))
    c.rect(42, 85, 16, 13, linear(lighter(_WOOD, 0.3), _WOOD, darker(_WOOD, 0.3)), 2)
    c.rect(41, 84, 18, 3, darker(_WOOD, 0.2), 1)
    for y in (90, 94):
        c.line([(43, y), (57, y)], 0.5, darker(_WOOD, 0.4))


THINGS = (
    Thing("car", car, (220, 70, 62), 0.85),
    Thing("truck", truck, (62, 130, 190), 1.2),
    Thing("bus", bus, (240, 180, 56), 1.3),
    Thing("train", train, (44, 110, 108), 1.5),
    Thing("bicycle", bicycle, (58, 150, 142), 0.75, seat=0.66, saddle=-0.14),
    Thing("motorcycle", motorcycle, (206, 60, 54), 0.75, seat=0.66, saddle=-0.18),
    Thing("tractor", tractor, (212, 74, 54), 1.1),
    Thing("sailing ship", sailing_ship, _CLOTH, 2.2, Habitat.AFLOAT),
    Thing("steamer", steamer, (214, 72, 60), 2.2, Habitat.AFLOAT),
    Thing("submarine", submarine, (246, 192, 66), 1.3, Habitat.DEEP),
    Thing("airplane", airplane, (240, 242, 248), 1.3, Habitat.AIR),
    Thing("helicopter", helicopter, (226, 92, 66), 1.2, Habitat.AIR),
    Thing("rocket", rocket, (240, 240, 246), 1.8, Habitat.SPACE),
    Thing("ufo", ufo, (150, 160, 184), 1.1, Habitat.SPACE),
    Thing("hot air balloon", hot_air_balloon, (222, 82, 70), 1.6, Habitat.AIR),
)

"""People and those who look like people: one body, dressed for many parts; robots, ghosts, snowmen."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from bot.providers.offline.canvas import (
    Canvas,
    arc_path,
    clear,
    linear,
    mirrored,
    points,
    radial,
    smooth,
    surface,
)
from bot.providers.offline.features import bead_eye, blush, smile
from bot.providers.offline.palette import INK, WHITE, Coat, Colour, Finish, darker, lighter
from bot.providers.offline.things import Habitat, Thing

_SKIN: Colour = (240, 196, 160)
_GOLD = linear((255, 240, 170), (240, 188, 60), (190, 126, 34), angle=30)
_STEEL = linear((236, 240, 248), (160, 170, 188), (96, 104, 126), angle=30)


@dataclass(frozen=True, slots=True)
class Dress:
    """What a person wears.

    Attributes:
        robe: A garment down to the floor instead of trousers.
        hair: Its colour; None where head-dress hides it.
    """

    hair: Colour | None = (92, 62, 46)
    long_hair: bool = False
    robe: bool = False
    beard: Colour | None = None
    trousers: Colour = (64, 74, 110)
    head: Literal[
        "none", "wizard", "witch", "crown", "pirate", "chef", "ninja", "knight", "fedora", "mask"
    ] = "none"
    holds: Literal["none", "staff", "sword", "broom", "spoon", "sceptre", "lens"] = "none"
    belt: bool = True
    cape: Colour | None = None
    stethoscope: bool = False
    skin: Colour = _SKIN


def _person(dress: Dress, c: Canvas, coat: Coat) -> None:
    hair = dress.hair
    if dress.cape is not None:
        c.blob(
            mirrored(points("50,42 36,45 22,74 14,94 32,90 50,94")),
            linear(lighter(dress.cape, 0.2), dress.cape, darker(dress.cape, 0.3)),
        )
    if hair is not None and dress.long_hair:
        c.blob(
            mirrored(points("50,6 34,10 29,30 31,50 42,52 50,48")),
            linear(lighter(hair, 0.15), darker(hair, 0.2)),
        )
    if dress.holds != "none":
        _held(c, dress.holds)
    if dress.robe:
        c.polygon(
            smooth(mirrored(points("50,44 38,47 33,70 25,97 38,99 50,99"))),
            linear(coat.light, coat.base, coat.dark, angle=20),
        )
        c.polygon(points("47,52 53,52 56,99 44,99"), clear(lighter(coat.base, 0.5), 0.4))
    else:
        for side in (-1, 1):
            c.rect(
                50 + side * 7.6 - 5.6,
                70,
                11.2,
                26,
                linear(lighter(dress.trousers, 0.1), darker(dress.trousers, 0.3), angle=0),
                3,
            )
            c.ellipse(50 + side * 9, 96.4, 8, 3.4, linear((110, 78, 60), (62, 44, 42)))
        c.polygon(
            smooth(mirrored(points("50,44 38,47 34,60 36,76 50,77"))),
            linear(coat.light, coat.base, coat.dark, angle=20),
        )
    if dress.belt:
        c.rect(36, 68.6, 28, 4.2, (92, 62, 46), 1)
        c.rect(46.6, 67.8, 6.8, 5.8, _GOLD, 1)
    for side in (-1, 1):
        c.ribbon(
            [(50 + side * 13, 49), (50 + side * 21, 60), (50 + side * 22, 70)],
            (9, 8.4, 8),
            linear(coat.light, coat.dark, angle=90 - side * 30),
        )
        c.circle(50 + side * 22, 73, 4.4, linear(lighter(dress.skin, 0.2), dress.skin))
    if dress.stethoscope:
        c.curve(points("42,47 43,58 50,62 57,58 58,47"), 1.5, (70, 78, 96))
        c.circle(50, 64, 2.8, _STEEL)
    if dress.cape is not None:
        c.polygon(points("50,50 58,54 56,62 50,67 44,62 42,54"), _GOLD)
    _head(c, dress)
    _headdress(c, dress, coat)


def _held(c: Canvas, what: str) -> None:
    wood = linear((176, 124, 78), (104, 68, 46), angle=0)
    if what == "staff":
        c.rect(73.4, 28, 3.2, 71, wood, 1)
        c.glow(75, 24, 14, (150, 220, 255), 0.9)
        c.circle(75, 24, 6, radial(WHITE, (120, 200, 250), (50, 110, 200), focus=(0.36, 0.3)))
    elif what == "broom":
        c.rect(73.6, 30, 2.8, 54, wood, 1)
        c.polygon(points("72,80 78,80 84,99 66,99"), linear((240, 200, 110), (180, 126, 60)))
    elif what == "sword":
        c.polygon(points("74,66 79,66 78.4,24 76.5,18 74.6,24"), _STEEL)
        c.rect(69, 66, 15, 3, _GOLD, 1)
        c.rect(75, 69, 3, 8, (92, 62, 46), 1)
    elif what == "lens":
        c.line([(73, 70), (78, 56)], 3, (104, 68, 46))
        c.circle(81, 46, 9.6, _GOLD)
        c.circle(81, 46, 7.4, linear((226, 244, 252), (150, 196, 220), angle=50))
    elif what == "spoon":
        c.rect(73.8, 48, 2.6, 28, wood, 1)
        c.ellipse(75, 44, 5, 7, wood)
    else:
        c.rect(73.8, 40, 2.6, 40, _GOLD, 1)
        c.circle(75, 37, 4.6, _GOLD)


def _head(c: Canvas, dress: Dress) -> None:
    skin = dress.skin
    c.rect(46, 38, 8, 9, darker(skin, 0.16), 2)
    for side in (-1, 1):
        c.circle(50 + side * 15.6, 28, 3.2, darker(skin, 0.1))
    c.polygon(
        smooth(mirrored(points("50,9 38,12 34,26 39,39 50,44"))),
        linear(lighter(skin, 0.3), skin, darker(skin, 0.1), angle=70),
    )
    for side in (-1, 1):
        bead_eye(c, 50 + side * 6.4, 28, 2.3)
        c.curve(
            [(50 + side * 3.6, 23), (50 + side * 6.6, 21.8), (50 + side * 9.4, 23.2)],
            1.1,
            darker(dress.hair or (92, 62, 46), 0.2),
        )
        blush(c, 50 + side * 10, 33, 3)
    c.curve(points("50,28.6 51,31 49.6,31.6"), 0.8, darker(skin, 0.3))
    smile(c, 50, 33.6, 8, (170, 70, 66), 1.1)
    if dress.beard is not None:
        beard = linear(lighter(dress.beard, 0.3), dress.beard, darker(dress.beard, 0.2))
        c.polygon(smooth(mirrored(points("50,37 44,36.6 35.4,30 36,44 43,58 50,64"))), beard)
        c.curve(points("46,38.4 50,39.6 54,38.4"), 1, (170, 70, 66))
    if dress.hair is not None:
        cap = points("50,4 38,6 31.6,18 33,29 37,21 44,17 56,18 63,21 67,29 68.4,18 62,6")
        c.blob(cap, linear(lighter(dress.hair, 0.25), dress.hair, darker(dress.hair, 0.25)))


def _headdress(c: Canvas, dress: Dress, coat: Coat) -> None:
    if dress.head in ("wizard", "witch"):
        felt = coat.base if dress.head == "wizard" else (58, 48, 74)
        c.blob(
            points("30,15 40,-8 50,-26 62,-30 58,-14 66,2 70,15"),
            linear(lighter(felt, 0.25), felt, darker(felt, 0.35), angle=20),
        )
        c.ellipse(50, 15, 29, 5.6, linear(lighter(felt, 0.2), darker(felt, 0.2)))
        c.polygon(points("34,4 66,4 69,11 31,11"), _GOLD if dress.head == "wizard" else (146, 90, 190))
    elif dress.head == "crown":
        c.polygon(points("35,12 33,-4 42,4 50,-8 58,4 67,-4 65,12"), _GOLD)
        for x in (42.0, 50, 58):
            c.circle(x, 9, 1.8, (206, 50, 70))
    elif dress.head == "pirate":
        c.blob(points("26,16 32,0 50,-7 68,0 74,16 50,11"), linear((74, 66, 84), INK))
        c.circle(50, 3, 4.4, WHITE)
        for x in (48.2, 51.8):
            c.circle(x, 2.4, 1, INK)
        c.ellipse(56.4, 28, 4, 3.6, INK)
        c.line([(36, 20), (64, 32)], 0.9, INK)
    elif dress.head == "fedora":
        c.blob(points("34,14 36,-2 44,-8 50,-5 56,-8 64,-2 66,14"), linear(coat.light, coat.base, coat.dark))
        c.ellipse(50, 14, 28, 5, linear(coat.base, coat.deep))
        c.polygon(points("34,7 66,7 67,12 33,12"), (62, 48, 50))
    elif dress.head == "mask":
        band = dress.cape or coat.base
        c.blob(
            points("34,25 42,22 50,25 58,22 66,25 64,32 56,34 50,30 44,34 36,32"),
            linear(lighter(band, 0.2), band),
        )
        for side in (-1, 1):
            c.ellipse(50 + side * 6.6, 28, 3.4, 2.6, WHITE)
            c.circle(50 + side * 6.2, 28.2, 1.7, INK)
    elif dress.head == "chef":
        c.rect(36, 3, 28, 11, linear(WHITE, (226, 226, 232), angle=0), 2)
        for x, y, r in ((38, -2, 9), (50, -7, 11), (62, -2, 9)):
            c.circle(x, y, r, linear(WHITE, (234, 234, 240)))
    elif dress.head == "ninja":
        mask = smooth(mirrored(points("50,5 36,9 32,26 38,40 50,45")))
        c.polygon(mask, linear(coat.light, coat.base, coat.dark, angle=60))
        c.rect(36.6, 23.6, 26.8, 9, linear(lighter(dress.skin, 0.2), dress.skin), 4)
        for side in (-1, 1):
            bead_eye(c, 50 + side * 6.4, 28, 2.4)
        c.rect(33.6, 15, 32.8, 4, (206, 60, 56), 1)
    elif dress.head == "knight":
        c.polygon(smooth(mirrored(points("50,3 37,7 32,24 36,42 50,47"))), _STEEL)
        c.rect(36, 23, 28, 6, (44, 42, 56), 2)
        for x in (44, 50, 56):
            c.line([(x, 33), (x, 41)], 1.1, (70, 76, 96))
        c.ribbon(points("50,5 56,-10 70,-8 76,4"), (5, 9, 8, 3), linear((240, 96, 80), (170, 40, 52)))


def astronaut(c: Canvas, coat: Coat) -> None:
    trim = (236, 120, 60)
    suit = linear(WHITE, coat.base, darker(coat.base, 0.28), angle=30)
    c.rect(27, 40, 46, 36, linear((190, 196, 210), (128, 134, 156), angle=0), 7)
    for side in (-1, 1):
        c.blob([(50 + side * x, y) for x, y in points("1,68 1.6,84 2,97 16,98 18,88 16,66")], suit)
        c.rect(50 + side * 10 - 8, 92, 16, 7, linear((150, 156, 176), (90, 96, 118)), 3)
        c.ribbon([(50 + side * 15, 48), (50 + side * 25, 57), (50 + side * 27, 68)], (13, 12, 11), suit)
        c.circle(50 + side * 27, 72, 6, linear(lighter(trim, 0.3), trim))
        c.ellipse(50 + side * 9.4, 80, 8, 1.7, trim)
    c.polygon(smooth(mirrored(points("50,42 36,44 32,58 34,74 50,78"))), suit)
    c.rect(40, 55, 20, 12, linear((216, 222, 232), (160, 168, 186)), 2)
    for x, colour in ((44.6, (226, 70, 62)), (50, (248, 200, 70)), (55.4, (70, 170, 110))):
        c.circle(x, 59.4, 1.8, colour)
    c.rect(42.6, 62.6, 14.8, 2, (90, 100, 126), 1)
    c.circle(50, 25, 24, radial(WHITE, coat.base, darker(coat.base, 0.3), focus=(0.36, 0.3), reach=1.3))
    c.ellipse(50, 26, 18.6, 16, (90, 96, 120))
    visor = smooth(points("50,11.6 36,15 33.4,27 38,38 50,41 62,38 66.6,27 64,15"))
    c.polygon(visor, linear((255, 214, 130), (214, 120, 80), (74, 52, 104), (28, 30, 66), angle=60))
    with c.clipped(visor):
        c.blob(points("36,20 44,13 50,13 40,26"), clear(WHITE, 0.6))
    c.line([(70, 10), (73, 0)], 1, (150, 156, 176))
    c.circle(73, -1, 2, trim)


def robot(c: Canvas, coat: Coat) -> None:
    metal = coat if coat.finish is not Finish.MATTE else Coat(coat.base, Finish.METAL)
    joint = linear((150, 156, 172), (84, 90, 110), angle=0)
    for side in (-1, 1):
        c.rect(50 + side * 9 - 4, 76, 8, 16, joint, 2)
        c.rect(50 + side * 10 - 8, 90, 16, 9, surface(metal), 4)
        c.ribbon([(50 + side * 20, 52), (50 + side * 31, 58), (50 + side * 31, 70)], (6, 6, 6), joint)
        c.circle(50 + side * 20, 52, 6, surface(metal))
        c.polygon(
            [
                (50 + side * 26, 70),
                (50 + side * 36, 70),
                (50 + side * 38, 81),
                (50 + side * 33.5, 77),
                (50 + side * 29, 77),
                (50 + side * 24, 81),
            ],
            surface(metal),
        )
    c.rect(45, 38, 10, 9, joint, 1)
    c.rect(29, 45, 42, 33, surface(metal), 7)
    c.rect(36, 51, 28, 15, linear((50, 58, 84), (26, 30, 50)), 3)
    c.curve(points("38,60 42,60 45,54 49,63 53,56 56,60 62,60"), 1.1, (110, 250, 190))
    for x, colour in ((38.0, (236, 80, 70)), (45, (250, 204, 80)), (52, (90, 200, 130))):
        c.circle(x, 72, 2, colour)
    c.line([(50, 8), (50, -4)], 1.8, (120, 126, 146))
    c.glow(50, -6, 10, (255, 120, 100), 0.7)
    c.circle(50, -6, 3.6, radial((255, 210, 200), (236, 80, 70)))
    for side in (-1, 1):
        c.rect(50 + side * 26 - 3, 18, 6, 12, joint, 2)
    c.rect(25, 6, 50, 34, surface(metal), 10)
    c.rect(30, 12, 40, 22, linear((44, 52, 78), (22, 26, 46)), 7)
    for side in (-1, 1):
        x = 50 + side * 9.6
        c.glow(x, 22, 11, (90, 230, 255), 0.7)
        c.circle(x, 22, 5, radial(WHITE, (120, 240, 255), (40, 170, 230)))
    c.curve(arc_path(50, 26, 5, 3.6, 15, 165)[::5], 1.3, (120, 240, 255))


def alien(c: Canvas, coat: Coat) -> None:
    c.polygon(
        smooth(mirrored(points("50,50 42,54 38,76 40,98 50,98"))),
        linear(coat.light, coat.base, coat.dark, angle=20),
    )
    for side in (-1, 1):
        c.ribbon(
            [(50 + side * 9, 58), (50 + side * 20, 68), (50 + side * 18, 82)],
            (6, 5, 5),
            linear(coat.light, coat.dark),
        )
        c.curve([(50 + side * 10, 12), (50 + side * 16, 2), (50 + side * 20, -2)], 1.4, coat.dark)
        c.circle(50 + side * 20, -3, 3, coat.light)
    c.polygon(smooth(mirrored(points("50,4 30,8 22,26 32,46 50,57"))), surface(coat, angle=75))
    for side in (-1, 1):
        c.ellipse(50 + side * 12, 30, 7, 11, linear((40, 30, 60), (14, 10, 24)), tilt=side * 24)
        c.ellipse(50 + side * 10 - 1.6, 25, 2, 3, WHITE)
    smile(c, 50, 44, 8, coat.deep, 1.2)


def ghost(c: Canvas, coat: Coat) -> None:
    c.glow(50, 50, 60, coat.base, 0.3)
    outline = points(
        "50,4 28,10 17,34 16,70 10,94 24,88 32,98 42,90 50,98 58,90 68,98 76,88 90,94 84,70 83,34 72,10"
    )
    c.blob(outline, linear(WHITE, coat.base, darker(coat.base, 0.2)))
    for side in (-1, 1):
        c.ellipse(50 + side * 12, 36, 5.4, 8, linear(INK, (70, 60, 90)))
        c.circle(50 + side * 12 - 1.6, 32.6, 1.9, WHITE)
        blush(c, 50 + side * 21, 48, 4.6)
    c.ellipse(50, 53, 5, 7, (62, 52, 80))


def snowman(c: Canvas, coat: Coat) -> None:
    for side in (-1, 1):
        c.line([(50 + side * 18, 52), (50 + side * 40, 40)], 2, (110, 76, 54))
        c.line([(50 + side * 34, 43.4), (50 + side * 39, 48)], 1.4, (110, 76, 54))
        c.line([(50 + side * 34, 43.4), (50 + side * 37, 36)], 1.4, (110, 76, 54))
    for y, r in points("78,22 50,18 25,15"):
        c.circle(50, y, r, radial(WHITE, coat.base, (178, 196, 222), focus=(0.36, 0.3), reach=1.3))
    for y in (47, 55, 70):
        c.circle(50, y, 1.9, INK)
    for side in (-1, 1):
        c.circle(50 + side * 5.6, 21, 1.9, INK)
    c.polygon(points("49,24 66,28 49,28.6"), linear((255, 180, 90), (236, 120, 40)))
    for i in range(5):
        c.circle(43.6 + i * 3.2, 33 + (1 - abs(i - 2)) * 0.9, 0.9, INK)
    red = linear((240, 100, 86), (190, 48, 58))
    c.blob(points("34,37 50,42 66,37 67,43 50,48 33,43"), red)
    c.blob(points("57,42 64,42 67,62 59,63"), red)
    c.rect(32, 9, 36, 3.4, INK, 1.6)
    c.rect(38, -10, 24, 20, linear((84, 74, 98), INK, angle=0), 2)
    c.rect(38, 4, 24, 4.6, (206, 60, 60))


def skeleton(c: Canvas, coat: Coat) -> None:
    c.polygon(smooth(mirrored(points("50,6 24,10 12,36 18,58 30,66 32,88 50,92"))), surface(coat, angle=70))
    for side in (-1, 1):
        c.ellipse(50 + side * 16, 44, 11, 12, linear((40, 32, 50), (74, 62, 84)), tilt=side * 12)
        c.circle(50 + side * 16, 45, 3, (255, 180, 80))
    c.polygon(points("50,54 44,66 56,66"), (52, 42, 60))
    for x in range(36, 66, 6):
        c.line([(x, 74), (x, 90)], 1.2, darker(coat.base, 0.6))


def mermaid(c: Canvas, coat: Coat) -> None:
    hair = (206, 84, 54)
    c.blob(
        mirrored(points("50,4 30,10 24,34 22,58 36,62 50,48")), linear(lighter(hair, 0.2), darker(hair, 0.25))
    )
    c.ribbon(points("50,60 52,76 66,88 82,84"), (25, 22, 13, 6), surface(coat, angle=60))
    c.blob(points("80,86 86,70 98,66 92,80 104,90 90,92"), linear(coat.light, coat.base, coat.dark))
    c.polygon(smooth(mirrored(points("50,42 40,46 39,56 38,66 50,68"))), linear(lighter(_SKIN, 0.2), _SKIN))
    for side in (-1, 1):
        c.ribbon([(50 + side * 10, 48), (50 + side * 18, 57), (50 + side * 15, 66)], (6, 5.6, 5), _SKIN)
        c.circle(50 + side * 5, 53, 5, linear((190, 130, 210), (130, 80, 170)))
    _head(c, Dress(hair=hair))


def _role(name: str, colour: Colour, dress: Dress, size: float = 1.0) -> Thing:
    high = {"wizard": -22.0, "witch": -22.0, "crown": -4.0, "chef": -10.0, "fedora": -8.0}.get(
        dress.head, 8.0
    )
    return Thing(name, partial(_person, dress), colour, size, top=(50, high, 36))


def _character(
    name: str,
    draw: Callable[[Canvas, Coat], None],
    colour: Colour,
    size: float,
    top: tuple[float, float, float],
) -> Thing:
    return Thing(name, draw, colour, size, top=top)


THINGS = (
    _role("person", (72, 132, 176), Dress()),
    _role("woman", (214, 92, 110), Dress(hair=(112, 66, 48), long_hair=True, robe=True, belt=False)),
    _role(
        "wizard",
        (84, 76, 168),
        Dress(hair=None, robe=True, beard=(236, 236, 242), head="wizard", holds="staff"),
    ),
    _role(
        "witch",
        (104, 66, 140),
        Dress(hair=(226, 118, 54), long_hair=True, robe=True, head="witch", holds="broom"),
    ),
    _role(
        "knight", (150, 160, 180), Dress(hair=None, trousers=(112, 120, 142), head="knight", holds="sword")
    ),
    _role(
        "pirate",
        (196, 62, 56),
        Dress(hair=(60, 44, 44), beard=(60, 44, 44), trousers=(70, 60, 80), head="pirate", holds="sword"),
    ),
    _role("king", (166, 44, 70), Dress(robe=True, beard=(150, 110, 78), head="crown", holds="sceptre")),
    _role(
        "queen",
        (146, 86, 176),
        Dress(hair=(226, 176, 92), long_hair=True, robe=True, head="crown", holds="sceptre"),
    ),
    _role("ninja", (58, 60, 82), Dress(hair=None, trousers=(48, 50, 70), head="ninja", holds="sword")),
    _role("chef", (246, 244, 240), Dress(trousers=(82, 88, 106), head="chef", holds="spoon", belt=False)),
    _role(
        "detective",
        (176, 140, 98),
        Dress(hair=(70, 52, 46), robe=True, head="fedora", holds="lens"),
    ),
    _role(
        "superhero",
        (52, 100, 196),
        Dress(hair=(52, 42, 48), trousers=(44, 84, 170), head="mask", cape=(206, 48, 58)),
    ),
    _role("doctor", (240, 244, 248), Dress(trousers=(86, 140, 160), belt=False, stethoscope=True)),
    Thing("astronaut", astronaut, (236, 238, 244), 1.0, Habitat.SPACE, top=(50, 3, 34)),
    _character("robot", robot, (118, 166, 190), 0.95, (50, 6, 36)),
    _character("alien", alien, (132, 198, 104), 0.8, (50, 8, 34)),
    _character("ghost", ghost, (226, 230, 246), 0.8, (50, 7, 38)),
    _character("snowman", snowman, (240, 245, 252), 0.85, (50, -9, 24)),
    _character("skeleton", skeleton, (240, 234, 220), 0.5, (50, 10, 50)),
    Thing("mermaid", mermaid, (52, 160, 150), 0.95, Habitat.DEEP, top=(50, 7, 32)),
)

"""Four-legged animals: some sit and look at you, some stand in profile; and the small creatures of a garden."""

from collections.abc import Callable
from functools import partial

from bot.providers.offline.canvas import Canvas
from bot.providers.offline.creatures import (
    bee,
    butterfly,
    dinosaur,
    dragon,
    elephant,
    frog,
    ladybird,
    snail,
    snake,
)
from bot.providers.offline.palette import Coat, Colour
from bot.providers.offline.sitting import Sitting, sitting
from bot.providers.offline.standing import Standing, standing
from bot.providers.offline.things import Habitat, Thing

_FOX = Sitting((252, 240, 226), (62, 44, 46), cheeks=28, mask="fox", muzzle=9)
_CREAM: Colour = (250, 238, 220)


def _sits(name: str, colour: Colour, look: Sitting, size: float = 0.55) -> Thing:
    return Thing(name, partial(sitting, look), colour, size, top=(50, 15, 36))


def _stands(name: str, colour: Colour, look: Standing, size: float = 0.95) -> Thing:
    back = 98 - look.leg - look.girth
    crown = back - look.neck - 3
    seat = (98 - back - 8) / (98 - crown + 8)
    return Thing(name, partial(standing, look), colour, size, top=(79, crown, 20), seat=seat, saddle=-0.12)


def _small(name: str, draw: Callable[[Canvas, Coat], None], colour: Colour, size: float) -> Thing:
    return Thing(name, draw, colour, size)


THINGS = (
    _sits(
        "cat",
        (238, 164, 92),
        Sitting(
            _CREAM, (206, 122, 62), tail="slim", whiskers=True, iris=(116, 186, 98), mask="stripes", muzzle=9
        ),
    ),
    _sits(
        "dog",
        (212, 160, 104),
        Sitting(_CREAM, (128, 82, 54), ears="floppy", tail="slim", mask="patch", muzzle=12, cheeks=22),
    ),
    _sits("fox", (232, 112, 48), _FOX),
    _sits(
        "wolf",
        (136, 144, 158),
        Sitting((240, 242, 246), (84, 92, 108), mask="fox", cheeks=28, iris=(240, 200, 80)),
        0.65,
    ),
    _sits(
        "bear",
        (142, 94, 62),
        Sitting((226, 188, 142), (112, 72, 48), ears="round", tail="none", muzzle=13),
        0.95,
    ),
    _sits(
        "polar bear",
        (246, 246, 248),
        Sitting((255, 255, 255), (226, 230, 238), ears="round", tail="none", muzzle=13),
        0.95,
    ),
    _sits(
        "panda",
        (248, 246, 244),
        Sitting((255, 252, 248), (48, 46, 56), ears="round", tail="none", mask="panda", muzzle=11),
        0.8,
    ),
    _sits(
        "koala",
        (158, 166, 178),
        Sitting((238, 238, 240), (140, 148, 162), ears="round", tail="none", muzzle=10),
        0.5,
    ),
    _sits(
        "lion",
        (232, 178, 96),
        Sitting(
            (252, 232, 196),
            (196, 138, 70),
            ears="round",
            tail="slim",
            mane=(164, 88, 44),
            muzzle=12,
            cheeks=22,
            whiskers=True,
        ),
        0.8,
    ),
    _sits(
        "tiger",
        (242, 152, 62),
        Sitting(
            (255, 246, 234),
            (52, 42, 48),
            ears="round",
            tail="ringed",
            mask="stripes",
            muzzle=12,
            whiskers=True,
            iris=(240, 208, 96),
        ),
        0.8,
    ),
    _sits(
        "rabbit",
        (214, 190, 168),
        Sitting((252, 244, 236), (244, 232, 220), ears="long", tail="stub", cheeks=22, muzzle=9, teeth=True),
        0.42,
    ),
    _sits(
        "mouse",
        (166, 164, 176),
        Sitting(
            (240, 232, 232),
            (224, 176, 176),
            ears="round",
            tail="slim",
            cheeks=20,
            muzzle=8,
            whiskers=True,
            teeth=True,
        ),
        0.28,
    ),
    _sits(
        "hamster",
        (238, 188, 124),
        Sitting((255, 246, 232), (238, 200, 170), ears="round", tail="none", cheeks=28, teeth=True),
        0.28,
    ),
    _sits(
        "raccoon",
        (146, 146, 154),
        Sitting((240, 238, 236), (60, 58, 68), ears="small", tail="ringed", mask="raccoon", cheeks=27),
        0.45,
    ),
    _sits(
        "monkey",
        (136, 92, 64),
        Sitting(
            (240, 204, 164), (120, 80, 54), ears="round", tail="slim", muzzle=12, cheeks=21, mask="heart"
        ),
        0.55,
    ),
    _sits(
        "pig",
        (246, 172, 176),
        Sitting((240, 140, 150), (224, 130, 138), ears="floppy", tail="none", snout=True),
        0.5,
    ),
    _sits(
        "squirrel",
        (190, 104, 56),
        Sitting((252, 234, 210), (160, 84, 46), ears="small", tail="bushy", cheeks=21, muzzle=8, teeth=True),
        0.34,
    ),
    _stands(
        "horse", (158, 98, 58), Standing((66, 50, 46), 28, 38, 24, 15, (120, 76, 52), (66, 42, 36)), 1.15
    ),
    _stands(
        "unicorn",
        (250, 246, 250),
        Standing((216, 190, 130), 28, 38, 24, 15, (250, 214, 220), (226, 140, 196), horns="unicorn"),
        1.15,
    ),
    _stands(
        "zebra",
        (248, 246, 244),
        Standing((54, 50, 58), 27, 36, 25, 14, (70, 66, 74), (54, 50, 58), stripes=(54, 50, 58)),
        1.05,
    ),
    _stands(
        "donkey", (150, 144, 140), Standing((70, 62, 62), 25, 34, 25, 14, (228, 222, 214), (82, 74, 76)), 0.9
    ),
    _stands(
        "cow",
        (248, 244, 238),
        Standing((86, 70, 66), 14, 30, 31, 13, (240, 178, 170), spots=(76, 60, 58), horns="curved"),
        1.0,
    ),
    _stands(
        "sheep",
        (246, 240, 230),
        Standing((78, 66, 68), 10, 24, 34, 11, (92, 78, 80), wool=True, tuft=False),
        0.65,
    ),
    _stands(
        "goat",
        (226, 216, 202),
        Standing((86, 74, 70), 20, 31, 25, 11, (206, 190, 174), horns="curved", beard=True, tuft=False),
        0.65,
    ),
    _stands(
        "deer",
        (184, 122, 74),
        Standing((72, 54, 50), 25, 36, 22, 12, (240, 222, 200), horns="antlers", tuft=False),
        0.95,
    ),
    _stands(
        "giraffe",
        (244, 202, 120),
        Standing((110, 78, 56), 54, 34, 20, 12, (250, 226, 176), spots=(190, 118, 58), horns="knobs"),
        1.6,
    ),
    _stands("camel", (218, 170, 110), Standing((120, 88, 64), 24, 36, 24, 13, humps=2), 1.1),
    _stands("rhino", (152, 154, 162), Standing((96, 96, 106), 4, 24, 38, 16, horns="nose"), 0.95),
    Thing("elephant", elephant, (158, 166, 182), 1.2, top=(78, 18, 24), seat=0.8, saddle=-0.14),
    Thing("dinosaur", dinosaur, (108, 176, 98), 1.3, top=(68, 9, 26)),
    Thing("dragon", dragon, (188, 52, 58), 1.5, Habitat.AIR, top=(85, 10, 18)),
    _small("frog", frog, (112, 182, 82), 0.32),
    _small("snail", snail, (206, 128, 92), 0.26),
    _small("snake", snake, (96, 166, 88), 0.42),
    Thing("butterfly", butterfly, (240, 138, 60), 0.28, Habitat.AIR),
    Thing("bee", bee, (250, 200, 62), 0.25, Habitat.AIR),
    _small("ladybird", ladybird, (222, 58, 50), 0.22),
)

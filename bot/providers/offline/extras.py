"""Things to wear: drawn at the top of whoever wears them."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from bot.providers.offline.canvas import Canvas, linear, mirrored, points
from bot.providers.offline.palette import INK, Coat
from bot.providers.offline.scene import Extra
from bot.providers.offline.things import Draw, Thing


def _hat(c: Canvas) -> None:
    """A top hat in a square of 100 units; the brim's foot is at y = 92."""
    c.ellipse(50, 88, 50, 9, linear((74, 64, 92), INK))
    c.blob(
        mirrored(points("50,12 26,13 25,50 28,86 50,90")),
        linear((104, 90, 122), (54, 46, 68), (32, 26, 42), angle=10),
    )
    c.ellipse(50, 15, 24, 5, linear((120, 106, 140), (74, 64, 92)))
    c.blob(mirrored(points("50,70 26.4,66 26.8,84 50,89")), linear((226, 84, 72), (166, 44, 52), angle=20))


def _crown(c: Canvas) -> None:
    gold = linear((255, 240, 170), (240, 188, 60), (190, 126, 34), angle=30)
    c.polygon(points("10,92 4,40 27,64 50,26 73,64 96,40 90,92"), gold)
    c.rect(9, 80, 82, 13, linear((255, 226, 130), (206, 142, 40)), 4)
    for x, y, colour in ((4, 38, (214, 58, 66)), (50, 23, (58, 120, 210)), (96, 38, (214, 58, 66))):
        c.circle(x, y, 6, linear((255, 240, 240), colour))
    for x in (28, 50, 72):
        c.circle(x, 86.5, 4.4, linear((255, 255, 255), (60, 160, 120)))


def _scarf(c: Canvas) -> None:
    red = linear((240, 100, 86), (196, 52, 58), (150, 34, 52))
    c.blob(points("60,188 78,190 84,246 66,248"), red)
    c.blob(points("4,170 50,184 96,170 98,192 50,206 2,192"), red)
    for y in (206, 220, 234):
        c.line([(66, y), (82, y - 1)], 3, (250, 220, 190))


def _glasses(c: Canvas) -> None:
    for x in (22, 78):
        c.circle(x, 146, 22, (40, 32, 44))
        c.circle(x, 146, 17, linear((120, 160, 200), (42, 52, 84), angle=60))
        c.line([(x - 8, 140), (x - 1, 134)], 3, (226, 240, 255))
    c.line([(42, 143), (58, 143)], 5, (40, 32, 44))


_WORN: Final[Mapping[Extra, Callable[[Canvas], None]]] = {
    Extra.HAT: _hat,
    Extra.CROWN: _crown,
    Extra.SCARF: _scarf,
    Extra.GLASSES: _glasses,
}


def _dressed(thing: Thing, extras: tuple[Extra, ...], c: Canvas, coat: Coat) -> None:
    thing.draw(c, coat)
    if thing.top is None:
        return
    x, y, width = thing.top
    for extra in extras:
        with c.placed(x - width / 2, y - width * 0.84, width):
            _WORN[extra](c)


def put_on(thing: Thing, extras: tuple[Extra, ...]) -> Draw:
    """The drawing of the thing with everything it wears."""
    return partial(_dressed, thing, extras) if extras and thing.top else thing.draw

"""Things with a screen, a lens or a cog."""

from collections.abc import Sequence

from bot.providers.offline.canvas import (
    Canvas,
    Point,
    arc_path,
    clear,
    ellipse_path,
    linear,
    mirrored,
    points,
    radial,
    surface,
    turned,
)
from bot.providers.offline.materials import GOLD, SCREEN, STEEL, WOOD
from bot.providers.offline.palette import INK, WHITE, Coat, darker, lighter


def camera(c: Canvas, coat: Coat) -> None:
    c.polygon(points("34,26 40,16 62,16 68,26"), linear(coat.light, coat.base))
    c.rect(14, 21, 14, 7, STEEL, 2)
    c.rect(4, 26, 92, 62, surface(coat, angle=80), 8)
    c.rect(4, 42, 92, 30, linear((80, 70, 78), INK))
    for r, paint in (
        (26, STEEL),
        (22, linear((66, 62, 80), INK)),
        (16, radial((150, 190, 240), (58, 76, 150), (20, 20, 50), focus=(0.36, 0.3))),
    ):
        c.circle(50, 58, r, paint)
    c.circle(44, 52, 4, clear(WHITE, 0.8))
    c.circle(84, 34, 4, linear((255, 250, 220), (240, 200, 110)))


def phone(c: Canvas, coat: Coat) -> None:
    c.rect(25, 2, 50, 96, linear(coat.light, coat.base, coat.deep, angle=20), 8)
    c.rect(28, 6, 44, 88, SCREEN, 5)
    c.rect(42, 8.4, 16, 3.6, INK, 2)
    for i in range(12):
        x, y = 33 + (i % 3) * 12, 24 + (i // 3) * 13
        colour = ((250, 190, 80), (236, 96, 90), (100, 200, 150), (240, 240, 250))[i % 4]
        c.rect(x, y, 9, 9, linear(lighter(colour, 0.3), colour), 2.4)
    c.rect(42, 90, 16, 1.4, WHITE, 1)


def laptop(c: Canvas, coat: Coat) -> None:
    c.rect(12, 18, 76, 56, linear(coat.light, coat.dark), 4)
    c.rect(15, 21, 70, 49, SCREEN, 1)
    for i, w in enumerate((30, 44, 22, 38, 28)):
        c.rect(
            21 + (i % 3) * 5,
            29 + i * 7,
            w,
            2.6,
            ((130, 240, 190), (250, 210, 120), (250, 140, 150))[i % 3],
            1,
        )
    c.polygon(points("12,74 88,74 100,86 0,86"), linear(coat.base, coat.light))
    c.polygon(points("18,76 82,76 88,82 12,82"), coat.deep)
    c.rect(0, 85.4, 100, 4, coat.dark, 2)


def tv(c: Canvas, coat: Coat) -> None:
    for x in (28, 68):
        c.line([(50, 22), (x, 4)], 1.6, (110, 108, 120))
        c.circle(x, 4, 2, (150, 148, 160))
    for x in (20, 76):
        c.line([(x, 84), (x + (x - 48) * 0.1, 98)], 4, darker(WOOD, 0.2))
    c.rect(4, 22, 92, 64, surface(coat, angle=80), 9)
    c.rect(10, 28, 64, 52, INK, 10)
    c.rect(12, 30, 60, 48, SCREEN, 9)
    c.blob(points("16,34 34,32 20,58 15,52"), clear(WHITE, 0.25))
    for y in (38, 52):
        c.circle(85, y, 5, linear((236, 226, 206), (150, 130, 110)))
    for y in (64, 69, 74):
        c.rect(80, y, 10, 1.6, coat.deep, 1)


def globe(c: Canvas, coat: Coat) -> None:
    c.ellipse(50, 95, 22, 4, linear(lighter(WOOD, 0.2), darker(WOOD, 0.3)))
    c.rect(47, 80, 6, 14, GOLD)
    c.curve(arc_path(50, 44, 42, 42, -60, 130)[::5], 3.4, (206, 152, 62))
    ball_path = ellipse_path(50, 44, 36, 36)
    c.polygon(
        ball_path,
        radial(lighter(coat.base, 0.5), coat.base, darker(coat.base, 0.5), focus=(0.36, 0.3), reach=1.4),
    )
    with c.clipped(ball_path):
        for outline in (
            points("22,22 40,16 46,26 36,34 40,44 30,40"),
            points("38,46 50,48 52,60 42,76 36,60"),
            points("58,18 76,18 88,34 84,48 74,44 72,64 60,52 56,34"),
        ):
            c.blob(outline, linear((166, 204, 110), (86, 150, 82)))
        c.ellipse(36, 26, 14, 9, clear(WHITE, 0.18), tilt=-30)


def hourglass(c: Canvas, coat: Coat) -> None:
    glass = mirrored(points("50,12 26,12 28,30 47,48 47,52 28,70 26,88 50,88"))
    c.polygon(glass, clear((220, 238, 246), 0.75))
    with c.clipped(glass):
        c.polygon(points("20,30 80,30 52,50 48,50"), linear((246, 210, 130), (214, 160, 80)))
        c.rect(49.2, 48, 1.6, 40, (236, 190, 104))
        c.polygon(points("50,66 24,90 76,90"), linear((246, 210, 130), (206, 150, 70)))
    for y in (4, 88):
        c.rect(18, y, 64, 9, surface(coat, angle=80), 3)
    for x in (20, 76):
        c.rect(x, 12, 4, 76, surface(coat, angle=0))


def telescope(c: Canvas, coat: Coat) -> None:
    for x in (30, 50, 70):
        c.line([(50, 58), (x, 98)], 3, darker(WOOD, 0.1))

    def lean(path: Sequence[Point]) -> list[Point]:
        return turned(path, -28, (50, 50))

    c.polygon(lean(points("8,46 30,46 30,56 8,56")), surface(coat))
    c.polygon(lean(points("28,43 62,41 62,61 28,59")), surface(coat))
    c.polygon(lean(points("60,38 98,36 98,66 60,64")), surface(coat))
    c.polygon(lean(ellipse_path(98, 51, 4, 15)), linear((200, 230, 250), (90, 130, 190)))


def gear(c: Canvas, coat: Coat) -> None:
    for i in range(10):
        tooth = turned(points("42,2 58,2 61,20 39,20"), i * 36, (50, 50))
        c.polygon(tooth, surface(coat))
    c.circle(50, 50, 38, surface(coat))
    c.circle(50, 50, 27, darker(coat.base, 0.3))
    c.circle(50, 50, 25, surface(coat, angle=240))
    c.circle(50, 50, 11, (52, 46, 60))


def headphones(c: Canvas, coat: Coat) -> None:
    c.ribbon(
        arc_path(50, 54, 36, 44, 180, 360)[::5], (9, 8, 9), linear(coat.light, coat.base, coat.dark, angle=0)
    )
    for side in (-1, 1):
        c.rect(50 + side * 36 - 9, 48, 18, 42, surface(coat, angle=80), 8)
        c.rect(50 + side * 27 - 5, 50, 10, 38, linear((84, 76, 90), INK), 5)

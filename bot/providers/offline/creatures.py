"""Animals that are built like no other: elephants, the small ones of a garden, dragons."""

from bot.providers.offline.canvas import Canvas, Path, Point, linear, mirrored, points, smooth, surface
from bot.providers.offline.features import bead_eye, blush, slit_eye, smile
from bot.providers.offline.palette import INK, WHITE, Coat, Colour, darker, lighter
from bot.providers.offline.standing import HORN


def elephant(c: Canvas, coat: Coat) -> None:
    far = darker(coat.base, 0.3)
    for x in (30, 60):
        c.rect(x + 4, 66, 13, 32, linear(coat.dark, far), 5)
    body = smooth(points("12,50 22,32 44,26 66,30 74,50 70,74 44,78 18,76"))
    c.ribbon(points("13,48 6,58 7,70"), (4, 3, 2), coat.dark)
    c.polygon(body, surface(coat, angle=80))
    for x in (18, 52):
        c.rect(x, 62, 15, 36, linear(coat.base, coat.dark), 6)
        for step in (3, 7.5, 12):
            c.ellipse(x + step, 96, 1.8, 1.6, lighter(coat.base, 0.6))
    c.ribbon(
        points("84,40 94,54 91,74 96,84"), (17, 12, 8, 6), linear(coat.light, coat.base, coat.dark, angle=10)
    )
    c.blob(points("82,56 88,64 96,66 90,70 82,66"), linear(WHITE, HORN))
    c.blob(points("62,28 72,16 88,18 95,34 90,52 74,58 62,46"), surface(coat, angle=70))
    ear = smooth(points("66,24 50,22 44,40 52,60 64,60 72,44"))
    c.polygon(ear, linear(coat.light, coat.base, coat.dark))
    c.blob(
        points("64,30 54,28 50,40 56,54 63,54 67,42"),
        linear(coat.marking((214, 164, 170), 0.3), coat.marking((184, 134, 150), 0.1)),
    )
    bead_eye(c, 82, 34, 2.6)


def frog(c: Canvas, coat: Coat) -> None:
    pale = coat.marking((222, 240, 170), 0.66)
    for side in (-1, 1):
        c.ellipse(50 + side * 30, 80, 17, 14, surface(coat), tilt=side * 24)
        c.ellipse(50 + side * 36, 94, 13, 4, linear(coat.light, coat.dark))
    c.blob(mirrored(points("50,36 26,44 20,68 30,90 50,94")), surface(coat, angle=75))
    c.blob(mirrored(points("50,64 34,68 34,86 50,92")), linear(lighter(pale, 0.4), pale))
    for side in (-1, 1):
        c.circle(50 + side * 17, 34, 12, surface(coat))
        c.circle(50 + side * 17, 33, 8, WHITE)
        bead_eye(c, 50 + side * 16, 34, 5)
        c.ellipse(50 + side * 14, 94, 9, 4, linear(coat.light, coat.dark))
        blush(c, 50 + side * 24, 56, 4.4)
    smile(c, 50, 50, 32, darker(coat.base, 0.6), 1.4)


def snail(c: Canvas, coat: Coat) -> None:
    skin = (226, 196, 150)
    c.blob(
        points("8,96 30,84 62,84 72,66 86,62 92,74 84,92 60,98 20,98"),
        linear(lighter(skin, 0.3), skin, darker(skin, 0.2)),
    )
    for x in (80, 90):
        c.ribbon([(x - 4, 66), (x, 50)], (2.4, 1.8), skin)
        bead_eye(c, x, 48, 2.8)
    smile(c, 84, 74, 8, darker(skin, 0.6), 1)
    c.circle(44, 62, 29, surface(coat))
    for r, dx in points("23,2 16,4 9.6,5 4.4,6"):
        c.circle(44 + dx, 62 + dx * 0.5, r, darker(coat.base, 0.3))
        c.circle(
            44 + dx + 0.6, 62 + dx * 0.5 + 0.6, r - 1.8, linear(coat.light, coat.base, coat.dark, angle=60)
        )


def snake(c: Canvas, coat: Coat) -> None:
    for y, rx, shade in ((90, 40, 0.28), (77, 31, 0.14), (65, 22, 0.0)):
        c.ellipse(
            50,
            y,
            rx,
            9.6,
            linear(lighter(coat.base, 0.3 - shade), darker(coat.base, shade), darker(coat.base, 0.4)),
        )
        for i in range(-3, 4):
            c.ellipse(50 + i * rx / 3.8, y + 1, 3, 2.2, coat.marking((248, 220, 110), 0.5))
    c.ribbon(
        points("56,62 70,46 48,38 52,20"), (13, 12, 11, 13), linear(coat.light, coat.base, coat.dark, angle=0)
    )
    c.curve(points("40,24 30,27 24,25"), 1.2, (214, 60, 70))
    c.blob(points("34,24 40,14 54,10 62,18 58,28 44,31"), surface(coat))
    bead_eye(c, 48, 18, 2.8)


def butterfly(c: Canvas, coat: Coat) -> None:
    for side in (-1, 1):

        def at(*points: Point, s: int = side) -> list[Point]:
            return [(50 + s * x, y) for x, y in points]

        c.blob(
            at((2, 44), (22, 12), (42, 8), (46, 28), (34, 48), (4, 54)),
            linear(darker(coat.base, 0.6), darker(coat.base, 0.4)),
        )
        c.blob(
            at((4, 44), (22, 17), (38, 13), (41, 28), (31, 44), (5, 51)),
            linear(coat.light, coat.base, coat.dark, angle=90 - side * 40),
        )
        c.blob(
            at((3, 54), (30, 54), (40, 70), (30, 90), (16, 82)),
            linear(darker(coat.base, 0.5), darker(coat.base, 0.6)),
        )
        c.blob(
            at((5, 56), (28, 57), (35, 70), (28, 84), (17, 78)),
            linear(coat.base, coat.marking((250, 200, 90), 0.5)),
        )
        for x, y, r in ((31, 24, 4.6), (24, 34, 3), (25, 70, 4)):
            c.circle(50 + side * x, y, r, linear(WHITE, coat.pale))
        c.curve(at((1, 34), (8, 18), (14, 14)), 1, INK)
        c.circle(50 + side * 14, 14, 1.6, INK)
    c.blob(mirrored(points("50,30 46.6,38 46,60 50,84")), linear((92, 70, 70), INK))


def bee(c: Canvas, coat: Coat) -> None:
    for x, tilt in ((46, -28), (62, 18)):
        c.ellipse(x, 28, 12, 22, linear((236, 246, 255), (180, 210, 236)), tilt=tilt)
    body = smooth(points("16,60 28,42 56,38 78,48 84,62 74,78 50,84 26,78"))
    c.polygon(points("18,56 4,62 18,68"), INK)
    c.polygon(body, surface(coat))
    with c.clipped(body):
        for x in (26, 42, 58):
            c.blob(
                [(x, 34), (x + 8, 34), (x + 10, 60), (x + 8, 90), (x, 90), (x + 2, 60)],
                linear((72, 56, 52), INK),
            )
    c.circle(80, 60, 15, linear((92, 70, 60), INK))
    for x in (78, 88):
        c.circle(x, 57, 4.6, WHITE)
        bead_eye(c, x + 0.6, 57.6, 3)
    smile(c, 83, 63, 7, WHITE, 1)
    for x in (80, 88):
        c.curve([(x, 46), (x + 4, 36), (x + 9, 34)], 1.2, INK)


def ladybird(c: Canvas, coat: Coat) -> None:
    for x in (28, 48, 66):
        c.line([(x, 84), (x - 4, 96)], 2.4, INK)
    c.circle(78, 66, 17, linear((80, 66, 72), INK))
    c.circle(84, 62, 4.4, WHITE)
    bead_eye(c, 85, 62, 2.8)
    c.curve(points("82,50 88,40 94,38"), 1.4, INK)
    shell = smooth(points("6,84 10,58 30,40 54,40 72,58 74,84 40,88"))
    c.polygon(shell, surface(coat))
    with c.clipped(shell):
        for x, y, r in ((24, 60, 6), (44, 54, 6.4), (36, 76, 6.6), (58, 72, 6), (16, 80, 5)):
            c.circle(x, y, r, INK)


def dinosaur(c: Canvas, coat: Coat) -> None:
    pale = coat.marking((236, 232, 170), 0.6)
    spine = coat.marking((238, 142, 72), -0.4)
    for x, y in points("10,72 20,62 30,52 40,40 46,26 52,12"):
        c.polygon([(x - 4, y + 8), (x - 6, y - 5), (x + 8, y + 3)], linear(lighter(spine, 0.3), spine))
    body = smooth(points("2,84 20,66 38,46 46,22 58,8 78,8 92,18 90,28 70,34 70,52 74,72 66,88 44,92 24,86"))
    c.polygon(body, surface(coat, angle=60))
    with c.clipped(body):
        c.blob(points("70,36 62,50 60,74 56,90 84,88 84,44"), linear(lighter(pale, 0.3), pale))
    c.blob(points("40,72 32,84 34,98 56,98 58,80"), linear(coat.light, coat.dark))
    c.blob(points("60,76 58,90 60,98 78,98 74,82"), linear(coat.base, coat.deep))
    c.ribbon(points("60,52 74,56 78,62"), (7, 5, 4), coat.dark)
    bead_eye(c, 66, 17, 3)
    c.curve(points("90,25 78,27 68,25"), 1.1, darker(coat.base, 0.6))
    c.circle(88, 17, 1, darker(coat.base, 0.6))


def dragon(c: Canvas, coat: Coat) -> None:
    membrane = coat.marking((250, 176, 92), 0.45)
    _dragon_wing(c, coat, membrane, points("56,42 70,8 96,-6 92,14 98,30 84,32 82,48 66,46"), 0.35)
    tail = points("40,74 18,82 6,66 16,52")
    c.ribbon(tail, (18, 11, 6, 3), linear(coat.light, coat.base, coat.dark))
    c.polygon(points("12,56 10,42 22,40 22,52"), linear(membrane, darker(membrane, 0.3)))
    for x in (40.0, 62):
        c.blob(
            [(x - 8, 74), (x - 9, 90), (x - 5, 98), (x + 10, 98), (x + 8, 78)], linear(coat.base, coat.deep)
        )
        for step in (-2, 3, 8):
            c.polygon([(x + step - 2, 97), (x + step + 2, 97), (x + step + 1, 100)], WHITE)
    body = smooth(points("28,74 34,54 52,46 70,54 76,72 64,88 42,88"))
    c.polygon(body, surface(coat, angle=60))
    neck = points("64,66 80,52 74,34 80,22")
    c.ribbon(neck, (26, 16, 12, 13), linear(coat.light, coat.base, coat.dark, angle=10))
    for i, (x, y) in enumerate(points("72,62 79,54 80,45 78,37")):
        c.ellipse(x + 3, y + 2, 5 - i * 0.3, 2.6, linear(lighter(membrane, 0.5), membrane), tilt=-30)
    for x, y in points("68,26 65,36 66,46"):
        c.polygon([(x + 4, y - 4), (x - 6, y - 3), (x + 3, y + 5)], membrane)
    c.ribbon(points("78,14 70,6 62,6"), (5, 3.6, 1), linear(HORN, darker(HORN, 0.3), angle=180))
    c.blob(points("74,16 84,9 94,14 105,20 104,28 90,31 77,30"), surface(coat, angle=75))
    c.curve(points("104,25 94,26 85,26"), 1, coat.deep)
    c.circle(102, 18.6, 1.1, coat.deep)
    slit_eye(c, 87, 17.4, 3, (250, 206, 70))
    _dragon_wing(c, coat, membrane, points("48,50 34,12 4,-8 8,14 -2,32 14,34 18,52 34,48"), 0.0)


def _dragon_wing(c: Canvas, coat: Coat, membrane: Colour, outline: Path, shade: float) -> None:
    paint = linear(lighter(membrane, 0.25), membrane, darker(membrane, 0.35))
    c.polygon(outline, paint if not shade else linear(darker(membrane, shade), darker(membrane, shade + 0.2)))
    root, elbow, tip = outline[:3]
    bone = darker(coat.base, shade)
    c.ribbon([root, elbow, tip], (5, 4, 1.6), bone)
    for end in (outline[4], outline[6]):
        c.ribbon([elbow, end], (2.6, 0.8), bone)

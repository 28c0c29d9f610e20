"""What holds others: boxes, baskets, tubs, boats."""

from bot.providers.offline.canvas import Canvas, clear, linear, mirrored, points, smooth, surface
from bot.providers.offline.palette import WHITE, Coat, Finish, darker, lighter
from bot.providers.offline.things import Habitat, Thing

_FOAM = (
    (12, 46, 5),
    (22, 43, 7),
    (33, 46, 6),
    (45, 44, 7),
    (56, 46, 6),
    (67, 43, 7),
    (78, 46, 6),
    (87, 46, 4),
)


def box(c: Canvas, coat: Coat) -> None:
    """A cardboard box with its flaps open."""
    c.polygon(points("14,50 86,50 80,42 20,42"), coat.deep)
    c.polygon(points("14,50 20,42 2,34 -6,44"), linear(coat.base, coat.dark, angle=0))
    c.polygon(points("86,50 80,42 98,34 106,44"), linear(coat.light, coat.base, angle=0))
    c.rect(14, 50, 72, 49, linear(coat.light, coat.base, coat.dark, angle=70), 1)
    c.polygon(points("14,50 86,50 92,62 8,62"), linear(coat.pale, coat.light))
    c.rect(44, 62, 12, 37, clear(coat.pale, 0.55))
    for x in (66.0, 73):
        c.polygon(
            [(x, 78), (x + 2.6, 82), (x + 1, 82), (x + 1, 90), (x - 1, 90), (x - 1, 82), (x - 2.6, 82)],
            coat.deep,
        )


def basket(c: Canvas, coat: Coat) -> None:
    body = smooth(mirrored(points("50,46 12,46 14,66 22,96 50,99")))
    c.ellipse(50, 47, 39, 6, coat.deep)
    c.polygon(body, linear(coat.light, coat.base, coat.dark, angle=25))
    with c.clipped(body):
        for row in range(7):
            for i in range(12):
                x, y = 8 + i * 8 + (row % 2) * 4, 52 + row * 7.4
                c.ellipse(x, y, 3.6, 2.3, linear(lighter(coat.base, 0.45), coat.dark), tilt=-8)
    rim = points("10,47 30,52.6 50,53.6 70,52.6 90,47")
    c.ribbon(rim, (6, 6.4, 6), linear(coat.pale, coat.base, coat.dark))


def bucket(c: Canvas, coat: Coat) -> None:
    c.curve(points("20,36 32,12 50,6 68,12 80,36"), 2.4, coat.deep)
    c.polygon(points("18,36 82,36 72,96 50,99 28,96"), surface(coat, angle=12))
    c.ellipse(50, 36, 32, 6, coat.deep)
    for y, half in ((50.0, 29.4), (84, 23.8)):
        c.ribbon(
            [(50 - half, y), (50, y + 4), (50 + half, y)],
            (2.4, 3, 2.4),
            linear(coat.pale, coat.dark, angle=0),
        )


def bathtub(c: Canvas, coat: Coat) -> None:
    for x in (24, 76):
        c.blob(
            [(x - 5, 88), (x + 5, 88), (x + 4, 97), (x + 7, 99.5), (x - 7, 99.5), (x - 4, 97)], (206, 160, 76)
        )
    c.curve(points("91,52 91,34 84,30 80,36"), 3.4, (176, 184, 196))
    tub = smooth(points("4,52 96,52 92,70 84,86 70,92 30,92 16,86 8,70"))
    c.polygon(tub, linear(coat.light, coat.base, darker(coat.base, 0.2), angle=60))
    c.rect(0, 48, 100, 8, linear(WHITE, coat.base, darker(coat.base, 0.24)), 4)
    for x, y, r in _FOAM:
        c.circle(x, y, r, linear(WHITE, (206, 228, 246)))
        c.circle(x - r * 0.3, y - r * 0.3, r * 0.26, WHITE)


def rowing_boat(c: Canvas, coat: Coat) -> None:
    c.line(points("30,44 92,84"), 2.2, (150, 104, 66))
    c.ellipse(94, 86, 8, 3.6, linear((206, 156, 100), (146, 100, 64)), tilt=32)
    c.polygon(smooth(points("4,58 20,60 50,62 80,60 97,56 90,50 50,54 12,52")), coat.deep)
    hull = smooth(points("2,54 22,60 50,62 78,60 99,52 92,76 80,88 22,88 10,76"))
    c.polygon(hull, linear(coat.light, coat.base, coat.dark, angle=70))
    with c.clipped(hull):
        for y in (70, 78):
            c.curve([(0, y - 3), (50, y + 3), (100, y - 4)], 0.8, coat.deep)
    c.ribbon(points("1,54 22,60 50,62 78,60 100,52"), (3, 3.4, 3), linear(coat.pale, coat.base))


def nest(c: Canvas, coat: Coat) -> None:
    bowl = smooth(points("4,62 20,54 50,52 80,54 96,62 88,84 70,97 50,99 30,97 12,84"))
    c.polygon(bowl, linear(coat.base, coat.dark, coat.deep))
    c.ellipse(50, 63, 40, 9, darker(coat.base, 0.6))
    for i in range(84):
        turn = (i * 37 % 84) / 84
        depth = (i * 53 % 30) / 30
        x = 50 + (turn - 0.5) * 88 * (1 - depth * 0.42)
        y = 66 + depth * 29 - 20 * abs(turn - 0.5) * (1 - depth)
        shade = (lighter(coat.base, 0.35), coat.base, darker(coat.base, 0.25), darker(coat.base, 0.4))[i % 4]
        lean = 5 + i * 29 % 8
        c.curve([(x - lean, y - 3 + i % 5), (x, y + 2), (x + lean, y - 2 + i % 4)], 1.5, shade)


THINGS = (
    Thing("box", box, (206, 158, 104), 0.5, Habitat.TABLE, seat=0.86, hollow=0.3),
    Thing("basket", basket, (196, 140, 82), 0.45, Habitat.TABLE, seat=0.96, hollow=0.3),
    Thing("bucket", bucket, (96, 152, 196), 0.45, Habitat.TABLE, Finish.METAL, seat=0.67, hollow=0.3),
    Thing("bathtub", bathtub, (240, 242, 248), 0.6, Habitat.TABLE, seat=0.8, hollow=0.26),
    Thing("rowing boat", rowing_boat, (188, 96, 62), 0.75, Habitat.AFLOAT, seat=0.7, hollow=0.24),
    Thing("nest", nest, (166, 120, 76), 0.3, seat=0.9, hollow=0.36),
)

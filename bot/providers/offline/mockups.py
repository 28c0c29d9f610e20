"""Drawn user interfaces: browser windows, phones, charts, slides, logos, icons."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from PIL import Image

from bot.providers.offline.canvas import Canvas, Gradient, Path, Point, clear, fading, halo, linear, smooth
from bot.providers.offline.catalogue import CATALOGUE
from bot.providers.offline.compose import paste
from bot.providers.offline.layout import dye
from bot.providers.offline.lettering import Weight, font, is_writable, writable
from bot.providers.offline.lexicon import TRADES
from bot.providers.offline.palette import CREAM, WHITE, Colour, darker, ink_on, lighter, mix
from bot.providers.offline.scene import Mockup, Scene, Time
from bot.providers.offline.things import extent, sprite

_ACCENTS: Final[Sequence[Colour]] = (
    (88, 92, 226),
    (24, 148, 136),
    (232, 96, 76),
    (206, 122, 44),
    (176, 70, 150),
    (46, 120, 214),
)


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of a mock-up.

    Attributes:
        accent: Buttons, bars and links.
        page: Background inside the frame.
        card: Raised surfaces.
        ink: Text.
        faint: Secondary text and lines.
        backdrop: Behind the frame.
    """

    accent: Colour
    second: Colour
    page: Colour
    card: Colour
    ink: Colour
    faint: Colour
    backdrop: tuple[Colour, Colour]


@dataclass(frozen=True, slots=True)
class Board:
    """What a mock-up is drawn on: the canvas, its width in units (it is 100 high), and the scene's choices."""

    canvas: Canvas
    wide: float
    theme: Theme
    scene: Scene
    rng: Random

    @property
    def title(self) -> str:
        return writable(self.scene.topic) if is_writable(self.scene.topic) else ""

    @property
    def initial(self) -> str:
        return (self.title or "A")[0].upper()

    @property
    def emblem(self) -> str | None:
        """The thing that stands for the topic or its trade, if any."""
        trades = (TRADES[word] for word in self.scene.topic.casefold().split() if word in TRADES)
        subject = self.scene.subjects[0].thing if self.scene.subjects else None
        return next(trades, subject)


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle in units."""

    x: float
    y: float
    w: float
    h: float

    @property
    def em(self) -> float:
        """A text size that suits the rectangle."""
        return min(self.w * 0.036, self.h * 0.05)


def mockup(scene: Scene, width: int, height: int, rng: Random) -> Image.Image:
    """The mock-up a scene asks for, RGB, width x height pixels."""
    canvas = Canvas(width, height, height / 100)
    wide = 100 * width / height
    theme = _theme(scene, rng)
    canvas.rect(-1, -1, wide + 2, 102, linear(*theme.backdrop, angle=50))
    for _ in range(3):
        x, y = rng.uniform(0, wide), rng.uniform(0, 100)
        canvas.circle(x, y, min(wide, 100) * rng.uniform(0.3, 0.5), halo(lighter(theme.accent, 0.4), 0.3))
    board = Board(canvas, wide, theme, scene, rng)
    _DRAWERS[scene.mockup or Mockup.LANDING](board)
    return canvas.image.convert("RGB")


def _theme(scene: Scene, rng: Random) -> Theme:
    named = next((s.colour for s in scene.subjects if s.colour), None)
    accent = scene.accent or named or rng.choice(_ACCENTS)
    second = mix(accent, (255, 176, 96), 0.66)
    if scene.time is Time.NIGHT:
        return Theme(
            accent,
            second,
            (24, 26, 40),
            (36, 39, 58),
            (240, 240, 248),
            (132, 136, 160),
            (darker(accent, 0.72), (14, 14, 30)),
        )
    return Theme(
        accent,
        second,
        (247, 247, 251),
        WHITE,
        (40, 42, 60),
        (156, 160, 178),
        (lighter(accent, 0.62), mix(accent, (60, 40, 110), 0.22)),
    )


def _shadowed(c: Canvas, f: Frame, radius: float, paint: Colour, strength: float = 0.3) -> None:
    """A card with a soft shadow below."""
    for k in range(5):
        grow = (k + 1) * f.em * 0.26
        c.rect(
            f.x - grow * 0.7,
            f.y - grow * 0.2,
            f.w + grow * 1.4,
            f.h + grow * 1.3,
            clear((30, 20, 60), strength * 0.14),
            radius + grow,
        )
    c.rect(f.x, f.y, f.w, f.h, paint, radius)


def _browser(b: Board, share: float = 0.9) -> Frame:
    """A browser window; returns its page."""
    c, t = b.canvas, b.theme
    w = min(b.wide * share, 148.0)
    h = min(82.0, w * 0.84 if w > 60 else w * 1.3)
    whole = Frame((b.wide - w) / 2, (93 - h) / 2, w, h)
    bar = max(3.2, h * 0.06)
    _shadowed(c, whole, 2, t.page, 0.6)
    c.rect(whole.x, whole.y, w, bar + 2, mix(t.card, t.faint, 0.22), 2)
    c.rect(whole.x, whole.y + bar, w, 3, t.page)
    for i, colour in enumerate(((242, 104, 92), (248, 190, 80), (92, 196, 110))):
        c.circle(whole.x + bar * (0.6 + i * 0.52), whole.y + bar / 2, bar * 0.17, colour)
    c.rect(whole.x + w * 0.25, whole.y + bar * 0.22, w * 0.5, bar * 0.56, t.card, bar)
    return Frame(whole.x, whole.y + bar, w, h - bar)


def _bar(c: Canvas, x: float, y: float, w: float, h: float, colour: Colour, opacity: float = 0.4) -> None:
    """A grey bar that stands for a line of text."""
    c.rect(x, y, w, h, clear(colour, opacity), h / 2)


def _label(
    b: Board,
    x: float,
    y: float,
    words: str,
    size: float,
    colour: Colour,
    weight: Weight = Weight.MEDIUM,
    room: float = 1e9,
    anchor: str = "ls",
) -> None:
    """Lettering, shrunk where the room is narrow."""
    length = font(weight, 100).getlength(words) * size / 100
    b.canvas.text(x, y, words, size * min(1.0, room / max(length, 1e-6)), colour, weight, anchor)


def _button(b: Board, f: Frame, words: str) -> None:
    accent = b.theme.accent
    b.canvas.rect(f.x, f.y + f.h * 0.12, f.w, f.h, clear(darker(accent, 0.4), 0.3), f.h * 0.3)
    b.canvas.rect(f.x, f.y, f.w, f.h, linear(lighter(accent, 0.12), accent, darker(accent, 0.1)), f.h * 0.28)
    _label(b, f.x + f.w / 2, f.y + f.h / 2, words, f.h * 0.42, ink_on(accent), Weight.BOLD, f.w * 0.84, "mm")


def _emblem(b: Board, x: float, y: float, size: float, *, plain: bool = False) -> None:
    """The topic's picture, or its first letter on a badge, centred in a square of `size` units."""
    c = b.canvas
    if b.emblem is None:
        c.rect(x, y, size, size, linear(lighter(b.theme.accent, 0.3), b.theme.accent, angle=50), size * 0.28)
        _label(
            b,
            x + size / 2,
            y + size / 2,
            b.initial,
            size * 0.62,
            ink_on(b.theme.accent),
            Weight.BLACK,
            anchor="mm",
        )
        return
    if not plain:
        c.rect(
            x, y, size, size, linear(lighter(b.theme.accent, 0.72), lighter(b.theme.accent, 0.5)), size * 0.28
        )
    thing = CATALOGUE[b.emblem]
    subject = next((s for s in b.scene.subjects if s.thing == b.emblem), None)
    coat = dye(thing, subject) if subject else thing.coat()
    box = extent(thing.draw)
    room = size * (1.0 if plain else 0.74)
    high = min(room, room * box.height / max(box.width, 1))
    drawn = sprite(thing.draw, coat, max(2.0, high * c.scale))
    px, py = c.pixel((x + size / 2, y + size / 2))
    solid = high * c.scale
    left, top = px - solid * box.width / box.height / 2 - drawn.left, py - solid / 2 - drawn.top
    paste(c.image, drawn.image, round(left), round(top))


def _dashboard(b: Board) -> None:
    page = _browser(b, 0.92)
    c, t, em = b.canvas, b.theme, page.em
    side = page.w * 0.17 if page.w > 55 else 0.0
    if side:
        c.rect(page.x, page.y, side, page.h - 1.6, darker(t.accent, 0.62))
        c.rect(page.x, page.y + page.h - 4, side, 4, darker(t.accent, 0.62), 2)
        _emblem(b, page.x + side * 0.14, page.y + em, side * 0.22)
        for i in range(6):
            y = page.y + em * 1.6 + side * 0.3 + i * em * 2.1
            if i == 0:
                c.rect(
                    page.x + side * 0.08,
                    y - em * 0.6,
                    side * 0.84,
                    em * 1.8,
                    clear(lighter(t.accent, 0.3), 0.4),
                    em * 0.5,
                )
            c.circle(page.x + side * 0.2, y + em * 0.3, em * 0.3, lighter(t.accent, 0.6))
            _bar(
                c,
                page.x + side * 0.32,
                y + em * 0.05,
                side * (0.34 + 0.07 * (i * 7 % 4)),
                em * 0.5,
                CREAM,
                0.75,
            )
    main = Frame(page.x + side + em, page.y + em, page.w - side - 2 * em, page.h - 2 * em)
    _label(b, main.x, main.y + em * 1.5, b.title or "Overview", em * 1.6, t.ink, Weight.BOLD, main.w * 0.6)
    c.circle(
        main.x + main.w - em * 0.9, main.y + em * 0.9, em * 0.9, linear(lighter(t.second, 0.3), t.second)
    )
    _bar(c, main.x + main.w - em * 7, main.y + em * 0.4, em * 4.6, em, t.faint, 0.3)
    top = main.y + em * 2.6
    _figures(b, Frame(main.x, top, main.w, main.h * 0.17))
    middle = Frame(main.x, top + main.h * 0.17 + em * 0.8, main.w * 0.62, main.h * 0.36)
    _card_chart(b, middle, "Revenue", _area)
    _card_chart(
        b,
        Frame(middle.x + middle.w + em * 0.8, middle.y, main.w - middle.w - em * 0.8, middle.h),
        "By channel",
        _donut,
    )
    low = middle.y + middle.h + em * 0.8
    rest = main.y + main.h - low
    if rest > em * 3:
        _card_chart(b, Frame(main.x, low, main.w * 0.4, rest), "This week", _columns)
        _table(b, Frame(main.x + main.w * 0.4 + em * 0.8, low, main.w * 0.6 - em * 0.8, rest))


def _figures(b: Board, f: Frame) -> None:
    """A row of key figures."""
    c, t = b.canvas, b.theme
    gap = f.w * 0.02
    names = ("Sales", "Visitors", "Orders", "Rating")
    values = (
        f"${b.rng.randint(8, 48)}.{b.rng.randint(1, 9)}k",
        f"{b.rng.randint(1, 9)},{b.rng.randint(100, 999)}",
        f"{b.rng.randint(120, 980)}",
        f"4.{b.rng.randint(5, 9)}",
    )
    w = (f.w - gap * 3) / 4
    for i, (name, value) in enumerate(zip(names, values, strict=True)):
        card = Frame(f.x + i * (w + gap), f.y, w, f.h)
        _shadowed(c, card, f.h * 0.12, t.card)
        c.rect(
            card.x + w * 0.72,
            card.y + f.h * 0.2,
            w * 0.18,
            w * 0.18,
            clear((t.accent, t.second)[i % 2], 0.3),
            w * 0.05,
        )
        _label(b, card.x + w * 0.1, card.y + f.h * 0.34, name, f.h * 0.18, t.faint, Weight.MEDIUM, w * 0.56)
        _label(b, card.x + w * 0.1, card.y + f.h * 0.66, value, f.h * 0.3, t.ink, Weight.BOLD, w * 0.6)
        _label(
            b,
            card.x + w * 0.1,
            card.y + f.h * 0.88,
            f"+{b.rng.randint(2, 19)}%",
            f.h * 0.15,
            (46, 160, 104),
            Weight.BOLD,
            w * 0.5,
        )


def _card_chart(b: Board, f: Frame, name: str, chart: Callable[[Board, Frame], None]) -> None:
    _shadowed(b.canvas, f, min(f.w, f.h) * 0.06, b.theme.card)
    size = min(f.h * 0.1, f.w * 0.09)
    _label(b, f.x + f.w * 0.06, f.y + size * 1.6, name, size, b.theme.ink, Weight.BOLD)
    pad = min(f.w, f.h) * 0.08
    chart(b, Frame(f.x + pad, f.y + size * 2.4, f.w - 2 * pad, f.h - size * 2.4 - pad))


def _area(b: Board, f: Frame) -> None:
    c, t = b.canvas, b.theme
    for i in range(4):
        y = f.y + f.h * i / 3.4
        c.rect(f.x, y, f.w, f.h * 0.006, clear(t.faint, 0.3))
    for colour, low, high in ((t.second, 0.2, 0.55), (t.accent, 0.4, 0.92)):
        line = _walk(b.rng, f, low, high)
        c.polygon([*line, (f.x + f.w, f.y + f.h), (f.x, f.y + f.h)], fading(colour, 0.45, 0.03))
        c.polygon(_thick(line, max(f.h * 0.02, 0.18)), colour)
        x, y = line[-12]
        c.circle(x, y, f.h * 0.035, WHITE)
        c.circle(x, y, f.h * 0.024, colour)


def _walk(rng: Random, f: Frame, low: float, high: float) -> list[Point]:
    """A rising, wavering curve within a frame."""
    points = [
        (
            f.x + f.w * i / 7,
            f.y + f.h * (1 - (low + (high - low) * (i / 7) * 0.75 + rng.uniform(-0.11, 0.15))),
        )
        for i in range(8)
    ]
    return smooth(points, closed=False)


def _thick(line: Path, width: float) -> list[Point]:
    return [*((x, y - width / 2) for x, y in line), *((x, y + width / 2) for x, y in reversed(line))]


def _donut(b: Board, f: Frame) -> None:
    c, t = b.canvas, b.theme
    r = min(f.w, f.h * 0.82) / 2
    cx, cy = f.x + f.w / 2, f.y + r
    start = -90.0
    shares = [b.rng.uniform(0.6, 1.6) for _ in range(4)]
    colours = (t.accent, t.second, lighter(t.accent, 0.5), darker(t.accent, 0.4))
    for share, colour in zip(shares, colours, strict=True):
        end = start + 360 * share / sum(shares)
        c.polygon(_wedge(cx, cy, r, start, end), linear(lighter(colour, 0.14), colour))
        start = end
    c.circle(cx, cy, r * 0.6, t.card)
    _label(b, cx, cy, f"{b.rng.randint(61, 94)}%", r * 0.42, t.ink, Weight.BOLD, anchor="mm")
    for i, colour in enumerate(colours):
        x = f.x + f.w * (0.04 + i * 0.25)
        c.circle(x, f.y + f.h * 0.95, f.h * 0.025, colour)
        _bar(c, x + f.h * 0.05, f.y + f.h * 0.93, f.w * 0.13, f.h * 0.04, t.faint)


def _wedge(cx: float, cy: float, r: float, start: float, end: float) -> list[Point]:
    steps = 48
    angles = [math.radians(start + (end - start) * i / steps) for i in range(steps + 1)]
    return [(cx, cy), *((cx + r * math.cos(a), cy + r * math.sin(a)) for a in angles)]


def _columns(b: Board, f: Frame) -> None:
    c, t = b.canvas, b.theme
    count = 7
    for i in range(count):
        high = f.h * b.rng.uniform(0.3, 0.98)
        w = f.w / count
        colour = t.accent if i != 4 else t.second
        c.rect(
            f.x + i * w + w * 0.2,
            f.y + f.h - high,
            w * 0.6,
            high,
            linear(lighter(colour, 0.3), colour),
            w * 0.16,
        )
    c.rect(f.x, f.y + f.h, f.w, f.h * 0.01, clear(t.faint, 0.5))


def _table(b: Board, f: Frame) -> None:
    c, t = b.canvas, b.theme
    _shadowed(c, f, min(f.w, f.h) * 0.06, t.card)
    rows = max(2, int(f.h / (f.w * 0.075)))
    step = f.h * 0.9 / rows
    for i in range(rows):
        y = f.y + f.h * 0.05 + step * (i + 0.5)
        c.circle(
            f.x + f.w * 0.07,
            y,
            step * 0.26,
            linear(lighter(t.second, 0.4), mix(t.accent, t.second, i / rows)),
        )
        _bar(c, f.x + f.w * 0.13, y - step * 0.14, f.w * (0.2 + 0.05 * (i * 3 % 4)), step * 0.26, t.ink, 0.55)
        _bar(c, f.x + f.w * 0.5, y - step * 0.12, f.w * 0.16, step * 0.22, t.faint)
        c.rect(
            f.x + f.w * 0.78,
            y - step * 0.22,
            f.w * 0.15,
            step * 0.44,
            clear(((46, 160, 104), t.accent, t.second)[i % 3], 0.28),
            step * 0.2,
        )


def _login(b: Board) -> None:
    page = _browser(b, 0.86)
    c, t = b.canvas, b.theme
    split = page.w > 70
    if split:
        art = Frame(page.x + page.w * 0.52, page.y, page.w * 0.48, page.h)
        corner = [
            (art.x, art.y),
            (art.x + art.w, art.y),
            (art.x + art.w, art.y + art.h),
            (art.x, art.y + art.h),
        ]
        with c.clipped(corner):
            c.rect(
                art.x,
                art.y,
                art.w,
                art.h,
                linear(lighter(t.accent, 0.36), t.accent, darker(t.accent, 0.45), angle=60),
            )
            for k in range(4):
                c.circle(
                    art.x + art.w * 0.5, art.y + art.h * 0.52, art.h * (0.46 - 0.1 * k), clear(WHITE, 0.09)
                )
            for side, size in ((0.1, 0.14), (0.86, 0.2)):
                c.circle(art.x + art.w * side, art.y + art.h * (1 - side), art.w * size, clear(t.second, 0.6))
        _emblem(b, art.x + art.w * 0.3, art.y + art.h * 0.52 - art.w * 0.2, art.w * 0.4)
    w = page.w * (0.36 if split else 0.74)
    form = Frame(page.x + page.w * (0.08 if split else 0.13), page.y + page.h * 0.12, w, page.h * 0.76)
    unit = form.h / 13
    if not split:
        _emblem(b, form.x, form.y - unit * 0.8, unit * 1.4)
    _label(b, form.x, form.y + unit * 1.9, "Welcome back", unit * 1.15, t.ink, Weight.BOLD, w)
    _label(
        b,
        form.x,
        form.y + unit * 3,
        f"Sign in to {b.title}" if b.title else "Sign in to continue",
        unit * 0.56,
        t.faint,
        Weight.REGULAR,
        w,
    )
    for i, (name, value) in enumerate((("Email", "you@example.com"), ("Password", "• • • • • • • •"))):
        y = form.y + unit * (4.1 + i * 2.7)
        _label(b, form.x, y + unit * 0.4, name, unit * 0.5, t.ink, Weight.MEDIUM, w)
        c.rect(
            form.x,
            y + unit * 0.7,
            w,
            unit * 1.4,
            t.accent if i == 0 else mix(t.faint, t.card, 0.5),
            unit * 0.3,
        )
        c.rect(form.x + unit * 0.08, y + unit * 0.78, w - unit * 0.16, unit * 1.24, t.card, unit * 0.26)
        _label(
            b,
            form.x + unit * 0.5,
            y + unit * 1.42,
            value,
            unit * 0.54,
            t.faint,
            Weight.REGULAR,
            w * 0.8,
            "lm",
        )
    c.rect(form.x, form.y + unit * 9.5, unit * 0.56, unit * 0.56, t.accent, unit * 0.14)
    c.line(
        [
            (form.x + unit * 0.14, form.y + unit * 9.8),
            (form.x + unit * 0.25, form.y + unit * 9.92),
            (form.x + unit * 0.44, form.y + unit * 9.64),
        ],
        unit * 0.08,
        WHITE,
    )
    _label(
        b,
        form.x + unit * 0.8,
        form.y + unit * 9.8,
        "Remember me",
        unit * 0.46,
        t.faint,
        Weight.REGULAR,
        w * 0.45,
        "lm",
    )
    _label(
        b,
        form.x + w,
        form.y + unit * 9.8,
        "Forgot password?",
        unit * 0.46,
        t.accent,
        Weight.MEDIUM,
        w * 0.4,
        "rm",
    )
    _button(b, Frame(form.x, form.y + unit * 10.8, w, unit * 1.7), "Sign in")


def _landing(b: Board) -> None:
    page = _browser(b, 0.92)
    c, t, em = b.canvas, b.theme, page.em
    _emblem(b, page.x + em, page.y + em * 0.8, em * 1.8)
    _label(
        b,
        page.x + em * 3.3,
        page.y + em * 1.75,
        b.title or "Studio",
        em * 1.1,
        t.ink,
        Weight.BOLD,
        page.w * 0.3,
        "lm",
    )
    for i in range(3):
        _bar(c, page.x + page.w * (0.5 + i * 0.1), page.y + em * 1.5, page.w * 0.06, em * 0.5, t.faint, 0.6)
    _button(b, Frame(page.x + page.w - em * 5.5, page.y + em * 0.8, em * 4.5, em * 1.9), "Sign up")
    hero = Frame(page.x + em * 1.4, page.y + em * 4.2, page.w - em * 2.8, page.h * 0.5)
    left = hero.w * 0.5
    lines = (f"{b.title}," if b.title else "Make something", "made with care" if b.title else "people love")
    for i, line in enumerate(lines):
        _label(
            b,
            hero.x,
            hero.y + hero.h * (0.25 + 0.21 * i),
            line,
            hero.h * 0.17,
            t.ink,
            Weight.BLACK,
            left * 0.95,
        )
    for i, share in enumerate((0.8, 0.62)):
        _bar(c, hero.x, hero.y + hero.h * (0.56 + i * 0.08), left * share, hero.h * 0.035, t.faint, 0.6)
    _button(b, Frame(hero.x, hero.y + hero.h * 0.77, left * 0.42, hero.h * 0.15), "Get started")
    _label(
        b,
        hero.x + left * 0.5,
        hero.y + hero.h * 0.845,
        "Learn more",
        hero.h * 0.065,
        t.accent,
        Weight.BOLD,
        left * 0.3,
        "lm",
    )
    art = Frame(hero.x + left + em, hero.y, hero.w - left - em, hero.h)
    c.rect(art.x, art.y, art.w, art.h, linear(lighter(t.second, 0.45), lighter(t.accent, 0.3), angle=50), em)
    size = min(art.w, art.h) * 0.72
    c.circle(art.x + art.w / 2, art.y + art.h / 2, size * 0.6, clear(WHITE, 0.4))
    _emblem(b, art.x + (art.w - size) / 2, art.y + (art.h - size) / 2, size, plain=True)
    low = hero.y + hero.h + em * 1.4
    rest = page.y + page.h - em - low
    for i in range(3):
        w = (hero.w - em * 2) / 3
        card = Frame(hero.x + i * (w + em), low, w, rest)
        _shadowed(c, card, em * 0.7, t.card)
        c.rect(
            card.x + w * 0.08,
            card.y + rest * 0.14,
            rest * 0.26,
            rest * 0.26,
            linear(lighter(t.accent, 0.4), (t.accent, t.second, t.accent)[i]),
            rest * 0.08,
        )
        _bar(c, card.x + w * 0.08, card.y + rest * 0.52, w * 0.5, rest * 0.09, t.ink, 0.7)
        _bar(c, card.x + w * 0.08, card.y + rest * 0.7, w * 0.8, rest * 0.06, t.faint)
        _bar(c, card.x + w * 0.08, card.y + rest * 0.82, w * 0.6, rest * 0.06, t.faint)


def _mobile(b: Board) -> None:
    h = min(82.0, b.wide * 1.7)
    phones = 3 if b.wide > 130 else 2 if b.wide > 95 else 1
    w = h * 0.48
    gap = w * 0.22
    x = (b.wide - phones * w - (phones - 1) * gap) / 2
    for i in range(phones):
        drop = 0.0 if phones == 1 or i == phones // 2 else 2.4
        _phone(
            b,
            Frame(x + i * (w + gap), (94 - h) / 2 + drop, w, h - drop),
            screen=(i + 1) % 3 if phones > 1 else 0,
        )


def _phone(b: Board, f: Frame, screen: int) -> None:
    c, t, u = b.canvas, b.theme, f.w / 20
    _shadowed(c, f, u * 3, (32, 30, 42), 0.7)
    inner = Frame(f.x + u * 0.7, f.y + u * 0.7, f.w - u * 1.4, f.h - u * 1.4)
    c.rect(inner.x, inner.y, inner.w, inner.h, t.page, u * 2.4)
    if screen == 0:
        c.rect(
            inner.x,
            inner.y,
            inner.w,
            u * 11,
            linear(lighter(t.accent, 0.2), t.accent, darker(t.accent, 0.2), angle=60),
            u * 2.4,
        )
        c.rect(inner.x, inner.y + u * 8, inner.w, u * 3.2, linear(t.accent, darker(t.accent, 0.1)))
        _label(
            b,
            inner.x + u * 1.4,
            inner.y + u * 4.4,
            "Good morning",
            u * 0.9,
            ink_on(t.accent),
            Weight.REGULAR,
            u * 10,
        )
        _label(
            b,
            inner.x + u * 1.4,
            inner.y + u * 6.4,
            b.title or "Your day",
            u * 1.7,
            ink_on(t.accent),
            Weight.BOLD,
            u * 11,
        )
        _emblem(b, inner.x + inner.w - u * 5, inner.y + u * 3, u * 3.8)
        _card_chart(b, Frame(inner.x + u, inner.y + u * 8.4, inner.w - u * 2, u * 9), "Activity", _area)
        y = inner.y + u * 18.4
    else:
        _label(
            b,
            inner.x + u * 1.4,
            inner.y + u * 4.2,
            ("", "Discover", "Summary")[screen],
            u * 1.7,
            t.ink,
            Weight.BOLD,
            u * 12,
        )
        art = Frame(inner.x + u, inner.y + u * 5.4, inner.w - u * 2, u * 12)
        if screen == 1:
            c.rect(
                art.x,
                art.y,
                art.w,
                art.h,
                linear(lighter(t.second, 0.5), lighter(t.accent, 0.2), angle=50),
                u * 1.4,
            )
            _emblem(b, art.x + art.w / 2 - u * 4.5, art.y + u * 1.5, u * 9, plain=True)
        else:
            _card_chart(b, art, "Share", _donut)
        y = inner.y + u * 18.4
    bottom = inner.y + inner.h - u * 7.4
    while y + u * 3.2 < bottom:
        _shadowed(c, Frame(inner.x + u, y, inner.w - u * 2, u * 3), u * 0.8, t.card, 0.2)
        c.rect(
            inner.x + u * 1.6,
            y + u * 0.6,
            u * 1.8,
            u * 1.8,
            linear(lighter(t.second, 0.3), mix(t.accent, t.second, 0.5)),
            u * 0.5,
        )
        _bar(c, inner.x + u * 4.2, y + u * 0.8, u * 7, u * 0.56, t.ink, 0.6)
        _bar(c, inner.x + u * 4.2, y + u * 1.8, u * 4.6, u * 0.42, t.faint)
        y += u * 3.6
    _button(
        b,
        Frame(inner.x + u, inner.y + inner.h - u * 7, inner.w - u * 2, u * 2.4),
        ("Continue", "Add", "Details")[screen],
    )
    for i in range(4):
        cx = inner.x + inner.w * (0.16 + i * 0.227)
        c.circle(
            cx, inner.y + inner.h - u * 2.6, u * 0.62, t.accent if i == screen else mix(t.faint, t.page, 0.4)
        )
    c.rect(f.x + f.w / 2 - u * 2.4, f.y + u * 1.3, u * 4.8, u * 0.9, (32, 30, 42), u)


def _chart(b: Board) -> None:
    w = min(b.wide * 0.86, 140.0)
    h = min(78.0, w * 0.74)
    f = Frame((b.wide - w) / 2, (92 - h) / 2, w, h)
    c, t = b.canvas, b.theme
    _shadowed(c, f, 2.4, t.card, 0.6)
    _label(b, f.x + w * 0.06, f.y + h * 0.13, b.title or "Growth", h * 0.075, t.ink, Weight.BOLD, w * 0.8)
    _bar(c, f.x + w * 0.06, f.y + h * 0.165, w * 0.3, h * 0.02, t.faint)
    pie = "pie" in b.scene.words.casefold()
    plot = Frame(f.x + w * 0.09, f.y + h * 0.24, w * 0.84, h * 0.64)
    if pie:
        _donut(b, plot)
    elif "line" in b.scene.words.casefold():
        _area(b, plot)
    else:
        for i in range(5):
            y = plot.y + plot.h * i / 5
            c.rect(plot.x, y, plot.w, 0.14, clear(t.faint, 0.35))
        _columns(b, plot)


def _slide(b: Board) -> None:
    w = min(b.wide * 0.9, 138.0)
    h = w * 9 / 16
    f = Frame((b.wide - w) / 2, (92 - h) / 2, w, h)
    c, t = b.canvas, b.theme
    _shadowed(c, f, 1.2, t.card, 0.7)
    c.rect(f.x, f.y, w * 0.018, h, linear(t.accent, t.second))
    _label(
        b, f.x + w * 0.07, f.y + h * 0.2, b.title or "The big idea", h * 0.12, t.ink, Weight.BLACK, w * 0.6
    )
    c.rect(f.x + w * 0.07, f.y + h * 0.25, w * 0.1, h * 0.014, t.accent)
    for i in range(4):
        y = f.y + h * (0.38 + i * 0.12)
        c.circle(f.x + w * 0.085, y + h * 0.018, h * 0.016, t.accent)
        _bar(c, f.x + w * 0.115, y, w * (0.24 + 0.05 * (i * 5 % 3)), h * 0.036, t.ink, 0.5)
    if b.emblem is not None:
        size = h * 0.6
        c.circle(
            f.x + w * 0.76,
            f.y + h * 0.52,
            size * 0.58,
            linear(lighter(t.second, 0.6), lighter(t.accent, 0.5)),
        )
        _emblem(b, f.x + w * 0.76 - size * 0.4, f.y + h * 0.52 - size * 0.4, size * 0.8, plain=True)
    else:
        _columns(b, Frame(f.x + w * 0.56, f.y + h * 0.34, w * 0.36, h * 0.46))
    _bar(c, f.x + w * 0.07, f.y + h * 0.92, w * 0.14, h * 0.02, t.faint)
    _label(b, f.x + w * 0.94, f.y + h * 0.94, "1", h * 0.04, t.faint, Weight.MEDIUM, anchor="rs")


def _logo(b: Board) -> None:
    c, t = b.canvas, b.theme
    c.rect(-1, -1, b.wide + 2, 102, linear((252, 246, 236), (240, 226, 208), angle=60))
    c.glow(b.wide / 2, 42, min(b.wide, 100) * 0.6, WHITE, 0.9)
    reach = min(b.wide * 0.34, 27.0)
    cx, cy = b.wide / 2, 39.0
    ink = darker(t.accent, 0.35)
    c.shadow(cx, cy + reach * 1.04, reach * 0.9, reach * 0.14, 0.3)
    for k, paint in (
        (1.0, linear(lighter(t.accent, 0.2), t.accent, ink, angle=60)),
        (0.93, (250, 242, 228)),
        (0.905, linear(lighter(t.accent, 0.26), t.accent, ink, angle=60)),
    ):
        c.circle(cx, cy, reach * k, paint)
    for i in range(48):
        a = math.tau * i / 48
        c.circle(cx + reach * 0.965 * math.cos(a), cy + reach * 0.965 * math.sin(a), reach * 0.012, ink)
    c.circle(cx, cy, reach * 0.72, linear((255, 250, 240), (250, 230, 202)))
    if b.emblem is None:
        _label(b, cx, cy, b.initial, reach, ink, Weight.BLACK, anchor="mm")
    else:
        _emblem(b, cx - reach * 0.5, cy - reach * 0.5, reach, plain=True)
    name = (b.title or (b.emblem or "Studio")).upper()
    spaced = " ".join(name) if len(name) <= 14 else name
    _label(b, cx, 79, spaced, min(7.0, b.wide * 0.09), ink, Weight.BLACK, b.wide * 0.84, "ms")
    c.rect(cx - reach * 0.5, 82.6, reach, 0.5, t.second)
    _label(
        b,
        cx,
        87.4,
        "SINCE TODAY",
        min(2.6, b.wide * 0.03),
        mix(ink, t.second, 0.4),
        Weight.MEDIUM,
        b.wide * 0.6,
        "ms",
    )


def _icon(b: Board) -> None:
    c, t = b.canvas, b.theme
    side = min(b.wide * 0.66, 62.0)
    f = Frame((b.wide - side) / 2, (92 - side) / 2, side, side)
    _shadowed(c, f, side * 0.23, t.accent, 0.9)
    c.rect(
        f.x,
        f.y,
        side,
        side,
        linear(lighter(t.accent, 0.34), t.accent, darker(t.accent, 0.34), angle=60),
        side * 0.23,
    )
    c.rect(
        f.x + side * 0.02,
        f.y + side * 0.02,
        side * 0.96,
        side * 0.5,
        Gradient(((0, WHITE, 0.28), (1, WHITE, 0.0))),
        side * 0.21,
    )
    if b.emblem is None:
        _label(
            b,
            f.x + side / 2,
            f.y + side / 2,
            b.initial,
            side * 0.6,
            ink_on(t.accent),
            Weight.BLACK,
            anchor="mm",
        )
        return
    c.shadow(f.x + side / 2, f.y + side * 0.84, side * 0.3, side * 0.05, 0.5)
    _emblem(b, f.x + side * 0.17, f.y + side * 0.17, side * 0.66, plain=True)


_DRAWERS: Final[Mapping[Mockup, Callable[[Board], None]]] = {
    Mockup.DASHBOARD: _dashboard,
    Mockup.LOGIN: _login,
    Mockup.LANDING: _landing,
    Mockup.MOBILE: _mobile,
    Mockup.CHART: _chart,
    Mockup.SLIDE: _slide,
    Mockup.LOGO: _logo,
    Mockup.ICON: _icon,
}

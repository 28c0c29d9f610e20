"""What mock-ups are drawn on and with: colours, frames, cards, bars, letters, buttons."""

from dataclasses import dataclass
from random import Random

from bot.providers.offline.canvas import Canvas, clear, linear
from bot.providers.offline.catalogue import CATALOGUE
from bot.providers.offline.compose import paste
from bot.providers.offline.layout import dye
from bot.providers.offline.lettering import Weight, font, is_writable, writable
from bot.providers.offline.lexicon import TRADES
from bot.providers.offline.palette import Colour, darker, ink_on, lighter, mix
from bot.providers.offline.scene import Scene
from bot.providers.offline.things import extent, sprite


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


def shadowed(c: Canvas, f: Frame, radius: float, paint: Colour, strength: float = 0.3) -> None:
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


def browser(b: Board, share: float = 0.9) -> Frame:
    """A browser window; returns its page."""
    c, t = b.canvas, b.theme
    w = min(b.wide * share, 148.0)
    h = min(82.0, w * 0.84 if w > 60 else w * 1.3)
    whole = Frame((b.wide - w) / 2, (93 - h) / 2, w, h)
    bar = max(3.2, h * 0.06)
    shadowed(c, whole, 2, t.page, 0.6)
    c.rect(whole.x, whole.y, w, bar + 2, mix(t.card, t.faint, 0.22), 2)
    c.rect(whole.x, whole.y + bar, w, 3, t.page)
    for i, colour in enumerate(((242, 104, 92), (248, 190, 80), (92, 196, 110))):
        c.circle(whole.x + bar * (0.6 + i * 0.52), whole.y + bar / 2, bar * 0.17, colour)
    c.rect(whole.x + w * 0.25, whole.y + bar * 0.22, w * 0.5, bar * 0.56, t.card, bar)
    return Frame(whole.x, whole.y + bar, w, h - bar)


def bar(c: Canvas, x: float, y: float, w: float, h: float, colour: Colour, opacity: float = 0.4) -> None:
    """A grey bar that stands for a line of text."""
    c.rect(x, y, w, h, clear(colour, opacity), h / 2)


def label(
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


def button(b: Board, f: Frame, words: str) -> None:
    accent = b.theme.accent
    b.canvas.rect(f.x, f.y + f.h * 0.12, f.w, f.h, clear(darker(accent, 0.4), 0.3), f.h * 0.3)
    b.canvas.rect(f.x, f.y, f.w, f.h, linear(lighter(accent, 0.12), accent, darker(accent, 0.1)), f.h * 0.28)
    label(b, f.x + f.w / 2, f.y + f.h / 2, words, f.h * 0.42, ink_on(accent), Weight.BOLD, f.w * 0.84, "mm")


def emblem(b: Board, x: float, y: float, size: float, *, plain: bool = False) -> None:
    """The topic's picture, or its first letter on a badge, centred in a square of `size` units."""
    c = b.canvas
    if b.emblem is None:
        c.rect(x, y, size, size, linear(lighter(b.theme.accent, 0.3), b.theme.accent, angle=50), size * 0.28)
        label(
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

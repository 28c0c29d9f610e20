"""Parts that many things share: eyes, smiles, blushes, small shadows."""

from bot.providers.offline.canvas import Canvas, arc_path, clear, linear
from bot.providers.offline.palette import INK, WHITE, Colour, darker


def bead_eye(c: Canvas, x: float, y: float, r: float) -> None:
    """A dark, shining animal eye."""
    c.circle(x, y, r, linear((24, 18, 26), (62, 44, 52)))
    c.circle(x - r * 0.32, y - r * 0.36, r * 0.36, WHITE)
    c.circle(x + r * 0.36, y + r * 0.4, r * 0.16, (226, 220, 226))


def slit_eye(c: Canvas, x: float, y: float, r: float, iris: Colour) -> None:
    """A coloured eye with an upright pupil."""
    c.ellipse(x, y, r, r * 1.06, darker(iris, 0.6))
    c.ellipse(x, y, r * 0.88, r * 0.94, linear(darker(iris, 0.2), iris, (250, 240, 180)))
    c.ellipse(x, y, r * 0.4, r * 0.8, INK)
    c.circle(x - r * 0.3, y - r * 0.36, r * 0.28, WHITE)


def smile(c: Canvas, x: float, y: float, width: float, colour: Colour = INK, stroke: float = 1.0) -> None:
    """A friendly arc below (x, y)."""
    c.curve(arc_path(x, y, width / 2, width * 0.36, 15, 165)[::5], stroke, colour)


def blush(c: Canvas, x: float, y: float, r: float) -> None:
    c.ellipse(x, y, r, r * 0.66, clear((244, 108, 104), 0.34))

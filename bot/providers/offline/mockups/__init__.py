"""Drawn user interfaces: browser windows, phones, charts, slides, logos, icons."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Final

from PIL import Image

from bot.providers.offline.canvas import Canvas, halo, linear
from bot.providers.offline.mockups.board import Board, Theme
from bot.providers.offline.mockups.dashboard import dashboard
from bot.providers.offline.mockups.marks import icon, logo
from bot.providers.offline.mockups.pages import landing, login
from bot.providers.offline.mockups.papers import chart, slide
from bot.providers.offline.mockups.phone import mobile
from bot.providers.offline.palette import WHITE, Colour, darker, lighter, mix
from bot.providers.offline.scene import Mockup, Scene, Time

_ACCENTS: Final[Sequence[Colour]] = (
    (88, 92, 226),
    (24, 148, 136),
    (232, 96, 76),
    (206, 122, 44),
    (176, 70, 150),
    (46, 120, 214),
)


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


_DRAWERS: Final[Mapping[Mockup, Callable[[Board], None]]] = {
    Mockup.DASHBOARD: dashboard,
    Mockup.LOGIN: login,
    Mockup.LANDING: landing,
    Mockup.MOBILE: mobile,
    Mockup.CHART: chart,
    Mockup.SLIDE: slide,
    Mockup.LOGO: logo,
    Mockup.ICON: icon,
}

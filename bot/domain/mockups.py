"""Mockup presets: each one sets a shape, a background and a scaffold of words around what a person asked for."""

from dataclasses import dataclass
from typing import Final

from bot.domain.requests import Aspect, Background


@dataclass(frozen=True, slots=True)
class Mockup:
    """What a preset sets where the person chose nothing else.

    Attributes:
        scaffold: Words that code appends after the post-check, as with a style.
    """

    aspect: Aspect
    background: Background
    scaffold: str


MOCKUPS: Final[dict[str, Mockup]] = {
    "web-page": Mockup(
        Aspect(8, 5),
        Background.OPAQUE,
        "Mockup of one web page at desktop width, seen straight on and filling the frame, no device around it, "
        "clear grid, real-looking headings and controls, legible labels",
    ),
    "mobile-screen": Mockup(
        Aspect(9, 16),
        Background.OPAQUE,
        "Mockup of one mobile app screen, seen straight on and filling the frame, no hand and no device around it, "
        "native controls of comfortable size, legible labels",
    ),
    "slide": Mockup(
        Aspect(16, 9),
        Background.OPAQUE,
        "One presentation slide filling the frame, a short headline, one clear visual idea, generous margins, "
        "readable from the back of a room",
    ),
    "logo": Mockup(
        Aspect(1, 1),
        Background.OPAQUE,
        "One flat vector logo, centred on plain white with generous space around it, few colours, no mockup scene",
    ),
    "icon": Mockup(
        Aspect(1, 1),
        Background.OPAQUE,
        "One app icon, a single simple symbol centred on plain white, bold shape that reads at 32 pixels, no text",
    ),
}

"""Style presets and mockup scaffolds: words that code appends after the post-check, never a model's own."""

from typing import Final

from bot.domain.mockups import MOCKUPS

STYLES: Final[dict[str, str]] = {
    "photo": "natural photograph, realistic light, fine detail",
    "cinematic": "cinematic still, dramatic light, shallow depth of field",
    "illustration": "clean editorial illustration, confident shapes",
    "watercolor": "loose watercolor painting on textured paper",
    "oil": "oil painting, visible brush strokes, rich colour",
    "sketch": "pencil sketch on paper",
    "ink": "black ink drawing, expressive line",
    "anime": "hand-drawn animation style, clean cel shading",
    "comic": "comic book panel, bold outlines, halftone",
    "pixel": "pixel art, limited palette",
    "3d": "3D render, soft studio light",
    "clay": "clay model, stop-motion look",
    "isometric": "isometric illustration, precise geometry",
    "low-poly": "low-poly 3D, faceted shapes",
    "neon": "neon lights at night, glowing edges",
    "noir": "black and white, high contrast, film noir light",
    "vintage": "vintage print, faded ink, paper grain",
    "minimal": "minimalist composition, generous empty space",
    "flat": "flat vector design, solid colours",
    "poster": "bold poster design, strong typography, few colours",
    "mockup": "clean user interface mockup, realistic layout, legible labels",
    "blueprint": "technical blueprint, white lines on blue",
}


LOOKS: Final = (*STYLES, *MOCKUPS)
"""Everything that may stand behind `--style`."""


def _look(style: str | None) -> str:
    if style in MOCKUPS:
        return MOCKUPS[style].scaffold
    return STYLES.get(style or "", "")


def with_style(prompt: str, style: str | None, suffix: str = "") -> str:
    """The prompt with the chosen preset and the community's own suffix."""
    parts = [prompt.rstrip(" ."), _look(style), suffix.strip()]
    return ". ".join(part for part in parts if part)

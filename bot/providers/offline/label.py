"""The label that no preview leaves without: in the pixels and in the file."""

import math
from typing import Final

from PIL import Image, ImageDraw, PngImagePlugin

from bot.providers.offline.canvas import Canvas
from bot.providers.offline.lettering import Weight, font
from bot.providers.offline.palette import CREAM, INK

LABEL: Final = "OFFLINE PREVIEW · NOT AN AI MODEL"
PLATE: Final = INK
_ONE_LINE: Final = (LABEL,)
_TWO_LINES: Final = ("OFFLINE PREVIEW", "NOT AN AI MODEL")
_SMALLEST: Final = 6


def stamp(picture: Image.Image) -> Image.Image:
    """The picture with a dark plate on its lower edge: in the middle, or on the left where there is room beside."""
    width, height = picture.size
    size, lines = _fit(width, height)
    padding = round(size * 2.7) if lines == _ONE_LINE else round(size * 0.8)
    plate_width = min(width, round(_longest(lines, size)) + padding)
    plate_height = round(size * (1.34 * len(lines) + 0.5))
    margin = round(min(width, height) * 0.022)
    left = margin if width > 1.5 * height and plate_width < width / 2 else (width - plate_width) // 2
    plate = _plate(plate_width, plate_height, size, lines)
    stamped = picture.copy()
    stamped.paste(plate, (left, height - plate_height - margin), plate)
    return stamped


def _fit(width: int, height: int) -> tuple[int, tuple[str, ...]]:
    """The em in pixels and the line breaks that keep the label readable."""
    wanted = max(9, min(round(math.sqrt(width * height) * 0.021 + 3), round(height * 0.06)))
    for lines, smallest, padding in ((_ONE_LINE, max(8, wanted * 3 // 5), 2.8), (_TWO_LINES, 6, 0.8)):
        for size in range(wanted, smallest - 1, -1):
            if _longest(lines, size) + size * padding <= width * 0.98:
                return size, lines
    return _SMALLEST, _TWO_LINES


def _longest(lines: tuple[str, ...], size: int) -> float:
    return max(font(Weight.BOLD, size).getlength(line) for line in lines)


def _plate(width: int, height: int, size: int, lines: tuple[str, ...]) -> Image.Image:
    over = 3
    canvas = Canvas(width * over, height * over, over)
    canvas.rect(0, 0, width, height, PLATE, min(height / 2, size))
    plate = canvas.image.resize((width, height), Image.Resampling.LANCZOS)
    plate.putalpha(plate.getchannel("A").point([round(v * 0.88) for v in range(256)]))
    dot = Canvas(width, height)
    if len(lines) == 1:
        dot.glow(size * 1.05, height / 2, size * 0.62, (255, 178, 84), 1.0)
        plate.alpha_composite(dot.image)
    draw = ImageDraw.Draw(plate)
    centre = width / 2 + (size * 0.42 if len(lines) == 1 else 0)
    for i, line in enumerate(lines):
        y = height / 2 + (i - (len(lines) - 1) / 2) * size * 1.34
        draw.text((centre, y), line, fill=(*CREAM, 255), font=font(Weight.BOLD, size), anchor="mm")
    return plate


def metadata(alt_text: str) -> PngImagePlugin.PngInfo:
    """PNG text chunks that carry the label with the file."""
    info = PngImagePlugin.PngInfo()
    info.add_itxt("Title", LABEL)
    info.add_itxt("Description", alt_text)
    info.add_itxt("Software", "imagine-bot offline preview: drawn by rules")
    return info

"""The label that no preview leaves without: in the pixels and in the file."""

from typing import Final

from PIL import Image, ImageDraw, PngImagePlugin

from bot.providers.offline.canvas import Canvas
from bot.providers.offline.lettering import Weight, font
from bot.providers.offline.palette import CREAM, INK

LABEL: Final = "OFFLINE PREVIEW · NOT AN AI MODEL"
PLATE: Final = INK
_LINES: Final = (LABEL,), ("OFFLINE PREVIEW", "NOT AN AI MODEL"), ("OFFLINE", "PREVIEW", "NOT AN", "AI MODEL")


def stamp(picture: Image.Image) -> Image.Image:
    """The picture with a dark plate along its lower edge; small pictures give it a band of its own."""
    width, height = picture.size
    size, lines = _fit(width, height)
    line_height = round(size * 1.34)
    face = font(Weight.BOLD, size)
    text_width = max(face.getlength(line) for line in lines)
    pad = max(1, round(size * 0.8))
    plate_width = min(width, round(text_width) + 2 * pad + round(size * 1.1))
    plate_height = line_height * len(lines) + round(size * 0.5)
    margin = max(0, round(min(width, height) * 0.022)) if min(width, height) > 200 else 0
    plate = _plate(plate_width, plate_height, size, lines)
    stamped = picture.copy()
    stamped.paste(plate, ((width - plate_width) // 2, height - plate_height - margin), plate)
    return stamped


def _fit(width: int, height: int) -> tuple[int, tuple[str, ...]]:
    """The em in pixels and the line breaks that keep the label readable."""
    wanted = max(9, round(min(width, height) * 0.021 + 3))
    for lines in _LINES:
        for size in range(wanted, max(6, wanted * 3 // 5) - 1, -1):
            face = font(Weight.BOLD, size)
            if max(face.getlength(line) for line in lines) + size * 2.8 <= width * 0.96:
                return size, lines
    return 6, _LINES[-1]


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

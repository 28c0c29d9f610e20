"""A picture for a prompt, drawn by rules."""

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont


@dataclass(frozen=True, slots=True)
class Drawing:
    png: bytes
    understood: tuple[str, ...]
    alt_text: str


def render(prompt: str, *, width: int, height: int, seed: int, variant: int = 0) -> Drawing:
    hue = (seed + variant * 7919) % 360
    image = Image.new("HSV", (width, height), (hue * 255 // 360, 120, 200)).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.text((20, 20), prompt[:80], font=ImageFont.load_default(max(12, width // 24)))
    out = io.BytesIO()
    image.save(out, "PNG")
    return Drawing(out.getvalue(), (), prompt)

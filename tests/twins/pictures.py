"""Real pictures, made fast: each carries a readable marker, and some have colours that the moderation twin flags."""

import io
import os
import struct
import zlib
from functools import lru_cache

from PIL import Image, ImageDraw, PngImagePlugin

_MARKER_LENGTH = 48

SHADES = ((62, 84, 102), (110, 124, 74), (148, 112, 70), (84, 72, 110), (120, 140, 150), (160, 150, 120))

UNSAFE_COLOURS: dict[str, tuple[int, int, int]] = {
    "sexual": (255, 0, 255),
    "violence/graphic": (255, 0, 0),
    "violence": (255, 128, 0),
    "self-harm": (0, 0, 255),
}
"""Average colour -> category. Colours survive resizing and re-encoding, which a marker in the metadata does not."""


def make_picture(
    width: int,
    height: int,
    *,
    marker: str,
    output_format: str = "png",
    transparent: bool = False,
    unsafe: str | None = None,
    at_least: int = 0,
) -> bytes:
    """A whole, decodable picture.

    Args:
        marker: Short ASCII text that is written into the bytes, so that no two pictures are the same.
        output_format: png, jpeg or webp.
        unsafe: Key of UNSAFE_COLOURS: the picture is filled with that colour.
        at_least: Grow a PNG to that many bytes by a private chunk that decoders skip.
    """
    shade = UNSAFE_COLOURS[unsafe] if unsafe else SHADES[zlib.crc32(marker.encode()) % len(SHADES)]
    template = _template(width, height, output_format, transparent, shade, unsafe is None)
    stamped = _stamp(template, f"twin-picture:{marker}", output_format)
    return _padded(stamped, at_least) if len(stamped) < at_least else stamped


def unsafe_category(data: bytes) -> str | None:
    """Category whose colour fills the picture, also after a re-encoding.

    Raises:
        OSError: the bytes are no picture.
    """
    with Image.open(io.BytesIO(data)) as image:
        image.draft("RGB", (64, 64))
        average = image.convert("RGB").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert isinstance(average, tuple)
    for category, colour in UNSAFE_COLOURS.items():
        if all(abs(a - c) < 24 for a, c in zip(average, colour, strict=True)):
            return category
    return None


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height in pixels. Raises OSError if the bytes are no picture."""
    with Image.open(io.BytesIO(data)) as image:
        return image.size


def format_of(data: bytes) -> str | None:
    """png, jpeg or webp by the magic bytes."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return None


def has_alpha(data: bytes) -> bool:
    with Image.open(io.BytesIO(data)) as image:
        return image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info


def bomb_png(width: int = 60_000, height: int = 60_000) -> bytes:
    """A tiny file that announces more pixels than any memory holds."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 4096)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", rows), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@lru_cache(maxsize=64)
def _template(
    width: int,
    height: int,
    output_format: str,
    transparent: bool,
    shade: tuple[int, int, int],
    drawing: bool,
) -> bytes:
    image = Image.new(
        "RGBA" if transparent else "RGB", (width, height), (*shade, 0) if transparent else shade
    )
    if drawing:
        box = (width // 4, height // 4, width * 3 // 4, height * 3 // 4)
        ImageDraw.Draw(image).ellipse(box, fill=(235, 205, 130))
    blank = "twin-picture:" + "_" * (_MARKER_LENGTH - len("twin-picture:"))
    out = io.BytesIO()
    if output_format == "png":
        info = PngImagePlugin.PngInfo()
        info.add_text("Comment", blank)
        image.save(out, "PNG", compress_level=1, pnginfo=info)
    elif output_format == "jpeg":
        image.convert("RGB").save(out, "JPEG", quality=85, comment=blank.encode())
    else:
        image.save(out, "WEBP", quality=80, method=0, xmp=blank.encode())
    return out.getvalue()


def _stamp(template: bytes, text: str, output_format: str) -> bytes:
    stamp = text.encode()[:_MARKER_LENGTH].ljust(_MARKER_LENGTH, b" ")
    start = template.index(b"twin-picture:")
    end = start + _MARKER_LENGTH
    if output_format != "png":
        return template[:start] + stamp + template[end:]
    chunk = b"tEXtComment\0" + stamp
    checksum = struct.pack(">I", zlib.crc32(chunk))
    return template[:start] + stamp + checksum + template[end + 4 :]


def _padded(png: bytes, size: int) -> bytes:
    end = png.rindex(b"IEND") - 4
    return png[:end] + _chunk(b"paDd", os.urandom(size - len(png))) + png[end:]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

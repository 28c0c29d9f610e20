"""Decode a picture completely, within limits. A header proves nothing: only a full decode finds a cut file."""

import warnings
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from PIL import Image

from bot.domain.errors import InvalidImage
from bot.domain.images import MediaType, PictureData
from bot.images.encoding import encoding
from bot.images.media_types import MAX_BYTES
from bot.images.spool import opened

MAX_UPLOAD: Final = 20 * 1024 * 1024
"""The largest file that a person may attach; also the moderation service's own limit."""
MAX_PIXELS: Final = 40_000_000
"""Larger ones are refused by their header: a 17 KB PNG can open as 144 megapixels."""

_FORMATS: Final = {
    "PNG": MediaType.PNG,
    "JPEG": MediaType.JPEG,
    "MPO": MediaType.JPEG,
    "WEBP": MediaType.WEBP,
}
"""MPO is a JPEG with more behind it, as phones write it: a depth map, or what a brighter screen shows. Viewers show the
first picture only.
"""

Data = TypeVar("Data", bound=PictureData)


@dataclass(frozen=True, slots=True)
class Picture(Generic[Data]):
    """A picture that decodes."""

    data: Data
    media_type: MediaType
    width: int
    height: int


async def inspect_bytes(data: Data, *, max_bytes: int = MAX_BYTES) -> Picture[Data]:
    """Decode in a thread (Pillow releases the GIL).

    Raises:
        InvalidImage: too large, no accepted type, or cut off.
    """
    if len(data) > max_bytes:
        raise InvalidImage(f"larger than {max_bytes} bytes")
    return await encoding(_decode, data)


async def inspect_upload(data: bytes) -> Picture[bytes]:
    """As `inspect_bytes`, with the limit for files of strangers."""
    return await inspect_bytes(data, max_bytes=MAX_UPLOAD)


def _decode(data: Data) -> Picture[Data]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(opened(data), formats=("PNG", "JPEG", "WEBP")) as image:
                if image.format != "MPO" and getattr(image, "is_animated", False):
                    raise InvalidImage("more than one frame: checks would see the first one only")
                if image.width * image.height > MAX_PIXELS:
                    raise InvalidImage(f"more than {MAX_PIXELS} pixels")
                image.load()
                return Picture(data, _FORMATS[image.format or ""], image.width, image.height)
    except InvalidImage:
        raise
    except (OSError, ValueError, SyntaxError, KeyError, Image.DecompressionBombError, Warning) as problem:
        raise InvalidImage(f"not a complete PNG, JPEG or WebP ({type(problem).__name__})") from None

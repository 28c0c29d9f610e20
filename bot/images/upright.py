"""Phones write a photo as the sensor lay, and beside it how it is to be turned; a copy loses that note."""

from collections.abc import Mapping
from typing import Final

from PIL import ExifTags, Image

_TURNS: Final[Mapping[object, Image.Transpose]] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""By the values of Exif's Orientation."""


def upright(image: Image.Image) -> Image.Image:
    """The picture as viewers show it."""
    try:
        told = image.getexif().get(ExifTags.Base.Orientation)
        turn = _TURNS.get(told)
    except Exception:  # noqa: BLE001 - strangers write these notes, and a broken one raises anything
        return image
    return image if turn is None else image.transpose(turn)

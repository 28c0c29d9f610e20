"""Phones write a photo as the sensor lay, and beside it how it is to be turned; a copy loses that note."""

from PIL import Image, ImageOps


def upright(image: Image.Image) -> Image.Image:
    """The picture as viewers show it."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # noqa: BLE001 - strangers write these notes, and a broken one raises anything
        return image

"""Smaller copies for chats and checks. Originals are never touched: re-encoding would strip their provenance."""

from typing import Final

from PIL import Image, ImageStat

from bot.domain.images import MediaType, PictureData
from bot.images.depth import eight_bits
from bot.images.encoding import encoding
from bot.images.scratch import encoded
from bot.images.spool import opened
from bot.images.upright import upright

PREVIEW_SIDE: Final = 1024
"""Longest side of a preview, in pixels."""
_BACKDROP: Final = (255, 255, 255)
_DARK: Final = (0, 0, 0)
_MIDDLE: Final = 127
_FAINT: Final = 16
"""Opacity up to which a pixel says nothing about whether a subject is light or dark."""


async def webp_preview(data: PictureData, *, side: int = PREVIEW_SIDE) -> bytes:
    """A WebP of at most `side` pixels, transparency kept."""
    return await encoding(_encode, data, side, MediaType.WEBP, 80)


async def jpeg_copy(data: PictureData, *, side: int = PREVIEW_SIDE, quality: int = 85) -> bytes:
    """A JPEG of at most `side` pixels on white: for services and chats that take no WebP."""
    return await encoding(_encode, data, side, MediaType.JPEG, quality)


async def png_copy(data: PictureData) -> bytes:
    """A PNG of the same size, transparency kept: for services that take no WebP."""
    return await encoding(_as_png, data)


async def copy_to_check(data: PictureData) -> bytes:
    """A JPEG for eyes that have to see everything: what is transparent is filled dark behind light subjects and light
    behind dark ones, since a chat may show it on either.
    """
    return await encoding(_contrasting, data)


async def fit_into(data: PictureData, limit: int) -> bytes:
    """The largest JPEG copy of at most `limit` bytes; b"" when none fits."""
    for side, quality in ((4096, 92), (2048, 88), (2048, 75), (1024, 80), (768, 70), (512, 60), (256, 50)):
        copy = await jpeg_copy(data, side=side, quality=quality)
        if len(copy) <= limit:
            return copy
    return b""


def _encode(data: PictureData, side: int, media_type: MediaType, quality: int) -> bytes:
    with Image.open(opened(data), formats=("PNG", "JPEG", "WEBP")) as image:
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        small = eight_bits(upright(image))
        if media_type is MediaType.JPEG:
            return encoded(_flatten(small), "JPEG", quality=quality, optimize=True)
        mode = "RGBA" if "A" in small.getbands() or "transparency" in small.info else "RGB"
        return encoded(small.convert(mode), "WEBP", quality=quality, method=2)


def _as_png(data: PictureData) -> bytes:
    with Image.open(opened(data), formats=("PNG", "JPEG", "WEBP")) as image:
        return encoded(upright(image), "PNG")


def _contrasting(data: PictureData) -> bytes:
    with Image.open(opened(data), formats=("PNG", "JPEG", "WEBP")) as image:
        image.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.LANCZOS)
        rgba = eight_bits(upright(image)).convert("RGBA")
    shown = ImageStat.Stat(
        rgba.convert("L"), rgba.getchannel("A").point(lambda alpha: 255 * (alpha > _FAINT))
    )
    light = shown.count[0] > 0 and shown.mean[0] > _MIDDLE
    return encoded(_flatten(rgba, _DARK if light else _BACKDROP), "JPEG", quality=85, optimize=True)


def _flatten(image: Image.Image, backdrop: tuple[int, int, int] = _BACKDROP) -> Image.Image:
    rgba = image.convert("RGBA")
    flat = Image.new("RGB", rgba.size, backdrop)
    flat.paste(rgba, mask=rgba.getchannel("A"))
    return flat

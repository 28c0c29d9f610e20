"""How large a picture is wished for, in pixels."""

from typing import Final

from bot.domain.policy import Access
from bot.domain.requests import HD, Action, Aspect, ImagineRequest

_PIXELS: Final = 1024 * 1024
"""Area aimed at; the provider's profile fits the sides to its own rules."""
_HD_MEGAPIXELS: Final = 4.0
"""Both sides doubled: what people expect of an HD redraw. Models that take less draw as large as they can."""


def wished_size(request: ImagineRequest, access: Access) -> tuple[int, int]:
    """Sides in pixels: larger for an HD redraw, never above what the community allows."""
    hd = request.lineage is not None and request.lineage.action is Action.UPSCALE
    most = _HD_MEGAPIXELS if hd or HD in request.metadata else 1.0
    return size_for(request.options.aspect, min(most, access.max_megapixels))


def size_for(aspect: Aspect, megapixels: float = 1.0) -> tuple[int, int]:
    """Sides in pixels with the aspect's shape and about so many megapixels, multiples of 16."""
    pixels = _PIXELS * megapixels
    width = (pixels * aspect.width / aspect.height) ** 0.5
    return max(16, round(width / 16) * 16), max(16, round(pixels / width / 16) * 16)

"""What bytes claim to be, by their start alone. Free of the picture library, whose import takes time and memory."""

from typing import Final

from bot.domain.images import MediaType

MAX_BYTES: Final = 64 * 1024 * 1024
"""The largest picture that a provider may give us."""


def media_type_of(data: bytes) -> MediaType | None:
    """The type by its first bytes, None if it is none of ours. Never trust a declared type."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if data.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return MediaType.WEBP
    return None

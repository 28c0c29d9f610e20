"""Whether a file carries Content Credentials (C2PA), by where the standard puts them in PNG, JPEG and WebP.

A reader of containers only: nothing is decoded, no signature is checked. Places and the label are those of the C2PA
specification 2.x, "Embedding manifests into various file formats"; the container is JUMBF (ISO 19566-5).
"""

from collections.abc import Iterator
from typing import Final

from bot.domain.images import MediaType
from bot.images.media_types import media_type_of

_PNG_CHUNK: Final = b"caBX"
_WEBP_CHUNK: Final = b"C2PA"
_JPEG_MARKER: Final = 0xEB
_STORE: Final = bytes.fromhex("6332706100110010800000aa00389b71")
"""UUID of a manifest store, at the start of its description box."""


def carries_credentials(data: bytes) -> bool:
    """Whether a manifest store lies where the file's type has its place. Broken files carry none."""
    match media_type_of(data):
        case MediaType.PNG:
            boxes = _png(data)
        case MediaType.JPEG:
            boxes = _jpeg(data)
        case MediaType.WEBP:
            boxes = _webp(data)
        case None:
            return False
    return any(_is_store(box) for box in boxes)


def _is_store(box: bytes) -> bool:
    """A superbox (length, `jumb`) whose description (length, `jumd`, UUID) is a manifest store's."""
    return box[4:8] == b"jumb" and box[12:16] == b"jumd" and box[16:32] == _STORE


def _png(data: bytes) -> Iterator[bytes]:
    place = 8
    while place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4])
        if data[place + 4 : place + 8] == _PNG_CHUNK:
            yield data[place + 8 : place + 8 + min(length, 64)]
        place += 12 + length


def _jpeg(data: bytes) -> Iterator[bytes]:
    """APP11 segments: `JP`, instance, number, then the box; only the first of an instance holds its beginning."""
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF and data[place + 1] not in {0xD9, 0xDA}:
        length = int.from_bytes(data[place + 2 : place + 4])
        body = data[place + 4 : place + 2 + min(length, 80)]
        if data[place + 1] == _JPEG_MARKER and body[:2] == b"JP":
            yield body[8:]
        place += 2 + max(length, 2)


def _webp(data: bytes) -> Iterator[bytes]:
    place = 12
    while place + 8 <= len(data):
        length = int.from_bytes(data[place + 4 : place + 8], "little")
        if data[place : place + 4] == _WEBP_CHUNK:
            yield data[place + 8 : place + 8 + min(length, 64)]
        place += 8 + length + length % 2

"""Content-addressed keys: 256 bits, so nobody guesses one, and putting the same bytes again is harmless."""

import hashlib
from typing import Final

from bot.domain.images import MediaType, PictureData

PUBLIC: Final = "i/"
"""Prefix of what everybody with the link may see."""
PRIVATE: Final = "held/"
"""Prefix of what has not passed its check yet, and of files that people attached."""

IMMUTABLE: Final = "public, max-age=31536000, immutable"
NO_STORE: Final = "private, no-store"


def sha256_of(data: PictureData) -> str:
    """Reads what is on the disk. Raises OSError."""
    if isinstance(data, bytes):
        return hashlib.sha256(data).hexdigest()
    with data.open() as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def key_for(prefix: str, sha256: str, media_type: MediaType) -> str:
    """E.g. `i/3f/3f9a….png`; the two-character folder keeps local directories small."""
    return f"{prefix}{sha256[:2]}/{sha256}.{media_type.extension}"


def public_twin(key: str) -> str:
    """The public key of the same bytes."""
    return PUBLIC + key.removeprefix(PRIVATE) if key.startswith(PRIVATE) else key


def cache_control(key: str) -> str:
    return IMMUTABLE if key.startswith(PUBLIC) else NO_STORE


def media_type_by_key(key: str) -> MediaType:
    """The type that a key's extension stands for."""
    extension = key.rpartition(".")[2]
    return next((kind for kind in MediaType if kind.extension == extension), MediaType.PNG)

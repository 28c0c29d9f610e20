"""Where the bytes of pictures live."""

from typing import Protocol

from bot.domain.images import KeptImage, MediaType, PictureData
from bot.ports.health import Health


class ImageStore(Protocol):
    """Where bytes live. Raises StorageError."""

    @property
    def public(self) -> bool:
        """People elsewhere can open `url()`; otherwise the bytes have to be attached."""
        ...

    async def keep(self, data: PictureData, media_type: MediaType, *, width: int, height: int) -> KeptImage:
        """Store original bytes in the private part, under their sha256."""
        ...

    async def publish(self, kept: KeptImage) -> str:
        """Make a kept picture public and return its key. Publishing twice is harmless."""
        ...

    async def publish_bytes(self, data: bytes, media_type: MediaType) -> str:
        """Store derived bytes (previews) in the public part and return their key."""
        ...

    async def read(self, key: str) -> bytes:
        """Bytes of a key; those of a kept picture also when only its public copy is left."""
        ...

    async def fetch(self, key: str) -> PictureData:
        """As `read`, but what is large comes without being in memory as a whole."""
        ...

    async def delete(self, key: str) -> None:
        """Delete one object; deleting what is gone is no error."""
        ...

    def url(self, key: str) -> str:
        """Stable public address of a key, "" when the store is private."""
        ...

    async def probe(self) -> Health: ...

    async def aclose(self) -> None: ...

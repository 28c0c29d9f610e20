"""An image store that counts what is done with it."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from bot.domain.errors import StorageError
from bot.domain.images import KeptImage, MediaType, PictureData
from bot.ports import Health, ImageStore, Telemetry

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class MeasuredStore:
    """Implements the `ImageStore` port by another one; every operation is told to telemetry as ok or failed."""

    store: ImageStore
    telemetry: Telemetry

    @property
    def public(self) -> bool:
        return self.store.public

    async def keep(self, data: PictureData, media_type: MediaType, *, width: int, height: int) -> KeptImage:
        return await self._counted("keep", self.store.keep(data, media_type, width=width, height=height))

    async def publish(self, kept: KeptImage) -> str:
        return await self._counted("publish", self.store.publish(kept))

    async def publish_bytes(self, data: bytes, media_type: MediaType) -> str:
        return await self._counted("publish_bytes", self.store.publish_bytes(data, media_type))

    async def read(self, key: str) -> bytes:
        return await self._counted("read", self.store.read(key))

    async def fetch(self, key: str) -> PictureData:
        return await self._counted("read", self.store.fetch(key))

    async def delete(self, key: str) -> None:
        await self._counted("delete", self.store.delete(key))

    def url(self, key: str) -> str:
        return self.store.url(key)

    async def probe(self) -> Health:
        return await self.store.probe()

    async def aclose(self) -> None:
        await self.store.aclose()

    async def _counted(self, operation: str, work: Awaitable[Result]) -> Result:
        """What is cancelled under way counts as nothing: nobody knows what became of it."""
        try:
            result = await work
        except StorageError:
            self.telemetry.stored(operation, "failed")
            raise
        self.telemetry.stored(operation, "ok")
        return result

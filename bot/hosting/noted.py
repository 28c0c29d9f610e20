"""Notes every object before it is written, so that nothing lies in the store that nobody would ever delete.

A process may die, or lose its job to a deletion, between writing an object and noting in the ledger which job uses it.
"""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Final

import structlog

from bot.domain.errors import StorageError
from bot.domain.images import KeptImage, MediaType, PictureData
from bot.hosting.keys import PRIVATE, PUBLIC, key_for, public_twin, sha256_of
from bot.ports import Health, ImageStore, JobStore

log = structlog.get_logger(__name__)

_SECONDS: Final = 3600.0
"""Far longer than any job lives: until then the ledger knows who uses the object."""


@dataclass(frozen=True, slots=True)
class NotedStore:
    """Implements the `ImageStore` port over another one; whatever is written is expected by the ledger first."""

    store: ImageStore
    jobs: JobStore

    @property
    def public(self) -> bool:
        return self.store.public

    async def keep(self, data: PictureData, media_type: MediaType, *, width: int, height: int) -> KeptImage:
        await self._expect_bytes(PRIVATE, data, media_type)
        return await self.store.keep(data, media_type, width=width, height=height)

    async def publish(self, kept: KeptImage) -> str:
        await self._expect(public_twin(kept.key))
        return await self.store.publish(kept)

    async def publish_bytes(self, data: bytes, media_type: MediaType) -> str:
        await self._expect_bytes(PUBLIC, data, media_type)
        return await self.store.publish_bytes(data, media_type)

    async def read(self, key: str) -> bytes:
        return await self.store.read(key)

    async def fetch(self, key: str) -> PictureData:
        return await self.store.fetch(key)

    async def delete(self, key: str) -> None:
        await self.store.delete(key)

    def url(self, key: str) -> str:
        return self.store.url(key)

    async def probe(self) -> Health:
        return await self.store.probe()

    async def aclose(self) -> None:
        """The store beneath is closed by whoever opened it."""

    async def _expect_bytes(self, prefix: str, data: PictureData, media_type: MediaType) -> None:
        with contextlib.suppress(OSError):  # the store reads it once more, and tells
            await self._expect(key_for(prefix, await asyncio.to_thread(sha256_of, data), media_type))

    async def _expect(self, key: str) -> None:
        """A ledger that is away keeps nothing from being stored: what is written now may have been paid for."""
        try:
            await self.jobs.expect_objects([key], _SECONDS)
        except StorageError as fault:
            log.info("object_not_noted", problem=fault.problem)

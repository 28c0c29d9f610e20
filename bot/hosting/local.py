"""A folder on this machine, served at `/images/` by the HTTP plane."""

import asyncio
import os
import re
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from bot.domain.errors import StorageError
from bot.domain.images import KeptImage, MediaType, PictureData
from bot.hosting.keys import PRIVATE, PUBLIC, key_for, public_twin, sha256_of
from bot.images.spool import CHUNK, IN_MEMORY, FileData, Spool
from bot.ports import Health

_KEY: Final = re.compile(r"(?:i|held)/[0-9a-f]{2}/[0-9a-f]{64}\.(?:png|jpg|webp)")

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class LocalStore:
    """Implements the `ImageStore` port.

    Attributes:
        base_url: Address of the HTTP plane, without a slash at the end.
        public: People elsewhere can open that address.
        spool: Tells from which size on a picture is not read as a whole.
    """

    folder: Path
    base_url: str
    public: bool = False
    spool: Spool = IN_MEMORY

    async def keep(self, data: PictureData, media_type: MediaType, *, width: int, height: int) -> KeptImage:
        sha256 = await self._do(lambda: sha256_of(data))
        key = key_for(PRIVATE, sha256, media_type)
        await self._do(lambda: self._write(key, data))
        return KeptImage(key, sha256, len(data), media_type, width, height)

    async def publish(self, kept: KeptImage) -> str:
        key = public_twin(kept.key)
        await self._do(lambda: self._link(kept.key, key))
        return key

    async def publish_bytes(self, data: bytes, media_type: MediaType) -> str:
        key = key_for(PUBLIC, await asyncio.to_thread(sha256_of, data), media_type)
        await self._do(lambda: self._write(key, data))
        return key

    async def read(self, key: str) -> bytes:
        return await self._do(lambda: self._existing(key).read_bytes())

    async def fetch(self, key: str) -> PictureData:
        return await self._do(lambda: self._opened(self._existing(key)))

    async def delete(self, key: str) -> None:
        await self._do(lambda: self._remove(self.path(key)))

    def url(self, key: str) -> str:
        return f"{self.base_url}/images/{key}"

    async def probe(self) -> Health:
        """Write, read and delete a small file."""
        name = self.folder / f".probe-{secrets.token_hex(4)}"

        def attempt() -> None:
            self.folder.mkdir(parents=True, exist_ok=True)
            name.write_bytes(b"probe")
            name.unlink()

        try:
            await self._do(attempt)
        except StorageError as fault:
            return Health(ok=False, detail=fault.problem)
        return Health(ok=True, detail="local folder")

    async def aclose(self) -> None:
        """Nothing to close."""

    def path(self, key: str) -> Path:
        """Where a key's bytes lie.

        Raises:
            StorageError: not a key of ours, so that no path can leave the folder.
        """
        if not _KEY.fullmatch(key):
            raise StorageError("no such object", retryable=False)
        return self.folder / key

    def _existing(self, key: str) -> Path:
        path = self.path(key)
        return path if path.exists() else self.path(public_twin(key))

    def _opened(self, path: Path) -> PictureData:
        if path.stat().st_size <= self.spool.above:
            return path.read_bytes()
        return FileData.of_file(path)

    def _write(self, key: str, data: PictureData) -> None:
        """Whole or not at all: a full disk leaves nothing half-written behind."""
        path = self.path(key)
        if path.exists() and path.stat().st_size == len(data):
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        try:
            with part.open("wb") as file:
                if isinstance(data, bytes):
                    file.write(data)
                else:
                    with data.open() as source:
                        shutil.copyfileobj(source, file, CHUNK)
                file.flush()
                # The ledger survives a power cut; what it says is kept has to survive it too.
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def _remove(self, path: Path) -> None:
        """With what a process that was killed in the middle of `_write` has left."""
        for part in path.parent.glob(f"{path.name}.*.part"):
            part.unlink(missing_ok=True)
        path.unlink(missing_ok=True)

    def _link(self, source: str, target: str) -> None:
        """Both names for the same bytes, where the file system can."""
        path = self.path(target)
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(self.path(source), path)
        except FileExistsError:
            return
        except OSError:
            self._write(target, self.path(source).read_bytes())

    async def _do(self, work: Callable[[], Result]) -> Result:
        try:
            return await asyncio.to_thread(work)
        except FileNotFoundError:
            raise StorageError("no such object", retryable=False) from None
        except OSError as error:
            raise StorageError(f"local folder: {error.strerror or type(error).__name__}") from None

"""Who is alive: a lock that the kernel or the database frees when its owner dies, however it dies.

This is the embedded database's kind; `postgres_liveness` has the other.
"""

import asyncio
import fcntl
import os
from pathlib import Path
from typing import Protocol

from bot.domain.errors import StorageError


class Liveness(Protocol):
    """This process's own lock, and a look at the others'."""

    @property
    def held(self) -> bool:
        """False while our own lock is lost: then nothing may be paid."""
        ...

    @property
    def steady(self) -> bool:
        """False while the others may still be on their way back from the outage that hit us as well."""
        ...

    async def is_dead(self, owner: str) -> bool:
        """Whether another owner's lock is free. A live one's cannot be taken."""
        ...

    async def aclose(self) -> None: ...


class FileLiveness:
    """One locked file an owner, beside the database. Never on a network file system."""

    def __init__(self, folder: Path, owner: str) -> None:
        """Raises StorageError when the folder cannot be written."""
        self._folder = folder
        self._own = folder / owner
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._descriptor = _lock_new(self._own)
            _remove_dead(folder, besides=self._own)
        except OSError as error:
            raise StorageError(f"{folder}: {error.strerror}", retryable=False) from None

    @property
    def held(self) -> bool:
        return True

    @property
    def steady(self) -> bool:
        return True

    async def is_dead(self, owner: str) -> bool:
        return await asyncio.to_thread(_is_free, self._folder / owner)

    async def aclose(self) -> None:
        self._own.unlink(missing_ok=True)
        os.close(self._descriptor)


def _lock_new(file: Path) -> int:
    """A file appears under its name only once it is locked, so that nobody finds a live owner's lock free."""
    unborn = file.with_name(f".{file.name}")
    descriptor = os.open(unborn, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    unborn.rename(file)
    return descriptor


def _remove_dead(folder: Path, *, besides: Path) -> None:
    for file in folder.iterdir():
        if file != besides and not file.name.startswith(".") and _is_free(file):
            file.unlink(missing_ok=True)


def _is_free(file: Path) -> bool:
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True

"""Who is alive: a lock that the kernel or the database frees when its owner dies, however it dies."""

import asyncio
import fcntl
import os
from pathlib import Path
from typing import Any, Final, Protocol

import asyncpg
import structlog

from bot.domain.errors import StorageError

log = structlog.get_logger(__name__)

_RECHECK: Final = 1.0


class Liveness(Protocol):
    """This process's own lock, and a look at the others'."""

    @property
    def held(self) -> bool:
        """False while our own lock is lost: then nothing may be paid."""
        ...

    async def is_dead(self, owner: str) -> bool:
        """Whether another owner's lock is free. A live one's cannot be taken."""
        ...

    async def aclose(self) -> None: ...


class FileLiveness:
    """One locked file an owner, beside the database. Never on a network file system."""

    def __init__(self, folder: Path, owner: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._own = folder / owner
        self._descriptor = os.open(self._own, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    @property
    def held(self) -> bool:
        return True

    async def is_dead(self, owner: str) -> bool:
        return await asyncio.to_thread(_lock_is_free, self._folder / owner)

    async def aclose(self) -> None:
        self._own.unlink(missing_ok=True)
        os.close(self._descriptor)


class SessionLiveness:
    """A session advisory lock in PostgreSQL, on a connection of its own; a task takes it again when it was lost."""

    def __init__(self, url: str, owner: str) -> None:
        self._url = url
        self._key = lock_key(owner)
        self._connection: Any = None
        self._using = asyncio.Lock()
        self._keeper = asyncio.create_task(self._keep(), name="liveness")

    @classmethod
    async def open(cls, url: str, owner: str) -> "SessionLiveness":
        """Returns once the lock is held. Raises StorageError."""
        made = cls(url, owner)
        for _ in range(100):
            if made.held:
                return made
            await asyncio.sleep(0.05)
        await made.aclose()
        raise StorageError("the database gave no session")

    @property
    def held(self) -> bool:
        return self._connection is not None and not self._connection.is_closed()

    async def is_dead(self, owner: str) -> bool:
        key = lock_key(owner)
        if key == self._key or not self.held:
            return False
        async with self._using:
            try:
                free = await self._connection.fetchval("SELECT pg_try_advisory_lock($1)", key)
                if free:
                    await self._connection.execute("SELECT pg_advisory_unlock($1)", key)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
                raise StorageError(f"postgres: {type(error).__name__}") from None
        return bool(free)

    async def aclose(self) -> None:
        self._keeper.cancel()
        await asyncio.gather(self._keeper, return_exceptions=True)
        if self._connection is not None:
            self._connection.terminate()

    async def _keep(self) -> None:
        while True:
            if not self.held:
                await self._connect()
            else:
                await self._look()
            await asyncio.sleep(_RECHECK if self.held else 0.2)

    async def _connect(self) -> None:
        try:
            connection = await asyncpg.connect(self._url, timeout=5, command_timeout=5)
            await connection.fetchval("SELECT pg_advisory_lock($1)", self._key)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            log.warning("liveness_lost", fault=type(error).__name__)
            return
        self._connection = connection

    async def _look(self) -> None:
        """A dead connection is noticed by using it."""
        async with self._using:
            try:
                await self._connection.fetchval("SELECT 1")
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
                self._connection.terminate()


def lock_key(owner: str) -> int:
    """Advisory locks are 64-bit numbers: the first 15 hexadecimal digits of the owner."""
    return int(owner.replace("-", "")[:15], 16)


def _lock_is_free(file: Path) -> bool:
    try:
        descriptor = os.open(file, os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True

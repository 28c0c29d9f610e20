"""Large pictures on the disk instead of on the heap, for as long as somebody needs them.

Their files never have a name (Linux' `O_TMPFILE`; with `O_EXCL` they cannot be given one) and are encrypted under keys
that never leave the process: nothing is left to be found, whatever ends it, and what was written tells nobody anything.
The room comes back with the last reference to a picture.
"""

import errno
import io
import os
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import structlog

from bot.domain.images import PictureData

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer
    from cryptography.hazmat.primitives.ciphers import CipherContext

log = structlog.get_logger(__name__)

CHUNK: Final = 256 * 1024
"""Bytes of a picture on the disk that a reader or writer has in memory."""
_START: Final = 16
_BLOCK: Final = 16
_NEVER: Final = 1 << 62


class _Seal:
    """AES in counter mode, which can begin at any position. One key for one file that is only appended to.

    The library is imported with the first large picture: it takes megabytes that many processes never need.
    """

    def __init__(self) -> None:
        self._key = os.urandom(32)

    def at(self, position: int) -> "CipherContext":
        from cryptography.hazmat.primitives.ciphers import Cipher
        from cryptography.hazmat.primitives.ciphers.algorithms import AES256
        from cryptography.hazmat.primitives.ciphers.modes import CTR

        block, skip = divmod(position, _BLOCK)
        context = Cipher(AES256(self._key), CTR(block.to_bytes(_BLOCK))).encryptor()
        context.update(b"\0" * skip)
        return context


class FileData:
    """Implements `OnDisk` over a file descriptor of its own, which the last reference closes.

    Readers have positions of their own: any number of threads may read at once, and one that a cancelled wait has left
    behind does no harm.
    """

    def __init__(self, descriptor: int, size: int = 0, start: bytes = b"", seal: _Seal | None = None) -> None:
        weakref.finalize(self, os.close, descriptor).atexit = False
        self._descriptor = descriptor
        self._seal = seal
        self.size = size
        self.start = start

    @classmethod
    def of_file(cls, path: Path) -> "FileData":
        """A plain file as it is now, also if its name goes away. Raises OSError."""
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        data = cls(descriptor, os.fstat(descriptor).st_size)
        data.start = data.read_at(0, _START)
        return data

    def __len__(self) -> int:
        return self.size

    def open(self) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self), CHUNK)

    def read_at(self, position: int, count: int) -> bytes:
        """At most so many bytes; none at the end. Raises OSError."""
        data = os.pread(self._descriptor, count, position)
        return self._seal.at(position).update(data) if self._seal else data


class _Reader(io.RawIOBase):
    """Holds on to the data until it is closed, and closes nothing else."""

    def __init__(self, data: FileData) -> None:
        self._data: FileData | None = data
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        data = self._held().read_at(self._position, len(view))
        view[: len(data)] = data
        self._position += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: len(self._held())}[whence]
        self._position = max(0, origin + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def close(self) -> None:
        super().close()
        self._data = None

    def _held(self) -> FileData:
        if self._data is None:
            raise ValueError("a closed reader")
        return self._data


class Spool:
    """Where pictures of more than `above` bytes go while they arrive. Without a folder all stay in memory.

    Args:
        folder: On a disk; `/tmp` is memory in many containers.
        limit: Bytes that all pictures on the disk may take together; what comes on top stays in memory.
    """

    def __init__(self, folder: Path | None = None, *, above: int = 0, limit: int = _NEVER) -> None:
        self._folder = folder
        self._limit = limit
        self.above: Final = _NEVER if folder is None else above
        self.taken = 0
        # Whoever drops the last reference gives back, in any thread, even while another file's room is being taken.
        self._counting = threading.RLock()

    def intake(self, expected: int = 0) -> "Intake":
        """For the bytes of one picture, of which about so many are expected; 0 if nobody knows."""
        return Intake(self, expected)

    def checked(self) -> "Spool":
        """This one, or one without a folder where the folder's file system has no files without names."""
        try:
            self.new_file()
        except OSError as error:
            log.warning("no_spool", problem=error.strerror)
            return IN_MEMORY
        return self

    def new_file(self) -> "_SpoolFile":
        """An empty one. Raises OSError."""
        if self._folder is None or not hasattr(os, "O_TMPFILE"):
            raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
        flags = os.O_TMPFILE | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC
        return _SpoolFile(os.open(self._folder, flags, 0o600), _Room(self))

    def count(self, change: int) -> None:
        """Raises OSError: too much on the disk already."""
        with self._counting:
            if change > 0 and self.taken + change > self._limit:
                raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))
            self.taken += change


class _Room:
    """What one file takes of a spool."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._taken = 0

    def take(self, count: int) -> None:
        self._spool.count(count)
        self._taken += count

    def give_back(self) -> None:
        self._spool.count(-self._taken)


class _SpoolFile(FileData):
    """Grows at its end, in one thread at a time."""

    def __init__(self, descriptor: int, room: _Room) -> None:
        seal = _Seal()
        super().__init__(descriptor, seal=seal)
        self._sealing = seal.at(0)
        self._room = room
        weakref.finalize(self, room.give_back).atexit = False

    def append(self, piece: "ReadableBuffer") -> None:
        """Raises OSError; then the size is as before, and nothing more may be appended."""
        whole, size = memoryview(piece), self.size
        self._room.take(len(whole))
        for begin in range(0, len(whole), CHUNK):
            left = memoryview(self._sealing.update(whole[begin : begin + CHUNK]))
            while left:
                written = os.pwrite(self._descriptor, left, size)
                size += written
                left = left[written:]
        self.start += bytes(whole[: max(0, _START - len(self.start))])
        self.size = size


class Intake:
    """The bytes of one picture as they arrive: in memory, and on the disk once they are many.

    A buffer in memory of the expected size is never moved, and moving it is what a picture in pieces costs most.
    """

    def __init__(self, spool: Spool, expected: int = 0) -> None:
        self._spool = spool
        self._memory = _buffer(min(expected, spool.above + CHUNK))
        self._file: _SpoolFile | None = None
        self._refused = False

    @property
    def large(self) -> bool:
        """From now on `write` may touch the disk and belongs into a thread."""
        return self._file is not None or self._memory.tell() > self._spool.above

    def write(self, piece: "ReadableBuffer") -> None:
        """What the disk does not take goes on in memory: it may have been paid for."""
        if self._file is None and self.large and not self._refused:
            self._to_disk()
        if self._file is None:
            self._memory.write(piece)
            return
        try:
            self._file.append(piece)
        except OSError as error:
            self._to_memory(self._file, error)
            self._memory.write(piece)

    def getvalue(self) -> PictureData:
        """All of it; nothing may be written any more."""
        return _content(self._memory) if self._file is None else self._file

    def _to_disk(self) -> None:
        try:
            file = self._spool.new_file()
            file.append(self._memory.getbuffer()[: self._memory.tell()])
        except OSError as error:
            self._refuse(error)
        else:
            self._file, self._memory = file, io.BytesIO()

    def _to_memory(self, file: _SpoolFile, error: OSError) -> None:
        self._file = None
        self._refuse(error)
        with file.open() as reader:
            while piece := reader.read(CHUNK):
                self._memory.write(piece[: file.size - self._memory.tell()])

    def _refuse(self, error: OSError) -> None:
        self._refused = True
        log.warning("picture_not_spooled", problem=error.strerror)


def _buffer(expected: int) -> io.BytesIO:
    buffer = io.BytesIO()
    if expected > 0:
        buffer.seek(expected - 1)
        buffer.write(b"\0")
        buffer.seek(0)
    return buffer


def _content(buffer: io.BytesIO) -> bytes:
    """What was written; its memory is handed over, not copied."""
    buffer.truncate()
    return buffer.getvalue()


IN_MEMORY: Final = Spool()


def opened(data: PictureData) -> BinaryIO:
    """A file over the bytes, wherever they are."""
    return io.BytesIO(data) if isinstance(data, bytes) else data.open()


def start_of(data: PictureData) -> bytes:
    """The first bytes, which tell the type; nothing is read from the disk."""
    return data[:_START] if isinstance(data, bytes) else data.start


def in_memory(data: PictureData) -> int:
    """Bytes on the heap while the data is being read."""
    return len(data) if isinstance(data, bytes) else CHUNK

"""Files that a process has open, and how large they may become."""

import asyncio
import gc
import resource
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def open_files(folder: Path) -> list[str]:
    """What this process has open in a folder, also if it has no name any more."""
    return list(_open_in(folder, "self").values())


def paths_of_open_files(folder: Path) -> list[Path]:
    """Where they can be opened once more."""
    return list(_open_in(folder, "self"))


def nameless_files(process_id: int, folder: Path) -> list[str]:
    """What another process has open there without a name."""
    return [target for target in _open_in(folder, str(process_id)).values() if target.endswith(" (deleted)")]


async def closed(folder: Path) -> bool:
    """Whether nothing is open there, once threads that nobody waits for have ended."""
    for _ in range(20):
        gc.collect()
        if not open_files(folder):
            return True
        await asyncio.sleep(0.1)
    return False


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """As on a full disk, a write is done in part or fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _open_in(folder: Path, process: str) -> Mapping[Path, str]:
    found = {}
    for path in Path(f"/proc/{process}/fd").iterdir():
        try:
            target = str(path.readlink())
        except FileNotFoundError:  # the one that lists the others
            continue
        if target.startswith(f"{folder}/"):
            found[path] = target
    return found

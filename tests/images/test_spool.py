"""Large pictures on the disk: the same bytes, no name, no trace, and never lost for want of room."""

import asyncio
import hashlib
import os
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.images import PictureData
from bot.images.spool import CHUNK, Spool, opened, start_of
from tests.support.files import closed, files_up_to, nameless_files, open_files, paths_of_open_files

KB = 1024
MB = 1024 * KB
DATA = os.urandom(3 * MB + 7)


def taken_in(spool: Spool, data: bytes, piece: int = 200 * KB, expected: int = 0) -> PictureData:
    intake = spool.intake(expected)
    for begin in range(0, len(data), piece):
        intake.write(data[begin : begin + piece])
    return intake.getvalue()


def whole(data: PictureData) -> bytes:
    with opened(data) as file:
        return file.read()


@pytest.mark.parametrize("piece", [1000, 64 * KB, CHUNK + 1, 4 * MB])
@pytest.mark.parametrize("expected", [0, 50 * KB, MB, 60 * MB])
def test_bytes_come_back_as_they_came(tmp_path: Path, piece: int, expected: int) -> None:
    data = taken_in(Spool(tmp_path, above=MB), DATA + DATA, piece, expected)

    assert not isinstance(data, bytes)
    assert len(data) == 2 * len(DATA)
    assert start_of(data) == DATA[:16]
    assert whole(data) == DATA + DATA


@given(
    cuts=st.lists(st.integers(0, 90), max_size=8),
    reads=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 100)), max_size=8),
)
def test_any_pieces_and_any_reads(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], reads: list[tuple[int, int]]
) -> None:
    intake, expected = Spool(tmp_path_factory.getbasetemp(), above=50).intake(), b""
    for number, size in enumerate(cuts):
        piece = bytes([number + 1]) * size
        intake.write(piece)
        expected += piece
    data = intake.getvalue()

    assert len(data) == len(expected)
    assert start_of(data) == expected[:16]
    with opened(data) as file, opened(data) as other:
        for place, count in reads:
            assert file.seek(place) == place
            assert file.read(count) == expected[place : place + count]
            assert file.tell() == place + len(expected[place : place + count])
        assert file.seek(0, os.SEEK_END) == len(expected)
        assert other.read() == expected


@pytest.mark.parametrize("expected", [0, 50 * KB, len(DATA), 60 * MB])
def test_small_ones_stay_in_memory(tmp_path: Path, expected: int) -> None:
    spool = Spool(tmp_path, above=len(DATA))

    assert taken_in(spool, DATA, expected=expected) == DATA
    assert (spool.taken, open_files(tmp_path)) == (0, [])


def test_turned_off_everything_stays_in_memory() -> None:
    assert taken_in(Spool(), DATA) == DATA


async def test_files_have_no_name_and_end_with_the_last_reference(tmp_path: Path) -> None:
    spool = Spool(tmp_path, above=MB)
    data = taken_in(spool, DATA)
    assert not isinstance(data, bytes)

    assert list(tmp_path.iterdir()) == []
    assert len(open_files(tmp_path)) == 1
    assert spool.taken == len(DATA)
    reader = data.open()
    del data
    assert reader.read(10) == DATA[:10], "a reader holds on"
    del reader

    assert await closed(tmp_path)
    assert spool.taken == 0


def test_they_can_be_given_no_name(tmp_path: Path) -> None:
    data = taken_in(Spool(tmp_path, above=MB), DATA)

    (path,) = paths_of_open_files(tmp_path)
    root = os.open("/", os.O_RDONLY)  # with a folder given, the link in /proc is followed
    try:
        with pytest.raises(FileNotFoundError):
            os.link(path, tmp_path / "found", src_dir_fd=root)
    finally:
        os.close(root)
    assert len(data) == len(DATA)


def test_what_is_on_the_disk_tells_nothing(tmp_path: Path) -> None:
    data = taken_in(Spool(tmp_path, above=MB), bytes(2 * MB))
    (path,) = paths_of_open_files(tmp_path)
    written = path.read_bytes()

    assert len(written) == len(data)
    assert len({written[place : place + 16] for place in range(0, len(written), 16)}) == len(written) // 16


def test_what_is_over_the_limit_of_all_stays_in_memory(tmp_path: Path) -> None:
    spool = Spool(tmp_path, above=MB, limit=5 * MB)
    first = taken_in(spool, DATA)
    second = taken_in(spool, DATA)

    assert not isinstance(first, bytes)
    assert isinstance(second, bytes)
    assert (whole(first), second) == (DATA, DATA)
    assert spool.taken == len(DATA)
    del first
    assert not isinstance(taken_in(spool, DATA), bytes), "there is room again"


@pytest.mark.parametrize("full_at", [KB, 2 * MB + 5])
async def test_a_full_disk_loses_nothing(tmp_path: Path, full_at: int) -> None:
    spool = Spool(tmp_path, above=MB)
    with files_up_to(full_at):
        data = taken_in(spool, DATA)

    assert data == DATA
    assert await closed(tmp_path)
    assert spool.taken == 0


def test_a_folder_that_does_not_do_turns_it_off(tmp_path: Path) -> None:
    assert taken_in(Spool(tmp_path / "missing", above=MB), DATA) == DATA
    assert taken_in(Spool(tmp_path / "missing", above=MB).checked(), DATA) == DATA
    assert not isinstance(taken_in(Spool(tmp_path, above=MB).checked(), DATA), bytes)


async def test_readers_in_several_threads_do_not_disturb_each_other(tmp_path: Path) -> None:
    data = taken_in(Spool(tmp_path, above=MB), DATA)

    def digest() -> str:
        with opened(data) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]

    digests = await asyncio.gather(*(asyncio.to_thread(digest) for _ in range(8)))
    assert set(digests) == {hashlib.sha256(DATA).hexdigest()}


HOLDING = """
import sys, time
from pathlib import Path
from bot.images.spool import Spool
intake = Spool(Path(sys.argv[1]), above=1000).intake()
intake.write(bytes(2000))
intake.write(bytes(2000))
print("holding", flush=True)
time.sleep(60)
"""


async def test_a_killed_process_leaves_nothing(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDING, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"holding\n"
    assert len(nameless_files(process.pid, tmp_path)) == 1
    process.send_signal(signal.SIGKILL)
    await process.communicate()

    assert list(tmp_path.iterdir()) == []

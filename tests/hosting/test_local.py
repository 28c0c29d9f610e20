from pathlib import Path

import pytest

from bot.domain.errors import StorageError
from bot.domain.images import MediaType
from bot.hosting.keys import cache_control, media_type_by_key, public_twin, sha256_of
from bot.hosting.local import LocalStore
from bot.images.spool import Spool
from tests.support.disk import full_disk, noise
from tests.support.make import picture


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "images", "http://127.0.0.1:8080")


async def test_bytes_are_kept_untouched_and_private_until_published(store: LocalStore) -> None:
    data = picture()

    kept = await store.keep(data, MediaType.PNG, width=64, height=48)
    assert kept.key.startswith("held/")
    assert kept.sha256 == sha256_of(data)
    assert not store.path(public_twin(kept.key)).exists()

    key = await store.publish(kept)
    assert key == f"i/{kept.sha256[:2]}/{kept.sha256}.png"
    assert await store.publish(kept) == key
    assert await store.read(key) == data
    assert store.url(key) == f"http://127.0.0.1:8080/images/{key}"


async def test_a_kept_picture_is_read_from_its_public_copy_when_only_that_is_left(store: LocalStore) -> None:
    kept = await store.keep(picture(), MediaType.PNG, width=64, height=48)
    await store.publish(kept)
    await store.delete(kept.key)

    assert await store.read(kept.key) == picture()


async def test_deleting_twice_is_no_error(store: LocalStore) -> None:
    key = await store.publish_bytes(picture(), MediaType.PNG)
    await store.delete(key)
    await store.delete(key)

    with pytest.raises(StorageError):
        await store.read(key)


@pytest.mark.parametrize(
    "key",
    ["../secret.key", "i/../../etc/passwd", "/etc/passwd", "i/ab/x.png", "", "held/ab/" + "a" * 64 + ".svg"],
)
async def test_no_key_leaves_the_folder(store: LocalStore, key: str) -> None:
    with pytest.raises(StorageError):
        await store.read(key)


async def test_a_probe_tells_the_truth(store: LocalStore, tmp_path: Path) -> None:
    assert (await store.probe()).ok
    blocked = tmp_path / "file"
    blocked.write_text("no folder")

    assert not (await LocalStore(blocked / "images", "").probe()).ok


async def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "images", "")
    with full_disk(100_000), pytest.raises(StorageError):
        await store.keep(noise(400), MediaType.PNG, width=400, height=400)
    assert [path for path in (tmp_path / "images").rglob("*") if path.is_file()] == []

    kept = await store.keep(noise(400), MediaType.PNG, width=400, height=400)

    assert await store.read(kept.key) == noise(400)


async def test_what_a_killed_process_left_half_written_goes_with_its_key(store: LocalStore) -> None:
    """The key is noted before it is written, so its deletion comes, whether it was ever whole or not."""
    kept = await store.keep(picture(), MediaType.PNG, width=64, height=48)
    path = store.path(kept.key)
    half, neighbour = (
        path.with_name(f"{path.name}.0badcafe.part"),
        path.with_name("another.png.0badcafe.part"),
    )
    half.write_bytes(picture()[:100])
    neighbour.write_bytes(b"being written")

    await store.delete(kept.key)

    assert [one.name for one in path.parent.iterdir()] == [neighbour.name]


async def test_publishing_what_is_gone_is_a_fault(store: LocalStore) -> None:
    kept = await store.keep(picture(), MediaType.PNG, width=64, height=48)
    await store.delete(kept.key)

    with pytest.raises(StorageError):
        await store.publish(kept)


def test_keys_know_their_type_and_cache() -> None:
    assert media_type_by_key("i/ab/x.webp") is MediaType.WEBP
    assert media_type_by_key("odd") is MediaType.PNG
    assert "immutable" in cache_control("i/ab/x.png")
    assert "no-store" in cache_control("held/ab/x.png")
    assert public_twin("i/ab/x.png") == "i/ab/x.png"


async def test_what_is_large_is_not_read_as_a_whole(tmp_path: Path) -> None:
    store = LocalStore(
        tmp_path / "images", "http://127.0.0.1:8080", spool=Spool(tmp_path, above=len(picture()))
    )
    small = await store.keep(picture(), MediaType.PNG, width=64, height=48)
    large = await store.keep(picture() + b"\0", MediaType.PNG, width=64, height=48)

    assert await store.fetch(small.key) == picture()
    found = await store.fetch(large.key)
    assert not isinstance(found, bytes)
    await store.delete(large.key)
    with found.open() as file:
        assert (len(found), found.start, file.read()) == (large.size, picture()[:16], picture() + b"\0")
    with pytest.raises(StorageError):
        await store.fetch(large.key)

"""The counting store does what the one behind it does, and tells how it went."""

from pathlib import Path

import pytest

from bot.domain.errors import StorageError
from bot.domain.images import MediaType
from bot.hosting.local import LocalStore
from bot.hosting.measured import MeasuredStore
from tests.support.fakes import Observed
from tests.support.make import picture


async def test_each_operation_is_counted_once_by_its_end(tmp_path: Path) -> None:
    telemetry = Observed()
    store = MeasuredStore(LocalStore(tmp_path, "http://127.0.0.1", public=False), telemetry)
    kept = await store.keep(picture(), MediaType.PNG, width=64, height=64)
    key = await store.publish(kept)
    await store.publish_bytes(b"RIFFxxxxWEBP", MediaType.WEBP)

    assert await store.read(key) == picture()
    assert await store.fetch(key) == picture()
    await store.delete(key)
    await store.delete(kept.key)
    with pytest.raises(StorageError):
        await store.read(key)
    assert (await store.probe()).ok
    assert not store.public
    assert store.url(key)
    await store.aclose()

    assert telemetry.store_operations == [
        ("keep", "ok"),
        ("publish", "ok"),
        ("publish_bytes", "ok"),
        ("read", "ok"),
        ("read", "ok"),
        ("delete", "ok"),
        ("delete", "ok"),
        ("read", "failed"),
    ]

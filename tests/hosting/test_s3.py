"""The object store against a real S3 server, and what its faults become."""

import hashlib
import io
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from bot.domain.errors import ConfigurationError, StorageError
from bot.domain.images import MediaType
from bot.hosting.s3 import S3Location, S3Store
from bot.http import open_http
from bot.images.spool import Spool
from tests.support.files import closed, open_files
from tests.support.make import picture
from tests.twins.http_twin import Answer
from tests.twins.s3_server import Deny, InternalError, NoSuchBucket, S3FaultProxy, S3Server, start_s3

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

pytestmark = [pytest.mark.s3, pytest.mark.xdist_group("s3")]


@pytest.fixture(scope="session")
def server() -> Iterator[S3Server]:
    with start_s3() as running:
        yield running


def location(server: S3Server, **changes: object) -> S3Location:
    values = {
        "bucket": server.bucket,
        "access_key": server.access_key,
        "secret_key": SecretStr(server.secret_key),
        "endpoint_url": server.endpoint_url,
        "cdn_base_url": f"{server.endpoint_url}/{server.bucket}",
    }
    return S3Location(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
async def store(server: S3Server) -> AsyncIterator[S3Store]:
    opened = await S3Store.open(location(server))
    yield opened
    await opened.aclose()


async def test_kept_bytes_come_back_untouched(store: S3Store) -> None:
    data = picture(colour=(1, 2, 3))

    kept = await store.keep(data, MediaType.PNG, width=64, height=48)

    assert await store.read(kept.key) == data
    assert kept.key.startswith("held/")


async def test_published_pictures_are_public_for_ever_and_kept_ones_are_not(
    store: S3Store, server: S3Server
) -> None:
    server.allow_anonymous_read("i/")
    data = picture(colour=(4, 5, 6))
    kept = await store.keep(data, MediaType.PNG, width=64, height=48)
    key = await store.publish(kept)
    assert await store.publish(kept) == key

    async with open_http(seconds=5) as http:
        public = await http.get(store.url(key))
        private = await http.get(store.url(kept.key))

    assert public.content == data
    assert public.headers["content-type"] == "image/png"
    assert public.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert private.status_code == 403


async def test_previews_are_published_at_once(store: S3Store) -> None:
    key = await store.publish_bytes(picture(kind="WEBP"), MediaType.WEBP)

    assert key.startswith("i/")
    assert key.endswith(".webp")
    assert await store.publish_bytes(picture(kind="WEBP"), MediaType.WEBP) == key


async def test_what_is_deleted_is_gone_and_deleting_again_is_no_error(store: S3Store) -> None:
    kept = await store.keep(picture(colour=(7, 8, 9)), MediaType.PNG, width=64, height=48)
    key = await store.publish(kept)
    await store.delete(kept.key)
    assert await store.read(kept.key) == picture(colour=(7, 8, 9))
    await store.delete(key)
    await store.delete(key)

    with pytest.raises(StorageError) as caught:
        await store.read(kept.key)
    assert not caught.value.retryable
    with pytest.raises(StorageError):
        await store.read(key)


async def test_a_store_that_misses_what_was_to_be_deleted_has_deleted_it(server: S3Server) -> None:
    """As Google Cloud Storage says it; a bucket that is missing is another matter."""
    body = "<Error><Code>{}</Code><Message>no</Message></Error>"
    async with S3FaultProxy(target=server.endpoint_url) as proxy:
        store = await S3Store.open(location(server, endpoint_url=proxy.endpoint_url))
        proxy.script.queue(Answer(404, body.format("NoSuchKey"), "application/xml"))
        await store.delete("i/aa/never-written.png")
        proxy.script.queue(Answer(404, body.format("NoSuchBucket"), "application/xml"))
        with pytest.raises(StorageError):
            await store.delete("i/aa/never-written.png")
        await store.aclose()


async def test_whether_a_store_overwrites_is_known_also_where_nothing_may_be_deleted(
    server: S3Server,
) -> None:
    async with S3FaultProxy(target=server.endpoint_url) as proxy:
        store = await S3Store.open(location(server, endpoint_url=proxy.endpoint_url))
        proxy.script.always(Deny(("DELETE",)))
        assert not await store.overwrites()
        proxy.script.always(Deny(("PUT",)))
        with pytest.raises(StorageError):
            await store.overwrites()
        await store.aclose()


async def test_without_a_cdn_nothing_is_public(server: S3Server) -> None:
    store = await S3Store.open(location(server, cdn_base_url=""))

    assert not store.public
    assert store.url("i/x") == ""
    assert (await store.probe()).ok
    await store.aclose()


async def test_a_missing_bucket_is_told(server: S3Server) -> None:
    store = await S3Store.open(location(server, bucket="no-such-bucket"))

    health = await store.probe()

    assert not health.ok
    await store.aclose()


@pytest.mark.parametrize(
    ("fault", "retryable"),
    [(Deny(), False), (NoSuchBucket(), False), (InternalError(), True)],
    ids=lambda v: str(v),
)
async def test_faults_tell_whether_another_try_makes_sense(
    server: S3Server, fault: object, retryable: bool
) -> None:
    async with S3FaultProxy(target=server.endpoint_url) as proxy:
        proxy.script.always(fault)  # type: ignore[arg-type]
        store = await S3Store.open(location(server, endpoint_url=proxy.endpoint_url))
        with pytest.raises(StorageError) as caught:
            await store.keep(picture(), MediaType.PNG, width=64, height=48)
        assert caught.value.retryable is retryable
        await store.aclose()


async def test_a_server_that_is_away_is_worth_another_try() -> None:
    away = S3Location("b", "k", SecretStr("s"), "http://127.0.0.1:9")
    store = await S3Store.open(away)

    with pytest.raises(StorageError) as caught:
        await store.publish_bytes(picture(), MediaType.PNG)
    assert caught.value.retryable
    assert not (await store.probe()).ok
    await store.aclose()


@pytest.mark.parametrize(
    ("bucket", "key"), [("pictures", None), ("no bucket/name", "k")], ids=["no keys", "no name of a bucket"]
)
async def test_what_could_never_be_asked_is_not_worth_another_try(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bucket: str, key: str | None
) -> None:
    """The start does not wait for it."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    secret = SecretStr("s") if key else None
    store = await S3Store.open(S3Location(bucket, key, secret, "http://127.0.0.1:9"))

    with pytest.raises(StorageError) as caught:
        await store.publish_bytes(picture(), MediaType.PNG)
    health = await store.probe()
    assert not caught.value.retryable
    assert (health.ok, health.passing) == (False, False)
    await store.aclose()


@pytest.mark.parametrize(
    ("changes", "word"),
    [({"secret_key": None}, "aws_secret_access_key"), ({"region": "somewhere nice"}, "somewhere nice")],
)
async def test_what_cannot_work_is_told_at_the_start(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, object], word: str
) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
    wrong = replace(S3Location("pictures", "k", SecretStr("s"), "http://127.0.0.1:9"), **changes)  # type: ignore[arg-type]

    with pytest.raises(ConfigurationError) as caught:
        await S3Store.open(wrong)

    assert word in caught.value.problem
    assert "S3_REGION" in caught.value.remedy


async def test_what_exists_is_never_written_over(server: S3Server) -> None:
    async with S3FaultProxy(target=server.endpoint_url) as proxy:
        store = await S3Store.open(location(server, endpoint_url=proxy.endpoint_url))
        assert not await store.overwrites()
        data = picture(colour=(9, 9, 9))
        keys = {(await store.keep(data, MediaType.PNG, width=64, height=48)).key for _ in range(3)}
        assert len(keys) == 1
        assert await store.read(keys.pop()) == data
        assert all(
            call.headers.get("if-none-match") == "*" for call in proxy.requests if call.method == "PUT"
        )
        await store.aclose()


@pytest.mark.parametrize("status", [400, 501])
async def test_a_store_without_conditional_puts_is_written_plainly(server: S3Server, status: int) -> None:
    async with S3FaultProxy(target=server.endpoint_url) as proxy:
        body = "<Error><Code>NotImplemented</Code><Message>no</Message></Error>"
        proxy.script.queue(Answer(status, body, "application/xml"))
        store = await S3Store.open(location(server, endpoint_url=proxy.endpoint_url))

        for colour in ((1, 9, status % 256), (2, 9, status % 256)):
            data = picture(colour=colour)
            kept = await store.keep(data, MediaType.PNG, width=64, height=48)
            assert await store.read(kept.key) == data

        puts = [call for call in proxy.requests if call.method == "PUT"]
        assert ["if-none-match" in {name.lower() for name in call.headers} for call in puts] == [
            True,
            False,
            False,
        ]
        await store.aclose()


async def test_large_pictures_go_out_and_come_back_by_way_of_the_disk(
    server: S3Server, tmp_path: Path
) -> None:
    large, spool = os.urandom(900_005), Spool(tmp_path, above=300_000)
    intake = spool.intake()
    for begin in range(0, len(large), 100_000):
        intake.write(large[begin : begin + 100_000])
    data = intake.getvalue()
    async with S3FaultProxy(target=server.endpoint_url) as proxy:
        store = await S3Store.open(location(server, endpoint_url=proxy.endpoint_url), spool)
        proxy.script.queue(InternalError(), Answer(501, "<Error/>", "application/xml"))
        kept = await store.keep(data, MediaType.PNG, width=1, height=1)
        assert (kept.size, kept.sha256) == (len(large), hashlib.sha256(large).hexdigest())
        puts = [call for call in proxy.requests if call.method == "PUT"]
        assert len(puts) == 3, "a fault that passes, a store without conditions, and the picture"
        assert all("expect" not in {name.lower() for name in call.headers} for call in puts)
        del data, intake

        await store.publish(kept)
        await store.delete(kept.key)
        found = await store.fetch(kept.key)
        assert not isinstance(found, bytes)
        with found.open() as file:
            assert file.read() == large
        assert len(open_files(tmp_path)) == 1
        del found
        small = await store.keep(picture(), MediaType.PNG, width=64, height=48)
        assert await store.fetch(small.key) == picture()
        await store.aclose()
    assert await closed(tmp_path)


class _Readings:
    """A picture on the disk; notes in which threads it is read, and may have changed since it was read first."""

    def __init__(self, data: bytes, later: bytes | None = None) -> None:
        self.start = data[:16]
        self.threads: set[int] = set()
        self._contents = [later or data, data]

    def __len__(self) -> int:
        return len(self._contents[0])

    def open(self) -> io.BufferedReader:
        content = self._contents.pop() if len(self._contents) > 1 else self._contents[0]
        return io.BufferedReader(_Noting(content, self.threads))


class _Noting(io.BytesIO):
    def __init__(self, content: bytes, threads: set[int]) -> None:
        super().__init__(content)
        self._threads = threads

    def readinto(self, buffer: "WriteableBuffer") -> int:
        self._threads.add(threading.get_ident())
        return super().readinto(buffer)


class _Hashes:
    """Stands in for a sha256 of the libraries; notes the size of what is hashed on one thread."""

    def __init__(self, sha256: Callable[..., "hashlib._Hash"]) -> None:
        self.sizes: list[int] = []
        self._sha256 = sha256
        self._thread = threading.get_ident()

    def __call__(self, data: bytes = b"", **options: bool) -> "hashlib._Hash":
        if threading.get_ident() == self._thread:
            self.sizes.append(len(data))
        return self._sha256(data, **options)


async def test_pictures_are_hashed_by_other_threads_however_often_they_are_sent(
    server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what is signed is the sha256 all the same: the store has compared it."""
    hashes = _Hashes(hashlib.sha256)
    monkeypatch.setattr("hashlib.sha256", hashes)
    monkeypatch.setattr("botocore.auth.sha256", hashes)
    in_memory, on_disk = os.urandom(700_000), _Readings(os.urandom(700_001))
    async with S3FaultProxy(target=server.endpoint_url) as proxy:
        store = await S3Store.open(location(server, endpoint_url=proxy.endpoint_url))
        proxy.script.queue(InternalError())
        kept = [
            await store.keep(data, MediaType.PNG, width=1, height=1)
            for data in (in_memory, on_disk)  # the first one is sent twice
        ]
        await store.publish_bytes(in_memory, MediaType.PNG)
        assert await store.read(kept[0].key) == in_memory
        await store.aclose()

    signed = [call.headers["x-amz-content-sha256"] for call in proxy.requests if call.method == "PUT"]
    assert signed == [kept[0].sha256, kept[0].sha256, kept[1].sha256, kept[0].sha256]
    assert hashes.sizes, "the requests themselves are signed here"
    assert max(hashes.sizes) < 10_000
    assert on_disk.threads
    assert threading.get_ident() not in on_disk.threads


async def test_bytes_that_are_not_those_of_the_key_are_refused_by_the_store(server: S3Server) -> None:
    changed = _Readings(b"as it was", later=b"as it is.")
    async with S3FaultProxy(target=server.endpoint_url) as proxy:
        store = await S3Store.open(location(server, endpoint_url=proxy.endpoint_url))

        with pytest.raises(StorageError, match="XAmzContentSHA256Mismatch") as caught:
            await store.keep(changed, MediaType.PNG, width=1, height=1)

        assert not caught.value.retryable
        await store.keep(b"another", MediaType.PNG, width=1, height=1)
        names = {name.lower() for name in proxy.requests[-1].headers}
        assert "if-none-match" in names, "it is no store without conditions because of that"
        await store.aclose()

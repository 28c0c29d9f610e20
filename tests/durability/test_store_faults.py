"""A real object store that says no: what people hear, what is left behind, what doctor says."""

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.commands.doctor_storage import check_conditional_put, check_store, check_versions
from bot.domain.images import GeneratedImage, MediaType, PictureData
from bot.domain.outcomes import Delivered, Failed, FailureClass
from bot.hosting.s3 import S3Location, S3Store
from bot.ports import Check
from tests.support.disk import full_disk, noise
from tests.support.fakes import ScriptedProvider, produced
from tests.support.rig import Rig
from tests.twins.http_twin import Fault
from tests.twins.s3_server import Deny, NoSuchBucket, S3FaultProxy, S3Server

pytestmark = [pytest.mark.s3, pytest.mark.xdist_group("postgres")]


@asynccontextmanager
async def opened(s3: S3Server, endpoint: str = "", bucket: str = "", cdn: str = "") -> AsyncIterator[S3Store]:
    bucket = bucket or s3.bucket
    store = await S3Store.open(
        S3Location(
            bucket=bucket,
            access_key=s3.access_key,
            secret_key=SecretStr(s3.secret_key),
            endpoint_url=endpoint or s3.endpoint_url,
            cdn_base_url=cdn,
        )
    )
    try:
        yield store
    finally:
        await store.aclose()


def found(checks: Sequence[Check], name: str) -> Check:
    return next(check for check in checks if check.name == name)


@pytest.mark.parametrize("fault", [Deny(), NoSuchBucket()], ids=["403 on put", "bucket gone"])
async def test_a_store_that_says_no_is_told_refunded_alerted_and_left_clean(
    s3: S3Server, tmp_path: Path, fault: Fault
) -> None:
    before = s3.list_keys()
    async with S3FaultProxy(target=s3.endpoint_url) as proxy, opened(s3, proxy.endpoint_url) as store:
        proxy.script.always(fault)
        async with Rig(tmp_path, images=store) as rig:
            job = await rig.finished()
            usage = await rig.store.jobs.usage(["discord:4711/user:42"])

    assert job.outcome == Failed(FailureClass.STORAGE)
    assert [outcome for _, outcome in rig.chat.delivered] == [job.outcome]
    assert {(entry.used, entry.held) for entry in usage} == {(0, 0)}
    assert rig.observed.alerts == ["storage"]
    assert len(rig.providers[0].tasks) == 1
    assert s3.list_keys() == before


async def test_a_bucket_that_is_really_gone_is_told_refunded_and_alerted(
    s3: S3Server, tmp_path: Path
) -> None:
    bucket = s3.create_bucket("goes-away")
    async with opened(s3, bucket=bucket) as store, Rig(tmp_path, images=store) as rig:
        s3.client().delete_bucket(Bucket=bucket)
        job = await rig.finished()
        usage = await rig.store.jobs.usage(["discord:4711/user:42"])

    assert job.outcome == Failed(FailureClass.STORAGE)
    assert {(entry.used, entry.held) for entry in usage} == {(0, 0)}
    assert rig.observed.alerts == ["storage"]
    assert bucket not in [entry["Name"] for entry in s3.client().list_buckets()["Buckets"]]


async def test_a_full_disk_is_told_refunded_alerted_and_left_clean(tmp_path: Path) -> None:
    """The folder of a machine of one's own; there is room for the ledger, not for the picture."""
    large = GeneratedImage(noise(1400), MediaType.PNG)
    bought = dataclasses.replace(produced("openai"), images=(large,))
    async with Rig(tmp_path, [ScriptedProvider("openai", [[bought]])]) as rig:
        with full_disk(4_000_000):
            job = await rig.finished()
        usage = await rig.store.jobs.usage(["discord:4711/user:42"])
        again = await rig.finished()

    assert job.outcome == Failed(FailureClass.STORAGE)
    assert rig.chat.delivered[0][1] == job.outcome
    assert {(entry.used, entry.held) for entry in usage} == {(0, 0)}
    assert rig.observed.alerts == ["storage"]
    assert isinstance(again.outcome, Delivered), "once there is room"
    files = [path for path in (tmp_path / "images").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".png", ".webp"}, "nothing half-written"


async def test_a_private_bucket_gives_no_address_and_its_pictures_can_be_attached(
    s3: S3Server, tmp_path: Path
) -> None:
    async with opened(s3) as store, Rig(tmp_path, images=store) as rig:
        outcome = (await rig.finished()).outcome

        assert isinstance(outcome, Delivered)
        image = outcome.images[0]
        assert (image.url, image.preview_url) == ("", "")
        assert len(await store.read(image.key)) == image.size


async def test_doctor_is_content_with_a_store_as_it_should_be(s3: S3Server) -> None:
    before = s3.list_keys()
    async with opened(s3, cdn=f"{s3.endpoint_url}/{s3.bucket}") as store:
        checks = [*await check_store(store), await check_conditional_put(store), await check_versions(store)]

    assert {check.name: check.grade for check in checks} == {
        "store write": "ok",
        "store public read": "ok",
        "store private part": "ok",
        "store delete": "ok",
        "store conditional put": "ok",
        "store versions": "ok",
    }
    assert s3.list_keys() == before, "doctor leaves nothing behind"


async def test_doctor_sees_a_bucket_that_shows_too_much_and_forgets_nothing(s3: S3Server) -> None:
    bucket = s3.create_bucket("too-open")
    s3.allow_anonymous_read("", bucket)
    s3.client().put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    async with opened(s3, bucket=bucket, cdn=f"{s3.endpoint_url}/{bucket}") as store:
        private = found(await check_store(store), "store private part")
        versions = await check_versions(store)

    assert private.grade == "failure"
    assert "held/" in private.remedy
    assert versions.grade == "warning"
    assert "lifecycle" in versions.remedy


@pytest.mark.parametrize(
    ("methods", "name", "remedy"),
    [(("PUT",), "store write", "AWS keys"), (("DELETE",), "store delete", "s3:DeleteObject")],
)
async def test_doctor_names_the_remedy(
    s3: S3Server, methods: tuple[str, ...], name: str, remedy: str
) -> None:
    cdn = f"{s3.endpoint_url}/{s3.bucket}"
    async with (
        S3FaultProxy(target=s3.endpoint_url) as proxy,
        opened(s3, proxy.endpoint_url, cdn=cdn) as store,
    ):
        proxy.script.always(Deny(methods))
        check = found(await check_store(store), name)

    assert check.grade == "failure"
    assert remedy in check.remedy


@asynccontextmanager
async def forgetful_cdn(s3: S3Server) -> AsyncIterator[str]:
    """Serves the bucket's public part without the header that lets it be cached; its base URL."""

    async def serve(request: web.Request) -> web.Response:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{s3.endpoint_url}/{s3.bucket}/{request.match_info['key']}") as answer,
        ):
            kind = answer.headers.get("Content-Type", "text/plain").split(";")[0]
            return web.Response(status=answer.status, body=await answer.read(), content_type=kind)

    app = web.Application()
    app.router.add_get("/{key:.*}", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_doctor_sees_a_cdn_that_loses_the_cache_header(s3: S3Server) -> None:
    async with forgetful_cdn(s3) as cdn, opened(s3, cdn=cdn) as store:
        check = found(await check_store(store), "store public read")

    assert check.grade == "warning"
    assert "cache header" in check.detail
    assert "Cache-Control" in check.remedy


class Overwriting(S3Store):
    """A store that knows no conditions, as some do: the second object is written over the first."""

    def _request(self, key: str, data: PictureData, sha256: str, **condition: str) -> Awaitable[Any]:
        condition.clear()
        return super()._request(key, data, sha256, **condition)


async def test_doctor_sees_a_store_that_overwrites_although_told_not_to(s3: S3Server) -> None:
    location = S3Location(
        bucket=s3.bucket,
        access_key=s3.access_key,
        secret_key=SecretStr(s3.secret_key),
        endpoint_url=s3.endpoint_url,
        cdn_base_url="",
    )
    store = await Overwriting.open(location)
    try:
        check = await check_conditional_put(store)
    finally:
        await store.aclose()

    assert check.grade == "warning"
    assert "overwrites" in check.detail
    assert check.remedy

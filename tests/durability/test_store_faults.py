"""A real object store that says no: what people hear, what is left behind, what doctor says."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.commands.doctor_storage import check_conditional_put, check_store, check_versions
from bot.domain.outcomes import Delivered, Failed, FailureClass
from bot.hosting.s3 import S3Location, S3Store
from bot.ports import Check
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

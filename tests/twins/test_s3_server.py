"""The S3 server and its fault proxy, driven with aiobotocore."""

import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from tests.twins.http_twin import Answer, ResetBeforeHeaders, ResetMidBody, Slow
from tests.twins.processes import dies_with_its_runner
from tests.twins.s3_server import Deny, InternalError, NoSuchBucket, S3FaultProxy, S3Server, start_s3

pytestmark = pytest.mark.s3


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    with start_s3() as server:
        yield server


@pytest.fixture
async def proxy(s3: S3Server) -> AsyncIterator[S3FaultProxy]:
    async with S3FaultProxy(target=s3.endpoint_url) as server:
        yield server


def connect(s3: S3Server, endpoint_url: str, secret: str | None = None) -> Any:
    return get_session().create_client(
        "s3",
        region_name=s3.region,
        endpoint_url=endpoint_url,
        aws_access_key_id=s3.access_key,
        aws_secret_access_key=secret or s3.secret_key,
        config=AioConfig(
            s3={"addressing_style": "path"},
            signature_version="s3v4",
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"max_attempts": 0},
        ),
    )


async def test_objects_survive_a_kill(s3: S3Server) -> None:
    data = os.urandom(200_000)
    async with connect(s3, s3.endpoint_url) as client:
        await client.put_object(Bucket=s3.bucket, Key="a/b c.png", Body=data, ContentType="image/png")
        s3.kill()
        with pytest.raises(EndpointConnectionError):
            await client.get_object(Bucket=s3.bucket, Key="a/b c.png")
        s3.restart()
        got = await client.get_object(Bucket=s3.bucket, Key="a/b c.png")
        assert await got["Body"].read() == data
        assert got["ContentType"] == "image/png"
    assert "a/b c.png" in s3.list_keys()


async def test_wrong_signatures_and_buckets_are_refused(s3: S3Server) -> None:
    async with connect(s3, s3.endpoint_url, secret="wrong") as client:
        with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
            await client.put_object(Bucket=s3.bucket, Key="x", Body=b"x")
    async with connect(s3, s3.endpoint_url) as client:
        with pytest.raises(ClientError, match="NoSuchBucket"):
            await client.put_object(Bucket="mistyped", Key="x", Body=b"x")


async def test_only_the_public_prefix_is_readable_without_a_key(s3: S3Server) -> None:
    base = s3.allow_anonymous_read("public/", s3.create_bucket("cdn-origin"))
    async with connect(s3, s3.endpoint_url) as client:
        for key in ("public/a.png", "private/a.png"):
            await client.put_object(Bucket="cdn-origin", Key=key, Body=b"x")

    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{base}/public/a.png") as public,
        http.get(f"{base}/private/a.png") as private,
    ):
        assert (public.status, private.status) == (200, 403)


async def test_the_proxy_keeps_signatures_valid(s3: S3Server, proxy: S3FaultProxy) -> None:
    data = os.urandom(300_000)
    key = f"i/{hashlib.sha256(data).hexdigest()} ü.webp"
    async with connect(s3, proxy.endpoint_url) as client:
        await client.put_object(Bucket=s3.bucket, Key=key, Body=data, CacheControl="max-age=1")
        head = await client.head_object(Bucket=s3.bucket, Key=key)
        got = await client.get_object(Bucket=s3.bucket, Key=key)
        assert await got["Body"].read() == data
        await client.delete_object(Bucket=s3.bucket, Key=key)

    assert head["ContentLength"] == len(data)
    assert head["CacheControl"] == "max-age=1"
    assert [r.method for r in proxy.requests] == ["PUT", "HEAD", "GET", "DELETE"]


async def test_faults(s3: S3Server, proxy: S3FaultProxy) -> None:
    async with connect(s3, proxy.endpoint_url) as client:

        async def put() -> None:
            await client.put_object(Bucket=s3.bucket, Key="f", Body=b"x" * 1000)

        for mode, code in (
            (Deny(), "AccessDenied"),
            (NoSuchBucket(), "NoSuchBucket"),
            (InternalError(), "InternalError"),
            (InternalError(503), "SlowDown"),
        ):
            proxy.script.queue(mode)
            with pytest.raises(ClientError, match=code):
                await put()
        proxy.script.queue(
            ResetBeforeHeaders(), ResetBeforeHeaders()
        )  # a reused connection is tried once more
        with pytest.raises(BotoCoreError):
            await put()
        proxy.script.queue(Slow(0.05), Deny())
        await put()
        await client.head_object(Bucket=s3.bucket, Key="f")
        proxy.script.queue(ResetMidBody())
        got = await client.get_object(Bucket=s3.bucket, Key="f")
        with pytest.raises(Exception, match=r"(?i)payload|connection|reset|closed"):
            await got["Body"].read()
        proxy.script.queue(Answer(200, b"<html></html>", "text/html"))
        await client.get_object(Bucket=s3.bucket, Key="f")


@pytest.mark.process
def test_the_server_dies_with_a_killed_runner() -> None:
    program = (
        "import time\nfrom tests.twins.s3_server import start_s3\n"
        "with start_s3() as s: print(s.process.pid, s.folder, flush=True); time.sleep(60)\n"
    )
    assert dies_with_its_runner(program)

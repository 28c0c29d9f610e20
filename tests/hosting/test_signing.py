"""What goes over the wire when a put is signed by a digest that is known before."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from aiobotocore.awsrequest import AioAWSResponse
from botocore.awsrequest import AWSPreparedRequest
from pydantic import SecretStr

from bot.domain.images import PictureData
from bot.hosting.s3 import S3Location, client_for
from bot.hosting.signing import SignedBody, sign_by_known_digests
from bot.images.spool import Spool

_DATA = bytes(range(256)) * 2000
_ENDPOINTS = [
    None,
    "https://account.r2.cloudflarestorage.com",
    "https://s3.us-west-004.backblazeb2.com",
    "https://storage.googleapis.com",
    "http://127.0.0.1:9000",
]


class _Nothing:
    async def read(self) -> bytes:
        return b""


class _Wire:
    """Answers in the place of a store."""

    def __init__(self) -> None:
        self.requests: list[AWSPreparedRequest] = []

    def __call__(self, request: AWSPreparedRequest, **_: Any) -> AioAWSResponse:
        self.requests.append(request)
        return AioAWSResponse(request.url, 200, {}, _Nothing())


@pytest.fixture(params=["memory", "disk"])
def data(request: pytest.FixtureRequest, tmp_path: Path) -> PictureData:
    if request.param == "memory":
        return _DATA
    intake = Spool(tmp_path, above=1000).intake()
    intake.write(_DATA[:2000])
    intake.write(_DATA[2000:])
    return intake.getvalue()


async def _headers(endpoint: str | None, body: object, known: bool = True) -> dict[str, str]:
    location = S3Location("bucket", "key", SecretStr("secret"), endpoint)
    wire = _Wire()
    async with client_for(location) as client:
        client.meta.events.register("before-send.s3.PutObject", wire)
        if known:
            sign_by_known_digests(client)
        await client.put_object(Bucket="bucket", Key="i/x.png", Body=body, IfNoneMatch="*")
    (request,) = wire.requests
    return {
        name.lower(): value.decode() if isinstance(value, bytes) else value
        for name, value in request.headers.items()
    }


@pytest.mark.parametrize("endpoint", _ENDPOINTS)
async def test_every_store_gets_what_it_always_got(endpoint: str | None, data: PictureData) -> None:
    """A plain body with its length, signed with its sha256; nothing that some stores refuse."""
    digest = hashlib.sha256(_DATA).hexdigest()

    headers = await _headers(endpoint, SignedBody(data, digest))
    ordinary = await _headers(endpoint, _DATA, known=False)

    assert headers["x-amz-content-sha256"] == digest
    assert headers["content-length"] == str(len(_DATA))
    assert "x-amz-content-sha256" in headers["authorization"]
    assert not [name for name in headers if name.startswith(("x-amz-checksum", "x-amz-trailer", "transfer-"))]
    assert headers.keys() == ordinary.keys()
    assert headers["x-amz-content-sha256"] == ordinary["x-amz-content-sha256"]
    if headers["x-amz-date"] == ordinary["x-amz-date"]:
        assert headers["authorization"] == ordinary["authorization"]


async def test_the_digest_is_not_computed_again() -> None:
    """Which is seen by a wrong one: it is signed, and the store would refuse it."""
    assert (await _headers(None, SignedBody(_DATA, "ab" * 32)))["x-amz-content-sha256"] == "ab" * 32


async def test_a_body_without_a_digest_is_signed_as_ever() -> None:
    assert (await _headers(None, b"plain"))["x-amz-content-sha256"] == hashlib.sha256(b"plain").hexdigest()

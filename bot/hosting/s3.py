"""Any S3-compatible store: AWS, R2, B2, GCS, SeaweedFS. One client for the whole life of the process.

Checksums only "when required": newer defaults are refused by several stores. The payload's sha256 is signed
anyway, and it is our key: a thread computes it once for both.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import aiohttp
import structlog
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)
from pydantic import SecretStr

from bot.domain.errors import ConfigurationError, StorageError
from bot.domain.images import KeptImage, MediaType, PictureData
from bot.hosting.keys import (
    PRIVATE,
    PUBLIC,
    cache_control,
    key_for,
    media_type_by_key,
    public_twin,
    sha256_of,
)
from bot.hosting.signing import SignedBody, sign_by_known_digests
from bot.images.budget import ByteBudget
from bot.images.spool import CHUNK, IN_MEMORY, Spool, in_memory
from bot.ports import Health

log = structlog.get_logger(__name__)

_BUDGET: Final = 256 * 1024 * 1024
"""Bytes of pictures that may be on their way at the same time."""

_EXISTS: Final = 412
_GONE: Final = "NoSuchKey"
_NO_CONDITIONS: Final = frozenset({400, 501})
"""How stores say that they know no conditional put; if the object is taken without one, it is not asked for again."""

_NEVER_ASKED: Final = (NoCredentialsError, PartialCredentialsError, ParamValidationError)
"""Faults of the settings, such as missing keys: nothing was sent, and waiting helps nobody."""

_SETTINGS: Final = "Check S3_ENDPOINT_URL and S3_REGION, and that AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are both set, or neither."

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class S3Location:
    """Where the bucket is. `endpoint_url` None means AWS."""

    bucket: str
    access_key: str | None = None
    secret_key: SecretStr | None = None
    endpoint_url: str | None = None
    region: str = "us-east-1"
    cdn_base_url: str = ""


class S3Store:
    """Implements the `ImageStore` port. `open` creates the client, which takes a quarter of a second: at start."""

    def __init__(
        self, location: S3Location, client: Any, stack: AsyncExitStack, spool: Spool = IN_MEMORY
    ) -> None:
        self._location = location
        self._client = client
        self._stack = stack
        self._budget = ByteBudget(_BUDGET)
        self._conditional = True
        self._spool = spool
        client.meta.events.register_last("before-call.s3", _without_expect)
        sign_by_known_digests(client)

    @classmethod
    async def open(cls, location: S3Location, spool: Spool = IN_MEMORY) -> "S3Store":
        """Raises ConfigurationError: what is said about the store cannot work."""
        stack = AsyncExitStack()
        try:
            client = await stack.enter_async_context(client_for(location))
        except (BotoCoreError, ValueError) as error:  # before anybody was asked
            raise ConfigurationError(f"the object store cannot be used: {error}", _SETTINGS) from None
        return cls(location, client, stack, spool)

    @property
    def public(self) -> bool:
        return bool(self._location.cdn_base_url)

    async def keep(self, data: PictureData, media_type: MediaType, *, width: int, height: int) -> KeptImage:
        sha256 = await self._do(asyncio.to_thread(sha256_of, data))
        key = key_for(PRIVATE, sha256, media_type)
        await self._put(key, data, sha256)
        return KeptImage(key, sha256, len(data), media_type, width, height)

    async def publish(self, kept: KeptImage) -> str:
        key = public_twin(kept.key)
        await self._do(
            self._client.copy_object(
                Bucket=self._location.bucket,
                CopySource={"Bucket": self._location.bucket, "Key": kept.key},
                Key=key,
                MetadataDirective="REPLACE",
                ContentType=kept.media_type.value,
                CacheControl=cache_control(key),
            )
        )
        return key

    async def publish_bytes(self, data: bytes, media_type: MediaType) -> str:
        sha256 = await asyncio.to_thread(sha256_of, data)
        key = key_for(PUBLIC, sha256, media_type)
        await self._put(key, data, sha256)
        return key

    async def read(self, key: str) -> bytes:
        try:
            return await self._get(key)
        except StorageError as fault:
            # Only what is not there may be under its public name: a fault that passes is worth another try.
            if fault.retryable or public_twin(key) == key:
                raise
            return await self._get(public_twin(key))

    async def fetch(self, key: str) -> PictureData:
        try:
            return await self._spooled(key)
        except StorageError as fault:
            if fault.retryable or public_twin(key) == key:
                raise
            return await self._spooled(public_twin(key))

    async def delete(self, key: str) -> None:
        """One by one: the batch call needs a checksum that some stores refuse."""
        try:
            await self._do(self._client.delete_object(Bucket=self._location.bucket, Key=key))
        except StorageError as fault:
            if _code(fault.__context__) != _GONE:  # Google Cloud Storage says so, AWS does not
                raise

    def url(self, key: str) -> str:
        return f"{self._location.cdn_base_url.rstrip('/')}/{key}" if self.public else ""

    async def probe(self) -> Health:
        try:
            await self._do(self._client.head_bucket(Bucket=self._location.bucket))
        except StorageError as fault:
            return Health(ok=False, detail=fault.problem, passing=fault.retryable)
        return Health(ok=True, detail=f"bucket {self._location.bucket}")

    async def aclose(self) -> None:
        await self._stack.aclose()

    async def overwrites(self) -> bool:
        """Whether the store takes a second object under a key although it was told not to.

        Raises:
            StorageError: it takes none at all, or gave no answer.
        """
        key = key_for(PUBLIC, sha256_of(secrets.token_bytes(16)), MediaType.PNG)
        first, second = ((data, sha256_of(data)) for data in (b"first", b"second"))
        await self._do(self._request(key, *first, IfNoneMatch="*"))
        try:
            await self._do(self._request(key, *second, IfNoneMatch="*"))
        except StorageError as fault:
            if _status(fault.__context__) == 0:
                raise
            return _status(fault.__context__) != _EXISTS
        finally:
            with contextlib.suppress(StorageError):  # whether it may delete is another question
                await self.delete(key)
        return True

    async def keeps_versions(self) -> bool:
        """Whether a deletion leaves older versions behind; False also where the store does not say."""
        try:
            answer = await self._do(self._client.get_bucket_versioning(Bucket=self._location.bucket))
        except StorageError:
            return False
        return bool(answer.get("Status") == "Enabled")

    async def _put(self, key: str, data: PictureData, sha256: str) -> None:
        """A key tells its content, so what exists already is what was to be written."""
        async with self._budget.take(in_memory(data)):
            if self._conditional and await self._put_new(key, data, sha256):
                return
            await self._do(self._request(key, data, sha256))
            if self._conditional:
                log.info("store_without_conditional_put")
                self._conditional = False

    async def _put_new(self, key: str, data: PictureData, sha256: str) -> bool:
        """False if the store seems to know no conditional put; then nothing was written."""
        try:
            await self._do(self._request(key, data, sha256, IfNoneMatch="*"))
        except StorageError as fault:
            status = _status(fault.__context__)
            if status == _EXISTS:
                return True
            if status not in _NO_CONDITIONS:
                raise
            return False
        return True

    def _request(self, key: str, data: PictureData, sha256: str, **condition: str) -> Awaitable[Any]:
        request: Awaitable[Any] = self._client.put_object(
            Bucket=self._location.bucket,
            Key=key,
            Body=SignedBody(data, sha256),
            ContentType=media_type_by_key(key).value,
            CacheControl=cache_control(key),
            **condition,
        )
        return request

    async def _get(self, key: str) -> bytes:
        answer = await self._do(self._client.get_object(Bucket=self._location.bucket, Key=key))
        async with answer["Body"] as body:
            return bytes(await self._do(body.read()))

    async def _spooled(self, key: str) -> PictureData:
        answer = await self._do(self._client.get_object(Bucket=self._location.bucket, Key=key))
        async with answer["Body"] as body:
            return await self._do(self._taken_in(body))

    async def _taken_in(self, body: Any) -> PictureData:
        intake = self._spool.intake()
        while piece := await body.read(CHUNK):
            if intake.large:
                await asyncio.to_thread(intake.write, piece)
            else:
                intake.write(piece)
        return intake.getvalue()

    async def _do(self, request: Awaitable[Result]) -> Result:
        try:
            return await request
        except (ClientError, BotoCoreError, aiohttp.ClientError, OSError, TimeoutError) as error:
            raise _fault(error) from None


def client_for(location: S3Location) -> AbstractAsyncContextManager[Any]:
    """A client whose requests all of these stores take."""
    secret = location.secret_key.get_secret_value() if location.secret_key else None
    client: AbstractAsyncContextManager[Any] = get_session().create_client(
        "s3",
        region_name=location.region,
        endpoint_url=location.endpoint_url,
        aws_access_key_id=location.access_key,
        aws_secret_access_key=secret,
        config=AioConfig(
            signature_version="s3v4",
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            connect_timeout=3,
            read_timeout=20,
            retries={"max_attempts": 2, "mode": "standard"},
            max_pool_connections=64,
            s3={"addressing_style": "path" if location.endpoint_url else "auto"},
        ),
    )
    return client


def _without_expect(params: Mapping[str, Any], **_: Any) -> None:
    """Pictures from the disk go out like those from memory, not only after an interim answer."""
    params["headers"].pop("Expect", None)


def _status(error: BaseException | None) -> int:
    """The HTTP status behind a fault, 0 if there was no answer."""
    if not isinstance(error, ClientError):
        return 0
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _code(error: BaseException | None) -> str:
    """The store's own name of a fault, "" if there was no answer."""
    return (
        str(error.response.get("Error", {}).get("Code", "unknown")) if isinstance(error, ClientError) else ""
    )


def _fault(error: Exception) -> StorageError:
    if isinstance(error, _NEVER_ASKED):
        return StorageError(f"object store cannot be asked ({type(error).__name__})", retryable=False)
    if not isinstance(error, ClientError):
        return StorageError(f"object store unreachable ({type(error).__name__})")
    status = _status(error)
    return StorageError(
        f"object store answered {status} {_code(error)}", retryable=status >= 500 or status in {409, 429}
    )

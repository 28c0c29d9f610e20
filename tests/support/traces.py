"""Looking for what may be left of a person, in every shape in which a trace could survive."""

import base64
import hashlib
import json
import os
import re
import subprocess
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bot.domain.errors import StorageError
from bot.store.vault import Vault
from tests.twins.postgres_server import PostgresServer
from tests.twins.s3_server import S3Server

_SEALED = re.compile(rb"gAAAAA[A-Za-z0-9_-]{60,}={0,2}")


def shapes(trace: str) -> dict[bytes, str]:
    """A text as bytes that would give it away, each with what it is."""
    data = trace.encode()
    found = {
        json.dumps(trace)[1:-1].encode(): "JSON",
        urllib.parse.quote(trace).encode(): "URL",
        data.hex().encode(): "hex",
        trace.encode("utf-16-le"): "UTF-16",
        trace[::-1].encode(): "reversed",
    }
    for skipped in range(3):
        # The middle of its base64, however many bytes come before it.
        whole = base64.b64encode(b"\0" * skipped + data)
        found[whole[(skipped * 8 + 5) // 6 : len(whole) - 4 or None]] = "base64"
    for name in ("md5", "sha1", "sha256"):
        digest = hashlib.new(name, data).digest()
        found[digest.hex().encode()] = found[digest] = found[base64.b64encode(digest)] = (
            f"{name} without a key"
        )
    found[data] = "plain"
    return {shape: f"{trace} ({kind})" for shape, kind in found.items() if len(shape) >= 5}


class Traces:
    """What must not be found any more; `vault` opens what is sealed, so that nothing hides behind encryption."""

    def __init__(self, traces: Iterable[str], vault: Vault | None = None) -> None:
        self._shapes: dict[bytes, str] = {}
        for trace in traces:
            self._shapes |= shapes(trace)
        self._vault = vault

    def found(self, data: bytes) -> set[str]:
        texts = [data, *self._opened(data)]
        return {what for shape, what in self._shapes.items() if any(shape in text for text in texts)}

    def left(self, places: Mapping[str, bytes]) -> dict[str, set[str]]:
        """What is found, by the name of the place."""
        found = {place: self.found(data) for place, data in places.items()}
        return {place: what for place, what in found.items() if what}

    def _opened(self, data: bytes) -> Iterator[bytes]:
        for token in set(_SEALED.findall(data)) if self._vault else ():
            # In a database's file the next column begins right behind it, perhaps with bytes that look like more of it.
            for end in range(len(token) - len(token) % 4, max(len(token) - 24, 0), -4):
                try:
                    opened = self._vault.unseal(token[:end].decode()) if self._vault else {}
                except StorageError:
                    continue
                yield json.dumps(opened, ensure_ascii=False).encode()
                break


def files_below(folder: Path) -> dict[str, bytes]:
    """All files, by their path; a file that goes away meanwhile is gone."""
    found: dict[str, bytes] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            found[str(path.relative_to(folder))] = path.read_bytes()
            found[f"name of {path.name}"] = os.fsencode(path.name)
    return found


def dump_of(server: PostgresServer, url: str) -> bytes:
    """The whole database as `pg_dump` writes it: all tables, all columns."""
    program = server.binaries / "pg_dump"
    done = subprocess.run([program, "--dbname", url], capture_output=True, timeout=60, cwd="/", check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert b"COPY public.job " in done.stdout
    return done.stdout


def bucket_of(s3: S3Server, bucket: str) -> dict[str, bytes]:
    """Every object of a bucket: its bytes, and what the store says about it."""
    client = s3.client()
    found: dict[str, bytes] = {}
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for entry in page.get("Contents", []):
            answer = client.get_object(Bucket=bucket, Key=entry["Key"])
            found[entry["Key"]] = answer.pop("Body").read()
            found[f"about {entry['Key']}"] = f"{entry['Key']} {answer}".encode()
    return found

"""Signs a put with a digest that is known before.

botocore hashes a body where it signs the request: on the event loop, and anew for each try. Here the digest, which
is the key's as well, comes with the body. What goes over the wire is the same: every store that checks signatures
checks the bytes against it.
"""

import io
from typing import Any, Final

import botocore.auth

from bot.domain.images import PictureData
from bot.images.spool import CHUNK, opened

_STORE_SIGNATURE: Final = "s3v4"
_KNOWN_DIGEST: Final = "imagine-bot-s3v4"


class SignedBody(io.BufferedReader):
    """The bytes of a picture, read in pieces by worker threads.

    Attributes:
        sha256: Of all the bytes, in hexadecimal.
    """

    def __init__(self, data: PictureData, sha256: str) -> None:
        super().__init__(opened(data), CHUNK)  # type: ignore[arg-type] # every file can be read from as a raw one
        self.sha256: Final = sha256


class _KnownDigest(botocore.auth.S3SigV4Auth):  # type: ignore[misc] # botocore has no types
    """AWS' signature, version 4, without reading the body."""

    def payload(self, request: Any) -> str:
        body = request.body
        return body.sha256 if isinstance(body, SignedBody) else super().payload(request)


def sign_by_known_digests(client: Any) -> None:
    """From now on puts of a `SignedBody` are signed by its digest."""
    botocore.auth.AUTH_TYPE_MAPS[_KNOWN_DIGEST] = _KnownDigest
    client.meta.events.register_first("choose-signer.s3.PutObject", _chosen)


def _chosen(signature_version: str, **_: Any) -> str | None:
    """Only in the place of the plain signature; None leaves the choice to others."""
    return _KNOWN_DIGEST if signature_version == _STORE_SIGNATURE else None

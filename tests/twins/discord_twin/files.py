"""Attachments: what is uploaded, how Discord describes it, and the CDN that serves it by signed links."""

import hashlib
import hmac
import io
import mimetypes
import re
import time
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from PIL import Image, UnidentifiedImageError

from tests.twins.discord_twin.snowflakes import snowflake
from tests.twins.http_twin import HttpTwin, Recorded, Route

_FORMAT_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
_SHOWN_TYPES = frozenset(_FORMAT_TYPES.values())


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a user gives to a command or to a modal."""

    filename: str
    data: bytes
    content_type: str | None = None


@dataclass(slots=True, eq=False)
class Attachment:
    """A stored file. `description` is the alt text; sizes are in pixels, None if it is no picture."""

    id: int
    channel_id: int
    filename: str
    data: bytes
    description: str | None = None
    ephemeral: bool = False
    spoiler: bool = False
    content_type: str | None = None
    width: int | None = None
    height: int | None = None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def is_picture(self) -> bool:
        """Whether a client shows it as a picture."""
        return self.width is not None and self.content_type in _SHOWN_TYPES

    @property
    def misnamed(self) -> bool:
        """The extension says another picture format than the bytes are."""
        found = _FORMAT_TYPES.get(_picture_facts(self.data)[0] or "")
        return found is not None and found != self.content_type


def store(upload: Upload, channel_id: int, *, ephemeral: bool = False) -> Attachment:
    """Describe a file as Discord does: the type by the extension, the size by the bytes."""
    filename = re.sub(r"[^\w.\-]", "_", upload.filename) or "unknown"
    _, width, height = _picture_facts(upload.data)
    return Attachment(
        id=snowflake(),
        channel_id=channel_id,
        filename=filename,
        data=upload.data,
        ephemeral=ephemeral,
        spoiler=filename.startswith("SPOILER_"),
        content_type=upload.content_type or mimetypes.guess_type(filename)[0],
        width=width,
        height=height,
    )


def _picture_facts(data: bytes) -> tuple[str | None, int | None, int | None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as image:
                return image.format, *image.size
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return None, None, None


@dataclass(slots=True)
class Cdn(HttpTwin):
    """Serves attachments. Links are signed and end after `link_life` seconds (documented: about a day)."""

    link_life: float = 86_400.0
    _key: bytes = field(default=b"cdn", init=False)
    _files: dict[int, Attachment] = field(default_factory=dict, init=False)

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/attachments/{channel_id}/{attachment_id}/{filename}", self._serve)

    def keep(self, attachment: Attachment) -> Attachment:
        self._files[attachment.id] = attachment
        return attachment

    def find(self, url: str) -> Attachment | None:
        """The file behind a link, whether the link is still alive or not."""
        match = re.match(rf"{re.escape(self.origin)}/attachments/\d+/(\d+)/", url)
        return self._files.get(int(match[1])) if match else None

    def url(self, attachment: Attachment) -> str:
        path = f"/attachments/{attachment.channel_id}/{attachment.id}/{attachment.filename}"
        issued = int(time.time())
        expires = f"{int(issued + self.link_life):x}"
        return f"{self.origin}{path}?ex={expires}&is={issued:x}&hm={self._sign(path, expires)}"

    def _sign(self, path: str, expires: str) -> str:
        return hmac.new(self._key, f"{path}{expires}".encode(), hashlib.sha256).hexdigest()

    async def _serve(self, request: web.Request, _seen: Recorded) -> web.StreamResponse:
        expires = request.query.get("ex", "0")
        genuine = hmac.compare_digest(request.query.get("hm", ""), self._sign(request.path, expires))
        attachment = self._files.get(int(request.match_info["attachment_id"]))
        if attachment is None or not genuine or int(expires, 16) < time.time():
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(
            body=attachment.data, content_type=attachment.content_type or "application/octet-stream"
        )

    def payload(self, attachment: Attachment) -> dict[str, Any]:
        url = self.url(attachment)
        body: dict[str, Any] = {
            "id": str(attachment.id),
            "filename": attachment.filename,
            "size": len(attachment.data),
            "url": url,
            "proxy_url": url,
            "flags": 1 << 5 if attachment.spoiler else 0,
        }
        optional = {
            "content_type": attachment.content_type,
            "description": attachment.description,
            "width": attachment.width,
            "height": attachment.height,
        }
        body |= {key: value for key, value in optional.items() if value is not None}
        if attachment.ephemeral:
            body["ephemeral"] = True
        return body

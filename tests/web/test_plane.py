"""The HTTP plane's own routes: what is cached, what is told to whom, and requests that stop half-way."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.domain.errors import StorageError
from bot.domain.images import MediaType
from bot.hosting.local import LocalStore
from bot.telemetry.metrics import Metrics
from bot.web.bodies import body_within
from bot.web.plane import Plane, listen, serving
from bot.web.safety import PATH, SafetyWebhook
from tests.support.make import picture


async def readiness() -> Mapping[str, Any]:
    return {"ready": True}


async def taking(request: Request) -> Response:
    return PlainTextResponse(str(len(await body_within(request, 10_000_000) or b"")))


class Notices:
    """A provider that tells of one person."""

    async def read(self, payload: bytes, headers: Mapping[str, str]) -> tuple[str, str] | None:
        return "a" * 64, "safety_identifier.blocked"


async def not_stored(identifier: str, kind: str) -> None:
    raise StorageError("no connection")


@asynccontextmanager
async def plane(folder: Path) -> AsyncIterator[tuple[httpx2.AsyncClient, LocalStore]]:
    store = LocalStore(folder, "http://127.0.0.1")
    webhook = SafetyWebhook(Notices(), not_stored, lambda _topic, _text: None)
    extra = [Route("/take", taking, methods=["POST"]), webhook.route()]
    listener = listen("127.0.0.1", 0)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    app = Plane(Metrics(), readiness, store, extra).app()
    async with serving(app, listener), httpx2.AsyncClient(base_url=address, timeout=30) as client:
        yield client, store


async def test_the_shared_look_is_asked_for_anew_after_an_upgrade(tmp_path: Path) -> None:
    """Without a word a browser may keep a file for a tenth of its age: old colours below a new page."""
    async with plane(tmp_path) as (client, _):
        first = await client.get("/look/palette.css")
        again = await client.get("/look/palette.css", headers={"if-none-match": first.headers["etag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    for answer in (first, again):
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_wrong_address_is_told_in_the_first_language_that_there_is(tmp_path: Path) -> None:
    headers = {"accept": "text/html", "accept-language": "nl-NL, nl;q=0.9, fr-FR;q=0.8, en;q=0.5"}
    async with plane(tmp_path) as (client, _):
        answer = await client.get("/nope", headers=headers)

    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
    assert 'lang="fr"' in answer.text


async def test_a_picture_comes_whole_in_part_or_as_its_head(tmp_path: Path) -> None:
    data = picture()
    async with plane(tmp_path) as (client, store):
        path = f"/images/{await store.publish_bytes(data, MediaType.PNG)}"
        whole = await client.get(path)
        part = await client.get(path, headers={"range": "bytes=0-3"})
        head = await client.head(path)
        beyond = await client.get(path, headers={"range": f"bytes={len(data)}-"})

    assert (whole.status_code, whole.content) == (200, data)
    assert (part.status_code, part.content) == (206, data[:4])
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(data)))
    assert beyond.status_code == 416
    for answer in (whole, part, head):
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "immutable" in answer.headers["cache-control"]


async def test_who_hangs_up_in_the_middle_of_a_body_is_no_error_of_ours(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with plane(tmp_path) as (client, _):
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", client.base_url.port or 0)) as line:
                line.sendall(b"POST /take HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nhalf")
                await asyncio.sleep(0.1)
        assert (await client.post("/take", content=b"whole")).text == "5"

    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_notice_that_cannot_be_stored_is_asked_for_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with plane(tmp_path) as (client, _):
        answer = await client.post(PATH, content=b"{}")

    assert answer.status_code == 503
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []

"""Untrusted addresses: which are fetched, and where the connection really goes."""

import ipaddress
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from bot.clock import SystemClock
from bot.domain.clock import Deadline
from bot.http import HttpClient
from bot.images.download import Downloader, DownloadError, is_public
from tests.support import make

PNG = make.picture()
PUBLIC = "93.184.215.14"
Handler = Callable[[httpx.Request], httpx.Response]


async def in_chunks(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), 64):
        yield data[start : start + 64]


class Instant(SystemClock):
    async def sleep(self, seconds: float) -> None:
        return


async def fetch(
    url: str,
    handler: Handler = lambda request: httpx.Response(200, content=in_chunks(PNG)),
    *,
    addresses: tuple[str, ...] = (PUBLIC,),
    allow_loopback: bool = False,
    max_bytes: int = 100_000,
) -> tuple[bytes, list[httpx.Request]]:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return handler(request)

    async def resolver(host: str, port: int) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
        if not addresses:
            raise OSError("no such host")
        return [ipaddress.ip_address(address) for address in addresses]

    clock = Instant()
    async with HttpClient(
        transport=httpx.MockTransport(answer),
        headers={"x-key": "sk-secret", "Authorization": "Bearer sk-secret"},
        cookies={"session": "secret"},
    ) as http:
        data = await Downloader(http, resolver).fetch(
            url,
            hosts=("*.bfl.ai", "replicate.delivery"),
            allow_loopback=allow_loopback,
            max_bytes=max_bytes,
            deadline=Deadline(clock.now() + 20),
            clock=clock,
        )
    assert isinstance(data, bytes)
    return data, seen


async def test_the_connection_goes_to_the_checked_address() -> None:
    data, (request,) = await fetch("https://delivery.bfl.ai/a.png?sig=1")

    assert data == PNG
    assert str(request.url) == f"https://{PUBLIC}/a.png?sig=1"
    assert request.headers["host"] == "delivery.bfl.ai"
    assert request.extensions["sni_hostname"] == "delivery.bfl.ai"


async def test_nothing_that_identifies_us_is_sent() -> None:
    _, (request,) = await fetch("https://delivery.bfl.ai/a.png")

    assert "secret" not in str(request.headers.raw)
    assert sorted(request.headers) == ["accept", "accept-encoding", "connection", "host"]


@pytest.mark.parametrize(
    "url",
    [
        "http://delivery.bfl.ai/a.png",
        "https://delivery.bfl.ai:8443/a.png",
        "https://bfl.ai.example.org/a.png",
        "https://evilbfl.ai/a.png",
        "https://x@delivery.bfl.ai/a.png",
        "https://127.0.0.1/a.png",
        "http://127.0.0.1/a.png",
        "file:///etc/passwd",
        "https://[broken",
        "",
    ],
)
async def test_forbidden_addresses(url: str) -> None:
    with pytest.raises(DownloadError):
        await fetch(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fd00:ec2::254",
        "::ffff:10.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
    ],
)
async def test_an_expected_name_with_an_inner_address(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    with pytest.raises(DownloadError, match="not public"):
        await fetch("https://delivery.bfl.ai/a.png", addresses=(PUBLIC, address))


async def test_loopback_by_setting_opens_nothing_else() -> None:
    data, _ = await fetch("http://localhost:8080/a.png", addresses=("127.0.0.1",), allow_loopback=True)
    assert data == PNG

    for url, address in (
        ("http://localhost/a.png", "10.0.0.1"),
        ("http://localhost/a.png", PUBLIC),
        ("http://delivery.bfl.ai/a.png", PUBLIC),
    ):
        with pytest.raises(DownloadError):
            await fetch(url, addresses=(address,), allow_loopback=True)


async def test_each_redirect_is_checked() -> None:
    def to(location: str) -> Handler:
        def answer(request: httpx.Request) -> httpx.Response:
            if request.headers["host"] == "delivery.bfl.ai":
                return httpx.Response(302, headers={"location": location})
            return httpx.Response(200, content=in_chunks(PNG))

        return answer

    data, seen = await fetch("https://delivery.bfl.ai/a", to("https://replicate.delivery/b"))
    assert (data, len(seen)) == (PNG, 2)
    for location in ("https://example.org/", "http://replicate.delivery/b", "/loop"):
        with pytest.raises(DownloadError):
            await fetch("https://delivery.bfl.ai/a", to(location))


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        (httpx.Response(200, content=in_chunks(b"<html>")), "not a PNG"),
        (httpx.Response(200, content=in_chunks(PNG + bytes(100_000))), "larger"),
        (httpx.Response(200, content=in_chunks(PNG), headers={"content-encoding": "br"}), "packed"),
        (httpx.Response(403), "status 403"),
    ],
)
async def test_final_answers(response: httpx.Response, problem: str) -> None:
    calls = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        return response

    with pytest.raises(DownloadError, match=problem):
        await fetch("https://delivery.bfl.ai/a", answer)
    assert calls == 1


async def test_passing_trouble_is_waited_out_at_another_address() -> None:
    hosts: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        if len(hosts) == 1:
            raise httpx.ConnectError("refused")
        return httpx.Response(200, content=in_chunks(PNG)) if len(hosts) == 3 else httpx.Response(404)

    data, _ = await fetch("https://delivery.bfl.ai/a", answer, addresses=(PUBLIC, "2606:4700::1111"))

    assert data == PNG
    assert hosts == [PUBLIC, "2606:4700::1111", PUBLIC]


@pytest.mark.parametrize("addresses", [(), (PUBLIC,)])
async def test_lasting_trouble_ends(addresses: tuple[str, ...]) -> None:
    with pytest.raises(DownloadError):
        await fetch("https://delivery.bfl.ai/a", lambda request: httpx.Response(503), addresses=addresses)

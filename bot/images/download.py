"""Fetch the picture behind a provider's result URL, as an untrusted address.

The host has to be expected and its address public; the connection goes to the very address that was checked. Nothing
that identifies us is sent along.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final

import httpx

from bot.domain.clock import Deadline
from bot.domain.errors import BotError
from bot.domain.images import PictureData
from bot.http import HttpClient
from bot.images.media_types import media_type_of
from bot.images.spool import CHUNK, IN_MEMORY, Spool, start_of
from bot.ports import Clock

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Awaitable[Sequence[IPAddress]]]

_REDIRECTS: Final = 3
_PAUSES: Final = (0.25, 0.5, 1.0, 2.0, 2.0)
"""Seconds between tries: a delivery network may answer 404 just after the picture was made."""
_TRANSLATED: Final = ipaddress.ip_network("64:ff9b::/96")
"""IPv4 addresses as seen through a translator (RFC 6052); Python calls them global."""


@dataclass(eq=False)
class DownloadError(BotError):
    """The picture could not be fetched. `problem` is for logs and holds no address.

    `lost` tells that the network or the host failed: the picture may well be there, and nothing is wrong with it.
    """

    problem: str
    lost: bool = False

    def __str__(self) -> str:
        return self.problem


class _NotYet(Exception):
    """Worth another try."""


async def resolve(host: str, port: int) -> Sequence[IPAddress]:
    """All addresses of a host. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ipaddress.ip_address(str(entry[4][0])) for entry in found))


@dataclass(frozen=True, slots=True)
class Downloader:
    """Downloads over one client, which has to follow no redirects itself. Large pictures go into the spool."""

    http: HttpClient
    resolver: Resolver = field(default=resolve)
    spool: Spool = IN_MEMORY

    async def fetch(
        self,
        url: str,
        *,
        hosts: Sequence[str],
        allow_loopback: bool,
        max_bytes: int,
        deadline: Deadline,
        clock: Clock,
    ) -> PictureData:
        """Bytes that begin like a PNG, JPEG or WebP. A GET is free, so it is repeated for some seconds.

        `hosts` are names or patterns such as `*.bfl.ai`; every redirect has to match as well. `allow_loopback` takes
        addresses of this machine too, and plain http there, whatever `hosts` says.

        Raises:
            DownloadError: forbidden address, too large, no picture, or not there in time.
        """
        rules = _Rules(tuple(hosts), allow_loopback, max_bytes)
        try:
            async with asyncio.timeout(deadline.remaining(clock.now())):
                return await self._persist(url, rules, clock)
        except TimeoutError:
            raise DownloadError("not complete within the deadline", lost=True) from None

    async def _persist(self, url: str, rules: "_Rules", clock: Clock) -> PictureData:
        problem = ""
        for attempt in range(len(_PAUSES) + 1):
            try:
                return await self._follow(url, rules, attempt)
            except _NotYet as reason:
                problem = str(reason)
            if attempt < len(_PAUSES):
                await clock.sleep(_PAUSES[attempt])
        raise DownloadError(problem, lost=True)

    async def _follow(self, url: str, rules: "_Rules", attempt: int) -> PictureData:
        for _ in range(_REDIRECTS + 1):
            target = rules.checked(url)
            answer = await self._get(target, await self._address(target, rules, attempt), rules)
            if not isinstance(answer, str):
                return answer
            url = answer
        raise DownloadError("too many redirects")

    async def _address(self, target: httpx.URL, rules: "_Rules", attempt: int) -> IPAddress:
        """A checked address of the host, another one at each attempt."""
        try:
            found = await self.resolver(target.host, _port(target))
        except OSError:
            raise _NotYet("the host has no address") from None
        if not found or not all(rules.may_connect(address, target.scheme) for address in found):
            raise DownloadError("the host's address is not public")
        return found[attempt % len(found)]

    async def _get(self, target: httpx.URL, address: IPAddress, rules: "_Rules") -> PictureData | str:
        """The picture, or the address of a redirect."""
        # Not built by the client: its default headers and cookies have no business at a foreign host.
        request = httpx.Request(
            "GET",
            target.copy_with(host=str(address)),
            headers={
                "Host": target.netloc.decode("ascii"),
                "Accept": "image/*",
                # A packed body could unfold to any size.
                "Accept-Encoding": "identity",
                # A kept connection would be shared by all names that live at this address.
                "Connection": "close",
            },
            extensions={"sni_hostname": target.host},
        )
        try:
            response = await self.http.send(request, stream=True, auth=None)
        except httpx.TransportError as error:
            raise _NotYet(f"no connection ({type(error).__name__})") from None
        try:
            return await _read(response, target, rules, self.spool)
        except httpx.TransportError as error:
            raise _NotYet(f"connection lost ({type(error).__name__})") from None
        except OSError as error:
            raise _NotYet(f"spool ({type(error).__name__})") from None
        finally:
            await response.aclose()


async def _read(
    response: httpx.Response, target: httpx.URL, rules: "_Rules", spool: Spool
) -> PictureData | str:
    status = response.status_code
    if response.has_redirect_location:
        try:
            return str(target.join(response.headers["location"]))
        except httpx.InvalidURL:
            raise DownloadError("redirected to something that is no address") from None
    if status in {404, 408, 425, 429} or status >= 500:
        raise _NotYet(f"status {status}")
    if status != 200:
        raise DownloadError(f"status {status}", lost=True)
    if response.headers.get("content-encoding", "identity") != "identity":
        raise DownloadError("a packed body")
    told = response.headers.get("content-length", "")
    intake, size = spool.intake(min(int(told), rules.max_bytes) if told.isdecimal() else 0), 0
    async for chunk in response.aiter_raw(CHUNK):
        size += len(chunk)
        if size > rules.max_bytes:
            raise DownloadError(f"larger than {rules.max_bytes} bytes")
        if intake.large:
            await asyncio.to_thread(intake.write, chunk)
        else:
            intake.write(chunk)
    whole = intake.getvalue()
    if media_type_of(start_of(whole)) is None:
        raise DownloadError("not a PNG, JPEG or WebP")
    return whole


@dataclass(frozen=True, slots=True)
class _Rules:
    hosts: tuple[str, ...]
    allow_loopback: bool
    max_bytes: int

    def checked(self, url: str) -> httpx.URL:
        try:
            target = httpx.URL(url)
        except (httpx.InvalidURL, TypeError):
            raise DownloadError("not an address") from None
        if target.userinfo:
            raise DownloadError("an address with a user name")
        if self.allow_loopback and target.scheme in {"http", "https"} and is_loopback_name(target.host):
            return target
        if target.scheme != "https" or _port(target) != 443:
            raise DownloadError("not https on its own port")
        if not host_matches(target.host, self.hosts):
            raise DownloadError("an unexpected host")
        return target

    def may_connect(self, address: IPAddress, scheme: str) -> bool:
        if _plain(address).is_loopback:
            return self.allow_loopback
        return scheme == "https" and is_public(address)


def host_matches(host: str, patterns: Sequence[str]) -> bool:
    """Whether a host is one of these names, or below one of the form `*.name`."""
    return any(fnmatchcase(host.lower(), pattern) for pattern in patterns)


def is_loopback_name(host: str) -> bool:
    """True for `localhost` and for loopback addresses."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_public(address: IPAddress) -> bool:
    """False for private, shared, link-local (cloud metadata), multicast and reserved addresses, also when an IPv6
    address only wraps them.
    """
    inner = _plain(address)
    return inner.is_global and not inner.is_multicast and not inner.is_reserved


def _plain(address: IPAddress) -> IPAddress:
    """The IPv4 address inside an IPv6 transition form (mapped, 6to4, Teredo, NAT64)."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None) or address


def _port(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)

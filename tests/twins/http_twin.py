"""What every twin shares: a loopback HTTP server that records each request and fails on command."""

import asyncio
import json
import socket
import struct
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Self, TypeVar

from aiohttp import BodyPartReader, web
from multidict import CIMultiDict

MAX_BODY = 256 * 1024 * 1024

HTML_PAGE = (
    b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head>"
    b"<body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>"
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart body."""

    name: str
    data: bytes
    filename: str | None = None
    content_type: str | None = None

    @property
    def text(self) -> str:
        return self.data.decode()


@dataclass(slots=True, eq=False)
class Recorded:
    """One request as it arrived, and the status it was answered with (None: no answer was sent).

    Attributes:
        at: `time.monotonic()` at arrival.
        connection: The client's port: equal for requests of one TCP connection.
        parts: Parts of a multipart body; `body` is empty then.
        mode: The scripted behaviour that was played, if any.
        error: Code of the error that the twin answered, if any.
        ended: `time.monotonic()` when the twin had done with it, None while it is under way.
    """

    number: int
    at: float
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    parts: tuple[Part, ...]
    connection: int
    status: int | None = None
    mode: Any = None
    error: str | None = None
    ended: float | None = None

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        """Text fields of a multipart body."""
        return {part.name: part.text for part in self.parts if part.filename is None}

    @property
    def files(self) -> list[Part]:
        return [part for part in self.parts if part.filename is not None]


class Fault:
    """A behaviour of the server that needs no knowledge of the API behind it."""


@dataclass(frozen=True, slots=True)
class Normal(Fault):
    """Answer as the platform does on a good day."""


@dataclass(frozen=True, slots=True)
class Slow(Fault):
    """Answer normally after some seconds."""

    seconds: float = 0.2


@dataclass(frozen=True, slots=True)
class Hang(Fault):
    """Stay silent, then complete: the work is done and billed even if the client has left."""

    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class DoneThenHang(Fault):
    """Do the work at once, and stay silent about it."""

    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Answer(Fault):
    """Any fixed answer."""

    status: int = 200
    body: bytes | str | Mapping[str, Any] = b""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ServerError(Fault):
    """A 5xx, with a JSON error body or with a proxy's HTML page."""

    status: int = 500
    html: bool = False
    message: str = "The server had an error while processing your request. Sorry about that!"


@dataclass(frozen=True, slots=True)
class HtmlOk(Fault):
    """200 with a page instead of JSON."""


@dataclass(frozen=True, slots=True)
class EmptyBody(Fault):
    """A status and no body at all."""

    status: int = 200


@dataclass(frozen=True, slots=True)
class ResetBeforeHeaders(Fault):
    """The connection dies before any answer. `work_done` tells whether the request was executed all the same."""

    work_done: bool = False


@dataclass(frozen=True, slots=True)
class ResetMidBody(Fault):
    """The connection is reset after a share of the real answer."""

    keep: float = 0.5


@dataclass(frozen=True, slots=True)
class CutBody(Fault):
    """The connection is closed politely, but before the announced Content-Length."""

    keep: float = 0.5


M = TypeVar("M")


class Script(Generic[M]):
    """What a part of a twin does next: a one-shot queue in front of a sticky default."""

    def __init__(self, default: M) -> None:
        self._normal = default
        self._default = default
        self._queue: deque[M] = deque()

    def queue(self, *modes: M) -> None:
        """Play these once each, in order, before the default."""
        self._queue.extend(modes)

    def always(self, mode: M) -> None:
        """Play this whenever the queue is empty."""
        self._default = mode

    def reset(self) -> None:
        self._queue.clear()
        self._default = self._normal

    def next(self) -> M:
        return self._queue.popleft() if self._queue else self._default

    @property
    def pending(self) -> int:
        return len(self._queue)


class ApiError(Exception):
    """An error answer, raised inside a handler."""

    def __init__(
        self, status: int, body: Any, *, code: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.body = body
        self.code = code
        self.headers = headers or {}

    def response(self) -> web.Response:
        if isinstance(self.body, (bytes, str)):
            text = self.body.decode() if isinstance(self.body, bytes) else self.body
            return web.Response(status=self.status, text=text, content_type="text/html", headers=self.headers)
        return web.json_response(self.body, status=self.status, headers=self.headers)


Handler = Callable[[web.Request, Recorded], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    handler: Handler


@dataclass(slots=True)
class HttpTwin:
    """A server on 127.0.0.1 for the time of an `async with`.

    `stop()` frees the port (connections are refused then), `start()` takes the same port again.
    """

    port: int = 0
    requests: list[Recorded] = field(default_factory=list, init=False)
    _runner: web.AppRunner | None = field(default=None, init=False)
    _closing: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    def routes(self) -> Iterable[Route]:
        raise NotImplementedError

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def sent_to(self, path: str, method: str | None = None) -> list[Recorded]:
        """Requests whose path ends with `path`, oldest first."""
        return [r for r in self.requests if r.path.endswith(path) and method in (None, r.method)]

    async def start(self) -> None:
        self._closing = asyncio.Event()
        app = web.Application(client_max_size=MAX_BODY)
        for route in self.routes():
            app.router.add_route(route.method, route.path, self._wrap(route.handler))
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=2.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the port; whoever hangs is let go at once."""
        self._closing.set()
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def pause(self, seconds: float) -> None:
        """Sleep, but not longer than the twin lives."""
        if seconds <= 0:
            return
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            return

    def calls_by_path(self) -> Counter[str]:
        """How often each path was called."""
        return Counter(r.path for r in self.requests)

    def _wrap(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            seen = await self._record(request)
            self.requests.append(seen)
            try:
                response = await handler(request, seen)
            except ApiError as error:
                seen.error = error.code
                response = error.response()
            except web.HTTPException as redirect:
                seen.status = redirect.status
                raise
            finally:
                seen.ended = time.monotonic()
            if request.transport is not None and not request.transport.is_closing():
                seen.status = response.status
            return response

        return handle

    async def _record(self, request: web.Request) -> Recorded:
        body = b""
        parts: tuple[Part, ...] = ()
        if request.content_type.startswith("multipart/"):
            parts = await _read_parts(request)
        else:
            body = await request.read()
        peer = request.transport.get_extra_info("peername") if request.transport else None
        return Recorded(
            number=len(self.requests) + 1,
            at=time.monotonic(),
            method=request.method,
            path=request.path,
            query=dict(request.query),
            headers=CIMultiDict(request.headers),
            body=body,
            parts=parts,
            connection=peer[1] if peer else 0,
        )


async def _read_parts(request: web.Request) -> tuple[Part, ...]:
    return tuple([await _read_part(part) async for part in await request.multipart()])


async def _read_part(part: object) -> Part:
    assert isinstance(part, BodyPartReader), "nested multipart bodies are not used by any client"
    return Part(
        name=part.name or "",
        data=bytes(await part.read(decode=True)),
        filename=part.filename,
        content_type=part.headers.get("Content-Type"),
    )


Work = Callable[[], Awaitable[web.StreamResponse]]


async def play(twin: HttpTwin, request: web.Request, fault: Fault, work: Work) -> web.StreamResponse:
    """Answer with `work`, spoilt by the fault. `work` is the executed (and billed) request."""
    match fault:
        case Slow(seconds) | Hang(seconds):
            await twin.pause(seconds)
            return await work()
        case DoneThenHang(seconds):
            response = await work()
            await twin.pause(seconds)
            return response
        case Answer():
            return _fixed(fault)
        case ServerError(status, True, _):
            return web.Response(status=status, body=HTML_PAGE, content_type="text/html")
        case ServerError(status, False, message):
            error = {"message": message, "type": "server_error", "param": None, "code": None}
            return web.json_response({"error": error}, status=status)
        case HtmlOk():
            return web.Response(body=HTML_PAGE, content_type="text/html")
        case EmptyBody(status):
            return web.Response(status=status)
        case ResetBeforeHeaders(work_done):
            if work_done:
                await work()
            reset(request)
            return web.Response()
        case ResetMidBody(keep):
            return await _break_off(request, await work(), keep, polite=False)
        case CutBody(keep):
            return await _break_off(request, await work(), keep, polite=True)
    return await work()


def reset(request: web.Request) -> None:
    """Drop the connection with a TCP reset."""
    transport = request.transport
    if transport is None or transport.is_closing():
        return
    sock = transport.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _fixed(answer: Answer) -> web.Response:
    body = answer.body
    if isinstance(body, Mapping):
        body = json.dumps(body)
    data = body.encode() if isinstance(body, str) else body
    headers = {"Content-Type": answer.content_type, **dict(answer.headers)}
    return web.Response(status=answer.status, body=data, headers=headers)


async def _break_off(
    request: web.Request, whole: web.StreamResponse, keep: float, *, polite: bool
) -> web.StreamResponse:
    if not isinstance(whole, web.Response) or not isinstance(whole.body, bytes):
        return whole
    body = whole.body
    cut = web.StreamResponse(status=whole.status, headers={"Content-Type": whole.content_type})
    cut.content_length = len(body)
    cut.force_close()
    await cut.prepare(request)
    await cut.write(body[: int(len(body) * keep)])
    if polite and request.transport is not None:
        request.transport.close()
    else:
        reset(request)
    return cut


async def serve_forever(twin: HttpTwin) -> None:
    """Run a twin until the process is stopped, for manual use."""
    async with twin:
        print(f"{type(twin).__name__} listens on {twin.origin}", flush=True)
        await asyncio.Event().wait()

"""Routes that every process has, and the server that carries them inside our own event loop."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.domain.errors import ConfigurationError, StorageError
from bot.hosting.keys import IMMUTABLE, PUBLIC, media_type_by_key
from bot.hosting.local import LocalStore
from bot.telemetry.metrics import Metrics
from bot.web.pages import away, look, lost

log = structlog.get_logger(__name__)

Readiness = Callable[[], Awaitable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Plane:
    """What the plane shows.

    Attributes:
        readiness: JSON with "ready" and one entry a part.
        local: The folder store, None when pictures lie in an object store.
    """

    metrics: Metrics
    readiness: Readiness
    local: LocalStore | None
    extra: Sequence[BaseRoute] = ()

    def app(self) -> Starlette:
        routes: list[BaseRoute] = [
            Route("/healthz", self._healthz),
            Route("/readyz", self._readyz),
            Route("/metrics", self._metrics),
        ]
        if self.local is not None:
            routes.append(Route("/images/{key:path}", self._image))
        handlers: dict[Any, Any] = {404: lost, StorageError: away, ClientDisconnect: _gone}
        return Starlette(routes=[*routes, look(), *self.extra], exception_handlers=handlers)

    async def _healthz(self, _request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def _readyz(self, _request: Request) -> Response:
        state = await self.readiness()
        return JSONResponse(state, status_code=200 if state["ready"] else 503)

    async def _metrics(self, _request: Request) -> Response:
        return Response(self.metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def _image(self, request: Request) -> Response:
        """Public pictures only; the private part has no route."""
        key = request.path_params["key"]
        if self.local is None or not key.startswith(PUBLIC):
            raise HTTPException(404)
        try:
            path = self.local.path(key)
        except StorageError:
            raise HTTPException(404) from None
        if not await asyncio.to_thread(path.is_file):
            raise HTTPException(404)
        headers = {
            "Cache-Control": IMMUTABLE,
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return FileResponse(path, media_type=media_type_by_key(key).value, headers=headers)


async def _gone(_request: Request, _problem: Exception) -> Response:
    """Whoever sent a body hung up before its end: nobody reads this, and it is no fault of ours to be logged."""
    return PlainTextResponse("incomplete\n", status_code=400)


class Server(uvicorn.Server):
    """uvicorn without its own signal handling: SIGTERM drains the whole process, see `cli`."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serving(app: Starlette, listener: socket.socket) -> AsyncIterator[None]:
    """Serve on the socket while the block runs, then close it."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=5,
        proxy_headers=False,
    )
    server = Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]), name="http")
    try:
        while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.005)
        yield
    finally:
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)
        listener.close()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any free one.

    Raises:
        ConfigurationError: the port is taken or may not be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"HTTP_HOST {host} with HTTP_PORT {port} cannot be used ({error.strerror})",
            "Another program may be using the port: stop it, or set HTTP_PORT to another one.",
        ) from None
    listener.setblocking(False)
    return listener

"""The REST API v10: routing, authorization, rate limits, faults, and a record of every call."""

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.twins.discord_twin import errors
from tests.twins.discord_twin.channel_api import ChannelApi
from tests.twins.discord_twin.directory_api import DirectoryApi
from tests.twins.discord_twin.errors import DiscordError, json_answer
from tests.twins.discord_twin.faults import ResetUpload
from tests.twins.discord_twin.files import Upload
from tests.twins.discord_twin.hub import Hub
from tests.twins.discord_twin.interaction_api import InteractionApi
from tests.twins.discord_twin.operations import Asked, Operation
from tests.twins.discord_twin.recorder import Call
from tests.twins.http_twin import Fault, Handler, HttpTwin, Recorded, Route, play, reset

PREFIX = "/api/v10"
_FAULT: web.RequestKey[Fault | None] = web.RequestKey("fault", object)  # type: ignore[arg-type]
_FILE = re.compile(r"^files\[(\d+)\]$")
_MAJOR = ("webhook_token", "interaction_token", "channel_id", "guild_id")


@dataclass(slots=True)
class Rest(HttpTwin):
    """The server behind https://discord.com/api/v10."""

    hub: Hub = field(default_factory=Hub)
    public_key: str = ""
    interaction_api: InteractionApi = field(init=False)

    def __post_init__(self) -> None:
        self.interaction_api = InteractionApi(self.hub)

    @property
    def base(self) -> str:
        return self.origin + PREFIX

    def operations(self) -> Iterator[Operation]:
        yield from self.interaction_api.operations()
        yield from ChannelApi(self.hub).operations()
        yield from DirectoryApi(self.hub, self.public_key).operations()

    def routes(self) -> Iterable[Route]:
        for operation in self.operations():
            yield Route(operation.method, PREFIX + operation.template, self._handler(operation))
        yield Route("*", "/{path:.*}", self._unknown)

    async def _record(self, request: web.Request) -> Recorded:
        operation = getattr(request.match_info.handler, "operation", "unknown")
        fault = request[_FAULT] = self.hub.faults.next(
            operation, request.path, files=request.content_type.startswith("multipart/")
        )
        if not isinstance(fault, ResetUpload):
            return await HttpTwin._record(self, request)
        await request.content.read(fault.after_bytes)
        reset(request)
        at, number = time.monotonic(), len(self.requests) + 1
        return Recorded(number, at, request.method, request.path, {}, request.headers, b"", (), 0)

    def _wrap(self, handler: Handler) -> Any:
        wrapped = HttpTwin._wrap(self, handler)
        wrapped.operation = getattr(handler, "operation", "unknown")  # type: ignore[attr-defined]
        return wrapped

    def _handler(self, operation: Operation) -> Handler:
        async def handle(request: web.Request, seen: Recorded) -> web.StreamResponse:
            return await self._serve(operation, request, seen)

        handle.operation = operation.name  # type: ignore[attr-defined]
        return handle

    async def _serve(self, operation: Operation, request: web.Request, seen: Recorded) -> web.StreamResponse:
        body, files, problem = _read(seen)
        call = Call(
            operation.name,
            operation.method,
            operation.template,
            request.rel_url.raw_path,
            body,
            tuple(seen.files),
            seen,
        )
        self.hub.recorder.calls.append(call)

        async def work() -> web.Response:
            if problem is not None:
                return self._refuse(call, problem, {})
            done = await self._work(operation, Asked(call, request.match_info, request.query, files))
            self.hub.pulse.beat()
            return done

        fault = request[_FAULT]
        if fault is None:
            response: web.StreamResponse = await work()
        elif isinstance(fault, ResetUpload):
            return web.Response()
        else:
            response = await play(self, request, fault, work)
        if call.answer is None and request.transport is not None and not request.transport.is_closing():
            call.status = response.status
        self.hub.pulse.beat()
        return response

    async def _work(self, operation: Operation, asked: Asked) -> web.Response:
        headers: Mapping[str, str] = {}
        try:
            if (
                operation.authorized
                and asked.call.wire.headers.get("Authorization") != f"Bot {self.hub.token}"
            ):
                raise errors.unauthorized()
            major = ":".join(asked.ids[key] for key in _MAJOR if key in asked.ids)
            headers = self.hub.rate_limits.headers(operation.name, major)
            reply = await operation.handler(asked)
        except DiscordError as error:
            return self._refuse(asked.call, error, headers)
        if reply.body is None:
            asked.call.answer = b""
            asked.call.status = 204
            return web.Response(status=204, headers=headers)
        response = json_answer(reply.body, reply.status, headers)
        asked.call.status = reply.status
        asked.call.answer = bytes(response.body)  # type: ignore[arg-type]
        return response

    def _refuse(self, call: Call, error: DiscordError, headers: Mapping[str, str]) -> web.Response:
        call.code, call.status = error.code, error.status
        call.wire.error = str(error.code)
        self.hub.recorder.refused(call, error)
        response = json_answer(error.body, error.status, {**headers, **error.headers})
        call.answer = bytes(response.body)  # type: ignore[arg-type]
        return response

    async def _unknown(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        self.hub.recorder.broke(f"{request.method} {request.path} is no route of this twin")
        return json_answer(errors.not_found().body, 404)


def _read(seen: Recorded) -> tuple[Any, dict[int, Upload], DiscordError | None]:
    """The JSON body and the uploads; a body that is no JSON is refused as Discord does."""
    files: dict[int, Upload] = {}
    raw: bytes | None = seen.body or None
    for part in seen.parts:
        match = _FILE.match(part.name)
        if match and part.filename is not None:
            files[int(match[1])] = Upload(part.filename, part.data, part.content_type)
        elif part.name == "payload_json":
            raw = part.data
    try:
        body = None if raw is None else json.loads(raw)
    except ValueError:
        return None, files, DiscordError(400, 50109, "The request body contains invalid JSON.")
    return body, files, None

"""The part that all submit-and-poll twins share: tasks, their course, and the CDN on a port of its own."""

import asyncio
import hashlib
import json
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.twins import pictures
from tests.twins.flux_modes import (
    BAD_ENDS,
    ColdStart,
    CutDownload,
    ExpiredSample,
    ForeignSample,
    Forever,
    HugeDownload,
    LargePicture,
    MislabelledDownload,
    NotYetThere,
    PollFails,
    Queued,
    RedirectDownload,
    RedirectPoll,
    SlowDownload,
    TooMany,
    TruncatedDownload,
    UnsafeDownload,
    WrongContentType,
)
from tests.twins.http_twin import HTML_PAGE, ApiError, Fault, HttpTwin, Normal, Recorded, Route, Script, reset

MEDIA_TYPES = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
OOM_TEXT = "CUDA out of memory. Tried to allocate 2.50 GiB (GPU 0; 23.69 GiB total capacity)"


def json_of(seen: Recorded) -> dict[str, Any]:
    try:
        body = json.loads(seen.body or b"null")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ApiError(422, {"detail": "The body is no JSON object."})
    return body


def throttled(mode: TooMany, body: dict[str, Any]) -> ApiError:
    headers = (
        {"Retry-After": str(mode.retry_after)} if mode.in_header and mode.retry_after is not None else {}
    )
    extra = {"retry_after": mode.retry_after} if mode.in_body else {}
    return ApiError(429, body | extra, headers=headers)


@dataclass(eq=False)
class Task:
    """One submitted request. `polls` and `downloads` count the calls so far."""

    id: str
    model: str
    input: Mapping[str, Any]
    mode: Fault
    width: int
    height: int
    output_format: str
    submitted: Recorded
    at: float = field(default_factory=time.monotonic)
    polls: int = 0
    downloads: int = 0
    cancelled: bool = False
    ended: bool = False
    data: bytes | None = None

    @property
    def sha256(self) -> str | None:
        """Hash of the picture's bytes, None before it is made."""
        return hashlib.sha256(self.data).hexdigest() if self.data else None


@dataclass(eq=False)
class Cdn(HttpTwin):
    """Where results are downloaded from."""

    host: "SubmitPollTwin | None" = None

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/results/{task}/{name}", self._download)

    async def _download(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        assert self.host
        task = self.host.tasks.get(request.match_info["task"])
        if task is None or task.data is None:
            raise ApiError(404, "<Error><Code>BlobNotFound</Code></Error>")
        task.downloads += 1
        seen.mode = task.mode
        media_type = MEDIA_TYPES[task.output_format]
        match task.mode:
            case ExpiredSample():
                raise ApiError(403, "<Error><Code>AuthenticationFailed</Code></Error>")
            case NotYetThere(times) if task.downloads <= times:
                raise ApiError(404, "<Error><Code>BlobNotFound</Code></Error>")
            case WrongContentType(lying):
                return web.Response(body=HTML_PAGE, content_type=media_type if lying else "text/html")
            case MislabelledDownload():
                media_type = "application/octet-stream"
            case RedirectDownload(target):
                raise web.HTTPFound(target or f"{self.host.elsewhere.origin}/moved.jpeg")
            case HugeDownload(size, announced):
                return await self._flood(request, size, media_type, announced=announced)
            case SlowDownload(seconds):
                return await self._trickle(request, task.data, media_type, seconds)
            case CutDownload(times) if task.downloads <= times:
                return await self._cut(request, task.data, media_type)
            case TruncatedDownload():
                return web.Response(body=task.data[: len(task.data) // 2], content_type=media_type)
        return web.Response(body=task.data, content_type=media_type)

    async def _flood(
        self, request: web.Request, size: int, media_type: str, *, announced: bool
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": media_type})
        if announced:
            response.content_length = size
        await response.prepare(request)
        chunk = b"\xff\xd8\xff" + bytes(1024 * 1024 - 3)
        try:
            for start in range(0, size, len(chunk)):
                await response.write(chunk[: size - start])
        except ConnectionError:
            return response
        return response

    async def _trickle(
        self, request: web.Request, data: bytes, media_type: str, seconds: float
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": media_type})
        response.content_length = len(data)
        await response.prepare(request)
        step = max(1, len(data) // 20)
        try:
            for start in range(0, len(data), step):
                await response.write(data[start : start + step])
                await self.pause(seconds / 20)
        except ConnectionError:
            return response
        return response

    async def _cut(self, request: web.Request, data: bytes, media_type: str) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": media_type})
        response.content_length = len(data)
        await response.prepare(request)
        await response.write(data[: len(data) // 2])
        reset(request)
        return response


@dataclass(eq=False)
class Elsewhere(HttpTwin):
    """A host that nobody should ever be led to. It answers everything with a picture and remembers who came."""

    def routes(self) -> Iterable[Route]:
        yield Route("*", "/{anything:.*}", self._welcome)

    async def _welcome(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        return web.Response(body=pictures.make_picture(64, 64, marker="elsewhere"), content_type="image/png")


@dataclass(eq=False)
class SubmitPollTwin(HttpTwin):
    """Base of the hosts.

    Attributes:
        key: The only API key that is taken.
        script: What the next submitted tasks do.
        pending_polls: Polls before a normal task is ready.
        tasks: By id, in order of submission.
        refused: Requests that broke the host's rules, as (path, reason).
        cdn, elsewhere: The download host, and a host to which redirects lead.
    """

    key: str = "twin-key-0123456789abcdef"
    pending_polls: int = 1
    script: Script[Fault] = field(default_factory=lambda: Script(Normal()))
    tasks: dict[str, Task] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)
    cdn: Cdn = field(default_factory=Cdn)
    elsewhere: Elsewhere = field(default_factory=Elsewhere)

    @property
    def base_url(self) -> str:
        return self.origin

    async def start(self) -> None:
        self.cdn.host = self
        await self.cdn.start()
        await self.elsewhere.start()
        await super().start()

    async def stop(self) -> None:
        await super().stop()
        await self.elsewhere.stop()
        await self.cdn.stop()

    @property
    def cancelled(self) -> list[str]:
        """Ids of the tasks that a client cancelled."""
        return [task.id for task in self.tasks.values() if task.cancelled]

    @property
    def prompts(self) -> list[str]:
        return [str(task.input.get("prompt")) for task in self.tasks.values()]

    @property
    def billed_images(self) -> int:
        """Pictures made, also those that nobody fetched."""
        return sum(task.data is not None for task in self.tasks.values())

    def served_bytes(self, sha256: str) -> bytes | None:
        return next((task.data for task in self.tasks.values() if task.sha256 == sha256), None)

    def leaked_keys(self) -> list[Recorded]:
        """Requests at the CDN or elsewhere that carried the API key."""
        outside = [*self.cdn.requests, *self.elsewhere.requests]
        return [
            r for r in outside if any(self.key in value for value in (*r.headers.values(), *r.query.values()))
        ]

    def refuse(self, path: str, reason: str, problem: ApiError) -> ApiError:
        self.refused.append((path, reason))
        return problem

    async def open_task(
        self, seen: Recorded, model: str, fields: Mapping[str, Any], mode: Fault, *, output_format: str
    ) -> Task:
        """Accept a task and draw its picture if its course ends well."""
        task = Task(
            id=secrets.token_hex(12),
            model=model,
            input=fields,
            mode=mode,
            width=int(fields.get("width") or 1024),
            height=int(fields.get("height") or 1024),
            output_format=output_format,
            submitted=seen,
        )
        self.tasks[task.id] = task
        if self.ends_well(mode):
            task.data = await asyncio.to_thread(
                pictures.make_picture,
                task.width,
                task.height,
                marker=f"{len(self.tasks):06d}:{task.id[:16]}",
                output_format="png" if isinstance(mode, LargePicture) else output_format,
                at_least=mode.bytes if isinstance(mode, LargePicture) else 0,
                transparent=bool(fields.get("transparent_bg")),
                unsafe=mode.category if isinstance(mode, UnsafeDownload) else None,
            )
        return task

    def ends_well(self, mode: Fault) -> bool:
        """Whether a task of that mode makes a picture."""
        return not isinstance(mode, BAD_ENDS)

    def sample_url(self, task: Task) -> str:
        if isinstance(task.mode, ForeignSample):
            return task.mode.url
        return f"{self.cdn.origin}/results/{task.id}/sample.{task.output_format}?sig={task.id[:8]}"

    def is_waiting(self, task: Task) -> bool:
        """Count a poll; True while the task is still queued or running."""
        task.polls += 1
        match task.mode:
            case Queued(polls) | ColdStart(polls):
                needed = polls
            case PollFails(times, _):
                needed = times + self.pending_polls
            case _:
                needed = self.pending_polls
        waiting = isinstance(task.mode, Forever) or task.polls <= needed
        task.ended = not waiting
        return waiting

    async def poll_fault(self, request: web.Request, task: Task) -> web.StreamResponse | None:
        """The faulty answer of a poll, None if the poll is to be answered properly."""
        match task.mode:
            case RedirectPoll():
                raise web.HTTPFound(f"{self.elsewhere.origin}/poll/{task.id}")
            case PollFails(times, status) if task.polls < times:
                task.polls += 1
                if status == 0:
                    reset(request)
                    return web.Response()
                return web.Response(status=status, body=HTML_PAGE, content_type="text/html")
        return None

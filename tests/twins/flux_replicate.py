"""The Replicate API on loopback."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.twins.flux_host import OOM_TEXT, SubmitPollTwin, Task, json_of, throttled
from tests.twins.flux_modes import (
    Aborted,
    Canceled,
    ColdStart,
    Failed,
    ForeignPollingUrl,
    InvalidInput,
    ModeratedInput,
    ModeratedOutput,
    NoResult,
    OutOfCredit,
    OutOfMemory,
    Overloaded,
    RedirectSubmit,
    TaskNotFound,
    TooMany,
    UnknownStatus,
)
from tests.twins.http_twin import ApiError, Recorded, Route, play


@dataclass(eq=False)
class ReplicateTwin(SubmitPollTwin):
    """api.replicate.com: Bearer token, predictions, `Prefer: wait`, cancel by POST.

    Attributes:
        listed: `output` is a list of URLs rather than one.
    """

    key: str = "r8_TwinToken0123456789"
    listed: bool = False

    def routes(self) -> Iterable[Route]:
        yield Route("POST", "/v1/models/{owner}/{name}/predictions", self._submit)
        yield Route("GET", "/v1/predictions/{id}", self._poll)
        yield Route("POST", "/v1/predictions/{id}/cancel", self._cancel)

    def _authenticate(self, seen: Recorded) -> None:
        if seen.headers.get("Authorization") != f"Bearer {self.key}":
            text = "You did not pass a valid authentication token"
            body = {"title": "Unauthenticated", "detail": text, "status": 401}
            raise self.refuse(seen.path, "wrong key", ApiError(401, body))

    async def _submit(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        self._authenticate(seen)
        body = json_of(seen)
        model = f"{request.match_info['owner']}/{request.match_info['name']}"
        if not model.startswith("black-forest-labs/flux-2-"):
            missing = {"detail": "The requested resource could not be found.", "status": 404}
            raise self.refuse(seen.path, "unknown model", ApiError(404, missing))
        fields = body.get("input")
        unknown = set(body) - {"input", "webhook", "webhook_events_filter", "stream"}
        if unknown or not isinstance(fields, dict) or not fields.get("prompt"):
            raise self.refuse(seen.path, "invalid input", _replicate_invalid("input: prompt is required"))
        wait = _preferred_wait(seen)
        mode = seen.mode = self.script.next()
        match mode:
            case OutOfCredit():
                text = "You have insufficient credit to run this model."
                raise ApiError(402, {"title": "Insufficient credit", "detail": text, "status": 402})
            case TooMany():
                raise throttled(mode, {"detail": "Request was throttled.", "status": 429})
            case Overloaded():
                raise ApiError(503, {"title": "Service unavailable", "detail": "Try again.", "status": 503})
            case InvalidInput():
                raise _replicate_invalid("input.width: must be less than or equal to 2048")
            case RedirectSubmit():
                raise web.HTTPTemporaryRedirect(f"{self.elsewhere.origin}/v1/predictions")

        async def work() -> web.StreamResponse:
            output_format = str(fields.get("output_format", "webp")).replace("jpg", "jpeg")
            task = await self.open_task(seen, model, fields, mode, output_format=output_format)
            while wait and self.is_waiting(task) and task.polls < 2:
                await asyncio.sleep(0)
            finished = wait and task.ended
            return web.json_response(self._prediction(task), status=201 if finished or not wait else 202)

        return await play(self, request, mode, work)

    async def _poll(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        self._authenticate(seen)
        task = self._known(request)
        seen.mode = task.mode
        fault = await self.poll_fault(request, task)
        if fault is not None:
            return fault
        self.is_waiting(task)
        return web.json_response(self._prediction(task))

    async def _cancel(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        self._authenticate(seen)
        task = self._known(request)
        if not task.ended:
            task.cancelled = task.ended = True
        return web.json_response(self._prediction(task))

    def _known(self, request: web.Request) -> Task:
        task = self.tasks.get(request.match_info["id"])
        if task is None or (isinstance(task.mode, TaskNotFound) and task.polls >= self.pending_polls):
            raise ApiError(404, {"detail": "The requested resource could not be found.", "status": 404})
        return task

    def _prediction(self, task: Task) -> dict[str, Any]:
        status, error, output = self._state(task)
        host = self.elsewhere if isinstance(task.mode, ForeignPollingUrl) else self
        address = f"{host.origin}/v1/predictions/{task.id}"
        return {
            "id": task.id,
            "model": task.model,
            "version": "hidden",
            "input": dict(task.input),
            "logs": "",
            "output": output,
            "error": error,
            "status": status,
            "data_removed": False,
            "created_at": "2026-11-25T17:00:00Z",
            "metrics": {"predict_time": 3.2} if status == "succeeded" else {},
            "urls": {"get": address, "cancel": f"{address}/cancel", "web": address},
        }

    def _state(self, task: Task) -> tuple[str, str | None, Any]:
        if task.cancelled:
            return "canceled", None, None
        if not task.ended or isinstance(task.mode, TaskNotFound):
            booting = isinstance(task.mode, ColdStart) or task.polls < self.pending_polls
            return ("starting" if booting else "processing"), None, None
        match task.mode:
            case ModeratedInput() | ModeratedOutput():
                text = "The input or output was flagged as sensitive. Please try again with different inputs. (E005)"
                return "failed", text, None
            case Failed(text):
                return "failed", text, None
            case OutOfMemory():
                return "failed", f"{OOM_TEXT} (E1001)", None
            case UnknownStatus(word):
                return word.lower(), None, None
            case Canceled():
                return "canceled", None, None
            case Aborted():
                return "aborted", None, None
            case NoResult():
                return "succeeded", None, None
        url = self.sample_url(task)
        return "succeeded", None, [url] if self.listed else url


def _replicate_invalid(text: str) -> ApiError:
    return ApiError(422, {"title": "Input validation failed", "detail": f"- {text}\n", "status": 422})


def _preferred_wait(seen: Recorded) -> int:
    """Seconds of `Prefer: wait`, 0 if absent."""
    preference = seen.headers.get("Prefer", "")
    if not preference.startswith("wait"):
        return 0
    seconds = int(preference.partition("=")[2] or 60)
    if not 1 <= seconds <= 60:
        raise ApiError(400, {"title": "Bad request", "detail": "wait is from 1 to 60", "status": 400})
    return seconds

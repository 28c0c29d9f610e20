"""The fal queue API on loopback."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.twins.flux_host import MEDIA_TYPES, OOM_TEXT, SubmitPollTwin, Task, json_of, throttled
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
    SilentResult,
    TaskNotFound,
    TooMany,
    UnknownStatus,
)
from tests.twins.http_twin import ApiError, Recorded, Route, play


@dataclass(eq=False)
class FalTwin(SubmitPollTwin):
    """queue.fal.run: `Authorization: Key ..`, status and response at addresses of their own, cancel by PUT."""

    key: str = "fal-twin-id:0123456789abcdef"

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/{model:.+}/requests/{id}/status", self._status)
        yield Route("PUT", "/{model:.+}/requests/{id}/cancel", self._cancel)
        yield Route("GET", "/{model:.+}/requests/{id}", self._result)
        yield Route("POST", "/{model:.+}", self._submit)

    def _authenticate(self, seen: Recorded) -> None:
        if seen.headers.get("Authorization") != f"Key {self.key}":
            text = "Authentication is required to access this application"
            raise self.refuse(seen.path, "wrong key", ApiError(401, {"detail": text}))

    async def _submit(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        self._authenticate(seen)
        body = json_of(seen)
        model = request.match_info["model"]
        if not model.removeprefix("fal-ai/").startswith("flux-2"):
            raise self.refuse(
                seen.path, "unknown model", ApiError(404, {"detail": f"Path /{model} not found"})
            )
        if not body.get("prompt"):
            raise self.refuse(seen.path, "invalid input", _fal_invalid("prompt", "Field required", "missing"))
        if "loras" in body and "/lora" not in model:
            raise self.refuse(seen.path, "invalid input", _fal_invalid("loras", "Extra inputs", "extra"))
        mode = seen.mode = self.script.next()
        match mode:
            case OutOfCredit():
                raise ApiError(403, {"detail": "User is locked. Reason: Exhausted balance."})
            case TooMany():
                raise throttled(mode, {"detail": "Too many requests"})
            case Overloaded():
                raise _fal_infrastructure(503, "runner_scheduling_failure")
            case InvalidInput():
                raise _fal_invalid("image_size", "Input should be a valid size", "value_error")
            case RedirectSubmit():
                raise web.HTTPTemporaryRedirect(f"{self.elsewhere.origin}/{model}")

        async def work() -> web.StreamResponse:
            fields = body | _fal_size(body)
            output_format = str(body.get("output_format", "jpeg"))
            task = await self.open_task(seen, model, fields, mode, output_format=output_format)
            host = self.elsewhere if isinstance(mode, ForeignPollingUrl) else self
            address = f"{host.origin}/{model}/requests/{task.id}"
            answer = {
                "request_id": task.id,
                "response_url": address,
                "status_url": f"{address}/status",
                "cancel_url": f"{address}/cancel",
                "queue_position": 0,
            }
            return web.json_response(answer)

        return await play(self, request, mode, work)

    async def _status(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        self._authenticate(seen)
        task = self._known(request)
        seen.mode = task.mode
        fault = await self.poll_fault(request, task)
        if fault is not None:
            return fault
        base = {"request_id": task.id, "response_url": str(request.url).removesuffix("/status"), "logs": None}
        if not task.ended and self.is_waiting(task):
            queued = isinstance(task.mode, ColdStart) or task.polls < self.pending_polls
            words: dict[str, Any] = (
                {"status": "IN_QUEUE", "queue_position": 3} if queued else {"status": "IN_PROGRESS"}
            )
            return web.json_response(base | words, status=202)
        match task.mode:
            case UnknownStatus(word):
                return web.json_response(base | {"status": word.upper()})
            case OutOfMemory() | Failed():
                return web.json_response(
                    base | {"status": "COMPLETED", "error": "failed", "error_type": "runner_error"}
                )
            case Aborted():
                words = {"status": "COMPLETED", "error": "timed out", "error_type": "startup_timeout"}
                return web.json_response(base | words)
        return web.json_response(base | {"status": "COMPLETED", "metrics": {"inference_time": 2.4}})

    async def _result(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        self._authenticate(seen)
        task = self._known(request)
        seen.mode = task.mode
        if not task.ended:
            raise ApiError(400, {"detail": "Request is still in progress"})
        flagged = isinstance(task.mode, ModeratedOutput)
        match task.mode:
            case SilentResult(seconds):
                await self.pause(seconds)
            case ModeratedInput():
                text = "The content could not be processed because it was flagged by a content checker."
                raise _fal_invalid("prompt", text, "content_policy_violation")
            case Failed(text):
                raise ApiError(500, {"detail": text, "error_type": "internal_error"})
            case OutOfMemory():
                raise ApiError(500, {"detail": OOM_TEXT, "error_type": "internal_error"})
            case Aborted():
                raise _fal_infrastructure(504, "startup_timeout")
            case Canceled():
                raise ApiError(499, {"detail": "Request was cancelled", "error_type": "client_cancelled"})
        image = {
            "url": self.sample_url(task),
            "content_type": MEDIA_TYPES[task.output_format],
            "width": task.width,
            "height": task.height,
        }
        silent = isinstance(task.mode, NoResult)
        answer = {
            "images": [] if silent else [image],
            "seed": task.input.get("seed", 42),
            "has_nsfw_concepts": [flagged],
            "prompt": task.input["prompt"],
            "timings": {"inference": 2.4},
        }
        return web.json_response(answer)

    async def _cancel(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        self._authenticate(seen)
        task = self._known(request)
        if task.ended:
            return web.json_response({"status": "ALREADY_COMPLETED"}, status=400)
        task.cancelled = task.ended = True
        return web.json_response({"status": "CANCELLATION_REQUESTED"}, status=202)

    def _known(self, request: web.Request) -> Task:
        task = self.tasks.get(request.match_info["id"])
        if task is None or (isinstance(task.mode, TaskNotFound) and task.polls >= self.pending_polls):
            raise ApiError(404, {"detail": "Request not found"})
        return task

    def ends_well(self, mode: Any) -> bool:
        return isinstance(mode, ModeratedOutput) or super().ends_well(mode)


def _fal_size(body: Mapping[str, Any]) -> dict[str, int]:
    size = body.get("image_size")
    return {"width": size["width"], "height": size["height"]} if isinstance(size, dict) else {}


def _fal_invalid(name: str, text: str, kind: str) -> ApiError:
    detail = [{"loc": ["body", name], "msg": text, "type": kind, "ctx": {}, "input": "..."}]
    return ApiError(422, {"detail": detail}, headers={"X-Fal-Retryable": "false"})


def _fal_infrastructure(status: int, kind: str) -> ApiError:
    headers = {"X-Fal-Error-Type": kind, "X-Fal-Retryable": "true"}
    return ApiError(
        status, {"detail": "The request could not be served", "error_type": kind}, headers=headers
    )

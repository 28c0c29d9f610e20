"""Hosts of FLUX.2 on loopback: BFL, Replicate, fal and RunPod, each with its own words for everything.

    async with BFLTwin() as twin:
        twin.script.queue(ModeratedInput())
        ...                     # BFL_BASE_URL = twin.base_url, BFL_API_KEY = twin.key
        assert twin.leaked_keys() == []

Manual use: `python -m tests.twins.flux_twins bfl --port 8124`.
"""

import argparse
import asyncio
import base64
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from aiohttp import web

from tests.twins.flux_host import MEDIA_TYPES, SubmitPollTwin, Task
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
from tests.twins.http_twin import ApiError, Recorded, Route, play, serve_forever

OOM_TEXT = "CUDA out of memory. Tried to allocate 2.50 GiB (GPU 0; 23.69 GiB total capacity)"


def _json(seen: Recorded) -> dict[str, Any]:
    try:
        body = json.loads(seen.body or b"null")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ApiError(422, {"detail": "The body is no JSON object."})
    return body


def _throttled(mode: TooMany, body: dict[str, Any]) -> ApiError:
    headers = (
        {"Retry-After": str(mode.retry_after)} if mode.in_header and mode.retry_after is not None else {}
    )
    extra = {"retry_after": mode.retry_after} if mode.in_body else {}
    return ApiError(429, body | extra, headers=headers)


# Black Forest Labs

_BFL_COMMON = frozenset(
    {"prompt", "width", "height", "seed", "safety_tolerance", "output_format", "transparent_bg"}
)
_BFL_IMAGES = {"flux-2-klein-4b": 4, "flux-2-klein-9b": 5, "flux-2-pro": 8, "flux-2-max": 8, "flux-2-flex": 8}
_BFL_EXTRAS = {
    "flux-2-pro": {"disable_pup"},
    "flux-2-max": {"disable_pup"},
    "flux-2-flex": {"prompt_upsampling", "steps", "guidance"},
}
_BFL_CENTS = {
    "flux-2-klein-4b": (1.4, 0.1),
    "flux-2-klein-9b": (1.5, 0.2),
    "flux-2-pro": (3.0, 1.5),
    "flux-2-flex": (5.0, 5.0),
    "flux-2-max": (7.0, 3.0),
}


@dataclass(eq=False)
class BFLTwin(SubmitPollTwin):
    """api.bfl.ai: header `x-key`, at most 24 active tasks, no cancel call.

    Attributes:
        active_limit: Tasks that may be submitted and not finished.
        task_seconds: An abandoned task gives its slot back after that long.
        peak_active: The most tasks that were active at once.
    """

    active_limit: int = 24
    task_seconds: float = 600.0
    peak_active: int = 0

    def routes(self) -> Iterable[Route]:
        yield Route("POST", "/v1/{model}", self._submit)
        yield Route("GET", "/v1/get_result", self._poll)
        yield Route("GET", "/v1/credits", self._credits)

    def _active(self) -> int:
        now = time.monotonic()
        return sum(not task.ended and now - task.at < self.task_seconds for task in self.tasks.values())

    def _authenticate(self, seen: Recorded) -> None:
        given = seen.headers.get("x-key")
        if given is None:
            raise self.refuse(seen.path, "no key", ApiError(403, {"detail": "Not authenticated"}))
        if given != self.key:
            raise self.refuse(seen.path, "wrong key", ApiError(401, {"detail": "Invalid API key"}))

    async def _submit(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        self._authenticate(seen)
        model = request.match_info["model"]
        if model not in _BFL_IMAGES:
            raise self.refuse(seen.path, "unknown model", ApiError(404, {"detail": "Not Found"}))
        body = _json(seen)
        problem = _bfl_problem(model, body)
        if problem:
            raise self.refuse(seen.path, problem, _bfl_invalid(problem))
        mode = seen.mode = self.script.next()
        match mode:
            case OutOfCredit():
                raise ApiError(402, {"detail": "Insufficient credits"})
            case TooMany():
                raise _throttled(mode, {"detail": "Rate limit exceeded"})
            case Overloaded():
                raise ApiError(503, {"error": "The service is under heavy load"})
            case InvalidInput():
                raise _bfl_invalid("width: out of range")
            case RedirectSubmit():
                raise web.HTTPTemporaryRedirect(f"{self.elsewhere.origin}/v1/{model}")
        if self._active() >= self.active_limit:
            raise ApiError(
                429, {"detail": f"You have exceeded the limit of {self.active_limit} active tasks."}
            )

        async def work() -> web.StreamResponse:
            output_format = body.get("output_format", "jpeg")
            task = await self.open_task(seen, model, body, mode, output_format=output_format)
            self.peak_active = max(self.peak_active, self._active())
            return web.json_response(self._accepted(task))

        return await play(self, request, mode, work)

    def _accepted(self, task: Task) -> dict[str, Any]:
        host = self.elsewhere if isinstance(task.mode, ForeignPollingUrl) else self
        output_mp = task.width * task.height / 1_000_000
        images = sum(name.startswith("input_image") for name in task.input)
        first, further = _BFL_CENTS[task.model]
        return {
            "id": task.id,
            "polling_url": f"{host.origin}/v1/get_result?id={task.id}",
            "cost": round(first + further * max(0.0, output_mp - 1) + further * images, 4),
            "input_mp": float(images),
            "output_mp": round(output_mp, 3),
        }

    async def _poll(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        self._authenticate(seen)
        task_id = seen.query.get("id", "")
        task = self.tasks.get(task_id)
        if task is None:
            return web.json_response(_bfl_status(task_id, "Task not found"), status=404)
        seen.mode = task.mode
        fault = await self.poll_fault(request, task)
        if fault is not None:
            return fault
        if self.is_waiting(task):
            progress = min(0.9, task.polls / 10)
            return web.json_response(_bfl_status(task.id, "Pending", progress=progress))
        return web.json_response(self._ended(task))

    def _ended(self, task: Task) -> dict[str, Any]:
        match task.mode:
            case ModeratedInput(reasons):
                return _bfl_status(
                    task.id, "Request Moderated", details={"Moderation Reasons": list(reasons)}
                )
            case ModeratedOutput(reasons):
                return _bfl_status(
                    task.id, "Content Moderated", details={"Moderation Reasons": list(reasons)}
                )
            case Failed(text):
                return _bfl_status(task.id, "Error", details={"error": text})
            case OutOfMemory() | Aborted() | Canceled():
                return _bfl_status(task.id, "Error", details={"error": "Internal error"})
            case UnknownStatus(word):
                return _bfl_status(task.id, word)
            case TaskNotFound():
                return _bfl_status(task.id, "Task not found")
        result: dict[str, Any] = {"prompt": task.input["prompt"], "seed": task.input.get("seed", 42)}
        if not isinstance(task.mode, NoResult):
            result["sample"] = self.sample_url(task)
        return _bfl_status(task.id, "Ready", result=result, progress=1.0)

    async def _credits(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        self._authenticate(seen)
        return web.json_response({"credits": 1234.5})


def _bfl_status(task_id: str, status: str, **fields: Any) -> dict[str, Any]:
    blank = {"result": None, "progress": None, "details": None, "preview": None}
    return {"id": task_id, "status": status, **blank, **fields}


def _bfl_invalid(problem: str) -> ApiError:
    field_name = problem.split(":", 1)[0]
    return ApiError(422, {"detail": [{"loc": ["body", field_name], "msg": problem, "type": "value_error"}]})


def _bfl_problem(model: str, body: Mapping[str, Any]) -> str | None:
    """The first broken rule as "field: reason"."""
    images = ["input_image", *(f"input_image_{i}" for i in range(2, _BFL_IMAGES[model] + 1))]
    for name, value in body.items():
        if name not in _BFL_COMMON | _BFL_EXTRAS.get(model, set()) | set(images):
            return f"{name}: extra inputs are not permitted"
        if value is None:
            return f"{name}: send only fields that are set"
    if not isinstance(body.get("prompt"), str) or not body["prompt"]:
        return "prompt: field required"
    sides = [body.get("width", 1024), body.get("height", 1024)]
    if any(not isinstance(side, int) or side < 64 or side % 16 for side in sides):
        return "width: sides are multiples of 16, at least 64"
    if sides[0] * sides[1] > 4 * 1024 * 1024:
        return "width: at most 4 megapixels"
    tolerance = body.get("safety_tolerance", 2)
    if not isinstance(tolerance, int) or not 0 <= tolerance <= 5:
        return "safety_tolerance: from 0 to 5"
    if body.get("output_format", "jpeg") not in MEDIA_TYPES:
        return "output_format: jpeg, png or webp"
    if body.get("transparent_bg") and body.get("output_format", "jpeg") == "jpeg":
        return "transparent_bg: needs png or webp"
    if not 1 <= body.get("steps", 1) <= 50 or not 1.5 <= body.get("guidance", 4) <= 10:
        return "steps: from 1 to 50, guidance from 1.5 to 10"
    return _bfl_image_problem(body, images)


def _bfl_image_problem(body: Mapping[str, Any], images: Iterable[str]) -> str | None:
    for name in images:
        value = body.get(name)
        if value is None or (isinstance(value, str) and value.startswith("https://")):
            continue
        try:
            base64.b64decode(value, validate=True)
        except (ValueError, TypeError):
            return f"{name}: neither base64 nor a URL"
    return None


# Replicate


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
        body = _json(seen)
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
                raise _throttled(mode, {"detail": "Request was throttled.", "status": 429})
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


# fal


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
        body = _json(seen)
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
                raise _throttled(mode, {"detail": "Too many requests"})
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


# RunPod


@dataclass(eq=False)
class RunPodTwin(SubmitPollTwin):
    """api.runpod.ai serverless: Bearer key, run and runsync, cancel by POST, health.

    Attributes:
        output: Shape of the worker's result: `{"image_url": ..}`, `{"images": [base64, ..]}` or a list of URLs.
            A refusal of the worker is `{"refusal": {"stage": .., "categories": [..]}}` in `output`.
        workers_ready: What /health reports.
    """

    key: str = "rpa_TWIN0123456789ABCDEF"
    endpoint: str = "twin-endpoint"
    output: Literal["url", "base64", "list"] = "url"
    workers_ready: int = 1

    def routes(self) -> Iterable[Route]:
        yield Route("POST", "/v2/{endpoint}/run", self._submit)
        yield Route("POST", "/v2/{endpoint}/runsync", self._submit)
        yield Route("GET", "/v2/{endpoint}/status/{id}", self._poll)
        yield Route("POST", "/v2/{endpoint}/cancel/{id}", self._cancel)
        yield Route("GET", "/v2/{endpoint}/health", self._health)

    def _authenticate(self, request: web.Request, seen: Recorded) -> None:
        if seen.headers.get("Authorization") != f"Bearer {self.key}":
            raise self.refuse(seen.path, "wrong key", ApiError(401, {"error": "Unauthorized"}))
        if request.match_info["endpoint"] != self.endpoint:
            raise self.refuse(seen.path, "unknown endpoint", ApiError(404, {"error": "endpoint not found"}))

    async def _submit(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        self._authenticate(request, seen)
        body = _json(seen)
        fields = body.get("input")
        unknown = set(body) - {"input", "policy", "webhook", "s3Config"}
        if unknown or not isinstance(fields, dict) or not fields.get("prompt"):
            invalid = ApiError(400, {"error": "input: prompt is required"})
            raise self.refuse(seen.path, "invalid input", invalid)
        wait = int(seen.query.get("wait", 90_000))
        if not 1000 <= wait <= 300_000:
            raise self.refuse(seen.path, "wait", ApiError(400, {"error": "wait is from 1000 to 300000"}))
        mode = seen.mode = self.script.next()
        match mode:
            case OutOfCredit():
                raise ApiError(402, {"error": "Insufficient balance"})
            case TooMany():
                raise _throttled(mode, {"error": "Too many requests"})
            case Overloaded():
                raise ApiError(503, {"error": "Service unavailable"})
            case InvalidInput():
                raise ApiError(400, {"error": "invalid input"})
            case RedirectSubmit():
                raise web.HTTPTemporaryRedirect(f"{self.elsewhere.origin}{seen.path}")

        async def work() -> web.StreamResponse:
            output_format = str(fields.get("output_format", "png"))
            task = await self.open_task(seen, self.endpoint, fields, mode, output_format=output_format)
            if seen.path.endswith("/runsync"):
                while self.is_waiting(task) and task.polls <= self.pending_polls:
                    await asyncio.sleep(0)
            return web.json_response(self._state(task))

        return await play(self, request, mode, work)

    async def _poll(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        self._authenticate(request, seen)
        task = self._known(request)
        seen.mode = task.mode
        fault = await self.poll_fault(request, task)
        if fault is not None:
            return fault
        self.is_waiting(task)
        return web.json_response(self._state(task))

    async def _cancel(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        self._authenticate(request, seen)
        task = self._known(request)
        if not task.ended:
            task.cancelled = task.ended = True
        return web.json_response(self._state(task))

    async def _health(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        self._authenticate(request, seen)
        waiting = sum(not task.ended for task in self.tasks.values())
        workers = {"idle": self.workers_ready, "ready": self.workers_ready, "running": 0, "initializing": 0}
        jobs = {"completed": 0, "failed": 0, "inProgress": 0, "inQueue": waiting, "retried": 0}
        return web.json_response({"jobs": jobs, "workers": workers})

    def _known(self, request: web.Request) -> Task:
        task = self.tasks.get(request.match_info["id"])
        if task is None or (isinstance(task.mode, TaskNotFound) and task.polls >= self.pending_polls):
            raise ApiError(404, {"error": "job not found"})
        return task

    def _state(self, task: Task) -> dict[str, Any]:
        base: dict[str, Any] = {"id": task.id}
        if task.cancelled:
            return base | {"status": "CANCELLED"}
        if not task.ended or isinstance(task.mode, TaskNotFound):
            queued = isinstance(task.mode, ColdStart) or task.polls < self.pending_polls
            return base | ({"status": "IN_QUEUE"} if queued else {"status": "IN_PROGRESS", "delayTime": 2188})
        match task.mode:
            case ModeratedInput(reasons):
                refusal = {"stage": "input", "categories": list(reasons)}
                return base | {"status": "COMPLETED", "output": {"refusal": refusal}}
            case ModeratedOutput(reasons):
                refusal = {"stage": "output", "categories": list(reasons)}
                return base | {"status": "COMPLETED", "output": {"refusal": refusal}}
            case Failed(text):
                return base | {"status": "FAILED", "error": text}
            case OutOfMemory():
                return base | {"status": "FAILED", "error": f"RuntimeError: {OOM_TEXT}"}
            case UnknownStatus(word):
                return base | {"status": word.upper()}
            case Canceled():
                return base | {"status": "CANCELLED"}
            case Aborted():
                return base | {"status": "TIMED_OUT"}
        times = {"delayTime": 2188, "executionTime": 1402}
        return base | times | {"status": "COMPLETED", "output": self._output(task)}

    def _output(self, task: Task) -> Any:
        if isinstance(task.mode, NoResult):
            return {}
        assert task.data
        if self.output == "base64":
            return {"images": [base64.b64encode(task.data).decode()], "seed": task.input.get("seed", 42)}
        url = self.sample_url(task)
        return [url] if self.output == "list" else {"image_url": url, "seed": task.input.get("seed", 42)}


TWINS: dict[str, type[SubmitPollTwin]] = {
    "bfl": BFLTwin,
    "replicate": ReplicateTwin,
    "fal": FalTwin,
    "runpod": RunPodTwin,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="A FLUX.2 host on loopback.")
    parser.add_argument("host", choices=sorted(TWINS))
    parser.add_argument("--port", type=int, default=8124)
    options = parser.parse_args()
    twin = TWINS[options.host](port=options.port)
    print(f"key {twin.key}", flush=True)
    asyncio.run(serve_forever(twin))


if __name__ == "__main__":
    main()

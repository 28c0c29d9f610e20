"""The Black Forest Labs API on loopback."""

import base64
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.twins.flux_host import MEDIA_TYPES, SubmitPollTwin, Task, json_of, throttled
from tests.twins.flux_modes import (
    Aborted,
    Canceled,
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
        body = json_of(seen)
        problem = _bfl_problem(model, body)
        if problem:
            raise self.refuse(seen.path, problem, _bfl_invalid(problem))
        mode = seen.mode = self.script.next()
        match mode:
            case OutOfCredit():
                raise ApiError(402, {"detail": "Insufficient credits"})
            case TooMany():
                raise throttled(mode, {"detail": "Rate limit exceeded"})
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

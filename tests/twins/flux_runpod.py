"""The RunPod serverless API on loopback."""

import asyncio
import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from aiohttp import web

from tests.twins.flux_host import OOM_TEXT, SubmitPollTwin, Task, json_of, throttled
from tests.twins.flux_modes import (
    Aborted,
    Canceled,
    ColdStart,
    Failed,
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
        body = json_of(seen)
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
                raise throttled(mode, {"error": "Too many requests"})
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

"""A strict OpenAI on loopback: images, edits, chat completions, responses, moderations, decisions, provenance.

    async with OpenAITwin() as twin:
        client = AsyncOpenAI(base_url=twin.base_url, api_key=twin.api_key)
        twin.images.queue(Refuse(stage="input", categories=["sexual"]), RateLimit(retry_after=2))
        twin.sanitizer.always(PlainText("REJECTED"))

Each request passes the rules of `openai_rules` and the vendor's OpenAPI document first; only then the script is
asked. Manual use: `python -m tests.twins.openai_twin --port 8123`, state under `/__twin__/stats`.
"""

import argparse
import asyncio
import base64
import hashlib
import json
import secrets
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from aiohttp import web

from tests.twins import openai_text as text_side
from tests.twins import pictures
from tests.twins.contract import Contract, openai_contract
from tests.twins.http_twin import (
    ApiError,
    Fault,
    Handler,
    HttpTwin,
    Normal,
    Recorded,
    Route,
    Script,
    play,
    reset,
    serve_forever,
)
from tests.twins.openai_errors import error, invalid_key, scripted_error
from tests.twins.openai_modes import (
    ORGANISATION,
    DecisionRefusal,
    EmptyData,
    HugeImage,
    InlineError,
    NullImage,
    OnlySynthId,
    Provenance,
    Refuse,
    StreamCutAfterPartial,
    StreamCutBeforeFirst,
    StreamEndsEarly,
    StreamHangAfterPartial,
    StreamRefusal,
    UnsafePicture,
    spoilt_base64,
    spoilt_bytes,
)
from tests.twins.openai_rules import (
    ALL_MODELS,
    MODERATION_MODELS,
    TEXT_MODELS,
    TODAY,
    ImageRequest,
    check_edit,
    check_generation,
    check_model,
    output_tokens,
)

API_KEY = "sk-twin-0123456789abcdef"
_REASONING_FAMILIES = ("gpt-5", "gpt-6")


@dataclass(frozen=True, slots=True)
class Served:
    """A picture that the twin handed out (or would have, had the client waited)."""

    sha256: str
    data: bytes
    request: ImageRequest
    number: int


@dataclass(slots=True)
class OpenAITwin(HttpTwin):
    """See the module's docstring.

    Attributes:
        api_key: The only key that is taken; None takes any.
        today: Decides which models are shut down.
        partial_delay: Seconds before each streamed event.
        images, sanitizer, moderation, inline_moderation, decisions, models, provenance: Scripts. `images` serves generations
            and edits, `sanitizer` both text endpoints, `inline_moderation` the `moderation=` parameter of those.
        served: Every finished picture, oldest first, with the exact bytes.
        refused: What the rules refused, as (path, code, message): empty if our code sends only legal requests.
    """

    api_key: str | None = API_KEY
    today: date = TODAY
    partial_delay: float = 0.0
    images: Script[Fault] = field(default_factory=lambda: Script(Normal()))
    sanitizer: Script[Fault] = field(default_factory=lambda: Script(Normal()))
    moderation: Script[Fault] = field(default_factory=lambda: Script(Normal()))
    inline_moderation: Script[Fault] = field(default_factory=lambda: Script(Normal()))
    decisions: Script[Fault] = field(default_factory=lambda: Script(Normal()))
    models: Script[Fault] = field(default_factory=lambda: Script(Normal()))
    provenance: Script[Fault] = field(default_factory=lambda: Script(Normal()))
    served: list[Served] = field(default_factory=list)
    refused: list[tuple[str, str | None, str]] = field(default_factory=list)
    contract: Contract | None = field(default_factory=openai_contract)

    @property
    def base_url(self) -> str:
        return f"{self.origin}/v1"

    @property
    def environment(self) -> dict[str, str]:
        """What the bot's process has to be told."""
        return {"OPENAI_API_KEY": self.api_key or "any", "OPENAI_BASE_URL": self.base_url}

    @property
    def billed_images(self) -> int:
        """Pictures that the account pays for, also those nobody waited for."""
        return len(self.served)

    @property
    def image_requests(self) -> list[Recorded]:
        return [r for r in self.requests if r.path in ("/v1/images/generations", "/v1/images/edits")]

    @property
    def image_prompts(self) -> list[str]:
        """Every text that reached an image endpoint, accepted or not."""
        return [
            r.form.get("prompt", "") if r.parts else str(_json(r).get("prompt")) for r in self.image_requests
        ]

    @property
    def text_requests(self) -> list[Recorded]:
        return [r for r in self.requests if r.path in ("/v1/chat/completions", "/v1/responses")]

    def served_bytes(self, sha256: str) -> bytes | None:
        """The bytes with that hash, None if the twin never served them."""
        return next((s.data for s in self.served if s.sha256 == sha256), None)

    def stats(self) -> dict[str, Any]:
        return {
            "requests": dict(self.calls_by_path()),
            "billed_images": self.billed_images,
            "served_sha256": [s.sha256 for s in self.served],
            "refused": self.refused,
        }

    def routes(self) -> Iterable[Route]:
        yield Route("POST", "/v1/images/generations", self._guarded(self._generate))
        yield Route("POST", "/v1/images/edits", self._guarded(self._edit))
        yield Route("POST", "/v1/chat/completions", self._guarded(self._chat))
        yield Route("POST", "/v1/responses", self._guarded(self._responses))
        yield Route("POST", "/v1/moderations", self._guarded(self._moderate))
        yield Route("POST", "/v1/decisions", self._guarded(self._decide))
        yield Route("POST", "/v1/content_provenance_checks", self._guarded(self._check_provenance))
        yield Route("GET", "/v1/models", self._guarded(self._list_models))
        yield Route("GET", "/v1/models/{model}", self._guarded(self._get_model))
        yield Route("GET", "/__twin__/stats", self._stats)

    def _guarded(self, handler: Handler) -> Handler:
        """Authentication in front, OpenAI's headers behind, refusals of the rules noted down."""

        async def handle(request: web.Request, seen: Recorded) -> web.StreamResponse:
            request_id = f"req_{secrets.token_hex(12)}"
            try:
                self._authenticate(seen)
                response = await handler(request, seen)
            except ApiError as problem:
                problem.headers = {"x-request-id": request_id, **problem.headers}
                if seen.mode is None:
                    self.refused.append((seen.path, problem.code, str(problem.body["error"]["message"])))
                raise
            if not response.prepared:
                response.headers["x-request-id"] = request_id
                response.headers["openai-organization"] = ORGANISATION
            return response

        return handle

    def _authenticate(self, seen: Recorded) -> None:
        scheme, _, key = seen.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not key:
            raise error(401, "You didn't provide an API key.", code=None)
        if self.api_key is not None and key != self.api_key:
            raise invalid_key()

    def _check_contract(self, path: str, body: Any, media_type: str = "application/json") -> None:
        if self.contract is None:
            return
        problems = self.contract.request_errors("POST", path, body, media_type)
        if problems:
            raise error(400, f"Invalid request: {problems[0]}", code="invalid_request")

    # pictures

    async def _generate(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        return await self._picture(request, seen, check_generation(_json(seen), self.contract, self.today))

    async def _edit(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        if not seen.parts:
            raise error(400, "Invalid content type. Use multipart/form-data.", code="invalid_content_type")
        return await self._picture(request, seen, check_edit(seen.parts, self.contract, self.today))

    async def _picture(self, request: web.Request, seen: Recorded, order: ImageRequest) -> web.StreamResponse:
        mode = seen.mode = self.images.next()
        problem = scripted_error(mode)
        if problem:
            raise problem

        async def work() -> web.StreamResponse:
            if order.stream:
                return await self._stream(request, order, mode)
            return await self._images_response(order, mode)

        return await play(self, request, mode, work)

    async def _images_response(self, order: ImageRequest, mode: Fault) -> web.Response:
        data: list[dict[str, str | None]] = [
            {"b64_json": await self._draw(order, mode)} for _ in range(order.n)
        ]
        match mode:
            case EmptyData():
                data = []
            case NullImage():
                data = [{"b64_json": None}] * order.n
        body = {
            "created": int(time.time()),
            "background": _said_background(order),
            "data": data,
            "output_format": order.output_format,
            "quality": _said_quality(order),
            "size": order.size,
            "usage": self._usage(order, order.n, details=True),
        }
        if order.safety_identifier:
            body["safety_identifier"] = order.safety_identifier
        if isinstance(mode, EmptyData) and mode.said:
            body["text"] = mode.said
        return web.json_response(body)

    async def _draw(self, order: ImageRequest, mode: Fault) -> str:
        """Base64 of one picture, which counts as billed."""
        number = len(self.served) + 1
        marker = f"{number:06d}:{hashlib.sha256(order.prompt.encode()).hexdigest()[:16]}"
        data = await asyncio.to_thread(
            pictures.make_picture,
            order.width,
            order.height,
            marker=marker,
            output_format=order.output_format,
            transparent=order.background == "transparent",
            unsafe=mode.category if isinstance(mode, UnsafePicture) else None,
            at_least=mode.bytes if isinstance(mode, HugeImage) else 0,
        )
        data = spoilt_bytes(data, mode)
        self.served.append(Served(hashlib.sha256(data).hexdigest(), data, order, number))
        return spoilt_base64(base64.b64encode(data).decode(), mode)

    def _usage(self, order: ImageRequest, n: int, *, details: bool, partials: int = 0) -> dict[str, Any]:
        words = max(1, len(order.prompt) // 4)
        seen_pixels = 1024 * len(order.images)
        output = n * output_tokens(order, partials)
        usage: dict[str, Any] = {
            "input_tokens": words + seen_pixels,
            "input_tokens_details": {"text_tokens": words, "image_tokens": seen_pixels},
            "output_tokens": output,
            "total_tokens": words + seen_pixels + output,
        }
        if details:
            usage["output_tokens_details"] = {"image_tokens": output, "text_tokens": 0}
        return usage

    async def _stream(self, request: web.Request, order: ImageRequest, mode: Fault) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        )
        response.headers["x-request-id"] = f"req_{secrets.token_hex(12)}"
        await response.prepare(request)
        if isinstance(mode, StreamCutBeforeFirst):
            await self._draw(order, mode)
            reset(request)
            return response
        try:
            async for event in self._events(request, order, mode):
                name = event.get("type", "error")
                await response.write(f"event: {name}\ndata: {json.dumps(event)}\n\n".encode())
        except ConnectionError:
            return response
        return response

    async def _events(
        self, request: web.Request, order: ImageRequest, mode: Fault
    ) -> AsyncIterator[dict[str, Any]]:
        prefix = "image_edit" if order.edit else "image_generation"
        common = {
            "created_at": int(time.time()),
            "size": order.size,
            "quality": _said_quality(order),
            "background": order.background,
            "output_format": order.output_format,
        }
        cut = mode.partials if hasattr(mode, "partials") else order.partial_images
        count = min(order.partial_images, cut)
        for index in range(count):
            await self.pause(self.partial_delay)
            preview = await asyncio.to_thread(self._preview, order, index)
            yield {
                "type": f"{prefix}.partial_image",
                "b64_json": preview,
                "partial_image_index": index,
                **common,
            }
        match mode:
            case StreamCutAfterPartial():
                await self._draw(order, mode)
                await asyncio.sleep(0.05)
                reset(request)
                return
            case StreamEndsEarly():
                await self._draw(order, mode)
                return
            case StreamHangAfterPartial(seconds):
                await self.pause(seconds)
            case StreamRefusal(_, categories):
                refusal = scripted_error(Refuse(stage="output", categories=categories))
                assert refusal is not None
                yield {"type": "error", "error": refusal.body["error"]}
                return
            case EmptyData():
                return
        await self.pause(self.partial_delay)
        for _ in range(order.n):
            picture = await self._draw(order, mode)
            usage = self._usage(order, 1, details=False, partials=count)
            final = {"type": f"{prefix}.completed", "b64_json": picture, "usage": usage, **common}
            yield final | ({"safety_identifier": order.safety_identifier} if order.safety_identifier else {})

    def _preview(self, order: ImageRequest, index: int) -> str:
        marker = f"partial-{index}:{len(self.served) + 1:06d}"
        data = pictures.make_picture(
            order.width, order.height, marker=marker, output_format=order.output_format
        )
        return base64.b64encode(data).decode()

    # words

    async def _chat(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        body = _json(seen)
        self._check_chat(body)
        order = text_side.chat_request(body)
        return await self._words(request, seen, order, lambda reply: self._chat_body(body, order, reply))

    async def _responses(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        body = _json(seen)
        self._check_responses(body)
        order = text_side.responses_request(body)
        return await self._words(request, seen, order, lambda reply: self._responses_body(body, order, reply))

    async def _words(
        self, request: web.Request, seen: Recorded, order: text_side.TextRequest, body_of: Any
    ) -> web.StreamResponse:
        mode = seen.mode = self.sanitizer.next()
        problem = scripted_error(mode)
        if problem:
            raise problem

        async def work() -> web.StreamResponse:
            return web.json_response(body_of(text_side.respond(order, mode)))

        return await play(self, request, mode, work)

    def _check_chat(self, body: dict[str, Any]) -> None:
        if self.contract:
            known = self.contract.properties("CreateChatCompletionRequest")
            for name in body.keys() - known.keys():
                raise error(400, f"Unrecognized request argument supplied: {name}")
        model = check_model(body.get("model"), TEXT_MODELS, self.today)
        self._check_contract("/chat/completions", body)
        reasoning = model.startswith(_REASONING_FAMILIES)
        if reasoning and body.get("max_tokens") is not None:
            text = "Unsupported parameter: 'max_tokens' is not supported with this model. "
            text += "Use 'max_completion_tokens' instead."
            raise error(400, text, code="unsupported_parameter", param="max_tokens")
        if reasoning and body.get("temperature") not in (None, 1):
            text = "Unsupported value: 'temperature' does not support this value with this model."
            raise error(400, text, code="unsupported_value", param="temperature")
        if not reasoning and body.get("reasoning_effort") is not None:
            raise error(400, "Unrecognized request argument supplied: reasoning_effort")
        if body.get("stream"):
            raise error(400, "This twin does not stream words.", param="stream")

    def _check_responses(self, body: dict[str, Any]) -> None:
        if self.contract:
            known = self.contract.properties("CreateResponse")
            for name in body.keys() - known.keys():
                raise error(400, f"Unknown parameter: '{name}'.", code="unknown_parameter", param=name)
        model = check_model(body.get("model"), TEXT_MODELS, self.today)
        self._check_contract("/responses", body)
        reasoning = model.startswith(_REASONING_FAMILIES)
        unfit = "temperature" if reasoning else "reasoning"
        if body.get(unfit) is not None:
            text = f"Unsupported parameter: '{unfit}' is not supported with this model."
            raise error(400, text, code="unsupported_parameter", param=unfit)
        if body.get("stream"):
            raise error(400, "This twin does not stream words.", param="stream")

    def _chat_body(
        self, body: dict[str, Any], order: text_side.TextRequest, reply: text_side.TextReply
    ) -> dict[str, Any]:
        message: dict[str, Any] = {
            "role": "assistant",
            "content": reply.text,
            "refusal": reply.refusal,
            "annotations": [],
        }
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": reply.finish}
        silent = reply.text is None and reply.refusal is None
        answer = {
            "id": f"chatcmpl-{secrets.token_hex(12)}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": body["model"],
            "choices": [] if silent else [choice],
            "usage": _text_usage(order, reply, "prompt_tokens", "completion_tokens"),
            "service_tier": "default",
        }
        if body.get("moderation"):
            kinds = {"input": order.user, "output": text_side.prose_of(reply)}
            answer["moderation"] = {
                k: self._inline(body["moderation"], text, many=True) for k, text in kinds.items()
            }
        return answer

    def _responses_body(
        self, body: dict[str, Any], order: text_side.TextRequest, reply: text_side.TextReply
    ) -> dict[str, Any]:
        complete = reply.finish == "stop"
        reason = "content_filter" if reply.finish == "content_filter" else "max_output_tokens"
        part: dict[str, Any] = {"type": "refusal", "refusal": reply.refusal}
        if reply.refusal is None:
            part = {"type": "output_text", "text": reply.text, "annotations": [], "logprobs": []}
        message: dict[str, Any] = {
            "type": "message",
            "id": f"msg_{secrets.token_hex(12)}",
            "status": "completed" if complete else "incomplete",
            "role": "assistant",
            "content": [part],
        }
        silent = reply.text is None and reply.refusal is None
        answer = {
            "id": f"resp_{secrets.token_hex(12)}",
            "object": "response",
            "created_at": int(time.time()),
            "status": "completed" if complete else "incomplete",
            "error": None,
            "incomplete_details": None if complete else {"reason": reason},
            "instructions": body.get("instructions"),
            "max_output_tokens": body.get("max_output_tokens"),
            "model": body["model"],
            "output": [] if silent else [message],
            "parallel_tool_calls": True,
            "previous_response_id": None,
            "store": body.get("store", True),
            "temperature": body.get("temperature", 1.0),
            "text": body.get("text") or {"format": {"type": "text"}},
            "tool_choice": "auto",
            "tools": [],
            "top_p": 1.0,
            "truncation": "disabled",
            "usage": _text_usage(order, reply, "input_tokens", "output_tokens"),
            "metadata": {},
        }
        if body.get("moderation"):
            kinds = {"input": order.user, "output": text_side.prose_of(reply)}
            answer["moderation"] = {
                k: self._inline(body["moderation"], t, many=False) for k, t in kinds.items()
            }
        return answer

    def _inline(self, wish: dict[str, Any], text: str, *, many: bool) -> dict[str, Any]:
        """The `moderation` part: a result in Responses, a list of results in chat completions."""
        mode = self.inline_moderation.next()
        if isinstance(mode, InlineError):
            return {
                "type": "error",
                "code": "moderation_unavailable",
                "message": "Moderation is unavailable.",
            }
        model = "omni-moderation-2024-09-26"
        result = {"type": "moderation_result", "model": model, **text_side.score([text], [], mode).body()}
        return {"type": "moderation_results", "model": wish["model"], "results": [result]} if many else result

    # judgements

    async def _moderate(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        body = _json(seen)
        for name in body.keys() - {"input", "model"}:
            raise error(400, f"Unknown parameter: '{name}'.", code="unknown_parameter", param=name)
        self._check_contract("/moderations", body)
        model = check_model(body.get("model", "omni-moderation-latest"), MODERATION_MODELS, self.today)
        inputs = await asyncio.to_thread(text_side.moderation_inputs, body["input"])
        mode = seen.mode = self.moderation.next()
        problem = scripted_error(mode)
        if problem:
            raise problem

        async def work() -> web.StreamResponse:
            results = [
                (await asyncio.to_thread(text_side.score, texts, images, mode)).body()
                for texts, images in inputs
            ]
            return web.json_response(
                {"id": f"modr-{secrets.token_hex(8)}", "model": model, "results": results}
            )

        return await play(self, request, mode, work)

    async def _decide(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        body = _json(seen)
        text_side.check_decision(body)
        mode = seen.mode = self.decisions.next()
        problem = scripted_error(mode)
        if problem:
            raise problem

        async def work() -> web.StreamResponse:
            answers = await asyncio.to_thread(text_side.decide, body, mode)
            if isinstance(mode, DecisionRefusal):
                answers = [{"type": "refusal", "name": a["name"]} for a in answers]
            tokens = len(seen.body) // 4
            usage = {
                "input_tokens": tokens,
                "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": 0},
                "output_tokens": 0,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": tokens,
            }
            return web.json_response({"answers": answers, "model": body["model"], "usage": usage})

        return await play(self, request, mode, work)

    async def _check_provenance(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        files = [part for part in seen.files if part.name == "file"]
        if len(files) != 1 or len(seen.parts) != 1:
            raise error(400, "Send exactly one file.", code="missing_required_parameter", param="file")
        self._check_contract(
            "/content_provenance_checks", {"file": files[0].data.decode("latin-1")}, "multipart/form-data"
        )
        if pictures.format_of(files[0].data) is None:
            raise error(400, "Unsupported file type.", code="invalid_file", param="file")
        mode = seen.mode = self.provenance.next()
        problem = scripted_error(mode)
        if problem:
            raise problem

        async def work() -> web.StreamResponse:
            said = mode if isinstance(mode, Provenance) else self._marks_in(files[0].data)
            results = _provenance_results(said)
            answer = {
                "object": "content_provenance_check",
                "created_at": int(time.time()),
                "results": results[1:] if isinstance(mode, OnlySynthId) else results,
            }
            return web.json_response(answer)

        return await play(self, request, mode, work)

    def _marks_in(self, data: bytes) -> Provenance:
        """Of the twin's own pictures all marks are there as long as their bytes are untouched."""
        if self.served_bytes(hashlib.sha256(data).hexdigest()) is None:
            return Provenance()
        return Provenance("detected", "detected", "trusted")

    async def _list_models(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        mode = seen.mode = self.models.next()
        problem = scripted_error(mode)
        if problem:
            raise problem

        async def work() -> web.StreamResponse:
            alive = [_model(name) for name, end in ALL_MODELS.items() if end is None or end > self.today]
            return web.json_response({"object": "list", "data": alive})

        return await play(self, request, mode, work)

    async def _get_model(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        return web.json_response(_model(check_model(request.match_info["model"], ALL_MODELS, self.today)))

    async def _stats(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        return web.json_response(self.stats())


def _provenance_results(said: Provenance) -> list[dict[str, Any]]:
    common = {"model": said.model, "generated_at": None}
    issuer = None if said.signature == "not_present" else "OpenAI"
    c2pa = {"type": "c2pa", "outcome": said.c2pa, "validation_state": said.signature, "issuer": issuer}
    return [c2pa | common, {"type": "synthid", "outcome": said.synthid} | common]


def _json(seen: Recorded) -> dict[str, Any]:
    try:
        body = json.loads(seen.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise error(400, "We could not parse the JSON body of your request.")
    return body


def _said_quality(order: ImageRequest) -> str:
    return "medium" if order.quality == "auto" else order.quality


def _said_background(order: ImageRequest) -> str:
    return "opaque" if order.background == "auto" else order.background


def _text_usage(
    order: text_side.TextRequest, reply: text_side.TextReply, input_name: str, output_name: str
) -> dict[str, Any]:
    given = (len(order.system) + len(order.user)) // 4 + 1
    made = len(reply.text or reply.refusal or "") // 4 + 1
    return {
        input_name: given,
        output_name: made,
        "total_tokens": given + made,
        f"{input_name}_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        f"{output_name}_details": {"reasoning_tokens": 0},
    }


def _model(name: str) -> dict[str, Any]:
    end = ALL_MODELS[name]
    return {
        "id": name,
        "object": "model",
        "created": 1_760_000_000,
        "owned_by": "system",
        "shutdown_date": end.isoformat() if end else None,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--port", type=int, default=8123)
    parser.add_argument("--any-key", action="store_true", help="take every API key")
    options = parser.parse_args()
    twin = OpenAITwin(port=options.port, api_key=None if options.any_key else API_KEY)
    print(f"base_url {twin.base_url}  key {twin.api_key or 'any'}", flush=True)
    asyncio.run(serve_forever(twin))


if __name__ == "__main__":
    main()

"""Self-hosted engines that serve FLUX.2 behind an OpenAI-like Images API: SGLang and vLLM-Omni.

Both are looser than OpenAI in some places and stricter in others: unknown fields are silently ignored, sizes are
WIDTHxHEIGHT only, there is no safety checker and no partial picture.

    async with VllmOmniTwin() as twin: ...      # FLUX_BASE_URL = twin.base_url, FLUX_PROFILE = "vllm-omni"
    async with SGLangTwin(warm=False) as twin:  # POSTs hang until twin.warm_up() is called
"""

import argparse
import asyncio
import base64
import hashlib
import io
import json
import re
import time
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.twins import pictures
from tests.twins.flux_host import MEDIA_TYPES
from tests.twins.flux_modes import InvalidInput, OutOfMemory, Overloaded
from tests.twins.http_twin import (
    ApiError,
    Fault,
    Hang,
    HttpTwin,
    Normal,
    Part,
    Recorded,
    Route,
    Script,
    play,
    serve_forever,
)
from tests.twins.openai_modes import EmptyData, NullImage, UnsafePicture, spoilt_base64, spoilt_bytes

SERVED_MODEL = "black-forest-labs/FLUX.2-klein-4B"
_OOM = "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 3.00 GiB"


@dataclass(frozen=True, slots=True)
class RestartNeeded(Fault):
    """Out of memory on several ranks: this and every later POST fails until `warm_up()`."""


@dataclass(frozen=True, slots=True)
class Made:
    """One picture: its bytes, and what the engine understood of the request."""

    data: bytes
    fields: Mapping[str, Any]
    lora: str | None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass(eq=False)
class SelfHostedTwin(HttpTwin):
    """What both engines share.

    Attributes:
        api_key: None takes any caller.
        warm: False while the model is loading.
        dead: The engine has crashed.
        made: Pictures in order; also those that nobody waited for.
        aborted: Requests given up because the client left.
        fetched_urls: Addresses that a client asked the server to download: always wrong, it invites SSRF.
        refused: Requests that broke a rule, as (path, reason).
    """

    api_key: str | None = None
    warm: bool = True
    dead: bool = False
    max_references: int = 4
    script: Script[Fault] = field(default_factory=lambda: Script(Normal()))
    made: list[Made] = field(default_factory=list)
    aborted: list[Recorded] = field(default_factory=list)
    fetched_urls: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        return f"{self.origin}/v1"

    def routes(self) -> Iterable[Route]:
        yield Route("POST", "/v1/images/generations", self._generate)
        yield Route("POST", "/v1/images/edits", self._edit)
        yield Route("GET", "/health", self._health)
        yield Route("GET", "/v1/models", self._models)

    def warm_up(self) -> None:
        """Loading has ended, or the operator restarted the server."""
        self.warm, self.dead = True, False

    def served_bytes(self, sha256: str) -> bytes | None:
        return next((made.data for made in self.made if made.sha256 == sha256), None)

    def refuse(self, seen: Recorded, reason: str, status: int = 400) -> ApiError:
        self.refused.append((seen.path, reason))
        return ApiError(status, {"detail": reason})

    def default_format(self) -> str:
        raise NotImplementedError

    def check(self, seen: Recorded, fields: dict[str, Any]) -> None:
        """The engine's own rules; may change `fields`. Raises what `refuse` returns."""
        raise NotImplementedError

    def lora_of(self, fields: Mapping[str, Any]) -> str | None:
        raise NotImplementedError

    def cancels(self, seen: Recorded) -> bool:
        """Whether the engine stops when the client leaves."""
        return False

    def _authenticate(self, seen: Recorded) -> None:
        if self.api_key is not None and seen.headers.get("Authorization") != f"Bearer {self.api_key}":
            self.refused.append((seen.path, "wrong key"))
            raise ApiError(401, {"error": "Unauthorized"})

    async def _generate(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        try:
            fields = json.loads(seen.body)
        except ValueError:
            fields = None
        if not isinstance(fields, dict):
            raise self.refuse(seen, "JSON decode error", 422)
        return await self._serve(request, seen, fields, ())

    async def _edit(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        self.fetched_urls += [p.text for p in seen.parts if p.name in ("url", "url[]") and p.text]
        references = tuple(p for p in seen.files if p.name in ("image", "image[]", "reference_image"))
        return await self._serve(request, seen, dict(seen.form), references, edit=True)

    async def _serve(
        self,
        request: web.Request,
        seen: Recorded,
        fields: dict[str, Any],
        references: tuple[Part, ...],
        *,
        edit: bool = False,
    ) -> web.StreamResponse:
        self._authenticate(seen)
        if self.dead:
            raise ApiError(503, {"error": "The engine is dead. Please restart the server."})
        await self._until_warm()
        if not isinstance(fields.get("prompt"), str) or not fields["prompt"]:
            raise self.refuse(seen, "prompt: Field required", 422)
        if edit:
            self._check_references(seen, references)
        self.check(seen, fields)
        mode = seen.mode = self.script.next()
        self._fail(mode)
        if isinstance(mode, Hang) and self.cancels(seen):
            if await self._client_left(request, mode.seconds):
                self.aborted.append(seen)
                return web.Response()
            mode = Normal()
        return await play(self, request, mode, lambda: self._answer(fields, mode))

    async def _until_warm(self) -> None:
        while not self.warm and not self._closing.is_set():
            await self.pause(0.02)

    def _fail(self, mode: Fault) -> None:
        match mode:
            case OutOfMemory():
                raise ApiError(500, {"detail": _OOM})
            case RestartNeeded():
                self.dead = True
                raise ApiError(500, {"detail": f"{_OOM}. Please restart the server."})
            case Overloaded():
                raise ApiError(503, {"error": "The request queue is full"})
            case InvalidInput():
                raise ApiError(400, {"detail": "num_inference_steps must be positive"})

    async def _client_left(self, request: web.Request, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._closing.is_set():
            if request.transport is None or request.transport.is_closing():
                return True
            await self.pause(0.02)
        return False

    def _check_references(self, seen: Recorded, references: tuple[Part, ...]) -> None:
        if not references and not self.fetched_urls:
            raise self.refuse(seen, "Field 'image' or 'url' is required", 422)
        if len(references) > self.max_references:
            raise self.refuse(seen, f"At most {self.max_references} input images")
        for part in references:
            if pictures.format_of(part.data) is None:
                raise self.refuse(seen, "cannot identify image file")

    async def _answer(self, fields: Mapping[str, Any], mode: Fault) -> web.Response:
        width, height = _size(fields.get("size")) or (1024, 1024)
        made = [await self._draw(fields, mode, width, height) for _ in range(int(fields.get("n") or 1))]
        if fields.get("response_format") == "file":
            return _as_file(made, self._format(fields))
        data: list[dict[str, Any]] = [
            {
                "b64_json": spoilt_base64(base64.b64encode(one).decode(), mode),
                "url": None,
                "revised_prompt": None,
            }
            for one in made
        ]
        if isinstance(mode, EmptyData):
            data = []
        if isinstance(mode, NullImage):
            data = [{"b64_json": None, "url": None}]
        return web.json_response({"created": int(time.time()), "data": data})

    async def _draw(self, fields: Mapping[str, Any], mode: Fault, width: int, height: int) -> bytes:
        number = len(self.made) + 1
        data = await asyncio.to_thread(
            pictures.make_picture,
            width,
            height,
            marker=f"{number:06d}:{hashlib.sha256(fields['prompt'].encode()).hexdigest()[:16]}",
            output_format=self._format(fields),
            unsafe=mode.category if isinstance(mode, UnsafePicture) else None,
        )
        data = spoilt_bytes(data, mode)
        self.made.append(Made(data, dict(fields), self.lora_of(fields)))
        return data

    def _format(self, fields: Mapping[str, Any]) -> str:
        name = str(fields.get("output_format") or self.default_format()).replace("jpg", "jpeg")
        return name if name in MEDIA_TYPES else self.default_format()

    async def _health(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        return web.json_response({}, status=200 if self.warm and not self.dead else 503)

    async def _models(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        self._authenticate(seen)
        model = {"id": SERVED_MODEL, "object": "model", "created": 0, "owned_by": "local"}
        return web.json_response({"object": "list", "data": [model]})


@dataclass(eq=False)
class SGLangTwin(SelfHostedTwin):
    """SGLang 0.5.23: `response_format` has to be b64_json, LoRA is one for the whole server.

    Attributes:
        lora: The adapter that is loaded for everybody.
    """

    lora: str | None = None

    def routes(self) -> Iterable[Route]:
        yield from super().routes()
        yield Route("GET", "/liveness", self._liveness)
        yield Route("POST", "/v1/set_lora", self._set_lora)

    def default_format(self) -> str:
        return "jpeg"

    def check(self, seen: Recorded, fields: dict[str, Any]) -> None:
        if fields.get("response_format", "url") != "b64_json":
            raise self.refuse(seen, "response_format 'url' requires a storage backend; use b64_json")
        if fields.get("quality") is not None and fields["quality"] not in ("exact", "lossless", "high"):
            raise self.refuse(seen, f"quality {fields['quality']!r} is not one of exact, lossless, high")
        if fields.get("size") is not None and _size(fields["size"]) is None:
            raise self.refuse(seen, f"Invalid size {fields['size']!r}: expected WIDTHxHEIGHT")
        fields["n"] = max(1, min(10, int(fields.get("n") or 1)))

    def lora_of(self, fields: Mapping[str, Any]) -> str | None:
        return self.lora

    async def _liveness(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        return web.json_response({})

    async def _set_lora(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        self._authenticate(seen)
        self.lora = seen.json.get("lora_nickname")
        return web.json_response({"status": "ok"})


@dataclass(eq=False)
class VllmOmniTwin(SelfHostedTwin):
    """vLLM-Omni 0.30: the model has to be the served one, LoRA per request, generations stop with the client.

    Attributes:
        loras: Names of the adapters in the server's folder.
        max_pixels: Cap of width times height.
    """

    served_model: str = SERVED_MODEL
    loras: tuple[str, ...] = ("watercolour",)
    max_pixels: int = 4 * 1024 * 1024

    def default_format(self) -> str:
        return "png"

    def check(self, seen: Recorded, fields: dict[str, Any]) -> None:
        edit = seen.path.endswith("/edits")
        if fields.get("model") not in (None, self.served_model):
            raise self.refuse(seen, f"The model `{fields['model']}` is not served")
        formats = ("b64_json",) if edit else ("b64_json", "file")
        if fields.get("response_format", "b64_json") not in formats:
            raise self.refuse(seen, f"response_format is one of {', '.join(formats)}")
        size = fields.get("size", "auto" if edit else "1024x1024")
        parsed = _size(size)
        if parsed is None and not (edit and size == "auto"):
            raise self.refuse(seen, f"Invalid size {size!r}")
        if parsed and parsed[0] * parsed[1] > self.max_pixels:
            raise self.refuse(seen, f"At most {self.max_pixels} pixels")
        if not 1 <= int(fields.get("n") or 1) <= 10:
            raise self.refuse(seen, "n is from 1 to 10")
        if self._wanted_lora(fields) not in (None, *self.loras):
            raise self.refuse(seen, f"Unknown LoRA {self._wanted_lora(fields)!r}")

    def lora_of(self, fields: Mapping[str, Any]) -> str | None:
        return self._wanted_lora(fields)

    def cancels(self, seen: Recorded) -> bool:
        return seen.path.endswith("/generations")

    def _wanted_lora(self, fields: Mapping[str, Any]) -> str | None:
        lora = fields.get("lora")
        if isinstance(lora, str):
            lora = json.loads(lora)
        return lora.get("name") if isinstance(lora, dict) else None


def _size(size: Any) -> tuple[int, int] | None:
    match = re.fullmatch(r"(\d{2,5})x(\d{2,5})", str(size))
    return (int(match[1]), int(match[2])) if match else None


def _as_file(made: list[bytes], output_format: str) -> web.Response:
    if len(made) == 1:
        return web.Response(body=made[0], content_type=MEDIA_TYPES[output_format])
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        for index, data in enumerate(made):
            zipped.writestr(f"image_{index}.{output_format}", data)
    return web.Response(body=archive.getvalue(), content_type="application/zip")


def main() -> None:
    parser = argparse.ArgumentParser(description="A self-hosted FLUX.2 engine on loopback.")
    parser.add_argument("engine", choices=["sglang", "vllm-omni"])
    parser.add_argument("--port", type=int, default=8125)
    options = parser.parse_args()
    kind = SGLangTwin if options.engine == "sglang" else VllmOmniTwin
    asyncio.run(serve_forever(kind(port=options.port)))


if __name__ == "__main__":
    main()

"""Any server that speaks OpenAI's Images API: OpenAI itself, gateways, and FLUX.2 on vLLM-Omni or SGLang.

One call is at most one paid request. What a server takes and how it fails is data: the model's profile and the
server's dialect.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx
import structlog

from bot.domain.clock import Deadline
from bot.domain.errors import Misconfigured, ProviderError, ProviderFailed, UnknownOutcome, WarmingUp
from bot.domain.images import GeneratedImage, ImageTask, Partial, Produced, ProviderRefusal
from bot.domain.money import MicroUSD, micros
from bot.domain.profile import ModelProfile
from bot.domain.requests import Background, Quality, ReferenceRole
from bot.http import HttpClient
from bot.images.inspect import MAX_BYTES, media_type_of
from bot.ports import Clock, Health
from bot.providers.decode import read_answer
from bot.providers.openai_errors import fault_of, fault_of_exception, refusal_of
from bot.providers.sizes import fit_size

if TYPE_CHECKING:
    from openai import AsyncOpenAI

log = structlog.get_logger(__name__)

_IN_THREAD: Final = 8 * 1024 * 1024
"""Answers larger than this are decoded in a thread; below, the hand-over costs more than it saves."""
_PROBE_SECONDS: Final = 2.0

Event = Partial | Produced | ProviderRefusal


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a server differs from the others that speak the same API.

    Attributes:
        response_format: What has to be sent, None where it must not be.
        openai_extras: Takes quality, background, moderation, safety_identifier and output formats.
        seed: Takes a seed in the body.
        health_path: Answers 200 when a request has a chance; asked before each one, since a POST to a server
            that warms up hangs.
        token_prices: Cost follows from `usage` (dollars a million: text in, image in, out).
        lora: A LoRA to send with every request, where the server takes one.
    """

    name: str
    response_format: str | None = None
    openai_extras: bool = False
    seed: bool = False
    health_path: str | None = None
    token_prices: bool = False
    lora: Mapping[str, Any] | None = None


OPENAI: Final = Dialect("openai", openai_extras=True, token_prices=True)
VLLM_OMNI: Final = Dialect("vllm-omni", response_format="b64_json", seed=True, health_path="/health")
SGLANG: Final = Dialect("sglang", response_format="b64_json", seed=True, health_path="/health")
COMPATIBLE: Final = Dialect("compatible", response_format="b64_json", seed=True)

DIALECTS: Final = {dialect.name: dialect for dialect in (OPENAI, VLLM_OMNI, SGLANG, COMPATIBLE)}

TOKEN_PRICES: Final = (5.0, 8.0, 30.0)
"""Dollars a million tokens: text in, image in, image out (gpt-image-2 and 2.5)."""


@dataclass(frozen=True, slots=True)
class OpenAIImages:
    """Implements the `ImageProvider` port. `http` is for health probes only."""

    name: str
    model: str
    profile: ModelProfile
    dialect: Dialect
    client: "AsyncOpenAI"
    clock: Clock
    http: HttpClient | None = None

    async def generate(self, task: ImageTask, deadline: Deadline) -> AsyncGenerator[Event, None]:
        """See the port. Raises ProviderError."""
        await self._check_health()
        seconds = deadline.remaining(self.clock.now())
        try:
            async with asyncio.timeout(seconds), contextlib.aclosing(self._events(task)) as events:
                async for event in events:
                    yield event
        except TimeoutError:
            raise UnknownOutcome(self.name, self.model, "deadline", maybe_billed=True) from None

    async def probe(self) -> Health:
        """The server's own health route where it has one."""
        if self.dialect.health_path is None or self.http is None:
            return Health(ok=True)
        url = str(self.client.base_url).rstrip("/").removesuffix("/v1") + self.dialect.health_path
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                answer = await self.http.get(url)
        except (httpx.HTTPError, TimeoutError, OSError) as fault:
            return Health(ok=False, detail=type(fault).__name__)
        return Health(ok=answer.status_code == 200, detail=str(answer.status_code))

    async def aclose(self) -> None:
        await self.client.close()

    async def _check_health(self) -> None:
        health = await self.probe()
        if health.ok:
            return
        if health.detail == "503":
            raise WarmingUp(self.name, self.model, "health 503", ready_in=60.0)
        raise fault_of_exception(httpx.ConnectError(health.detail), self.name, self.model)

    async def _events(self, task: ImageTask) -> AsyncGenerator[Event, None]:
        import openai

        try:
            if task.partials and self.profile.partials:
                async with contextlib.aclosing(self._stream(task)) as events:
                    async for event in events:
                        yield event
            else:
                body = await self._body(task)
                read = self._read
                yield (
                    await asyncio.to_thread(read, body, task) if len(body) > _IN_THREAD else read(body, task)
                )
        except openai.APIStatusError as error:
            yield self._refusal_or_raise(error, error.status_code)
        except openai.APIConnectionError as error:
            raise fault_of_exception(error, self.name, self.model) from None
        except openai.APIError as error:
            yield self._refusal_or_raise(error, None)
        except (ProviderError, TimeoutError):
            raise
        except Exception as error:  # noqa: BLE001 - the SDK lets its transport's exceptions through while reading
            raise fault_of_exception(error, self.name, self.model) from None

    async def _body(self, task: ImageTask) -> bytes:
        """The raw answer; a body that is too large is not read to its end."""
        images = self.client.images.with_streaming_response
        manager: Any = (
            images.edit(**self._edit(task)) if task.references else images.generate(**self._new(task))
        )
        most = 2 * MAX_BYTES * max(1, task.count)
        async with manager as response:
            if int(response.headers.get("content-length") or most) < most:
                whole: bytes = await response.read()
                return whole
            chunks: list[bytes] = []
            size = 0
            async for chunk in response.iter_bytes():
                chunks.append(chunk)
                size += len(chunk)
                if size > most:
                    raise ProviderFailed(self.name, self.model, "answer too large", maybe_billed=True)
            return b"".join(chunks)

    def _read(self, body: bytes, task: ImageTask) -> Event:
        try:
            answer = read_answer(body)
        except ValueError as problem:
            raise ProviderFailed(
                self.name, self.model, f"unreadable answer ({problem})"[:80], maybe_billed=True
            ) from None
        return self._produced(answer.pictures, answer.rest, task)

    def _produced(self, pictures: Sequence[bytes], rest: Mapping[str, Any], task: ImageTask) -> Produced:
        images = [
            GeneratedImage(data, kind)
            for data in pictures
            if (kind := media_type_of(data)) and len(data) <= MAX_BYTES
        ]
        if not images:
            raise ProviderFailed(self.name, self.model, "no picture in the answer", maybe_billed=True)
        return Produced(
            tuple(images),
            self.name,
            self.model,
            cost=self._cost(rest.get("usage"), task, len(images)),
            request_id=None,
            seed=task.seed if self.dialect.seed else None,
        )

    async def _stream(self, task: ImageTask) -> AsyncGenerator[Event, None]:
        """Previews as they come; the final picture may come before all of them."""
        previews = {"stream": True, "partial_images": task.partials}
        images: Any = self.client.images
        request = (
            images.edit(**self._edit(task), **previews)
            if task.references
            else images.generate(**self._new(task), **previews)
        )
        async with await request as stream:
            async for event in stream:
                picture = read_answer(b'{"data":[{"b64_json":"' + event.b64_json.encode() + b'"}]}').pictures[
                    0
                ]
                kind = media_type_of(picture)
                if event.type.endswith(".partial_image"):
                    if kind is not None:
                        yield Partial(picture, kind, int(event.partial_image_index))
                else:
                    usage = event.usage.model_dump() if getattr(event, "usage", None) else None
                    yield self._produced([picture], {"usage": usage}, task)
                    return
        raise UnknownOutcome(self.name, self.model, "stream ended early", maybe_billed=True)

    def _refusal_or_raise(self, error: Any, status: int | None) -> ProviderRefusal:
        body = error.body if isinstance(error.body, dict) else {}
        code = getattr(error, "code", None) or body.get("code")
        refusal = refusal_of(body, code, status, self.name, self.model)
        if refusal is not None:
            return refusal
        if status is None:
            raise UnknownOutcome(self.name, self.model, f"stream error {code}", maybe_billed=True)
        headers = error.response.headers
        raise fault_of(status, code, str(error.body)[:2000], headers, self.name, self.model)

    def _new(self, task: ImageTask) -> dict[str, Any]:
        """Arguments of `images.generate`: only what the server takes today."""
        return {**self._common(task), **({"moderation": "auto"} if self.dialect.openai_extras else {})}

    def _edit(self, task: ImageTask) -> dict[str, Any]:
        """Arguments of `images.edit`. The mask belongs to the first picture."""
        pictures = [item for item in task.references if item.role is not ReferenceRole.MASK]
        masks = [item for item in task.references if item.role is ReferenceRole.MASK]
        if not pictures:
            raise Misconfigured(self.name, self.model, "a mask without a picture")
        files = [
            (f"{item.role}-{place}.{item.media_type.extension}", item.data, item.media_type.value)
            for place, item in enumerate(pictures[: self.profile.max_references])
        ]
        arguments = {**self._common(task), "image": files}
        if masks:
            arguments["mask"] = ("mask.png", masks[0].data, masks[0].media_type.value)
        return arguments

    def _common(self, task: ImageTask) -> dict[str, Any]:
        width, height = fit_size(task.width, task.height, self.profile.sizes)
        arguments: dict[str, Any] = {
            "model": self.model,
            "prompt": task.prompt[: self.profile.max_prompt],
            "size": f"{width}x{height}",
            "n": min(task.count, self.profile.max_count),
        }
        if self.dialect.response_format:
            arguments["response_format"] = self.dialect.response_format
        if self.dialect.openai_extras:
            arguments["safety_identifier"] = task.safety_identifier or "anonymous"
            if task.quality is not Quality.AUTO:
                arguments["quality"] = task.quality.value
            if task.background is not Background.AUTO:
                arguments["background"] = task.background.value
                arguments["output_format"] = "png"
        extra: dict[str, Any] = {}
        if self.dialect.seed and task.seed is not None:
            extra["seed"] = task.seed
        if self.dialect.lora:
            extra["lora"] = dict(self.dialect.lora)
        if extra:
            arguments["extra_body"] = extra
        return arguments

    def _cost(self, usage: Any, task: ImageTask, made: int) -> MicroUSD | None:
        """By usage where the server bills by tokens, else by the profile's price."""
        if self.profile.fixed_cost:
            return MicroUSD(0)
        if self.dialect.token_prices and isinstance(usage, Mapping):
            return cost_of(usage)
        price = self.profile.tier(task.quality).price
        return None if price is None else MicroUSD(price * made)


def cost_of(usage: Mapping[str, Any]) -> MicroUSD:
    """Micro-dollars for an Images API `usage`: input split in `input_tokens_details`, all output at one price."""
    details = usage.get("input_tokens_details") or {}
    text = int(details.get("text_tokens") or (0 if details else usage.get("input_tokens") or 0))
    image = int(details.get("image_tokens") or 0)
    out = int(usage.get("output_tokens") or 0)
    text_price, image_price, out_price = TOKEN_PRICES
    return micros((text * text_price + image * image_price + out * out_price) / 1_000_000)

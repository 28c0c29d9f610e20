"""Any server that speaks OpenAI's Images API: OpenAI itself, gateways, and FLUX.2 on vLLM-Omni or SGLang.

One call is at most one paid request. What a server takes and how it fails is data: the model's profile and the
server's dialect.
"""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from bot.domain.clock import Deadline
from bot.domain.errors import (
    ProviderError,
    ProviderFailed,
    Rejected,
    UnknownOutcome,
    Unreachable,
    WarmingUp,
)
from bot.domain.images import (
    GeneratedImage,
    ImageTask,
    MediaType,
    Partial,
    PictureData,
    Produced,
    ProviderRefusal,
    RefusalStage,
)
from bot.domain.money import MicroUSD, micros
from bot.domain.profile import ModelProfile, TokenPrices
from bot.domain.requests import ReferenceRole
from bot.images.media_types import MAX_BYTES, media_type_of
from bot.images.spool import IN_MEMORY, Spool, start_of
from bot.ports import Clock, Health
from bot.providers.decode import AnswerReader
from bot.providers.dialects import Dialect
from bot.providers.inline_pictures import decoded
from bot.providers.openai_errors import cut_off, fault_of, fault_of_exception, refusal_of
from bot.providers.openai_request import edit_arguments, new_arguments
from bot.providers.sizes import fit_size
from bot.providers.turns import Turns
from bot.providers.words_instead import words_instead

if TYPE_CHECKING:
    from openai import AsyncOpenAI

    from bot.http import HttpClient

_PROBE_SECONDS: Final = 2.0
_WARM_SECONDS: Final = 60.0

Event = Partial | Produced | ProviderRefusal


@dataclass(frozen=True, slots=True)
class OpenAIImages:
    """Implements the `ImageProvider` port. `http` is for health probes only."""

    name: str
    model: str
    profile: ModelProfile
    dialect: Dialect
    client: "AsyncOpenAI"
    clock: Clock
    http: "HttpClient | None" = None
    turns: Turns = field(default_factory=Turns)
    spool: Spool = IN_MEMORY

    async def generate(self, task: ImageTask, deadline: Deadline) -> AsyncGenerator[Event, None]:
        """See the port. Raises ProviderError."""
        await self._check_health()
        if deadline.remaining(self.clock.now()) <= 0:
            raise Unreachable(self.name, self.model, "no time left")
        try:
            async with contextlib.aclosing(self._events(task)) as events:
                while True:
                    # Never around a yield: the timer would cancel whoever consumes the event.
                    async with asyncio.timeout(deadline.remaining(self.clock.now())):
                        event = await anext(events, None)
                    if event is None:
                        return
                    yield event
        except TimeoutError:
            raise UnknownOutcome(
                self.name, self.model, "deadline", maybe_billed=not self.profile.fixed_cost
            ) from None
        except ProviderError as fault:
            # A server of our own costs the same whether it works or not.
            fault.maybe_billed = fault.maybe_billed and not self.profile.fixed_cost
            raise

    async def probe(self) -> Health:
        """The server's own health route where it has one."""
        if self.dialect.health_path is None or self.http is None:
            return Health(ok=True, asked=False)
        import httpx  # only self-hosted servers are asked

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
        detail = f"health {health.detail}"
        if not health.detail.isdecimal():
            raise Unreachable(self.name, self.model, detail)
        if self.dialect.warms_up and health.detail == "503":
            raise WarmingUp(self.name, self.model, detail, ready_in=_WARM_SECONDS)
        raise ProviderFailed(self.name, self.model, detail)

    async def _events(self, task: ImageTask) -> AsyncGenerator[Event, None]:
        import openai

        if not self.dialect.webp:
            task = await _without_webp(task)
        try:
            # Events of a stream do not tell which of several pictures they belong to.
            if task.partials and self.profile.partials and task.count == 1:
                async with contextlib.aclosing(self._stream(task)) as events:
                    async for event in events:
                        yield event
            else:
                yield await self._whole(task)
        except openai.APIStatusError as error:
            yield self._refused_or_failed(error, error.status_code)
        except openai.APIConnectionError as error:
            raise fault_of_exception(error, self.name, self.model) from None
        except openai.APIError as error:
            yield self._refused_or_failed(error, None)
        except (ProviderError, TimeoutError):
            raise
        except Exception as error:  # noqa: BLE001 - the SDK lets its transport's exceptions through while reading
            raise fault_of_exception(error, self.name, self.model) from None

    async def _whole(self, task: ImageTask) -> Produced | ProviderRefusal:
        """All pictures in one answer."""
        images = self.client.images.with_streaming_response
        manager: Any = (
            images.edit(**self._edit(task)) if task.references else images.generate(**self._new(task))
        )
        async with manager as response, self.turns.take():
            return await self._read(response.iter_bytes(), response.headers, task)

    async def _read(
        self, pieces: AsyncIterator[bytes], headers: Mapping[str, str], task: ImageTask
    ) -> Produced | ProviderRefusal:
        """The pictures of an answer as it arrives; one that is too large is not read to its end."""
        request_id, count = headers.get("x-request-id"), max(1, task.count)
        reader, size, most = AnswerReader(_expected(headers, count), self.spool), 0, 2 * MAX_BYTES * count
        async for piece in pieces:
            size += len(piece)
            if size > most:
                raise ProviderFailed(self.name, self.model, "answer too large", maybe_billed=True)
            if reader.large:
                await asyncio.to_thread(reader.feed, piece)
            else:
                reader.feed(piece)
        try:
            answer = await asyncio.to_thread(reader.end) if reader.large else reader.end()
        except ValueError as problem:
            raise ProviderFailed(
                self.name, self.model, f"unreadable answer ({problem})"[:80], maybe_billed=True
            ) from None
        error = answer.rest.get("error")
        if not answer.pictures and isinstance(error, dict):
            code = error.get("code")
            return self._refusal_or_raise(error, code if isinstance(code, str) else None, 200, headers)
        if not answer.pictures and words_instead(answer.rest):
            return ProviderRefusal(
                self.name, self.model, RefusalStage.INPUT, request_id=request_id, maybe_billed=True
            )
        return self._produced(answer.pictures, answer.rest.get("usage"), request_id, task)

    def _produced(
        self, pictures: Sequence[PictureData], usage: Any, request_id: str | None, task: ImageTask
    ) -> Produced:
        images = [
            GeneratedImage(data, kind)
            for data in pictures
            if (kind := media_type_of(start_of(data))) and len(data) <= MAX_BYTES
        ]
        if not images:
            raise ProviderFailed(
                self.name, self.model, "no picture in the answer", maybe_billed=True, request_id=request_id
            )
        return Produced(
            tuple(images),
            self.name,
            self.model,
            cost=self._cost(usage, task, len(images)),
            request_id=request_id,
            seed=task.seed if self.dialect.seed and self.profile.seed else None,
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
        begun, request_id = False, None
        try:
            async with await request as stream:
                headers = stream.response.headers
                request_id = headers.get("x-request-id")
                if "json" in headers.get("content-type", ""):
                    # The server knows no streams: the picture is here all the same, and paid for.
                    yield await self._read(stream.response.aiter_bytes(), headers, task)
                    return
                async for event in stream:
                    begun = True
                    final = event.type.endswith(".completed")
                    picture = await _decoded(event.b64_json, self.spool if final else IN_MEMORY)
                    if final:
                        usage = event.usage.model_dump() if getattr(event, "usage", None) else None
                        yield self._produced([picture], usage, request_id, task)
                        return
                    preview = picture if event.type.endswith(".partial_image") else b""
                    if isinstance(preview, bytes) and (kind := media_type_of(preview)) is not None:
                        yield Partial(preview, kind, int(event.partial_image_index))
        except Exception as error:
            if begun or not cut_off(error):
                raise
        # Cut off before its first event it is a bad answer like any other; afterwards the picture may be there.
        kind_of_end = UnknownOutcome if begun else ProviderFailed
        raise kind_of_end(self.name, self.model, "stream ended early", True, request_id)

    def _refused_or_failed(self, error: Any, status: int | None) -> ProviderRefusal:
        """By an exception of the SDK. Raises ProviderError."""
        code = getattr(error, "code", None)
        if code is None and isinstance(error.body, dict):
            code = error.body.get("code")
        headers = error.response.headers if status is not None else {}
        return self._refusal_or_raise(error.body, code, status, headers)

    def _refusal_or_raise(
        self, body: Any, code: Any, status: int | None, headers: Mapping[str, str]
    ) -> ProviderRefusal:
        """By an error's body, which some gateways send with status 200. Raises ProviderError."""
        request_id = headers.get("x-request-id")
        refusal = refusal_of(body, code, status, self.name, self.model)
        if refusal is not None:
            return dataclasses.replace(refusal, request_id=request_id)
        fault = fault_of(status, code, str(body)[:2000], headers, self.name, self.model)
        fault.request_id = request_id
        raise fault

    def _new(self, task: ImageTask) -> dict[str, Any]:
        return new_arguments(task, self.model, self.profile, self.dialect)

    def _edit(self, task: ImageTask) -> dict[str, Any]:
        """Raises Rejected: nothing to edit."""
        if all(item.role is ReferenceRole.MASK for item in task.references):
            raise Rejected(self.name, self.model, "a mask without a picture")
        return edit_arguments(task, self.model, self.profile, self.dialect)

    def _cost(self, usage: Any, task: ImageTask, made: int) -> MicroUSD | None:
        """By usage where the server bills by tokens, else by the profile's price."""
        if self.profile.fixed_cost:
            return MicroUSD(0)
        prices = self.profile.token_prices
        if prices is not None and isinstance(usage, Mapping) and usage.get("output_tokens"):
            return cost_of(usage, prices)
        width, height = fit_size(task.width, task.height, self.profile.sizes)
        return self.profile.price_of(
            task.quality, pixels=width * height, references=len(task.references), count=made
        )


async def _without_webp(task: ImageTask) -> ImageTask:
    """The task with references that every server takes."""
    from bot.images.previews import png_copy  # and with it the picture library, which few need here

    taken = [
        dataclasses.replace(item, data=await png_copy(item.data), media_type=MediaType.PNG)
        if item.media_type is MediaType.WEBP
        else item
        for item in task.references
    ]
    return dataclasses.replace(task, references=tuple(taken))


def cost_of(usage: Mapping[str, Any], prices: TokenPrices) -> MicroUSD:
    """Micro-dollars for an Images API `usage`: input split in `input_tokens_details`, all output at one price."""
    details = usage.get("input_tokens_details") or {}
    text = int(details.get("text_tokens") or (0 if details else usage.get("input_tokens") or 0))
    image = int(details.get("image_tokens") or 0)
    out = int(usage.get("output_tokens") or 0)
    dollars = text * prices.text_in + image * prices.image_in + out * prices.image_out
    return micros(dollars / 1_000_000)


def _expected(headers: Mapping[str, str], count: int) -> int:
    """Bytes of each picture, as base64 makes four of three; 0 if the answer does not tell its length."""
    told = headers.get("content-length", "")
    length = int(told) if told.isdecimal() and "content-encoding" not in headers else 0
    return min(length * 3 // 4 // count, MAX_BYTES)


async def _decoded(encoded: Any, spool: Spool) -> PictureData:
    """The picture of an event, b"" if it is none."""
    try:
        return await decoded(encoded, spool)
    except (ValueError, TypeError):
        return b""

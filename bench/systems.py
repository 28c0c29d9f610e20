"""The systems that are compared: each builds an async callable that ends with the bytes of one picture."""

import asyncio
import base64
import contextlib
import dataclasses
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.providers.router import Router

Call = Callable[[], Awaitable[bytes]]
Build = Callable[[str, str, float], Awaitable[Call]]

PROMPT = "a brass owl"
TIMEOUT = 3.0
"""Seconds of silence after which the SDK and LiteLLM give up a request."""
DEADLINE = 8.0
"""Seconds that ours has for a whole request, its wait in line included; silence alone ends nothing."""


def primary_of(port: int, mode: str) -> str:
    return f"http://127.0.0.1:{port}/{mode}/v1"


def fallback_of(port: int) -> str:
    return primary_of(port, "ok")


async def sdk(primary: str, _fallback: str, timeout: float) -> Call:
    """The plain SDK with its own retries, typed answers."""
    import openai

    client = openai.AsyncOpenAI(api_key="x", base_url=primary, timeout=timeout)

    async def call() -> bytes:
        answer: Any = await client.images.generate(model="gpt-image-2", prompt=PROMPT, size="1024x1024")
        return base64.b64decode(answer.data[0].b64_json)

    return call


def litellm(*, tuned: bool) -> Build:
    """LiteLLM's router: primary and fallback as groups, or as one ordered group with a cooldown."""

    async def build(primary: str, fallback: str, timeout: float) -> Call:
        make = tuned_router if tuned else default_router
        router = make(primary, fallback, timeout)

        async def call() -> bytes:
            answer = await router.aimage_generation(model="images", prompt=PROMPT, size="1024x1024")
            return base64.b64decode(answer.data[0].b64_json)

        return call

    return build


def tuned_router(primary: str, fallback: str, timeout: float) -> Any:
    entries = [_entry("images", primary, 1, timeout), _entry("images", fallback, 2, timeout)]
    return _litellm().Router(entries, num_retries=1, allowed_fails=1, cooldown_time=30, retry_after=0)


def default_router(primary: str, fallback: str, timeout: float) -> Any:
    entries = [_entry("images", primary, 1, timeout), _entry("second", fallback, 1, timeout)]
    return _litellm().Router(entries, fallbacks=[{"images": ["second"]}], num_retries=2)


def _litellm() -> Any:
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    import litellm as package

    package.telemetry = False
    package.suppress_debug_info = True
    return package


def _entry(name: str, url: str, order: int, timeout: float) -> dict[str, Any]:
    parameters = {
        "model": "openai/gpt-image-2",
        "api_base": url,
        "api_key": "x",
        "timeout": timeout,
        "order": order,
    }
    return {"model_name": name, "litellm_params": parameters}


async def our_router(
    primary: str, fallback: str, *, hedging: bool = False, patience: float | None = None
) -> "Router":
    """This project's router over two servers, with its breaker and its ledger's interface.

    With hedging they are servers of our own, since others are never asked twice. With `patience` a request is given up
    after so many seconds, instead of the model's own.
    """
    from bot.clock import SystemClock
    from bot.hedge import Allowance, Lateness
    from bot.memory import few_arenas, give_back
    from bot.providers.circuit import Circuit
    from bot.providers.dialects import OPENAI
    from bot.providers.hedge import Hedging
    from bot.providers.openai_client import open_client
    from bot.providers.openai_images import OpenAIImages
    from bot.providers.profiles import profile_of
    from bot.providers.route import Route
    from bot.providers.router import Router
    from bot.telemetry.metrics import Metrics

    few_arenas()  # as `imagine-bot run` does, and giving back below
    clock = SystemClock()
    routes = []
    profile = dataclasses.replace(profile_of("gpt-image-2"), fixed_cost=hedging)
    if patience is not None:
        tiers = {
            quality: dataclasses.replace(tier, deadline=patience)
            for quality, tier in profile.qualities.items()
        }
        profile = dataclasses.replace(profile, qualities=tiers)
    for name, url in (("openai", primary), ("second", fallback)):
        provider = OpenAIImages(
            name,
            "gpt-image-2",
            profile,
            OPENAI,
            await open_client(None, url, "images"),
            clock,
        )
        routes.append(Route(provider, Circuit(clock.now), asyncio.Semaphore(256)))
    hedges = Hedging(Lateness(clock), Allowance()) if hedging else None
    router = Router(routes, _NoBooks(), clock, Metrics(), hedges)
    give_back()
    return router


async def ours(primary: str, fallback: str, timeout: float) -> Call:
    return _calls(await our_router(primary, fallback), timeout)


async def hedged(primary: str, _fallback: str, timeout: float) -> Call:
    """Two servers of our own that are alike: the second one has its own slow answers."""
    return _calls(await our_router(primary, primary, hedging=True), timeout)


async def impatient(primary: str, fallback: str, timeout: float) -> Call:
    """As quick to give up as the others are; what may be billed is then paid twice, which moderators may allow."""
    return _calls(await our_router(primary, fallback, patience=TIMEOUT), timeout)


def _calls(router: "Router", timeout: float) -> Call:
    from bot.domain.clock import Deadline
    from bot.domain.images import ImageTask, Produced, SafePrompt
    from bot.domain.policy import Recovery
    from bot.domain.requests import JobId

    recovery = Recovery(pay_twice=os.environ.get("BENCH_PAY_TWICE", "1") == "1")
    task = ImageTask(SafePrompt(PROMPT), 1024, 1024, safety_identifier="x")

    async def call() -> bytes:
        first = Deadline(time.time() + timeout)
        events = router.generate(JobId("bench"), task, first, recovery)
        async with contextlib.aclosing(events):
            async for event in events:
                if isinstance(event, Produced):
                    data = event.images[0].data
                    assert isinstance(data, bytes), "small pictures are not spooled"
                    return data
                raise RuntimeError("refused")
        raise RuntimeError("no end")

    return call


class _NoBooks:
    """The ledger is measured on its own."""

    async def open_attempt(self, *_: object) -> str:
        return ""

    async def close_attempt(self, *_: object, **__: object) -> None: ...

    async def speeds(self) -> Sequence[Any]:
        return ()


SYSTEMS: dict[str, Build] = {
    "sdk": sdk,
    "litellm": litellm(tuned=False),
    "litellm_tuned": litellm(tuned=True),
    "ours": ours,
    "hedged": hedged,
    "impatient": impatient,
}
OURS = ("ours", "hedged", "impatient")
"""This project's router, as it is and with settings that are not its own."""

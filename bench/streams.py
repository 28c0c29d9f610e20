"""One streamed picture with two previews: SYSTEM MODE PORT -> one line of JSON."""

import asyncio
import contextlib
import json
import sys
import time
from typing import Any

from bench.systems import PROMPT, our_router, primary_of

SECONDS = 10.0


async def sdk(port: int, mode: str) -> dict[str, Any]:
    import openai

    client = openai.AsyncOpenAI(api_key="x", base_url=primary_of(port, mode), timeout=SECONDS)
    return await _counted(
        await client.images.generate(
            model="gpt-image-2", prompt=PROMPT, size="1024x1024", stream=True, partial_images=2
        )
    )


async def litellm(port: int, mode: str) -> dict[str, Any]:
    from bench.systems import tuned_router

    router = tuned_router(primary_of(port, mode), primary_of(port, "stream"), SECONDS)
    return await _counted(
        await router.aimage_generation(
            model="images", prompt=PROMPT, size="1024x1024", stream=True, partial_images=2
        )
    )


async def ours(port: int, mode: str) -> dict[str, Any]:
    from bot.domain.clock import Deadline
    from bot.domain.images import ImageTask, Partial, Produced, SafePrompt
    from bot.domain.policy import Recovery
    from bot.domain.requests import JobId

    router = await our_router(primary_of(port, mode), primary_of(port, "stream"))
    task = ImageTask(SafePrompt(PROMPT), 1024, 1024, safety_identifier="x", partials=2)
    partials, picture = 0, False
    events = router.generate(JobId("bench"), task, Deadline(time.time() + SECONDS), Recovery())
    async with contextlib.aclosing(events):
        async for event in events:
            partials += isinstance(event, Partial)
            picture = picture or isinstance(event, Produced)
    return {"partials": partials, "end": "picture" if picture else "nothing"}


async def _counted(answer: Any) -> dict[str, Any]:
    """What a plain caller sees of a stream, or of an answer that is none."""
    if not hasattr(answer, "__aiter__"):
        return {"partials": 0, "end": "picture" if getattr(answer, "data", None) else "nothing"}
    partials, picture = 0, False
    async for event in answer:
        partials += event.type.endswith("partial_image")
        picture = picture or event.type.endswith("completed")
    return {"partials": partials, "end": "picture" if picture else "nothing"}


SYSTEMS = {"sdk": sdk, "litellm_tuned": litellm, "ours": ours}


async def main(system: str, mode: str, port: int) -> dict[str, Any]:
    try:
        async with asyncio.timeout(3 * SECONDS):
            return await SYSTEMS[system](port, mode)
    except Exception as error:
        return {"partials": None, "end": type(error).__name__}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))))

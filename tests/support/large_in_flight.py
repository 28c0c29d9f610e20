"""Large pictures at once through provider, inspection and store: BASE_URL COUNT FOLDER -> a line of JSON.

By how much the process grows with the spool and without it; a process of its own, so that the peak is its own.
"""

import asyncio
import contextlib
import json
import sys
from pathlib import Path

from openai import AsyncOpenAI
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.domain.clock import Deadline
from bot.domain.images import ImageTask, Produced, SafePrompt
from bot.hosting.local import LocalStore
from bot.images.inspect import inspect_bytes
from bot.images.previews import webp_preview
from bot.images.spool import Spool
from bot.memory import few_arenas
from bot.providers.dialects import OPENAI
from bot.providers.openai_client import open_client
from bot.providers.openai_images import OpenAIImages
from bot.providers.profiles import profile_of

MB = 1024 * 1024


async def main(base_url: str, count: int, folder: Path) -> None:
    few_arenas()
    client = await open_client(SecretStr("sk-twin-0123456789abcdef"), base_url, "images")
    idle = memory("VmRSS")
    peaks = {}
    # What takes more comes last, since the peak is that of the process.
    for name, spool in (("spool_mb", Spool(folder, above=4 * MB)), ("memory_mb", Spool())):
        await at_once(client, spool, count, folder / name)
        peaks[name] = (memory("VmHWM") - idle) / MB
    await client.close()
    print(json.dumps(peaks))


async def at_once(client: AsyncOpenAI, spool: Spool, count: int, folder: Path) -> None:
    """All pictures are there before the first one goes on."""
    store = LocalStore(folder, "https://cdn.example", spool=spool)
    profile = profile_of("gpt-image-2")
    provider = OpenAIImages("openai", "gpt-image-2", profile, OPENAI, client, SystemClock(), spool=spool)
    all_there = asyncio.Barrier(count)

    async def one() -> None:
        task = ImageTask(SafePrompt("an owl"), 1024, 1024)
        deadline = Deadline(SystemClock().now() + 60)
        async with contextlib.aclosing(provider.generate(task, deadline)) as events:
            end = await anext(events)
        assert isinstance(end, Produced)
        await all_there.wait()
        (image,) = end.images
        found = await inspect_bytes(image.data)
        kept = await store.keep(image.data, found.media_type, width=found.width, height=found.height)
        del end, image, found
        await webp_preview(await store.fetch(kept.key))

    await asyncio.gather(*(one() for _ in range(count)))


def memory(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))

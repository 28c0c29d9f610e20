"""What the SDK imports on first use is imported with it: a first picture that imports holds up the event loop."""

import contextlib
import json
import subprocess
import sys
import time
from pathlib import Path

from pydantic import SecretStr

from bot.clock import SystemClock
from bot.domain.clock import Deadline
from bot.domain.errors import ProviderFailed
from bot.providers.openai_client import open_client
from bot.sanitizers.moderation import OpenAIModerator
from tests.twins.http_twin import Normal, ResetBeforeHeaders, ServerError
from tests.twins.openai_modes import Quota
from tests.twins.openai_twin import API_KEY, OpenAITwin

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import asyncio, base64, contextlib, json, sys, time
from bot.clock import SystemClock
from bot.domain.clock import Deadline
from bot.domain.images import ImageTask, SafePrompt
from bot.providers.openai_client import open_client
from bot.providers.dialects import OPENAI
from bot.providers.openai_images import OpenAIImages
from bot.providers.profiles import profile_of

PICTURE = b"\\x89PNG\\r\\n\\x1a\\n" + bytes(1000)
BODY = json.dumps({"data": [{"b64_json": base64.b64encode(PICTURE).decode()}]}).encode()

async def answer(reader, writer):
    await reader.readuntil(b"}")
    writer.write(b"HTTP/1.1 200 OK\\r\\ncontent-type: application/json\\r\\nconnection: close\\r\\n")
    writer.write(b"content-length: %d\\r\\n\\r\\n" % len(BODY) + BODY)
    await writer.drain()
    writer.close()

async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = await open_client(None, f"http://127.0.0.1:{port}/v1", "images")
    model = profile_of("gpt-image-2")
    provider = OpenAIImages("openai", "gpt-image-2", model, OPENAI, client, SystemClock())
    before = set(sys.modules)
    events = provider.generate(ImageTask(SafePrompt("an owl"), 1024, 1024), Deadline(time.time() + 20))
    async with contextlib.aclosing(events):
        made = [event async for event in events]
    await provider.aclose()
    server.close()
    print(json.dumps({"made": len(made[0].images), "imported": sorted(set(sys.modules) - before)}))

asyncio.run(main())
"""


def test_the_first_picture_imports_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert json.loads(done.stdout) == {"made": 1, "imported": []}


async def test_each_request_is_counted_by_what_became_of_it() -> None:
    counted: list[tuple[str, str]] = []
    async with OpenAITwin() as twin:
        client = await open_client(
            SecretStr(API_KEY),
            twin.base_url,
            counted=lambda path, result: counted.append((path.rpartition("/")[2], result)),
        )
        moderator = OpenAIModerator(client, SystemClock())
        for fault in (Normal(), ServerError(503), ResetBeforeHeaders(), Quota()):
            twin.moderation.queue(fault, fault)
            with contextlib.suppress(ProviderFailed):
                await moderator.score_text(["an owl"], Deadline(time.time() + 20))
            twin.moderation.reset()
        await client.close()

    twice = [result for result in ("failed", "lost", "refused") for _ in range(2)]
    assert counted == [("moderations", result) for result in ("ok", *twice)]

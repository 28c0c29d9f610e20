"""A fake Images API with a mode as the first path element: `http://127.0.0.1:PORT/<mode>/v1`.

Pictures are real PNGs of 1.5 MB and take 50 ms. What is billed is counted here, on the server's side.
"""

import asyncio
import base64
import io
import json
import random
import resource
import struct
import sys
import zlib
from collections import Counter
from typing import Any

from aiohttp import web
from PIL import Image

from bench.shape import DELAY, HANG, HUGE_BYTES, LARGE_BYTES, PICTURE_BYTES, QUIET

STREAMS = ("stream", "cutearly", "cutlate")
HELD = {"hold": LARGE_BYTES, "holdhuge": HUGE_BYTES}


def picture(size: int = PICTURE_BYTES) -> bytes:
    """A PNG that decodes, padded to its exact size by a private chunk."""
    out = io.BytesIO()
    Image.frombytes("RGB", (640, 640), random.Random(1).randbytes(640 * 640 * 3)).save(
        out, "PNG", compress_level=0
    )
    data = out.getvalue()
    body = b"\0" * (size - len(data) - 12)
    chunk = b"paDd" + body
    padding = struct.pack(">I", len(body)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    end = data.rindex(b"IEND") - 4
    return data[:end] + padding + data[end:]


USAGE = {
    "input_tokens": 20,
    "output_tokens": 4000,
    "total_tokens": 4020,
    "input_tokens_details": {"text_tokens": 20, "image_tokens": 0},
}


class FakeImages:
    def __init__(self) -> None:
        encoded = base64.b64encode(picture()).decode()
        answer = {"created": 1, "data": [{"b64_json": encoded}], "usage": USAGE, "output_format": "png"}
        self.encoded = encoded
        self.body = json.dumps(answer).encode()
        self.held = {
            mode: json.dumps(
                {**answer, "data": [{"b64_json": base64.b64encode(picture(size)).decode()}]}
            ).encode()
            for mode, size in HELD.items()
        }
        self.reset(0)

    def reset(self, seed: int) -> None:
        self.requests: Counter[str] = Counter()
        self.billed: Counter[str] = Counter()
        self.random = random.Random(seed)
        self.newest = 0.0

    async def generate(self, request: web.Request) -> web.StreamResponse:
        mode = request.match_info["mode"]
        self.requests[mode] += 1
        if mode == "down":
            return web.json_response({"error": {"message": "down", "code": "server_error"}}, status=503)
        if mode == "refuse":
            return web.json_response(REFUSAL, status=400)
        if mode == "billing":
            error = {"message": "limit", "code": "billing_hard_limit_reached", "type": "x"}
            return web.json_response({"error": error}, status=400)
        if mode == "quota":
            error = {"message": "quota", "code": "insufficient_quota", "type": "insufficient_quota"}
            return web.json_response({"error": error}, status=429)
        if mode == "flaky" and (early := await self._flaky()):
            return early
        if mode in STREAMS:
            return await self._stream(request, mode)
        if mode in HELD:
            return await self._hold(mode)
        if mode == "slowtail" and self.random.random() < 0.05:
            await asyncio.sleep(DELAY * 19)
        await asyncio.sleep(DELAY)
        self.billed[mode] += 1
        return web.Response(body=self.body, content_type="application/json")

    async def _stream(self, request: web.Request, mode: str) -> web.StreamResponse:
        """Two previews and the picture; `cutearly` drops the connection before the first, `cutlate` after it."""
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await answer.prepare(request)
        await asyncio.sleep(DELAY)
        if mode == "cutearly":
            return _dropped(request, answer)
        self.billed[mode] += 1
        for index in range(2):
            await _event(answer, "partial_image", b64_json=self.encoded, partial_image_index=index)
            if mode == "cutlate":
                return _dropped(request, answer)
        await _event(answer, "completed", b64_json=self.encoded, usage=USAGE)
        return answer

    async def _hold(self, mode: str) -> web.StreamResponse:
        """Nobody gets an answer before a second has passed without a new request."""
        self.newest = asyncio.get_running_loop().time()
        while asyncio.get_running_loop().time() < self.newest + QUIET:
            await asyncio.sleep(0.05)
        return web.Response(body=self.held[mode], content_type="application/json")

    async def _flaky(self) -> web.StreamResponse | None:
        """A fifth of all requests: a third 500, a third 429, a third hangs and is billed all the same."""
        if self.random.random() >= 0.2:
            return None
        kind = self.random.randrange(3)
        if kind == 0:
            return web.json_response({"error": {"message": "oops"}}, status=500)
        if kind == 1:
            headers = {"Retry-After": "1", "retry-after-ms": "200"}
            error = {"message": "slow down", "code": "rate_limit_exceeded"}
            return web.json_response({"error": error}, status=429, headers=headers)
        await asyncio.shield(asyncio.sleep(HANG))
        return None

    async def stats(self, _request: web.Request) -> web.Response:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return web.json_response(
            {"requests": self.requests, "billed": self.billed, "cpu": usage.ru_utime + usage.ru_stime}
        )

    async def forget(self, request: web.Request) -> web.Response:
        self.reset(int(request.query.get("seed", "0")))
        return web.Response()


async def _event(answer: web.StreamResponse, kind: str, **fields: Any) -> None:
    body = {"type": f"image_generation.{kind}", **EVENT, **fields}
    await answer.write(f"event: {body['type']}\ndata: {json.dumps(body)}\n\n".encode())


def _dropped(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return answer


EVENT: dict[str, Any] = {
    "created_at": 1,
    "size": "1024x1024",
    "quality": "high",
    "background": "opaque",
    "output_format": "png",
}
REFUSAL: dict[str, Any] = {
    "error": {
        "message": "Your request was rejected by the safety system. safety_violations=[sexual].",
        "type": "image_generation_user_error",
        "param": None,
        "code": "moderation_blocked",
        "moderation_details": {"moderation_stage": "input", "categories": ["sexual"]},
    }
}


async def main(port: int) -> None:
    fake = FakeImages()
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_post("/{mode}/v1/images/generations", fake.generate)
    app.router.add_get("/stats", fake.stats)
    app.router.add_post("/reset", fake.forget)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        from uvloop import run
    except ImportError:  # only here for speed
        from asyncio import run
    run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))

"""Spans arrive at a collector, with the stages and without anybody's words."""

from collections.abc import Iterable
from pathlib import Path

import httpx2
import pytest
from aiohttp import web

from bot.telemetry.traces import set_up_traces
from tests.support.process import BotProcess
from tests.twins.http_twin import HttpTwin, Recorded, Route


class Collector(HttpTwin):
    def routes(self) -> Iterable[Route]:
        yield Route("POST", "/v1/traces", self._take)

    async def _take(self, _request: web.Request, _seen: Recorded) -> web.StreamResponse:
        return web.Response()


@pytest.mark.process
async def test_a_job_leaves_its_spans_but_not_its_words(tmp_path: Path) -> None:
    async with Collector() as collector:
        async with BotProcess({"OTEL_EXPORTER_OTLP_ENDPOINT": collector.origin}, tmp_path) as bot:
            async with httpx2.AsyncClient(base_url=bot.address) as api:
                job_id = (await api.post("/api/imagine", json={"prompt": "a zebra in zurich"})).json()[
                    "job_id"
                ]
                async with api.stream("GET", f"/api/jobs/{job_id}/events") as stream:
                    async for _ in stream.aiter_lines():
                        pass
            await bot.stop()
        sent = b"".join(request.body for request in collector.requests)

    assert b"stage generate" in sent or b"\x1f\x8b" in sent
    assert b"zebra" not in sent


def test_without_an_endpoint_there_is_nothing_to_flush() -> None:
    set_up_traces(None)()

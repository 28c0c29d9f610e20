"""Spans arrive at a collector, one a stage and one an attempt, without anybody's words; so do log lines with the job."""

import gzip
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import httpx2
import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from bot.domain.jobs import Stage
from bot.telemetry.traces import set_up_traces
from tests.support.process import BotProcess
from tests.twins import http_twin
from tests.twins.http_twin import HttpTwin, Recorded, Route
from tests.twins.openai_twin import OpenAITwin


class Collector(HttpTwin):
    def routes(self) -> Iterable[Route]:
        yield Route("POST", "/v1/traces", self._take)

    async def _take(self, _request: web.Request, _seen: Recorded) -> web.StreamResponse:
        return web.Response()

    def bodies(self) -> Sequence[bytes]:
        found = [request.body for request in self.requests]
        return [gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body for body in found]

    def spans(self) -> Sequence[Any]:
        exports = [ExportTraceServiceRequest.FromString(body) for body in self.bodies()]
        return [
            span
            for export in exports
            for resource in export.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


async def ask(bot: BotProcess, prompt: str) -> str:
    """One request to its end; returns the job's id."""
    async with httpx2.AsyncClient(base_url=bot.address) as api:
        answer = await api.post("/api/imagine", json={"prompt": prompt})
        job_id: str = answer.json()["job_id"]
        async with api.stream("GET", f"/api/jobs/{job_id}/events") as stream:
            async for _ in stream.aiter_lines():
                pass
    return job_id


@pytest.mark.process
async def test_a_job_leaves_its_spans_and_lines_but_not_its_words(tmp_path: Path) -> None:
    async with Collector() as collector, OpenAITwin() as twin:
        environment = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.origin,
            "LOG_FORMAT": "json",
            **twin.environment,
        }
        async with BotProcess(environment, tmp_path) as bot:
            drawn = await ask(bot, "a zebra in zurich")
            twin.images.always(http_twin.ServerError(500, message="No zebra could be drawn."))
            failed = await ask(bot, "a zebra in zermatt")
            async with httpx2.AsyncClient(base_url=bot.address) as api:
                metrics = (await api.get("/metrics")).text
            await bot.stop()

    spans = collector.spans()
    job = {span.name: span for span in spans if _job(spans, span) == drawn}
    stages = {f"stage {stage}" for stage in Stage if stage not in {Stage.QUEUED, Stage.DONE}}
    assert set(job) >= {"job", *stages, "generate_content gpt-image-2"}
    assert job["generate_content gpt-image-2"].parent_span_id == job["stage generate"].span_id
    assert job["stage generate"].parent_span_id == job["job"].span_id
    assert _attributes(job["generate_content gpt-image-2"])["imagine.attempt.result"] == "ok"
    assert not any(span.status.code for span in job.values())
    lost = {span.name: span for span in spans if _job(spans, span) == failed}
    assert _attributes(lost["generate_content gpt-image-2"])["imagine.attempt.result"] == "failed"
    assert _attributes(lost["stage generate"])["error.type"] == "ProviderFailed"
    assert [lost[name].status.code for name in ("generate_content gpt-image-2", "stage generate")] == [2, 2]
    assert not any(span.events for span in spans), "an exception's words may be somebody's"
    assert not any(b"zebra" in body for body in collector.bodies())

    lines = [json.loads(line) for line in bot.log if line.startswith("{")]
    about = [line for line in lines if line["logger"].startswith(("bot.pipeline", "bot.providers.route"))]
    assert {line["job_id"] for line in about} == {failed}, "the good one is silent"
    assert not any("zebra" in line for line in bot.log)
    assert 'imagine_up{part="database"} 1.0' in metrics
    assert 'imagine_model_shutdown_timestamp_seconds{model="gpt-4o-mini"}' in metrics


def _job(spans: Sequence[Any], span: Any) -> str | None:
    """Id of the job whose trace the span belongs to."""
    for one in spans:
        if one.trace_id == span.trace_id and one.name == "job":
            return str(next(pair.value.string_value for pair in one.attributes if pair.key == "job.id"))
    return None


def _attributes(span: Any) -> dict[str, str]:
    return {pair.key: pair.value.string_value for pair in span.attributes}


def test_without_an_endpoint_there_is_nothing_to_flush() -> None:
    set_up_traces(None)()

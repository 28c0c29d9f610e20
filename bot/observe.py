"""Job id on every log line and one span a stage, for whichever back end the composition root has set up."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from opentelemetry import trace

from bot.domain.jobs import Stage
from bot.domain.requests import JobId

_tracer = trace.get_tracer("imagine_bot")


@contextmanager
def job_context(job_id: JobId, platform: str) -> Iterator[None]:
    """Bind the job to every log line below, and open its span. Words and prompts are never recorded."""
    with (
        structlog.contextvars.bound_contextvars(job_id=job_id, platform=platform),
        _tracer.start_as_current_span("job", attributes={"job.id": job_id, "chat.platform": platform}),
    ):
        yield


@contextmanager
def stage_span(stage: Stage) -> Iterator[None]:
    with _tracer.start_as_current_span(f"stage {stage}", attributes={"job.stage": stage.value}):
        yield


@contextmanager
def attempt_span(provider: str, model: str) -> Iterator[trace.Span]:
    """Span of one provider attempt, named after the GenAI conventions."""
    attributes = {
        "gen_ai.operation.name": "generate_content",
        "gen_ai.output.type": "image",
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": model,
    }
    # Not made the current span: the attempt is an async generator, which may be left in another context.
    span = _tracer.start_span(f"generate_content {model}", attributes=attributes)
    try:
        yield span
    finally:
        span.end()

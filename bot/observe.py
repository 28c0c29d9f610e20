"""Job id on every log line and one span a stage, for whichever back end the composition root has set up."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import structlog
from opentelemetry import trace

from bot.domain.jobs import Stage
from bot.domain.requests import JobId

_tracer = trace.get_tracer("imagine_bot")
_NO_FAULTS: Final = frozenset({"ok", "refused", "outrun", "cancelled"})


@contextmanager
def job_context(job_id: JobId, platform: str) -> Iterator[None]:
    """Bind the job to every log line below, and open its span. Words and prompts are never recorded."""
    with about_job(job_id, platform), _span("job", {"job.id": job_id, "chat.platform": platform}):
        yield


@contextmanager
def about_job(job_id: JobId, platform: str) -> Iterator[None]:
    """Bind the job to every log line below; for what chats do about it before it runs."""
    with structlog.contextvars.bound_contextvars(job_id=job_id, platform=platform):
        yield


@contextmanager
def stage_span(stage: Stage) -> Iterator[None]:
    with _span(f"stage {stage}", {"job.stage": stage.value}):
        yield


@contextmanager
def _span(name: str, attributes: Mapping[str, str]) -> Iterator[None]:
    """A fault leaves its type and nothing else: what an exception says may hold somebody's words."""
    with _tracer.start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield
        except Exception as fault:
            mark_failed(span, type(fault).__name__)
            raise


def mark_failed(span: trace.Span, kind: str) -> None:
    """`kind` is from a closed set: the name of a fault's type, or of an attempt's result."""
    span.set_attribute("error.type", kind)
    span.set_status(trace.StatusCode.ERROR, kind)


@contextmanager
def attempt_span(provider: str, model: str) -> Iterator[Callable[[str], None]]:
    """Span of one provider attempt, named after the GenAI conventions. What it yields is told the attempt's result."""
    attributes = {
        "gen_ai.operation.name": "generate_content",
        "gen_ai.output.type": "image",
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": model,
    }
    # Not made the current span: the attempt is an async generator, which may be left in another context.
    span = _tracer.start_span(f"generate_content {model}", attributes=attributes)

    def ended(result: str) -> None:
        span.set_attribute("imagine.attempt.result", result)
        if result not in _NO_FAULTS:
            mark_failed(span, result)

    try:
        yield ended
    finally:
        span.end()

"""Traces by OTLP over HTTP when an endpoint is set; without one spans cost nothing. Words are never recorded."""

from collections.abc import Callable

from bot.domain.errors import ConfigurationError


def set_up_traces(endpoint: str | None) -> Callable[[], None]:
    """Start exporting to the endpoint; returns what flushes and stops it.

    Raises:
        ConfigurationError: the exporter is not installed.
    """
    if not endpoint:
        return lambda: None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise ConfigurationError(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but the exporter is not installed",
            'Install the extra: pip install "imagine-bot[otel]".',
        ) from None
    from opentelemetry import trace

    provider = TracerProvider(resource=Resource.create({"service.name": "imagine-bot"}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return provider.shutdown

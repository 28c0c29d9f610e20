"""Structured logs on standard error, for people or as JSON; the standard library's loggers go the same way."""

import io
import logging
import sys
from typing import Final, TextIO

import structlog

from bot.telemetry.redaction import redact, redact_event

_NOISY: Final = (
    "httpx",
    "httpx2",
    "httpcore",
    "openai",
    "discord",
    "aiobotocore",
    "botocore",
    "slack_bolt",
    "slack_sdk",
    "alembic",
    "uvicorn",
)


def set_up_logs(log_format: str, level: str) -> None:
    """`log_format` is "console" or "json", `level` a name such as "INFO"."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    json = log_format == "json"
    rendering: list[structlog.typing.Processor] = [structlog.processors.format_exc_info] if json else []
    console = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=_traceback)
    renderer = structlog.processors.JSONRenderer() if json else console
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *rendering,
                redact_event,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _NOISY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def _traceback(out: TextIO, exc_info: structlog.typing.ExcInfo) -> None:
    """A plain one: the rich ones print local variables, and with them people's words. It is written when all fields
    have been redacted already.
    """
    text = io.StringIO()
    structlog.dev.plain_traceback(text, exc_info)
    out.write(redact(text.getvalue()))

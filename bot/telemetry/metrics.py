"""Prometheus metrics of the public contract. Labels come from closed sets only."""

from collections.abc import Callable
from typing import Final

import structlog
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from bot.domain.money import MicroUSD, dollars

log = structlog.get_logger(__name__)

_STAGE_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
_ACK_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)


class Metrics:
    """Implements the `Telemetry` port on a registry of its own."""

    def __init__(self, on_alert: Callable[[str, str], None] | None = None) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)  # memory, files and the time of the start, by their usual names
        self._on_alert = on_alert
        self._requests = Counter(
            "imagine_requests", "Requests by how they ended", ["platform", "outcome"], registry=registry
        )
        self._stages = Histogram(
            "imagine_stage_seconds",
            "Time in each stage",
            ["stage"],
            buckets=_STAGE_BUCKETS,
            registry=registry,
        )
        self._acks = Histogram(
            "imagine_ack_seconds",
            "Time to the acknowledgement",
            ["platform"],
            buckets=_ACK_BUCKETS,
            registry=registry,
        )
        self._attempts = Counter(
            "imagine_provider_attempts",
            "Provider calls by result",
            ["provider", "model", "result"],
            registry=registry,
        )
        self._attempt_seconds = Histogram(
            "imagine_provider_seconds",
            "Time of provider calls",
            ["provider", "model"],
            buckets=_STAGE_BUCKETS,
            registry=registry,
        )
        self._cost = Counter(
            "imagine_cost_usd", "Money spent, in dollars", ["provider", "model"], registry=registry
        )
        self._text_calls = Counter(
            "imagine_text_calls",
            "Requests for words or scores, by result",
            ["use", "result"],
            registry=registry,
        )
        self._store = Counter(
            "imagine_store_operations",
            "Operations on the image store, by result",
            ["operation", "result"],
            registry=registry,
        )
        self._circuit = Gauge(
            "imagine_circuit_open", "1 while a provider is set aside", ["provider"], registry=registry
        )
        self._refusals = Counter(
            "imagine_refusals", "Refusals by layer and reason", ["decided_by", "reason"], registry=registry
        )
        self._looks = Counter(
            "imagine_picture_checks",
            "Looks at pictures by check and answer",
            ["check", "says"],
            registry=registry,
        )
        self._sanitizer = Counter(
            "imagine_sanitizer_answers", "Answers of the text model by kind", ["kind"], registry=registry
        )
        self._in_flight = Gauge("imagine_jobs_in_flight", "Jobs running in this process", registry=registry)
        self._recovered = Counter(
            "imagine_jobs_recovered", "Jobs taken over from dead processes", registry=registry
        )
        self._lag = Gauge(
            "imagine_event_loop_lag_seconds",
            "The latest that the event loop woke up in the last half minute",
            registry=registry,
        )
        self._alerts = Counter(
            "imagine_alerts", "Things an operator has to act on", ["kind"], registry=registry
        )
        self._up = Gauge(
            "imagine_up", "1 while a part works: database, store, each chat", ["part"], registry=registry
        )
        self._jobs = Gauge("imagine_jobs", "Open jobs of all processes", ["state"], registry=registry)
        self._overdue = Gauge(
            "imagine_jobs_overdue", "Open jobs past their own deadline, of all processes", registry=registry
        )
        self._budget = Gauge(
            "imagine_budget_used_ratio", "Share used of the fullest budget; 1 is full", registry=registry
        )
        self._endings = Gauge(
            "imagine_model_shutdown_timestamp_seconds",
            "Announced last day of a model in use",
            ["model"],
            registry=registry,
        )

        self._followed = Gauge(
            "imagine_model_followed",
            "1 if another model takes this one's place by itself at its end",
            ["model"],
            registry=registry,
        )

    def exposition(self) -> bytes:
        """Prometheus text format, version 0.0.4."""
        return generate_latest(self.registry)

    def request_ended(self, platform: str, outcome: str) -> None:
        self._requests.labels(platform, outcome).inc()

    def refused(self, decided_by: str, reason: str) -> None:
        self._refusals.labels(decided_by, reason).inc()

    def stage_took(self, stage: str, seconds: float) -> None:
        self._stages.labels(stage).observe(seconds)

    def acknowledged(self, platform: str, seconds: float) -> None:
        self._acks.labels(platform).observe(seconds)

    def jobs_in_flight(self, change: int) -> None:
        self._in_flight.inc(change)

    def jobs_recovered(self, count: int) -> None:
        self._recovered.inc(count)

    def attempt_ended(
        self, provider: str, model: str, result: str, seconds: float, cost: MicroUSD | None
    ) -> None:
        self._attempts.labels(provider, model, result).inc()
        self._attempt_seconds.labels(provider, model).observe(seconds)
        if cost:
            self._cost.labels(provider, model).inc(dollars(cost))

    def text_call_ended(self, use: str, result: str) -> None:
        self._text_calls.labels(use, result).inc()

    def stored(self, operation: str, result: str) -> None:
        self._store.labels(operation, result).inc()

    def circuit(self, provider: str, *, is_open: bool) -> None:
        self._circuit.labels(provider).set(is_open)

    def sanitizer_said(self, kind: str) -> None:
        self._sanitizer.labels(kind).inc()

    def picture_checked(self, check: str, says: str) -> None:
        self._looks.labels(check, says).inc()

    def loop_lag(self, seconds: float) -> None:
        self._lag.set(seconds)

    def part(self, name: str, *, is_up: bool) -> None:
        self._up.labels(name).set(is_up)

    def open_jobs(self, queued: int, running: int, overdue: int) -> None:
        self._jobs.labels("queued").set(queued)
        self._jobs.labels("running").set(running)
        self._overdue.set(overdue)

    def budget_used(self, share: float) -> None:
        """Of the fullest budget of any community: a label for each would have no end."""
        self._budget.set(share)

    def model_ends(self, model: str, timestamp: float, *, followed: bool = False) -> None:
        self._endings.labels(model).set(timestamp)
        self._followed.labels(model).set(followed)

    def alert(self, kind: str, detail: str) -> None:
        log.error("alert", kind=kind, detail=detail)
        self._alerts.labels(kind).inc()
        if self._on_alert is not None:
            self._on_alert(kind, detail)

"""Writes deploy/grafana/dashboards/imagine.json: `python -m scripts.make_dashboard`. A test compares."""

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[1] / "deploy" / "grafana" / "dashboards" / "imagine.json"
SOURCE = {"type": "prometheus", "uid": "prometheus"}

# Title, unit, kind of panel, width of 24, then pairs of expression and legend.
PANELS: list[tuple[str, str, str, int, list[tuple[str, str]]]] = [
    (
        "Parts up",
        "none",
        "stat",
        6,
        [("min by (part) (imagine_up)", "{{part}}")],
    ),
    ("Jobs of this moment", "none", "stat", 6, [("max by (state) (imagine_jobs)", "{{state}}")]),
    ("Overdue jobs", "none", "stat", 4, [("max(imagine_jobs_overdue)", "overdue")]),
    ("Fullest budget", "percentunit", "gauge", 4, [("max(imagine_budget_used_ratio)", "used")]),
    (
        "First model to end",
        "s",
        "stat",
        4,
        [("min by (model) (imagine_model_shutdown_timestamp_seconds) - time()", "{{model}}")],
    ),
    (
        "Requests a minute",
        "none",
        "timeseries",
        12,
        [("60 * sum by (platform) (rate(imagine_requests_total[5m]))", "{{platform}}")],
    ),
    (
        "Outcomes",
        "percentunit",
        "timeseries",
        12,
        [
            (
                "sum by (outcome) (rate(imagine_requests_total[5m])) / on () group_left () "  # noqa: ISC004
                "sum(rate(imagine_requests_total[5m]))",
                "{{outcome}}",
            )
        ],
    ),
    (
        "Latency per stage, p95",
        "s",
        "timeseries",
        12,
        [
            (
                "histogram_quantile(0.95, sum by (stage, le) (rate(imagine_stage_seconds_bucket[5m])))",
                "{{stage}}",
            )
        ],
    ),
    (
        "Latency per model, p50 and p95",
        "s",
        "timeseries",
        12,
        [
            (
                "histogram_quantile(0.5, sum by (model, le) (rate(imagine_provider_seconds_bucket[5m])))",
                "{{model}} p50",
            ),
            (
                "histogram_quantile(0.95, sum by (model, le) (rate(imagine_provider_seconds_bucket[5m])))",
                "{{model}} p95",
            ),
        ],
    ),
    (
        "Acknowledgement, p99",
        "s",
        "timeseries",
        8,
        [
            (
                "histogram_quantile(0.99, sum by (platform, le) (rate(imagine_ack_seconds_bucket[5m])))",
                "{{platform}}",
            )
        ],
    ),
    (
        "Cost an hour",
        "currencyUSD",
        "timeseries",
        8,
        [("3600 * sum by (provider, model) (rate(imagine_cost_usd_total[15m]))", "{{provider}} {{model}}")],
    ),
    (
        "Cost of 30 days",
        "currencyUSD",
        "stat",
        8,
        [("sum by (provider) (increase(imagine_cost_usd_total[30d]))", "{{provider}}")],
    ),
    (
        "Breakers (1 is open)",
        "none",
        "timeseries",
        8,
        [("max by (provider) (imagine_circuit_open)", "{{provider}}")],
    ),
    (
        "Provider attempts by result",
        "none",
        "timeseries",
        8,
        [
            (
                "60 * sum by (provider, result) (rate(imagine_provider_attempts_total[5m]))",
                "{{provider}} {{result}}",
            )
        ],
    ),
    (
        "Refusals by layer and reason",
        "none",
        "timeseries",
        8,
        [
            (
                "60 * sum by (decided_by, reason) (rate(imagine_refusals_total[5m]))",
                "{{decided_by}}: {{reason}}",
            )
        ],
    ),
    (
        "Text model and moderation",
        "none",
        "timeseries",
        12,
        [("60 * sum by (use, result) (rate(imagine_text_calls_total[5m]))", "{{use}} {{result}}")],
    ),
    (
        "Object store",
        "none",
        "timeseries",
        12,
        [
            (
                "60 * sum by (operation, result) (rate(imagine_store_operations_total[5m]))",
                "{{operation}} {{result}}",
            )
        ],
    ),
    (
        "What the text model answers",
        "none",
        "timeseries",
        12,
        [("60 * sum by (kind) (rate(imagine_sanitizer_answers_total[5m]))", "{{kind}}")],
    ),
    (
        "What checks say about pictures",
        "none",
        "timeseries",
        12,
        [("60 * sum by (check, says) (rate(imagine_picture_checks_total[5m]))", "{{check}} {{says}}")],
    ),
    (
        "In flight by process",
        "none",
        "timeseries",
        8,
        [("imagine_jobs_in_flight", "{{instance}}")],
    ),
    (
        "Event loop lag",
        "s",
        "timeseries",
        8,
        [("imagine_event_loop_lag_seconds", "{{instance}}")],
    ),
    (
        "Taken over, and alerts",
        "none",
        "timeseries",
        8,
        [
            ("sum(increase(imagine_jobs_recovered_total[15m]))", "taken over"),
            ("sum by (kind) (increase(imagine_alerts_total[15m]))", "{{kind}}"),
        ],
    ),
    (
        "Memory",
        "bytes",
        "timeseries",
        12,
        [('process_resident_memory_bytes{job="imagine-bot"}', "{{instance}}")],
    ),
    (
        "Starts in 15 minutes",
        "none",
        "timeseries",
        12,
        [('changes(process_start_time_seconds{job="imagine-bot"}[15m])', "{{instance}}")],
    ),
]


def dashboard() -> dict[str, Any]:
    panels: list[dict[str, Any]] = []
    x = y = 0
    for number, (title, unit, kind, width, queries) in enumerate(PANELS, start=1):
        height = 4 if kind in {"stat", "gauge"} and y == 0 else 8
        if x + width > 24:
            x, y = 0, y + panels[-1]["gridPos"]["h"]
        panels.append(
            {
                "id": number,
                "title": title,
                "type": kind,
                "datasource": SOURCE,
                "gridPos": {"x": x, "y": y, "w": width, "h": height},
                "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
                "options": {},
                "targets": [
                    {"refId": chr(65 + index), "datasource": SOURCE, "expr": query, "legendFormat": legend}
                    for index, (query, legend) in enumerate(queries)
                ],
            }
        )
        x += width
    return {
        "uid": "imagine-bot",
        "title": "imagine-bot",
        "schemaVersion": 39,
        "tags": ["imagine-bot"],
        "time": {"from": "now-6h", "to": "now"},
        "refresh": "30s",
        "panels": panels,
    }


def text() -> str:
    return json.dumps(dashboard(), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())

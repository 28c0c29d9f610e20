from bot.domain.money import micros
from bot.telemetry.metrics import Metrics

CONTRACT = (
    'imagine_requests_total{outcome="delivered",platform="discord"} 1.0',
    'imagine_refusals_total{decided_by="guard",reason="quota"} 1.0',
    'imagine_stage_seconds_count{stage="generate"} 1.0',
    'imagine_ack_seconds_count{platform="slack"} 1.0',
    'imagine_provider_attempts_total{model="gpt-image-2",provider="openai",result="ok"} 1.0',
    'imagine_provider_seconds_count{model="gpt-image-2",provider="openai"} 1.0',
    'imagine_cost_usd_total{model="gpt-image-2",provider="openai"} 0.053',
    'imagine_text_calls_total{result="lost",use="sanitizer"} 1.0',
    'imagine_store_operations_total{operation="keep",result="ok"} 1.0',
    'imagine_circuit_open{provider="bfl"} 1.0',
    'imagine_picture_checks_total{check="local_check",says="hold"} 1.0',
    'imagine_sanitizer_answers_total{kind="garbage"} 1.0',
    "imagine_jobs_in_flight 2.0",
    "imagine_jobs_recovered_total 3.0",
    "imagine_event_loop_lag_seconds 0.25",
    'imagine_alerts_total{kind="storage"} 1.0',
)


def test_the_contracts_names_and_labels() -> None:
    alerts: list[tuple[str, str]] = []
    metrics = Metrics(on_alert=lambda kind, detail: alerts.append((kind, detail)))
    metrics.request_ended("discord", "delivered")
    metrics.refused("guard", "quota")
    metrics.stage_took("generate", 1.5)
    metrics.acknowledged("slack", 0.01)
    metrics.attempt_ended("openai", "gpt-image-2", "ok", 8.0, micros(0.053))
    metrics.attempt_ended("bfl", "flux-2-pro", "failed", 1.0, None)
    metrics.text_call_ended("sanitizer", "lost")
    metrics.stored("keep", "ok")
    metrics.circuit("bfl", is_open=True)
    metrics.sanitizer_said("garbage")
    metrics.picture_checked("local_check", "hold")
    metrics.jobs_in_flight(+3)
    metrics.jobs_in_flight(-1)
    metrics.jobs_recovered(3)
    metrics.loop_lag(0.25)
    metrics.alert("storage", "bucket gone")

    text = metrics.exposition().decode()

    for line in CONTRACT:
        assert line in text
    assert alerts == [("storage", "bucket gone")]


def test_an_alert_needs_no_listener() -> None:
    Metrics().alert("storage", "bucket gone")

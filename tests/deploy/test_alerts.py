"""Each alert rule is fired by its cause, by parts of the bot that really fail; in health none fires."""

import asyncio
import dataclasses
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import yaml
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.domain.clock import Deadline
from bot.domain.errors import NoVerdict, ProviderError, ProviderFailed, StorageError
from bot.domain.money import micros
from bot.domain.policy import Limits, Policy
from bot.guardrails.quotas import limits_for
from bot.ports import Health, SanitizeTask
from bot.providers.openai_client import open_client
from bot.providers.profiles import shutdown_of
from bot.sanitizers.openai_chat import OpenAISanitizer
from bot.store import Store, open_store
from bot.store.vitals import read_vitals
from bot.telemetry.metrics import Metrics
from bot.telemetry.vitals import Watch
from tests.deploy.promtool import RULES, call, firing, samples, series
from tests.support.fakes import ScriptedProvider
from tests.support.ledger import queued
from tests.support.make import requester
from tests.support.routing import Setup
from tests.twins import http_twin
from tests.twins.openai_twin import API_KEY, OpenAITwin


@dataclasses.dataclass
class Scene:
    """A bot's parts in health."""

    metrics: Metrics
    store: Store
    watch: Watch


Cause = Callable[[Scene], Awaitable[None]]


async def fine() -> Health:
    return Health(ok=True)


async def provider_down(scene: Scene) -> None:
    """Three faults in a row open the breaker of a real router."""
    failing = ScriptedProvider("openai", [[ProviderFailed("openai", "gpt-image-2", "500")]])
    setup = Setup(failing, telemetry=scene.metrics)
    for _ in range(3):
        with pytest.raises(ProviderError):
            await setup.run()


async def nobody_gets_pictures(scene: Scene) -> None:
    for _ in range(6):
        scene.metrics.request_ended("discord", "failed")
    scene.metrics.request_ended("discord", "delivered")


async def text_model_fails(scene: Scene) -> None:
    """The text model answers with 503 through a client that is counted as the bot's is."""
    async with OpenAITwin() as twin:
        twin.sanitizer.always(http_twin.ServerError(503))
        client = await open_client(
            SecretStr(API_KEY),
            twin.base_url,
            counted=lambda _, result: scene.metrics.text_call_ended("sanitizer", result),
        )
        sanitizer = OpenAISanitizer(client, ("gpt-4o-mini",), SystemClock())
        for _ in range(6):
            with pytest.raises(NoVerdict):
                await sanitizer.judge(SanitizeTask("an owl"), Deadline(time.time() + 20))
        await client.close()


async def part_down(scene: Scene) -> None:
    async def broken() -> Health:
        raise StorageError("bucket gone")

    scene.watch.parts = {**scene.watch.parts, "store": broken}
    await scene.watch.look()


async def budget_near(scene: Scene) -> None:
    """A job that would cost 95 cents of a dollar a day."""
    limits = Limits(budget_day=micros(1.0), budget_month=0)
    policy = Policy(limits=limits)
    await scene.store.policies.save("discord:4711", policy, actor="42", reason="test")
    rows = limits_for(requester(), limits, pictures=1, price=micros(0.95), now=time.time())
    await queued(scene.store, limits=rows, deadline=time.time() + 600)
    await scene.watch.look()


async def jobs_stuck(scene: Scene) -> None:
    """A job whose deadline has passed, and nobody runs it."""
    await queued(scene.store, created_at=time.time() - 3600)
    await scene.watch.look()


async def model_ends(scene: Scene) -> None:
    end = shutdown_of("gpt-image-1-mini")
    assert end is not None
    scene.watch.endings = {"gpt-image-1-mini": end}
    scene.watch.every = 3600.0
    await scene.watch.start()
    await scene.watch.stop()


async def followed_model_ends(scene: Scene) -> None:
    """As at every new installation: the next text model of the list takes over by itself."""
    scene.watch.followed = {"gpt-image-1-mini"}
    await model_ends(scene)


async def needs_operator(scene: Scene) -> None:
    scene.metrics.alert("storage", "a paid picture could not be stored")


async def slow_loop(scene: Scene) -> None:
    scene.metrics.loop_lag(0.8)


async def slow_acknowledgements(scene: Scene) -> None:
    for _ in range(20):
        scene.metrics.acknowledged("discord", 2.7)


async def one_slow_acknowledgement(scene: Scene) -> None:
    """At night, when it is the only one."""
    scene.metrics.acknowledged("discord", 2.7)


async def one_late_loop(scene: Scene) -> None:
    scene.metrics.loop_lag(0.4)


async def half_a_budget(scene: Scene) -> None:
    scene.metrics.budget_used(0.5)


QUIET: dict[str, Cause] = {
    "one slow acknowledgement": one_slow_acknowledgement,
    "a loop that is a little late": one_late_loop,
    "half a budget": half_a_budget,
    "an end that is provided for": followed_model_ends,
}

CAUSES: dict[str, Cause] = {
    "ImagineProviderDown": provider_down,
    "ImagineNobodyGetsPictures": nobody_gets_pictures,
    "ImagineTextModelFails": text_model_fails,
    "ImaginePartDown": part_down,
    "ImagineBudgetNear": budget_near,
    "ImagineJobsStuck": jobs_stuck,
    "ImagineModelEnds": model_ends,
    "ImagineNeedsOperator": needs_operator,
    "ImagineSlowLoop": slow_loop,
    "ImagineSlowAcknowledgements": slow_acknowledgements,
}


def starts(times: str) -> list[dict[str, str]]:
    """When a process began, over time."""
    name = 'process_start_time_seconds{job="imagine-bot",instance="bot-2:8080"}'
    return [{"series": name, "values": times}]


async def exposed(cause: Cause | None, folder: Path) -> tuple[dict[str, float], dict[str, float]]:
    """What Prometheus sees before and after the cause."""
    folder.mkdir()
    clock = SystemClock()
    store = await open_store(f"sqlite:///{folder / 'imagine.db'}", data_dir=folder, clock=clock)
    try:
        metrics = Metrics()
        parts = {"database": store.probe, "store": fine, "discord": fine}

        async def vitals() -> object:
            return await read_vitals(store.database, clock.now())

        watch = Watch(metrics, clock, store.policies, parts, vitals, {})  # type: ignore[arg-type]
        await watch.look()
        metrics.acknowledged("discord", 0.01)
        metrics.request_ended("discord", "delivered")
        metrics.request_ended("discord", "failed")
        metrics.circuit("openai", is_open=False)
        metrics.attempt_ended("openai", "model", "ok", 1.0, None)
        for result in ("ok", "failed"):
            metrics.text_call_ended("sanitizer", result)
        now = time.time()
        before = samples(metrics.exposition().decode(), now)
        if cause is not None:
            await cause(Scene(metrics, store, watch))
        return before, samples(metrics.exposition().decode(), now)
    finally:
        await store.aclose()


async def test_each_rule_fires_by_its_cause_and_only_then(tmp_path: Path) -> None:
    up = 'up{job="imagine-bot",instance="bot:8080"}'
    cases, wanted = {}, {}
    for number, (alert, cause) in enumerate([("health", None), *QUIET.items(), *CAUSES.items()]):
        before, after = await exposed(cause, tmp_path / str(number))
        cases[alert] = series({**before, up: 1.0}, {**after, up: 1.0})
        wanted[alert] = [alert] if alert in CAUSES else []
    before, after = await exposed(None, tmp_path / "killed")
    other = up.replace("bot:", "bot-2:")
    cases["ImagineBotDown"] = series({**before, up: 1.0, other: 1.0}, {**after, up: 0.0, other: 1.0})
    wanted["ImagineBotDown"] = ["ImagineBotDown"]
    cases["ImagineRestarts"] = [
        *series({**before, up: 1.0}, {**before, up: 1.0}),
        *starts("1x5 2 2 3 3 4 4 4x30"),
    ]
    wanted["ImagineRestarts"] = ["ImagineRestarts"]
    cases["a deployment"] = [*series({**before, up: 1.0}, {**before, up: 1.0}), *starts("1x5 2x30")]
    wanted["a deployment"] = []
    cases["ImagineNoBot"] = []
    wanted["ImagineNoBot"] = ["ImagineNoBot"]

    rules = [
        rule["alert"] for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]
    ]
    assert set(rules) == set(cases) - {"health", "a deployment", *QUIET}
    await asyncio.to_thread(firing, cases, wanted, tmp_path)


async def test_a_backup_that_failed_once_and_that_nobody_asks_wakes_nobody_all_night(tmp_path: Path) -> None:
    """Its breaker waits for the next request, which the first provider leaves it without."""
    up = 'up{job="imagine-bot",instance="bot:8080"}'
    before, after = await exposed(provider_down, tmp_path / "down")
    cases = {"set aside": series({**before, up: 1.0}, {**after, up: 1.0})}

    assert any(name.startswith("imagine_circuit_open") and value == 1 for name, value in after.items())
    await asyncio.to_thread(firing, cases, {"set aside": []}, tmp_path, "30m")


async def test_a_reservation_that_comes_and_goes_wakes_nobody(tmp_path: Path) -> None:
    up = 'up{job="imagine-bot",instance="bot:8080"}'
    before, after = await exposed(budget_near, tmp_path / "near")
    cases = {"held": series({**before, up: 1.0}, {**after, up: 1.0})}

    await asyncio.to_thread(firing, cases, {"held": []}, tmp_path, "8m")
    await asyncio.to_thread(firing, cases, {"held": ["ImagineBudgetNear"]}, tmp_path, "11m")


def test_prometheus_takes_the_configuration() -> None:
    assert "SUCCESS" in call("check", "config", "prometheus.yml", folder=RULES.parent)


def test_every_alert_says_what_to_do() -> None:
    for group in yaml.safe_load(RULES.read_text())["groups"]:
        for rule in group["rules"]:
            assert {"summary", "action"} <= set(rule["annotations"]), rule["alert"]
            assert rule["labels"]["severity"] in {"warning", "critical"}

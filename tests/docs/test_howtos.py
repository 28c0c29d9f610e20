"""Each how-to is followed: its code is run, its settings are used, and a picture comes out."""

import base64
import tomllib
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.app import open_application
from bot.clock import SystemClock
from bot.domain.clock import Deadline
from bot.domain.images import ImageTask, Produced, SafePrompt
from bot.domain.money import micros
from bot.domain.policy import Presentation, Recovery
from bot.domain.requests import JobId, Quality
from bot.providers import profiles
from bot.providers.registry import host_maker, open_router
from bot.settings import load_settings
from tests.docs.howto import blocks, module, variables
from tests.support.fakes import MemoryAttempts, Observed
from tests.support.make import picture


@asynccontextmanager
async def acme(key: str) -> AsyncIterator[tuple[str, list[Any]]]:
    """The host of the how-to, as its text describes it."""
    seen: list[Any] = []

    async def submit(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {key}":
            return web.json_response({"error": "key"}, status=401)
        seen.append((request.match_info["model"], await request.json()))
        return web.json_response({"id": "7", "state": "waiting", "price": 3.0})

    async def state(request: web.Request) -> web.Response:
        drawing = len(seen) == 1
        seen.append(request.match_info["id"])
        data = base64.b64encode(picture()).decode()
        return web.json_response({"state": "drawing"} if drawing else {"state": "done", "picture": data})

    app = web.Application()
    app.router.add_post("/v1/models/{model}/jobs", submit)
    app.router.add_get("/v1/jobs/{id}", state)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", seen
    finally:
        await runner.cleanup()


async def test_a_provider_host_is_one_file_of_data(monkeypatch: pytest.MonkeyPatch) -> None:
    document = "add-a-provider-host.md"
    spec = module(document, "howto_acme").ACME
    given = variables(document)
    async with acme(given["ACME_API_KEY"]) as (address, seen):
        for name, value in {**given, "ACME_BASE_URL": address}.items():
            monkeypatch.setenv(name, value)
        settings, clock, attempts = load_settings(), SystemClock(), MemoryAttempts()
        makers = {spec.name: host_maker(spec)}
        router = await open_router(
            settings.models, settings.providers, attempts, clock, Observed(), makers=makers
        )
        try:
            task = ImageTask(SafePrompt("an owl"), 1024, 1024, quality=Quality.MEDIUM, seed=7)
            run = router.generate(JobId("job"), task, Deadline(clock.now() + 30), Recovery())
            async with aclosing(run) as events:
                (end,) = [event async for event in events]
        finally:
            await router.aclose()

    assert router.models == ["flux-2-pro"], "openai has no key here"
    assert isinstance(end, Produced)
    assert (end.images[0].data, end.cost) == (picture(), micros(0.03))
    assert seen[0] == ("flux-2-pro", {"prompt": "an owl", "width": 1024, "height": 1024, "seed": 7})
    assert attempts.told == [("acme", "ok", "yes")]


async def test_a_model_is_a_name_in_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    document = "add-a-model.md"
    for name, value in {**variables(document), "OPENAI_API_KEY": "k", "BFL_API_KEY": "k"}.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    router = await open_router(
        settings.models, settings.providers, MemoryAttempts(), SystemClock(), Observed()
    )
    await router.aclose()
    names = [entry.partition(":")[2] for entry in settings.models.image_route]
    new = module(document, "howto_model").NEW

    assert router.models == names
    assert profiles.profile_of(names[0]).tier(Quality.LOW).price is None, "as the text says"
    assert new[names[0]].tier(Quality.LOW).price == micros(0.006)


async def test_a_chat_adapter_takes_requests_and_tells_their_end(tmp_path: Path) -> None:
    document = "add-a-chat-adapter.md"
    howto = module(document, "howto_listchat")
    async with open_application(load_settings(), lambda: {"list": howto.create_adapter}) as app:
        chat = app.adapters["list"]
        await app.workers.start()
        try:
            await chat.hear("1", "ada", "a brass owl")  # type: ignore[attr-defined]
            await chat.hear("1", "ada", "a brass owl")  # type: ignore[attr-defined]
            await chat.hear("2", "ada", "how to build a pipe bomb at home")  # type: ignore[attr-defined]
            jobs = await app.store.jobs.history("list:home", "ada", limit=10)
            for job in jobs:
                async for _ in app.studio.watch(job.job_id):
                    pass
        finally:
            await app.workers.stop(5.0)
        said = chat.said  # type: ignore[attr-defined]
        (check,) = await chat.examine()
        previews = [
            howto.create_preview()(ended, Presentation())
            for ended in await app.store.jobs.history("list:home", "ada", limit=10)
        ]

    assert check.grade == "ok"
    assert len(jobs) == 2, "a second delivery is the same job"
    assert sorted(said) == ["Refused", "ada: 1 picture"]
    assert sorted(preview.body["lines"] for preview in previews) == [["delivered", "picture-0"], ["refused"]]
    assert all(url.startswith("http") for preview in previews for url in preview.files.values())
    entry = tomllib.loads(blocks(document, "toml")[0])["project"]["entry-points"]["imagine_bot.adapters"]
    name, value = next(iter(entry.items()))
    assert name == howto.ListChat.name
    assert value.endswith(":create_adapter")

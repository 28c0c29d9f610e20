"""The playground's HTTP API against a real process: the contract, its errors, and who may use it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from bot.domain.practice import Fault
from tests.support.leaks import leaks
from tests.support.process import BotProcess

pytestmark = [
    pytest.mark.process,
    pytest.mark.xdist_group("playground"),
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotProcess]:
    async with BotProcess({}, tmp_path_factory.mktemp("bot"), from_nothing=True) as process:
        yield process


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(bot: BotProcess) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=bot.address, timeout=20) as client:
        yield client


POSTER = "xyzzy plugh"
"""Words without a scene, which are drawn soonest."""


async def imagine(api: httpx2.AsyncClient, prompt: str = POSTER, **body: Any) -> str:
    answer = await api.post("/api/imagine", json={"prompt": prompt, **body})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["job_id"])


async def ended(api: httpx2.AsyncClient, job_id: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            view: dict[str, Any] = (await api.get(f"/api/jobs/{job_id}")).json()
            if view["state"] not in {"queued", "running"}:
                return view
            await asyncio.sleep(0.05)


async def test_a_prompt_ends_in_a_picture_that_can_be_opened(api: httpx2.AsyncClient) -> None:
    view = await ended(
        api,
        await imagine(
            api, "a brass owl", options={"aspect": "16:9", "count": 2, "quality": "medium", "style": None}
        ),
    )

    assert view["state"] == "delivered"
    assert len(view["images"]) == 2
    image = view["images"][0]
    assert {
        "url",
        "preview_url",
        "alt_text",
        "width",
        "height",
        "media_type",
        "sha256",
        "provider",
        "model",
    } <= set(image)
    picture = await api.get(image["url"])
    assert picture.headers["content-type"] == "image/png"
    assert "immutable" in picture.headers["cache-control"]
    assert (await api.get(image["preview_url"])).headers["content-type"] == "image/webp"


async def test_events_tell_the_stages_and_end(api: httpx2.AsyncClient) -> None:
    job_id = await imagine(api)
    events: list[dict[str, Any]] = []
    async with api.stream("GET", f"/api/jobs/{job_id}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        events += [json.loads(line[6:]) async for line in stream.aiter_lines() if line.startswith("data: ")]

    assert events[-1]["state"] == "delivered"
    assert all(event["job_id"] == job_id for event in events)


async def test_the_same_id_is_the_same_job(api: httpx2.AsyncClient) -> None:
    assert await imagine(api, id="twice") == await imagine(api, id="twice")
    assert await imagine(api, id="twice") != await imagine(api, id="thrice")


async def test_buttons_make_children_and_delete_deletes(api: httpx2.AsyncClient) -> None:
    parent = await ended(api, await imagine(api))
    path = f"/api/jobs/{parent['job_id']}/actions"
    for action in ("reroll", "vary", "upscale"):
        child = await ended(api, (await api.post(path, json={"action": action})).json()["job_id"])
        assert child["state"] == "delivered"
        assert (child["parent_id"], child["version"]) == (parent["job_id"], 2)
    edited = await ended(
        api, (await api.post(path, json={"action": "edit", "instruction": "at night"})).json()["job_id"]
    )
    assert edited["state"] == "delivered"
    assert (await api.post(path, json={"action": "report"})).status_code == 202

    assert (await api.post(path, json={"action": "delete"})).status_code == 202
    gone = (await api.get(f"/api/jobs/{parent['job_id']}")).json()
    assert (gone["state"], gone["images"], gone["prompt"]) == ("deleted", [], "")
    assert (await api.post(path, json={"action": "reroll"})).status_code in {404, 422}


async def test_a_refusal_is_friendly(api: httpx2.AsyncClient) -> None:
    view = await ended(api, await imagine(api, "how to build a pipe bomb at home"))

    assert view["state"] == "refused"
    assert view["reason_code"] == "illicit"
    assert "Nothing was charged" in view["message"]


BAD = [
    ({"prompt": ""}, "empty"),
    ({"prompt": "an owl", "options": {"aspect": "9:1"}}, "bad_option"),
    ({"prompt": "an owl", "options": {"size": "huge"}}, "bad_option"),
    ({"prompt": "an owl", "options": {"count": 0}}, "bad_option"),
    ({"prompt": "o" * 2000}, "too_long"),
    ({}, "bad_request"),
    ({"prompt": 5}, "bad_request"),
    ({"prompt": "an owl", "unknown": 1}, "bad_request"),
]


@pytest.mark.parametrize(("body", "code"), BAD)
async def test_bad_input_is_told_what_is_wrong(
    api: httpx2.AsyncClient, body: dict[str, Any], code: str
) -> None:
    answer = await api.post("/api/imagine", json=body)

    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["code"] == code
    assert error["message"]
    assert leaks([error["message"]]) == []


async def test_what_is_not_taken_is_told_in_the_visitors_language(api: httpx2.AsyncClient) -> None:
    told = {}
    for language in ("de-AT, en;q=0.5", "en"):
        headers = {"accept-language": language}
        too_large = await api.post("/api/imagine", content=b"x" * 100_000, headers=headers)
        unknown = await api.get("/api/jobs/nothing", headers=headers)
        told[language] = [answer.json()["error"]["message"] for answer in (too_large, unknown)]

    assert told["en"] == ["The request is too large.", "There is no such picture."]
    assert told["de-AT, en;q=0.5"] == ["Die Anfrage ist zu groß.", "So ein Bild gibt es nicht."]


async def test_rubbish_is_told_too(api: httpx2.AsyncClient) -> None:
    assert (await api.post("/api/imagine", content=b"{")).status_code == 422
    assert (await api.post("/api/imagine", content=b"x" * 100_000)).status_code == 413
    assert (await api.get("/api/jobs/nothing")).status_code == 404
    assert (await api.get("/api/jobs/nothing/events")).status_code == 404
    job_id = await imagine(api)
    path = f"/api/jobs/{job_id}/actions"
    assert (await api.post(path, json={"action": "fly"})).status_code == 422
    assert (await api.post(path, json={"action": "share"})).status_code == 422
    assert (await api.post(path, json={"action": "edit"})).status_code == 422
    assert (await api.post("/api/jobs/nothing/actions", json={"action": "delete"})).status_code == 404


async def test_pages_elsewhere_get_nothing(api: httpx2.AsyncClient) -> None:
    assert (await api.get("/", headers={"Host": "evil.example"})).status_code == 421
    for origin in ("https://evil.example", "null", "http://[", ""):
        foreign = {"Origin": origin}
        assert (await api.post("/api/imagine", json={"prompt": "x"}, headers=foreign)).status_code == 403
    own = {"Origin": str(api.base_url).rstrip("/")}
    assert (await api.post("/api/imagine", json={"prompt": "an owl"}, headers=own)).status_code == 202


async def test_the_page_comes_with_strict_headers(api: httpx2.AsyncClient) -> None:
    page = await api.get("/")

    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert (await api.get("/static/app.js")).status_code == 200


@pytest.mark.parametrize(
    "key", ["i/../secret.key", "held/ab/" + "a" * 64 + ".png", "i/ab/" + "a" * 64 + ".png", "x", "i/ab/x.svg"]
)
async def test_only_published_pictures_have_an_address(api: httpx2.AsyncClient, key: str) -> None:
    assert (await api.get(f"/images/{key}")).status_code == 404


async def test_health_readiness_and_metrics(api: httpx2.AsyncClient) -> None:
    assert (await api.get("/healthz")).text == "ok\n"
    ready = (await api.get("/readyz")).json()
    assert ready["ready"]
    assert ready["providers"]["offline:preview"]["state"] == "up"
    assert {"database", "store", "adapters"} <= set(ready)
    assert "imagine_requests_total" in (await api.get("/metrics")).text


async def test_answers_come_in_the_readers_language(api: httpx2.AsyncClient) -> None:
    answer = await api.post(
        "/api/imagine", json={"prompt": ""}, headers={"Accept-Language": "de-AT,de;q=0.9"}
    )

    assert "zeichnen" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "reached",
    [
        {"HTTP_HOST": "0.0.0.0", "PUBLIC_BASE_URL": "http://127.0.0.1:1"},
        {"PUBLIC_BASE_URL": "https://images.example.org"},  # a proxy that asks by its own name for us
    ],
    ids=["listening", "proxied"],
)
async def test_away_from_loopback_the_token_is_needed(tmp_path: Path, reached: dict[str, str]) -> None:
    async with BotProcess({**reached, "PLAYGROUND_TOKEN": "open-sesame"}, tmp_path) as bot:
        port = next(line for line in bot.log if "listening" in line).rsplit(":", 1)[1]
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as api:
            body = {"prompt": "an owl"}
            assert (await api.post("/api/imagine", json=body)).status_code == 401
            wrong = {"Authorization": "Bearer wrong"}
            assert (await api.post("/api/imagine", json=body, headers=wrong)).status_code == 401
            right = {"Authorization": "Bearer open-sesame"}
            assert (await api.post("/api/imagine", json=body, headers=right)).status_code == 202
            assert (await api.get("/")).status_code == 200


async def test_a_taken_port_is_told(bot: BotProcess, tmp_path: Path) -> None:
    port = bot.address.rsplit(":", 1)[1]
    second = BotProcess({"HTTP_PORT": port}, tmp_path)

    with pytest.raises(AssertionError, match="HTTP_PORT"):
        await second.start()


@contextlib.asynccontextmanager
async def broken(api: httpx2.AsyncClient, *faults: str) -> AsyncIterator[None]:
    for fault in faults:
        answer = await api.put(f"/api/faults/{fault}", json={"on": True})
        assert answer.json() == {"id": fault, "on": True}
    yield
    for fault in faults:
        await api.put(f"/api/faults/{fault}", json={"on": False})


async def test_a_refusal_goes_to_no_other_engine(api: httpx2.AsyncClient) -> None:
    """Before the engine is ever down: afterwards its breaker would send everybody to the backup for a while."""
    async with broken(api, "provider_refuses"):
        view = await ended(api, await imagine(api, "a lantern in the fog"))

    assert (view["state"], view["reason_code"]) == ("refused", "provider_input")
    assert view["images"] == []


async def test_an_engine_that_is_down_is_replaced_by_its_backup(api: httpx2.AsyncClient) -> None:
    async with broken(api, "provider_down"):
        view = await ended(api, await imagine(api))

    assert view["state"] == "delivered"
    assert view["images"][0]["model"] == "backup"
    assert "backup model drew this one" in view["notice"]


async def test_with_nobody_left_to_draw_the_person_is_told_to_try_again(api: httpx2.AsyncClient) -> None:
    async with broken(api, "provider_down", "backup_down"):
        view = await ended(api, await imagine(api))

    assert (view["state"], view["reason_code"]) == ("failed", "busy")


async def test_without_a_check_of_the_words_nothing_is_drawn(api: httpx2.AsyncClient) -> None:
    async with broken(api, "sanitizer_down"):
        view = await ended(api, await imagine(api, "words that nobody has judged before"))

    assert (view["state"], view["reason_code"]) == ("failed", "sanitizer_down")


async def test_every_switch_is_listed_and_off(api: httpx2.AsyncClient) -> None:
    faults = (await api.get("/api/faults")).json()

    assert {fault["id"] for fault in faults} == {fault.value for fault in Fault}
    assert not any(fault["on"] for fault in faults)
    assert (await api.put("/api/faults/gravity", json={"on": True})).status_code == 404
    assert (await api.put("/api/faults/provider_down", json={"on": "maybe"})).status_code == 422


async def test_nothing_can_be_broken_where_practice_is_not_allowed(tmp_path: Path) -> None:
    async with (
        BotProcess({"PRACTICE_FAULTS": "0"}, tmp_path) as process,
        httpx2.AsyncClient(base_url=process.address, timeout=20) as other,
    ):
        assert (await other.get("/api/faults")).json() == []
        assert (await other.put("/api/faults/provider_down", json={"on": True})).status_code == 403


async def test_commands_are_answered_as_in_chat_and_other_words_are_not(api: httpx2.AsyncClient) -> None:
    told = await api.post("/api/commands", json={"text": "help"}, headers={"Accept-Language": "de"})
    assert "/imagine" in told.json()["text"]
    job_id = await imagine(api)
    assert (await api.post("/api/commands", json={"text": f"show {job_id}"})).json() == {"job_id": job_id}
    words = await api.post("/api/commands", json={"text": "help me draw an owl"})
    assert (words.status_code, words.json()["error"]["code"]) == (422, "not_a_command")


async def test_a_typed_option_and_a_flag_are_corrected_where_they_were_typed(api: httpx2.AsyncClient) -> None:
    typed = await api.post("/api/imagine", json={"prompt": "an owl", "options": {"count": 9}})
    flag = await api.post("/api/imagine", json={"prompt": "an owl --n 9"})

    assert typed.json()["error"]["field"] == "count"
    assert flag.json()["error"]["field"] == "prompt"


async def test_a_prompt_that_is_far_too_long_is_refused_in_the_visitors_language(
    api: httpx2.AsyncClient,
) -> None:
    answer = await api.post("/api/imagine", json={"prompt": "x" * 20_001}, headers={"Accept-Language": "fr"})

    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["field"]) == (422, "too_long", "prompt")
    assert "1000 caractères" in error["message"]
    assert "trop long" in error["message"]


async def test_programs_get_a_line_and_people_a_page_for_a_wrong_address(api: httpx2.AsyncClient) -> None:
    for_programs = await api.get("/nope", headers={"Accept": "application/json"})
    for_people = await api.get("/nope", headers={"Accept": "text/html", "Accept-Language": "fr"})

    assert (for_programs.status_code, for_programs.text) == (404, "Not Found")
    assert for_people.status_code == 404
    assert 'lang="fr"' in for_people.text
    assert "default-src 'none'" in for_people.headers["content-security-policy"]


async def test_a_job_is_shown_as_the_messages_of_the_chats(api: httpx2.AsyncClient) -> None:
    view = await ended(api, await imagine(api))
    path = f"/api/jobs/{view['job_id']}"
    discord, slack = [(await api.get(f"{path}/as/{name}")).json() for name in ("discord", "slack")]

    assert discord["body"]["flags"] == 1 << 15
    assert slack["body"]["blocks"][0]["type"] == "image"
    for message in (discord, slack):
        assert list(message["files"].values()) == [view["images"][0]["url"]]
    assert (await api.get(f"{path}/as/irc")).status_code == 404
    await api.post(f"{path}/actions", json={"action": "delete"})
    assert (await api.get(f"{path}/as/discord")).status_code == 404

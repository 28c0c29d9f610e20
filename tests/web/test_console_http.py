"""The console's door and API: a link works once and expires, a session sees one community, changes need its token."""

import dataclasses
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from bot.domain.outcomes import Delivered
from bot.domain.policy import Content, OnUnsafePicture
from bot.domain.requests import Requester
from bot.domain.verdict import Category, Decision, ReasonCode, Verdict
from bot.guardrails.rule_texts import MAX_TERMS
from bot.messages.console import console_languages, console_words, own_console_words
from bot.moderation.answers import Problem
from bot.moderation.console import LINK_SECONDS, SESSION_SECONDS
from bot.moderation.desk import Desk
from bot.web.console.api import console_routes
from bot.web.console.pages import STATIC
from tests.support.fakes import FakeClock
from tests.support.make import requester
from tests.support.rig import MODERATOR, Rig

BASE = "https://console.example"
NEIGHBOUR = requester(tenant="discord:999", user_id="77", moderator=True)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with Rig(tmp_path) as running:
        yield running


@asynccontextmanager
async def browser(desk: Desk) -> AsyncIterator[httpx2.AsyncClient]:
    app = Starlette(routes=list(console_routes(desk, BASE)))
    headers = {"accept-language": "en"}
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url=BASE, headers=headers
    ) as client:
        yield client


async def link_for(desk: Desk, actor: Requester = MODERATOR) -> str:
    link = await desk.link(actor)
    assert not isinstance(link, Problem)
    return link.secret


async def enter(client: httpx2.AsyncClient, secret: str) -> httpx2.Response:
    return await client.post("/console/enter", data={"link": secret}, headers={"origin": BASE})


async def token(client: httpx2.AsyncClient) -> dict[str, str]:
    return {"x-csrf-token": (await client.get("/console/api/state")).json()["csrf"], "origin": BASE}


async def test_opening_a_link_shows_a_button_and_uses_nothing_up(rig: Rig) -> None:
    secret = await link_for(rig.desk)
    async with browser(rig.desk) as client:
        for _ in range(2):
            door = await client.get("/console/enter", params={"link": secret})
            assert door.status_code == 200
            assert "set-cookie" not in door.headers
        entered = await enter(client, secret)

    assert (entered.status_code, entered.headers["location"]) == (303, "/console")
    cookie = entered.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("httponly", "samesite=strict", "secure", "path=/console"))
    assert secret not in cookie


async def test_a_link_works_once(rig: Rig) -> None:
    secret = await link_for(rig.desk)
    async with browser(rig.desk) as first, browser(rig.desk) as second:
        assert (await enter(first, secret)).status_code == 303
        again = await enter(second, secret)

        assert again.status_code == 410
        assert "set-cookie" not in again.headers
        assert (await second.get("/console/api/rules")).status_code == 401


async def test_a_link_and_a_session_expire(rig: Rig) -> None:
    clock = FakeClock(rig.parts.clock.now())
    desk = dataclasses.replace(rig.desk, door=dataclasses.replace(rig.desk.door, clock=clock))
    late, in_time = await link_for(desk), await link_for(desk)
    async with browser(desk) as client:
        clock.time += LINK_SECONDS - 1
        assert (await enter(client, in_time)).status_code == 303
        clock.time += 2
        async with browser(desk) as other:
            assert (await enter(other, late)).status_code == 410
        assert (await client.get("/console/api/rules")).status_code == 200
        clock.time += SESSION_SECONDS
        assert (await client.get("/console/api/rules")).status_code == 401
        assert (await client.get("/console")).status_code == 401


async def test_markup_in_a_link_stays_text(rig: Rig) -> None:
    async with browser(rig.desk) as client:
        door = await client.get("/console/enter", params={"link": '"><script>alert(1)</script>'})

    assert "<script" not in door.text


async def test_every_answer_carries_a_strict_policy(rig: Rig) -> None:
    async with browser(rig.desk) as client:
        for path in ("/console", "/console/enter", "/console/api/rules", "/console/static/console.js"):
            headers = (await client.get(path)).headers
            assert "default-src 'none'" in headers["content-security-policy"], path
            assert "unsafe" not in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-csrf-token": "guessed"},
        {"origin": "https://evil.example"},
        {"x-csrf-token": "right", "origin": "https://evil.example"},
        {"x-csrf-token": "right", "origin": "null"},
        {"x-csrf-token": "right", "origin": "http://["},
        {"x-csrf-token": "right", "origin": "https://[console.example]"},
        {"x-csrf-token": "right", "origin": ""},
    ],
)
async def test_a_change_needs_the_sessions_token_and_our_origin(rig: Rig, headers: dict[str, str]) -> None:
    async with browser(rig.desk) as client:
        await enter(client, await link_for(rig.desk))
        right = await token(client)
        given = {name: right[name] if value == "right" else value for name, value in headers.items()}
        edit = {"edits": [{"key": "access.enabled", "text": "off"}]}
        assert (await client.post("/console/api/change", json=edit, headers=given)).status_code == 403
        assert (await rig.store.policies.policy(MODERATOR.tenant)).access.enabled

        assert (await client.post("/console/api/change", json=edit, headers=right)).status_code == 200
        assert not (await rig.store.policies.policy(MODERATOR.tenant)).access.enabled


async def test_another_sites_form_cannot_redeem_a_link(rig: Rig) -> None:
    secret = await link_for(rig.desk)
    async with browser(rig.desk) as client:
        form = {"link": secret}
        for origin in ("https://evil.example", "http://[", "null"):
            foreign = await client.post("/console/enter", data=form, headers={"origin": origin})
            assert foreign.status_code == 403, origin
        assert (await enter(client, secret)).status_code == 303


async def test_nothing_is_shown_without_a_session(rig: Rig) -> None:
    async with browser(rig.desk) as client:
        client.cookies.set("imagine_console", "made-up", domain="console.example", path="/console")
        for route in console_routes(rig.desk, BASE):
            path = re.sub(r"\{\w+\}", "x", str(getattr(route, "path", "")))
            if "/api/" in path:
                method = "GET" if "GET" in getattr(route, "methods", ()) else "POST"
                assert (await client.request(method, path)).status_code == 401, path


async def test_a_session_sees_and_changes_its_own_community_only(rig: Rig) -> None:
    rig.sanitizer.verdict = Verdict(
        Decision.REJECT, category=Category.VIOLENCE, reason_code=ReasonCode.VIOLENCE
    )
    job = await rig.finished("shooting star")
    await rig.studio.report(job.job_id, job.request.requester, "it is a meteor")
    async with browser(rig.desk) as ours, browser(rig.desk) as theirs:
        await enter(ours, await link_for(rig.desk))
        await enter(theirs, await link_for(rig.desk, NEIGHBOUR))
        (case,) = (await ours.get("/console/api/queue")).json()
        assert case["words"] == "shooting star"

        for path in ("queue", "decisions", "suspensions", "history"):
            assert (await theirs.get(f"/console/api/{path}")).json() == [], path
        overview = (await theirs.get("/console/api/overview")).json()
        assert sum(day["refused"] for day in overview["days"]) == 0
        entries = (await theirs.get("/console/api/audit")).json()["entries"]
        assert {entry["data"].get("by") for entry in entries} == {"77"}
        foreign = await token(theirs)
        path = f"/console/api/cases/{case['case_id']}"
        for action, body in (("claim", {}), ("rule", {"ruling": "approve_once"})):
            answer = await theirs.post(f"{path}/{action}", json=body, headers=foreign)
            assert answer.status_code == 404, action
        await theirs.post("/console/api/preset", json={"preset": "strict_school"}, headers=foreign)
        assert (await rig.store.policies.policy(MODERATOR.tenant)).version == 0
        mixed = await theirs.post("/console/api/undo", json={"version": 0}, headers=await token(ours))
        assert mixed.status_code == 403


async def test_a_moderator_who_is_none_any_more_is_out(rig: Rig) -> None:
    named = requester(user_id="45")
    access = dataclasses.replace(rig.policy.access, moderators=frozenset({"45"}))
    rig.with_policy(access=access)
    async with browser(rig.desk) as client:
        await enter(client, await link_for(rig.desk, named))
        assert (await client.get("/console/api/rules")).status_code == 200
        await rig.desk.change(MODERATOR, [_edit("access.moderators", "")])
        assert (await client.get("/console/api/rules")).status_code == 401


def _edit(key: str, text: str) -> Any:
    from bot.moderation.rules import Edit

    return Edit(key, text)


async def test_leaving_ends_the_session_everywhere(rig: Rig) -> None:
    async with browser(rig.desk) as client:
        await enter(client, await link_for(rig.desk))
        kept = client.cookies.get("imagine_console")
        assert (await client.post("/console/api/leave", headers=await token(client))).status_code == 204
        client.cookies.set("imagine_console", str(kept), domain="console.example", path="/console")
        assert (await client.get("/console/api/rules")).status_code == 401


async def test_rubbish_is_refused_and_explained(rig: Rig) -> None:
    async with browser(rig.desk) as client:
        await enter(client, await link_for(rig.desk))
        headers = await token(client)
        for path, body in (
            ("change", {"edits": [{"key": "limits.per_user_day", "text": "many"}]}),
            ("change", {"edits": [{"key": "access.gravity", "text": "1"}]}),
            ("change", {"edits": "all"}),
            ("preset", {"preset": "anarchy"}),
            ("import", {"text": "= not toml ="}),
            ("suspend", {"user_id": "", "hours": -1}),
            ("cases/x/rule", {"ruling": "execute"}),
        ):
            answer = await client.post(f"/console/api/{path}", json=body, headers=headers)
            assert answer.status_code == 422, (path, answer.text)
            assert "Traceback" not in answer.text
        assert (
            await client.post("/console/api/undo", json={"version": 99}, headers=headers)
        ).status_code == 404


async def test_a_list_as_long_as_the_desk_takes_can_be_saved_and_a_longer_one_is_told_so(rig: Rig) -> None:
    lines = [f"an unwanted phrase of some length, number {number}" for number in range(MAX_TERMS)]
    async with browser(rig.desk) as client:
        await enter(client, await link_for(rig.desk))
        headers = await token(client)

        async def saved(terms: list[str]) -> httpx2.Response:
            body = {"edits": [{"key": "content.blocked_terms", "text": "\n".join(terms)}]}
            return await client.post("/console/api/change", json=body, headers=headers)

        assert (await saved(lines)).status_code == 200
        refused = await saved([*lines, "one more"])
        assert (refused.status_code, str(MAX_TERMS) in refused.json()["error"]["message"]) == (422, True)
        file = await client.post("/console/api/import", json={"text": "#" * 530_000}, headers=headers)
        assert "512 KiB" in file.json()["error"]["message"]


async def test_two_moderators_do_not_overwrite_each_other(rig: Rig) -> None:
    async with browser(rig.desk) as client:
        await enter(client, await link_for(rig.desk))
        seen = (await client.get("/console/api/rules")).json()["version"]
        await rig.desk.change(MODERATOR, [_edit("limits.per_user_day", "5")])
        body = {"edits": [{"key": "limits.per_user_day", "text": "9"}], "seen": seen}
        answer = await client.post("/console/api/change", json=body, headers=await token(client))

    assert answer.status_code == 409


@pytest.mark.parametrize("language", console_languages())
def test_every_language_has_every_word_of_the_page(language: str) -> None:
    english, words = own_console_words("en"), own_console_words(language)

    assert set(words) == set(english)
    for key, text in english.items():
        assert set(re.findall(r"\{\w+\}", words[key])) == set(re.findall(r"\{\w+\}", text)), key


def test_the_page_says_only_what_the_catalogue_has() -> None:
    _, words = console_words("en")
    scripts = "\n".join(path.read_text("utf-8") for path in STATIC.glob("*.js"))
    said = set(re.findall(r'say\("(\w+)"', scripts))

    assert said <= set(words)


async def test_a_held_picture_is_seen_by_who_has_claimed_it_and_released(rig: Rig) -> None:
    rig.with_policy(content=Content(on_unsafe_picture=OnUnsafePicture.HOLD))
    assert rig.moderator is not None
    rig.moderator.image_scores = [{"violence": 0.95}]
    job = await rig.finished()
    async with browser(rig.desk) as client, browser(rig.desk) as stranger:
        await enter(client, await link_for(rig.desk))
        await enter(stranger, await link_for(rig.desk, NEIGHBOUR))
        one = (await client.get("/console/api/queue")).json()[0]
        picture = f"/console/api/cases/{one['case_id']}/pictures/0"
        assert (one["kind"], one["pictures"]) == ("held", 1)
        assert (await client.get(picture)).status_code == 409
        headers = await token(client)
        await client.post(f"/console/api/cases/{one['case_id']}/claim", json={}, headers=headers)

        seen = await client.get(picture)

        assert (seen.status_code, seen.headers["content-type"]) == (200, "image/jpeg")
        assert seen.headers["cache-control"] == "no-store"
        assert (await stranger.get(picture)).status_code == 404
        assert (await client.get(picture.replace("/0", "/7"))).status_code == 404
        path = f"/console/api/cases/{one['case_id']}/rule"
        assert (await client.post(path, json={"ruling": "release"}, headers=headers)).json()["told"]
    assert isinstance((await rig.end_of(job.job_id)).outcome, Delivered)


async def test_a_file_is_verified_in_the_console(rig: Rig) -> None:
    job = await rig.finished()
    assert isinstance(job.outcome, Delivered)
    original = await rig.parts.images.read(job.outcome.images[0].key)
    async with browser(rig.desk) as client:
        await enter(client, await link_for(rig.desk))
        headers = await token(client)
        ours = await client.post("/console/api/verify-file", content=original, headers=headers)
        named = await client.post("/console/api/verify", json={"text": job.job_id}, headers=headers)
        rubbish = await client.post("/console/api/verify-file", content=b"GIF", headers=headers)
        without = await client.post("/console/api/verify-file", content=original)

    assert job.job_id in ours.json()["lines"][1]
    assert named.json() == ours.json()
    assert (rubbish.status_code, without.status_code) == (422, 403)


def test_every_event_of_the_audit_trail_has_words() -> None:
    """What is written down by the code, but for what no community sees."""
    code = "\n".join(path.read_text("utf-8") for path in (STATIC.parents[2]).rglob("*.py"))
    written = set(re.findall(r"\.audit\(\s*[\w.]+,\s*\"(\w+)\"", code))
    _, words = console_words("en")

    assert len(written) > 10
    assert written - {"suspended_by_provider"} <= {key.removeprefix("event_") for key in words}

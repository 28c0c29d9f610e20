"""The console read as an attacker would: rights that were lost, other people's tokens, caches, addresses, methods."""

import dataclasses
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest
from starlette.applications import Starlette

from bot.domain.outcomes import Delivered
from bot.domain.requests import Requester
from bot.moderation.answers import No, Problem
from bot.moderation.desk import Desk
from bot.moderation.ports import Rights
from bot.moderation.rights import FRESH_SECONDS, STALE_SECONDS, RightsDesk
from bot.web.console.api import console_routes
from tests.support.fakes import FakeClock
from tests.support.make import requester
from tests.support.rig import MODERATOR, FakeChat, Rig

BASE = "https://console.example"
NEIGHBOUR = requester(tenant="discord:999", user_id="77", moderator=True)


@dataclass
class Chat(FakeChat):
    """A chat that knows what people may do; `silent` gives no answer."""

    may: dict[str, Rights] = field(default_factory=dict)
    silent: bool = False
    asked: int = 0

    async def rights(self, tenant: str, user_id: str) -> Rights:
        self.asked += 1
        if self.silent:
            raise OSError("nobody there")
        return self.may.get(user_id, Rights(moderator=False))


@dataclass
class House:
    rig: Rig
    chat: Chat
    clock: FakeClock
    desk: Desk

    async def link(self, actor: Requester = MODERATOR, case_id: str = "") -> str:
        link = await self.desk.link(actor, case_id)
        assert not isinstance(link, Problem)
        return link.secret

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[httpx2.AsyncClient]:
        transport = httpx2.ASGITransport(Starlette(routes=list(console_routes(self.desk, BASE))))
        async with httpx2.AsyncClient(transport=transport, base_url=BASE) as client:
            yield client

    @asynccontextmanager
    async def inside(self, actor: Requester = MODERATOR) -> AsyncIterator[httpx2.AsyncClient]:
        """A browser that has redeemed a link; changes carry the session's token."""
        async with self.browser() as client:
            assert (await enter(client, await self.link(actor))).status_code == 303
            state = (await client.get("/console/api/state")).json()
            client.headers["x-csrf-token"] = state["csrf"]
            yield client


async def enter(client: httpx2.AsyncClient, secret: str) -> httpx2.Response:
    return await client.post("/console/enter", data={"link": secret}, headers={"origin": BASE})


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with Rig(tmp_path) as rig:
        chat, clock = Chat(), FakeClock(rig.parts.clock.now())
        for actor in (MODERATOR, NEIGHBOUR):
            chat.may[actor.user_id] = Rights(moderator=True)
        door = dataclasses.replace(
            rig.desk.door, clock=clock, rights=RightsDesk({MODERATOR.platform: chat}, clock)
        )
        yield House(rig, chat, clock, dataclasses.replace(rig.desk, door=door))


async def test_who_lost_the_right_meanwhile_is_out_within_half_a_minute(house: House) -> None:
    async with house.inside() as client:
        house.chat.may.clear()
        assert (await client.get("/console/api/queue")).status_code == 200
        house.clock.time += FRESH_SECONDS
        assert (await client.get("/console/api/queue")).status_code == 401
        edit = {"edits": [{"key": "access.enabled", "text": "off"}]}
        assert (await client.post("/console/api/change", json=edit)).status_code == 401
        assert (await client.get("/console")).status_code == 401


async def test_a_link_of_somebody_who_lost_the_right_opens_nothing(house: House) -> None:
    secret = await house.link()
    house.chat.may.clear()
    async with house.browser() as client:
        refused = await enter(client, secret)

        assert (refused.status_code, "set-cookie" in refused.headers) == (410, False)


async def test_a_named_role_counts_as_long_as_the_person_has_it(house: House) -> None:
    deputy = requester(user_id="45", roles=frozenset({"9"}))
    house.rig.with_policy(access=dataclasses.replace(house.rig.policy.access, moderators=frozenset({"9"})))
    house.chat.may["45"] = Rights(False, frozenset({"9"}))
    async with house.inside(deputy) as client:
        house.clock.time += FRESH_SECONDS
        assert (await client.get("/console/api/rules")).status_code == 200
        house.chat.may["45"] = Rights(False, frozenset())
        house.clock.time += FRESH_SECONDS
        assert (await client.get("/console/api/rules")).status_code == 401


async def test_a_chat_that_is_silent_for_long_lets_nobody_in(house: House) -> None:
    async with house.inside() as client:
        house.chat.silent = True
        house.clock.time += STALE_SECONDS - 1
        assert (await client.get("/console/api/rules")).status_code == 200
        house.clock.time += 2
        assert (await client.get("/console/api/rules")).status_code == 401
        house.chat.silent = False
        assert (await client.get("/console/api/rules")).status_code == 200


async def test_the_chat_is_not_asked_at_every_click(house: House) -> None:
    async with house.inside() as client:
        asked = house.chat.asked
        for _ in range(5):
            await client.get("/console/api/queue")

        assert house.chat.asked == asked


async def test_another_sessions_token_changes_nothing(house: House) -> None:
    async with house.inside() as ours, house.inside(NEIGHBOUR) as theirs:
        ours.headers["x-csrf-token"] = theirs.headers["x-csrf-token"]
        answer = await ours.post("/console/api/preset", json={"preset": "strict_school"})

        assert answer.status_code == 403


async def test_a_tab_of_an_earlier_session_shows_nothing_of_the_present_one(house: House) -> None:
    """Somebody who moderates two communities opens the second in another tab: its cookie is the first one's as well."""
    async with house.inside() as client:
        assert (await client.get("/console/api/rules")).status_code == 200
        assert (await enter(client, await house.link(NEIGHBOUR))).status_code == 303

        assert (await client.get("/console/api/rules")).status_code == 403
        del client.headers["x-csrf-token"]
        assert (await client.get("/console/api/state")).json()["community"] == "Discord 999"


async def test_a_link_is_no_session_and_a_session_is_no_link(house: House) -> None:
    secret = await house.link()
    async with house.browser() as client:
        client.cookies.set("imagine_console", secret, domain="console.example", path="/console")
        assert (await client.get("/console/api/rules")).status_code == 401
    async with house.inside() as client, house.browser() as other:
        session = str(client.cookies.get("imagine_console"))
        assert (await enter(other, session)).status_code == 410


async def test_after_the_exchange_no_address_holds_a_secret(house: House) -> None:
    secret = await house.link(case_id="0123456789abcdef")
    async with house.browser() as client:
        entered = await enter(client, secret)

        assert entered.headers["location"] == "/console#queue/0123456789abcdef"
        session = str(client.cookies.get("imagine_console"))
        state = await client.get("/console/api/state")
        page = await client.get("/console")
        for text in (entered.text, page.text, state.text):
            assert secret not in text
            assert session not in text


async def test_nothing_private_is_kept_by_a_cache_or_framed_or_sniffed(house: House) -> None:
    async with house.inside() as client:
        paths = [str(getattr(route, "path", "")) for route in console_routes(house.desk, BASE)]
        reads = [path for path in paths if "/static" not in path]
        for path in ["/console/enter?link=x", *(re.sub(r"\{\w+\}", "0", path) for path in reads)]:
            for method in ("GET", "HEAD"):
                answer = await client.request(method, path)
                if answer.status_code == 405:
                    continue
                headers = answer.headers
                assert headers["cache-control"] == "no-store", path
                assert "frame-ancestors 'none'" in headers["content-security-policy"], path
                assert headers["referrer-policy"] == "same-origin", path
                assert headers["x-robots-tag"] == "noindex", path
                assert headers["cross-origin-resource-policy"] == "same-origin", path
        export = await client.get("/console/api/export")
        assert export.headers["content-disposition"].startswith("attachment")


async def test_a_change_is_never_made_by_reading(house: House) -> None:
    """GET, which another site can trigger with the cookie of a lax browser, has no way to a change."""
    async with house.inside() as client:
        version = (await client.get("/console/api/rules")).json()["version"]
        for route in console_routes(house.desk, BASE):
            if getattr(route, "methods", None) == {"POST"}:
                path = re.sub(r"\{\w+\}", "x", str(getattr(route, "path", "")))
                status = (await client.get(path)).status_code
                assert status in {200, 405}, path
                assert (status == 200) == (path == "/console/enter"), path
        assert (await client.get("/console/api/rules")).json()["version"] == version


async def test_the_public_address_counts_behind_a_proxy_that_replaces_the_host(house: House) -> None:
    async with house.inside() as client:
        edit = {"edits": [{"key": "access.enabled", "text": "off"}]}
        for origin, status in (
            ("http://console.example", 403),
            ("https://console.example.evil.example", 403),
            ("https://evil.example", 403),
            (BASE, 200),
        ):
            headers = {"origin": origin, "host": "inner:8080"}
            answer = await client.post("/console/api/change", json=edit, headers=headers)
            assert answer.status_code == status, origin


async def test_another_communitys_pictures_are_unknown(house: House) -> None:
    job = await house.rig.finished()
    assert isinstance(job.outcome, Delivered)
    original = await house.rig.parts.images.read(job.outcome.images[0].key)
    async with house.inside() as ours, house.inside(NEIGHBOUR) as theirs:
        asked = {"text": job.job_id}
        assert (await ours.post("/console/api/verify", json=asked)).status_code == 200
        named = await theirs.post("/console/api/verify", json=asked)
        file = await theirs.post("/console/api/verify-file", content=original)

        assert (named.status_code, named.json()["error"]["code"]) == (404, No.UNKNOWN_PICTURE)
        assert job.job_id not in file.text


async def test_a_person_is_judged_in_ones_own_community_only(house: House) -> None:
    async with house.inside() as ours, house.inside(NEIGHBOUR) as theirs:
        await ours.post("/console/api/suspend", json={"user_id": "42", "hours": None, "reason": "spam"})

        assert (await theirs.get("/console/api/people/42")).json()["suspension"] is None
        assert (await theirs.post("/console/api/lift", json={"user_id": "42"})).status_code == 422
        assert (await ours.get("/console/api/people/42")).json()["suspension"]["reason"] == "spam"


@pytest.mark.parametrize("path", ["../api.py", "%2e%2e/api.py", "..%2f..%2fgate.py", "%2fetc/passwd"])
async def test_static_files_stay_in_their_folder(house: House, path: str) -> None:
    async with house.browser() as client:
        answer = await client.get(httpx2.URL(f"{BASE}/console/static/{path}"))

    assert answer.status_code in {401, 404}
    assert "import" not in answer.text


async def test_what_is_too_large_is_not_kept_in_memory(house: House) -> None:
    async with house.inside() as client:
        answer = await client.post("/console/api/import", content=b'{"text": "' + b"a" * 600_000 + b'"}')
        assert answer.status_code == 422
        many = await client.post("/console/enter", data={"link": "a" * 600_000}, headers={"origin": BASE})
        assert many.status_code == 410


async def test_a_form_with_many_fields_is_a_closed_door(house: House) -> None:
    async with house.browser() as client:
        answer = await client.post(
            "/console/enter", data={f"field{number}": "x" for number in range(9)}, headers={"origin": BASE}
        )

    assert answer.status_code == 410


@pytest.mark.parametrize("written", ["<@42>", "<@!42>", "<@42|mallory>", "  42 "])
async def test_a_member_may_be_named_as_chat_writes_them(house: House, written: str) -> None:
    """Pasted from a message: a ban of the letters "<@42>" would be shown as a ban, and would hold for nobody."""
    async with house.inside() as client:
        looked = await client.get(f"/console/api/people/{quote(written, safe='')}")
        banned = await client.post("/console/api/suspend", json={"user_id": written, "hours": None})

        assert (looked.json()["user_id"], banned.json()["user_id"]) == ("42", "42")
        assert await house.desk.people.suspended(requester(user_id="42")) is not None


@pytest.mark.parametrize(
    ("kind", "written", "place_id"),
    [("channel", "<#7>", "7"), ("channel", "<#7|art>", "7"), ("role", "<@&9>", "9"), ("role", " 9", "9")],
)
async def test_a_place_may_be_named_as_chat_writes_it(
    house: House, kind: str, written: str, place_id: str
) -> None:
    async with house.inside() as client:
        edit = {"key": "access.enabled", "text": "off", "place": {"kind": kind, "place_id": written}}
        assert (await client.post("/console/api/change", json={"edits": [edit]})).status_code == 200
        settings = (await client.get("/console/api/rules")).json()["settings"]
        [enabled] = [one for one in settings if one["key"] == "access.enabled"]

        assert [(one["kind"], one["place_id"]) for one in enabled["places"]] == [(kind, place_id)]
        gone = {"key": "access.enabled", "text": "", "place": {"kind": kind, "place_id": place_id}}
        assert (await client.post("/console/api/change", json={"edits": [gone]})).status_code == 200

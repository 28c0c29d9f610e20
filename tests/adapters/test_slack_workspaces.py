"""Many workspaces over HTTP: installing, renewing tokens, leaving, and the organisations of Enterprise Grid."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
import pytest_asyncio

from adapters.slack.installations import Installation, Installations
from adapters.slack.rotation import Rotation
from adapters.slack.workspaces import ManyWorkspaces, NotInstalled
from bot.clock import SystemClock
from bot.store import open_store
from tests.support.process import BotProcess
from tests.support.slack_stage import Stage, open_stage
from tests.twins.slack_twin import CLIENT_ID, CLIENT_SECRET, Person, SlackTwin

pytestmark = [
    pytest.mark.process,
    pytest.mark.xdist_group("slack_workspaces"),
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("bot")
    async with open_stage(folder, http=True, oauth=True) as opened:
        opened.slack.tokens.clear()
        yield opened


async def install(bot_url: str, slack: SlackTwin, code: str, *, cookie: bool = True) -> tuple[int, str]:
    """Go through the installation as a browser does; the status and the page at its end."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as browser:
        async with browser.get(f"{bot_url}/slack/install", allow_redirects=False) as away:
            assert away.status == 302
            query = parse_qs(urlsplit(away.headers["Location"]).query)
        assert set(query["scope"][0].split(",")) == slack.scopes
        if not cookie:
            jar.clear()
        target = f"{bot_url}/slack/oauth_redirect"
        async with browser.get(target, params={"code": code, "state": query["state"][0]}) as back:
            status, page = back.status, await back.text()
        async with browser.get(target, params={"code": code, "state": query["state"][0]}) as replayed:
            assert replayed.status == 400, "a state works once"
        return status, page


async def asks(stage: Stage, person: Person, channel: str, words: str = "a brass owl") -> None:
    stage.slack.members.add(channel)
    before = len(person.sees(channel))
    await person.slash(words, channel)
    await stage.picture(person, channel, after=before)


def rows(folder: Path, sql: str, *values: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / "data" / "imagine.db") as database:
        return list(database.execute(sql, values))


async def test_install_ask_leave_in_any_order_and_come_back(stage: Stage) -> None:
    ada = stage.slack.person("U000ADA01", "T000000A1")
    await ada.slash("a brass owl", "C000000A1")
    await stage.seen(ada, "not set up", "C000000A1")

    status, page = await install(stage.address, stage.slack, stage.slack.code("T000000A1"))
    assert (status, "Installed" in page) == (200, True)
    await asks(stage, ada, "C000000A1")
    token = next(iter(stage.slack.tokens))
    stored = (stage.folder / "data" / "imagine.db").read_bytes()
    assert token.encode() not in stored, "tokens are encrypted"

    uninstalled = {"type": "app_uninstalled"}
    revoked = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U000BOT00"]}}
    for event in (revoked, uninstalled, revoked, uninstalled):
        assert (await ada.event(event)).status == 200
    await stage.until(
        lambda: (
            not rows(
                stage.folder, "SELECT 1 FROM job WHERE tenant = ? AND state <> 'deleted'", "slack:T000000A1"
            )
        )
    )
    await stage.until(
        lambda: not rows(stage.folder, "SELECT 1 FROM secret_item WHERE kind = 'slack_installation'")
    )
    assert "brass owl" not in str(rows(stage.folder, "SELECT request, steps FROM job"))
    before = len(ada.sees("C000000A1"))
    await ada.slash("a brass owl", "C000000A1")
    await stage.until(lambda: "not set up" in "".join(m.all_text for m in ada.sees("C000000A1")[before:]))

    assert (await install(stage.address, stage.slack, stage.slack.code("T000000A1")))[0] == 200
    await asks(stage, ada, "C000000A1")


async def test_an_installation_from_another_browser_or_with_a_bad_code_is_none(stage: Stage) -> None:
    code = stage.slack.code("T000000B1")
    status, page = await install(stage.address, stage.slack, code, cookie=False)
    assert (status, "another browser" in page) == (400, True)
    status, page = await install(stage.address, stage.slack, "code-of-nobody")
    assert (status, "did not confirm" in page) == (502, True)
    async with (
        aiohttp.ClientSession() as browser,
        browser.get(f"{stage.address}/slack/oauth_redirect?state=x.1.y&error=access_denied") as answer,
    ):
        assert answer.status == 400


async def test_an_organisation_is_one_installation_and_its_workspaces_are_apart(stage: Stage) -> None:
    assert (await install(stage.address, stage.slack, stage.slack.code(None, "E0000000C")))[0] == 200
    one = stage.slack.person("W000ADA01", "T000000C1", "E0000000C")
    two = stage.slack.person("W000ADA01", "T000000C2", "E0000000C")
    await asks(stage, one, "C000000C1")
    await asks(stage, two, "C000000C2")

    tenants = {row[0] for row in rows(stage.folder, "SELECT tenant FROM job WHERE user_id = 'W000ADA01'")}
    assert tenants == {"slack:E0000000C:T000000C1", "slack:E0000000C:T000000C2"}


async def test_a_stranger_over_http_is_refused(stage: Stage) -> None:
    url = f"{stage.address}/slack/events"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data="command=/imagine", headers={"X-Slack-Signature": "v0=00"}) as answer,
    ):
        assert answer.status == 401


async def token_of(workspaces: ManyWorkspaces) -> str | None:
    return (await workspaces.client("slack:T1")).token


async def test_replicas_renew_a_token_once(tmp_path: Path) -> None:
    """Ten replicas find a token that is about to end; the refresh token works once."""
    from adapters.slack.background import Background
    from adapters.slack.connection import open_session, web_client
    from tests.support.fakes import Observed

    clock = SystemClock()
    store = await open_store(f"sqlite:///{tmp_path / 'x.db'}", data_dir=tmp_path, clock=clock)
    async with SlackTwin() as slack:
        slack.refresh_tokens["xoxe-first"] = (None, "T1")
        slack.token_seconds = 43_200
        session = open_session()
        base = f"{slack.origin}/api/"
        installed = Installation(
            "T1", "", "xoxb-old", refresh_token="xoxe-first", expires_at=clock.now() + 60
        )
        await Installations(store.secrets, clock).save(installed)
        replicas = []
        for _ in range(10):
            known = Installations(store.secrets, clock)
            rotation = Rotation(
                known, web_client(session, base, None), CLIENT_ID, CLIENT_SECRET, clock, Observed()
            )
            made = ManyWorkspaces(
                known, rotation, lambda token: web_client(session, base, token), Background()
            )
            replicas.append((made, rotation))
        found = await asyncio.gather(*(rotation.fresh(installed) for _, rotation in replicas))
        calls = [name for name, _, _ in slack.calls]
        # Whoever read the old one a moment ago may use it on, since it still works, until it has renewed its own view.
        async with asyncio.timeout(20):
            while "xoxb-old" in (tokens := {await token_of(workspaces) for workspaces, _ in replicas}):
                await asyncio.sleep(0.02)
        for workspaces, _ in replicas:
            with pytest.raises(NotInstalled):
                await workspaces.client("slack:T9")
        await session.close()
    await store.aclose()

    assert calls.count("oauth.v2.access") == 1
    assert len(tokens) == 1
    assert {item.bot_token for item in found} <= {"xoxb-old", *tokens}


async def test_the_process_renews_what_is_about_to_end(tmp_path: Path) -> None:
    async with SlackTwin() as slack:
        slack.token_seconds = 600
        async with BotProcess(slack.oauth_environment, tmp_path) as bot:
            slack.bot_url = bot.address
            assert (await install(bot.address, slack, slack.code("T000000D1")))[0] == 200
            slack.token_seconds = 43_200
            await slack.person("U1", "T000000D1").slash("help", "C1")
            await slack.until(lambda: sum(name == "oauth.v2.access" for name, _, _ in slack.calls) == 2)
        assert slack.violations == []

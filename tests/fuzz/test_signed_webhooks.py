"""Rightly signed bodies of any shape, over real sockets: 400, never a crash, and the endpoint goes on serving.

The signature only says who sent a body, not that it makes sense.
"""

import base64
import hashlib
import hmac
import json
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from starlette.applications import Starlette

from adapters.discord.adapter import DiscordAdapter
from adapters.discord.settings import DiscordSettings
from adapters.slack.adapter import SlackAdapter
from adapters.slack.settings import SlackSettings
from bot.ports import ChatAdapter
from bot.providers.openai_client import open_client
from bot.sanitizers.safety_events import OpenAISafetyEvents
from bot.web.plane import listen, serving
from bot.web.safety import PATH, SafetyWebhook
from tests.support.adapter_context import context_of
from tests.support.rig import Rig
from tests.twins.discord_twin import DiscordTwin
from tests.twins.openai_twin import API_KEY
from tests.twins.slack_twin import BOT_TOKEN, SIGNING_SECRET, SlackTwin

pytestmark = pytest.mark.asyncio(loop_scope="module")

Post = Callable[[bytes], Awaitable[int]]
"""Signs a body, sends it and returns the answer's status."""

SAFETY_KEY = base64.b64encode(b"a key of twenty four byte").decode()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
FEW = settings(
    deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
NO_JSON = [b"", b"{", b"\xff\xfe{}", b"null", b"[]", b"7", b'"words"', b"{}", b"[" * 60_000, b'{"type": NaN}']


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(force_close=True)  # none that the server is just closing is used again
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=20)) as session:
        yield session


@asynccontextmanager
async def running(adapter: ChatAdapter, listener: socket.socket) -> AsyncIterator[None]:
    """The adapter started, its routes served over HTTP."""
    async with serving(Starlette(routes=list(adapter.routes())), listener):
        await adapter.start()
        try:
            yield
        finally:
            await adapter.stop_intake()
            await adapter.aclose()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord(
    http: aiohttp.ClientSession, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Post]:
    key, folder = Ed25519PrivateKey.generate(), tmp_path_factory.mktemp("discord")
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    async with DiscordTwin() as twin, Rig(folder) as rig:
        told: dict[str, Any] = {name.lower(): value for name, value in twin.environment.items()}
        adapter = DiscordAdapter(context_of(rig, folder), DiscordSettings(**told, discord_public_key=public))
        listener = listen("127.0.0.1", 0)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/discord/interactions"

        async def post(body: bytes) -> int:
            stamp = str(int(time.time()))
            headers = {"X-Signature-Timestamp": stamp}
            headers["X-Signature-Ed25519"] = key.sign(stamp.encode() + body).hex()
            async with http.post(url, data=body, headers=headers) as answer:
                return answer.status

        async with running(adapter, listener):
            yield post


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def slack(http: aiohttp.ClientSession, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Post]:
    folder = tmp_path_factory.mktemp("slack")
    async with SlackTwin() as twin, Rig(folder) as rig:
        told = SlackSettings(
            slack_bot_token=SecretStr(BOT_TOKEN),
            slack_signing_secret=SecretStr(SIGNING_SECRET),
            slack_api_base_url=f"{twin.origin}/api/",
        )
        adapter = SlackAdapter(context_of(rig, folder), told)
        listener = listen("127.0.0.1", 0)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/slack/events"

        async def post(body: bytes) -> int:
            stamp = str(int(time.time()))
            mac = hmac.new(SIGNING_SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
            headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={mac.hexdigest()}"}
            async with http.post(url, data=body, headers=headers) as answer:
                return answer.status

        async with running(adapter, listener):
            yield post


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def safety(http: aiohttp.ClientSession) -> AsyncIterator[Post]:
    client = await open_client(SecretStr(API_KEY), "http://127.0.0.1:9/v1")

    async def suspend(_who: str, _kind: str) -> None:
        raise AssertionError("nobody may be suspended by such a notice")

    events = OpenAISafetyEvents(client, SecretStr(f"whsec_{SAFETY_KEY}"))
    hook = SafetyWebhook(events, suspend, lambda _kind, _detail: None)
    listener = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}{PATH}"

    async def post(body: bytes) -> int:
        when = str(int(time.time()))
        mac = hmac.new(
            base64.b64decode(SAFETY_KEY), b"wh_1." + when.encode() + b"." + body, hashlib.sha256
        ).digest()
        signature = f"v1,{base64.b64encode(mac).decode()}"
        headers = {"webhook-id": "wh_1", "webhook-timestamp": when, "webhook-signature": signature}
        async with http.post(url, data=body, headers=headers) as answer:
            return answer.status

    async with serving(Starlette(routes=[hook.route()]), listener):
        yield post
    await client.close()


COMMAND = {
    "id": "1",
    "application_id": "2",
    "token": "t",
    "type": 2,
    "version": 1,
    "channel_id": "3",
    "user": {"id": "4", "username": "ada", "discriminator": "0", "global_name": None, "avatar": None},
    "data": {"id": "5", "name": "nothing-of-ours", "type": 1, "options": []},
}


@pytest.mark.parametrize("body", NO_JSON)
async def test_discord_what_is_no_interaction(discord: Post, body: bytes) -> None:
    assert await discord(body) == 400
    assert await discord(b'{"type": 1}') == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [("data", {}), ("data", None), ("type", 9), ("id", "x"), ("user", 7), ("channel_id", [])],
)
async def test_discord_an_interaction_that_lacks_something(discord: Post, field: str, value: Any) -> None:
    assert await discord(json.dumps({**COMMAND, field: value}).encode()) == 400


@pytest.mark.parametrize(
    "body", [*(body for body in NO_JSON[1:7]), b"payload=%7B", b"payload=7", b"payload=[]"]
)
async def test_slack_what_is_no_request(slack: Post, body: bytes) -> None:
    status = await slack(body)

    assert 400 <= status < 500
    assert await slack(b'{"type": "url_verification", "challenge": "c"}') == 200


@pytest.mark.parametrize("body", NO_JSON)
async def test_safety_what_is_no_event(safety: Post, body: bytes) -> None:
    assert await safety(body) == 400


@pytest.mark.parametrize("data", [None, 7, [], {}, {"safety_identifier": None}, {"safety_identifier": {}}])
@pytest.mark.parametrize("kind", ["safety_identifier.blocked", "safety.warning_issued"])
async def test_safety_a_notice_about_nobody(safety: Post, kind: str, data: Any) -> None:
    notice = {"id": "e", "object": "event", "created_at": 1, "type": kind, "data": data}

    assert await safety(json.dumps(notice).encode()) == 400


@pytest.mark.long
@FEW
@given(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
async def test_any_body_is_answered(discord: Post, slack: Post, safety: Post, body: bytes) -> None:
    assert await discord(body) == 400
    assert await slack(body) < 500
    assert await safety(body) == 400


@pytest.mark.long
@FEW
@given(st.sampled_from([2, 3, 4, 5]), st.sampled_from([*COMMAND, "member", "guild_id", "message"]), JSON)
async def test_any_field_of_an_interaction_may_be_anything(
    discord: Post, kind: int, field: str, value: Any
) -> None:
    assert await discord(json.dumps({**COMMAND, "type": kind, field: value}).encode()) in {200, 202, 400}


@pytest.mark.long
@FEW
@given(
    st.sampled_from(["event_callback", "block_actions", "view_submission", "shortcut", "message_action"]),
    st.sampled_from(
        ["team", "team_id", "user", "view", "actions", "event", "authorizations", "channel", "enterprise"]
    ),
    JSON,
)
async def test_any_field_of_a_slack_payload_may_be_anything(
    slack: Post, kind: str, field: str, value: Any
) -> None:
    payload = {"type": kind, "team": {"id": "T1"}, "user": {"id": "U1"}, "trigger_id": "1.2", field: value}

    assert await slack(f"payload={quote(json.dumps(payload))}".encode()) < 500
    assert await slack(json.dumps(payload).encode()) < 500

"""Decisions and safety notices, with the real SDK against a strict OpenAI of our own."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.clock import SystemClock
from bot.domain.clock import Deadline
from bot.domain.errors import ProviderFailed
from bot.domain.images import MediaType
from bot.domain.outcomes import Delivered, Failed, FailureClass, Refused
from bot.domain.policy import Content, Policy
from bot.providers.openai_client import open_client
from bot.sanitizers.safety_events import OpenAISafetyEvents
from bot.sanitizers.second_opinion import OpenAIDecisions
from bot.web.safety import PATH, SafetyWebhook
from tests.support.make import picture
from tests.support.rig import Rig
from tests.twins import http_twin, openai_modes
from tests.twins.openai_twin import API_KEY, OpenAITwin

KEY = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
WHO = "ab" * 32


@pytest.fixture
async def openai() -> AsyncIterator[OpenAITwin]:
    async with OpenAITwin() as twin:
        yield twin


@pytest.fixture
async def decisions(openai: OpenAITwin) -> AsyncIterator[OpenAIDecisions]:
    client = await open_client(SecretStr(API_KEY), openai.base_url)
    yield OpenAIDecisions(client, SystemClock())
    await client.close()


def soon() -> Deadline:
    return Deadline(time.time() + 10)


async def test_a_picture_and_words_get_a_probability(openai: OpenAITwin, decisions: OpenAIDecisions) -> None:
    assert await decisions.picture(picture(), MediaType.PNG, soon(), WHO) < 0.2
    assert await decisions.words("a brass owl", Policy(), soon(), WHO) < 0.2
    assert [json.loads(one.body)["safety_identifier"] for one in openai.requests] == [WHO, WHO]


@pytest.mark.parametrize(
    "fault", [openai_modes.DecisionRefusal(), http_twin.ServerError(502, html=True), http_twin.EmptyBody()]
)
async def test_no_answer_is_a_fault_and_no_pass(
    openai: OpenAITwin, decisions: OpenAIDecisions, fault: http_twin.Fault
) -> None:
    openai.decisions.always(fault)

    with pytest.raises(ProviderFailed):
        await decisions.picture(picture(), MediaType.PNG, soon(), WHO)


class Opinion:
    def __init__(self, probability: float | None) -> None:
        self.probability = probability

    async def picture(self, data: bytes, media_type: MediaType, deadline: Deadline, who: str) -> float:
        if self.probability is None:
            raise ProviderFailed("decisions")
        return self.probability

    async def words(self, text: str, policy: Policy, deadline: Deadline, who: str) -> float:
        return 1.0


@pytest.mark.parametrize(
    ("probability", "end"),
    [(0.1, Delivered), (0.9, Refused), (None, Failed)],
    ids=["passes", "flags", "down"],
)
async def test_a_second_check_can_only_stop_a_picture(
    tmp_path: Path, probability: float | None, end: type
) -> None:
    async with Rig(tmp_path, second_check=Opinion(probability)) as rig:
        rig.with_policy(content=Content(second_check=True))
        job = await rig.finished()

        assert isinstance(job.outcome, end)
        if probability is None:
            assert job.outcome == Failed(FailureClass.CHECK_DOWN)


async def test_a_wanted_second_check_that_nobody_offers_shows_nothing(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        rig.with_policy(content=Content(second_check=True))

        assert (await rig.finished()).outcome == Failed(FailureClass.CHECK_DOWN)


def signed(event: dict[str, object], at: float | None = None) -> tuple[bytes, dict[str, str]]:
    """After the standard webhooks scheme that the SDK verifies."""
    body, when = json.dumps(event).encode(), str(int(at or time.time()))
    mac = hmac.new(base64.b64decode(KEY), b"wh_1." + when.encode() + b"." + body, hashlib.sha256).digest()
    return body, {
        "webhook-id": "wh_1",
        "webhook-timestamp": when,
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }


BLOCKED: dict[str, object] = {
    "id": "evt_1",
    "object": "event",
    "created_at": 1,
    "type": "safety_identifier.blocked",
    "data": {"safety_category": "bio", "safety_identifier": WHO},
}


async def test_only_a_signed_and_fresh_notice_suspends(openai: OpenAITwin) -> None:
    client = await open_client(SecretStr(API_KEY), openai.base_url)
    suspended: list[tuple[str, str]] = []
    alerts: list[str] = []

    async def suspend(who: str, kind: str) -> None:
        suspended.append((who, kind))

    events = OpenAISafetyEvents(client, SecretStr(f"whsec_{KEY}"))
    hook = SafetyWebhook(events, suspend, lambda kind, _detail: alerts.append(kind))
    with TestClient(Starlette(routes=[hook.route()])) as page:
        body, headers = signed(BLOCKED)
        assert page.post(PATH, content=body + b" ", headers=headers).status_code == 400
        assert page.post(PATH, content=body).status_code == 400
        old, old_headers = signed(BLOCKED, time.time() - 3600)
        assert page.post(PATH, content=old, headers=old_headers).status_code == 400
        assert suspended == []

        assert page.post(PATH, content=body, headers=headers).status_code == 200
        assert page.post(PATH, content=b"x" * 100_000, headers=headers).status_code == 413
    await client.close()

    assert suspended == [(WHO, "safety_identifier.blocked")]
    assert alerts == ["safety"]

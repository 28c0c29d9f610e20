"""The last two rows of the refusal table: words where a picture should be, and blocks of an account or a person."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import openai
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from bot.clock import SystemClock
from bot.domain.outcomes import Failed, FailureClass, RefusalReason, Refused
from bot.ports import Accepted
from bot.providers.dialects import OPENAI
from bot.providers.openai_images import OpenAIImages
from bot.providers.profiles import profile_of
from bot.providers.words_instead import words_instead
from bot.sanitizers.safety_events import OpenAISafetyEvents
from bot.web.safety import PATH, SafetyWebhook
from tests.support.fakes import ScriptedProvider, produced
from tests.support.make import requester
from tests.support.rig import ELSEWHERE, OTHER, Rig
from tests.twins import openai_modes
from tests.twins.openai_twin import API_KEY, OpenAITwin

KEY = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


@pytest.fixture
async def twin() -> AsyncIterator[OpenAITwin]:
    async with OpenAITwin() as running:
        yield running


@pytest.fixture
async def images(twin: OpenAITwin) -> AsyncIterator[OpenAIImages]:
    clock = SystemClock()
    async with openai.AsyncOpenAI(api_key=API_KEY, base_url=twin.base_url, max_retries=0) as client:
        yield OpenAIImages("openai", "gpt-image-2", profile_of("gpt-image-2"), OPENAI, client, clock)


async def test_row_12_words_where_a_picture_should_be_are_a_refusal_and_no_outage(
    twin: OpenAITwin, images: OpenAIImages, tmp_path: Path
) -> None:
    twin.images.always(openai_modes.EmptyData("I'm sorry, I cannot draw this."))
    backup = ScriptedProvider("backup", [[produced("backup")]])
    async with Rig(tmp_path, [images, backup]) as rig:  # type: ignore[list-item]
        job = await rig.finished()

        assert isinstance(job.outcome, Refused)
        assert job.outcome.reason is RefusalReason.PROVIDER_INPUT
        assert "sorry" not in repr(job.outcome)
        assert (len(twin.image_prompts), backup.tasks) == (1, [])  # asked once, and nobody else
        assert rig.observed.open_circuits.get("openai") is not True


async def test_row_12_an_answer_with_neither_is_a_fault(
    twin: OpenAITwin, images: OpenAIImages, tmp_path: Path
) -> None:
    twin.images.always(openai_modes.EmptyData())
    async with Rig(tmp_path, [images]) as rig:  # type: ignore[list-item]
        assert isinstance((await rig.finished()).outcome, Failed)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"data": [], "text": "no"}, True),
        ({"images": [], "message": {"content": "I can't"}}, True),
        ({"choices": [{"message": {"content": [{"type": "text", "text": "I can't"}]}}]}, True),
        ({"data": [{"b64_json": None, "text": "no"}]}, True),
        ({"data": []}, False),
        ({"data": [], "text": " ", "usage": {"text": "x"}}, False),
        (None, False),
        ("text", False),
    ],
)
def test_row_12_where_words_are_looked_for(body: object, words: bool) -> None:
    assert words_instead(body) is words


async def test_row_13_a_blocked_account_opens_the_breaker_alerts_and_is_not_asked_again(
    twin: OpenAITwin, images: OpenAIImages, tmp_path: Path
) -> None:
    twin.images.always(openai_modes.AccountBlocked())
    async with Rig(tmp_path, [images]) as rig:  # type: ignore[list-item]
        first, second = await rig.finished("a brass owl"), await rig.finished("a tin owl")

        assert first.outcome == Failed(FailureClass.MISCONFIGURED)
        assert isinstance(second.outcome, Failed)
        assert len(twin.image_prompts) == 1
        assert rig.observed.open_circuits["openai"] is True
        assert rig.observed.alerts
        assert await rig.store.moderation.strikes("discord:4711", "42", 0.0) == []


def cases(identifier: str) -> openai.AsyncOpenAI:
    """A client of a service that knows one case."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path != "/v1/safety/cases/case_1":
            return httpx2.Response(404, json={"error": {"message": "no such case", "code": "not_found"}})
        notice = {"type": "warning"}
        body = {"id": "case_1", "object": "safety.case", "entity_identifier": identifier, "notice": notice}
        return httpx2.Response(200, json={**body, "reason": "abuse"})

    http = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
    return openai.AsyncOpenAI(
        api_key="key", base_url="https://api.example/v1", max_retries=0, http_client=http
    )


def signed(kind: str, **data: str) -> tuple[bytes, dict[str, str]]:
    """After the standard webhooks scheme that the SDK verifies."""
    body = json.dumps(
        {"id": "evt_1", "object": "event", "created_at": 1, "type": kind, "data": data}
    ).encode()
    when = str(int(time.time()))
    mac = hmac.new(base64.b64decode(KEY), b"wh_1." + when.encode() + b"." + body, hashlib.sha256).digest()
    return body, {
        "webhook-id": "wh_1",
        "webhook-timestamp": when,
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }


@pytest.mark.parametrize(
    ("kind", "case", "status"),
    [
        ("safety_identifier.blocked", None, 200),
        ("safety.warning_issued", "case_1", 200),
        ("safety.deactivation_issued", "case_1", 200),
        ("safety.warning_issued", "case_2", 503),
    ],
)
async def test_row_13_a_safety_notice_suspends_its_person_everywhere_and_alerts(
    tmp_path: Path, kind: str, case: str | None, status: int
) -> None:
    async with Rig(tmp_path) as rig:
        identifier = rig.parts.identities.safety_identifier(requester())
        async with cases(identifier) as client:
            events = OpenAISafetyEvents(client, SecretStr(f"whsec_{KEY}"))
            hook = SafetyWebhook(events, rig.desk.people.suspend_everywhere, rig.observed.alert)
            data = {"id": case} if case else {"safety_identifier": identifier, "safety_category": "bio"}
            body, headers = signed(kind, **data)
            page = httpx2.ASGITransport(app=Starlette(routes=[hook.route()]))
            async with httpx2.AsyncClient(transport=page, base_url="http://bot") as sender:
                answer = await sender.post(PATH, content=body, headers=headers)

        known = status == 200
        assert answer.status_code == status
        for person in (requester(), ELSEWHERE):
            end = await rig.studio.submit(rig.ask(requester=person))
            assert (isinstance(end, Refused) and end.reason is RefusalReason.SUSPENDED) is known
        assert isinstance(await rig.studio.submit(rig.ask(requester=OTHER)), Accepted)
        assert ("safety" in rig.observed.alerts) is known

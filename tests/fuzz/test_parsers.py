"""Whatever comes in from outside is read or refused, never a crash: verdicts, webhooks, hosts' answers, log lines.

Flags are fuzzed in tests/guardrails/test_flags.py, base64 in tests/providers/test_decode.py.
"""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request

from adapters.discord.http_mode import InteractionsEndpoint
from bot.domain.errors import NoVerdict
from bot.domain.verdict import Verdict
from bot.providers.host_spec import text_at, values_at
from bot.providers.hosts import HOSTS
from bot.sanitizers.reply import VerdictReply, clean, read_reply
from bot.telemetry.redaction import redact, redact_event
from tests.support.lying_models import HONEST

pytestmark = pytest.mark.long

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FEW = settings(deadline=None, max_examples=60)

FIELDS = list(VerdictReply.model_fields)


def read(text: str) -> Verdict | None:
    try:
        return read_reply(text, canary="canary-4711")
    except NoVerdict:
        return None


@FEW
@given(st.text() | JSON.map(json.dumps))
def test_any_text_is_a_verdict_or_none(text: str) -> None:
    read(text)


@FEW
@given(st.sampled_from(FIELDS), JSON)
def test_a_reply_with_one_wrong_field_is_never_half_read(field: str, value: Any) -> None:
    verdict = read(json.dumps({**HONEST, field: value}))

    assert verdict is None or isinstance(verdict, Verdict)
    without = {name: value for name, value in HONEST.items() if name != field}
    assert read(json.dumps(without)) is None, "every field is required"


@FEW
@given(st.text())
def test_texts_that_are_shown_ping_nobody_and_link_nowhere(text: str) -> None:
    shown = clean(f"{text} <@123> @everyone https://evil.example {text}")

    assert "<@" not in shown
    assert "@everyone" not in shown
    assert "https://" not in shown


class NoClient:
    """Fails when anything of it is touched."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"an unsigned request reached the client: {name}")


def request_of(body: bytes, headers: dict[str, str]) -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    raw = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": raw}, receive)


@FEW
@given(st.binary(max_size=200), st.text(max_size=140), st.text(max_size=20))
@pytest.mark.asyncio
async def test_an_unsigned_webhook_is_refused_whatever_it_says(body: bytes, signature: str, at: str) -> None:
    endpoint = InteractionsEndpoint("3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29")
    headers = {"X-Signature-Ed25519": signature, "X-Signature-Timestamp": at}

    answer = await endpoint.handle(request_of(body, headers), NoClient())  # type: ignore[arg-type]

    assert answer.status_code == 401


@FEW
@given(JSON, st.sampled_from([*(path for spec in HOSTS.values() for path in spec.pictures), "a.*.b", ""]))
def test_any_answer_of_a_host_can_be_looked_at(answer: Any, path: str) -> None:
    assert isinstance(list(values_at(answer, path)), list)
    assert isinstance(text_at(answer, path), str)


@FEW
@given(st.text())
def test_hiding_is_done_in_one_go(text: str) -> None:
    assert redact(redact(text)) == redact(text)


@FEW
@given(st.dictionaries(st.text(max_size=10), JSON, max_size=4), st.text(min_size=8, max_size=20))
def test_any_event_can_be_logged_and_its_words_are_hidden(event: dict[str, Any], words: str) -> None:
    shown = redact_event(None, "info", {**event, "prompt": words, "token": words})

    assert shown["prompt"] == shown["token"] == "[hidden]"

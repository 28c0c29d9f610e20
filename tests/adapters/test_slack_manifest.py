"""The manifest is the single source of scopes: valid, complete for what the code calls and hears, and no more."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema

from adapters.slack.manifest import FUNCTION, manifest, scopes
from tests.twins.slack_contract import method

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "adapters" / "slack").glob("*.py"))

OF_FEATURES = {
    "commands": "slash commands and shortcuts",
    "chat:write.public": "posting in public channels without joining",
}
"""Scopes that belong to no method and no event."""

OF_EVENTS = {
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
    "agent_session_stopped": "chat:write",
}
FREE_EVENTS = {"app_home_opened", "app_uninstalled", "tokens_revoked", "function_executed"}
OF_CALLS = {"_session.get(url, headers": "files:read"}


def code() -> str:
    return "\n".join(source.read_text() for source in SOURCES)


def called_methods() -> set[str]:
    """Web API methods by the names of the SDK's functions: `chat_postMessage` is `chat.postMessage`."""
    families = "agents|apps|assistant|auth|chat|conversations|files|functions|oauth|reactions|users|views"
    names = set(re.findall(rf"(?:client|\))\.((?:{families})_[A-Za-z0-9_]+)\(", code()))
    return {name.replace("_", ".") for name in names} | set(re.findall(r'api_call\("([^"]+)"', code()))


def test_slacks_own_schema_takes_it(shared: Path) -> None:
    schema = json.loads((shared / "specs" / "slack" / "manifest.schema.1.0.0.json").read_text())
    assert [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(manifest())] == []


def test_every_scope_is_used_and_every_used_scope_is_there(shared: Path) -> None:
    used = set(OF_FEATURES)
    for name in called_methods():
        described = method(name)
        assert described is not None, f"{name} is no method of Slack's"
        scope: Any = described.get("scope") or {}
        bot = set(scope.get("bot", ())) if isinstance(scope, dict) else set(scope)
        if name == "conversations.open":
            bot &= {"im:write"}  # only direct messages are opened
        assert not bot or bot & scopes().all, f"{name} needs one of {bot}"
        used |= bot & scopes().all
    used |= {OF_EVENTS[event] for event in events() if event in OF_EVENTS}
    used |= {scope for call, scope in OF_CALLS.items() if call in code()}

    assert used == scopes().all


def test_what_is_heard_is_what_is_subscribed() -> None:
    heard = set(re.findall(r'app\.event\("([a-z_]+)"\)', code()))
    assert heard == {event.partition(".")[0] for event in events()}
    assert events() <= set(OF_EVENTS) | FREE_EVENTS


def test_shortcuts_commands_and_the_step_have_their_listeners() -> None:
    features = manifest()["features"]
    listeners = code()
    assert all(f'app.shortcut("{item["callback_id"]}")' in listeners for item in features["shortcuts"])
    assert {item["command"] for item in features["slash_commands"]} == set(
        re.findall(r'app\.command\("([^"]+)"\)', listeners)
    )
    assert set(manifest()["functions"]) == {FUNCTION}


def test_no_feature_needs_an_optional_scope_to_answer() -> None:
    assert scopes().required == {"app_mentions:read", "chat:write", "commands"}


def events() -> set[str]:
    return set(manifest()["settings"]["event_subscriptions"]["bot_events"])

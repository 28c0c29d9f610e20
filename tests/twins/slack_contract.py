"""Checks Web API calls against the method descriptions in the shared specifications, with their known allowances."""

import json
import os
from functools import lru_cache
from typing import Any

from tests.twins.contract import shared_folder

_IGNORED = {"token"}
_NUMBERS = {"length", "limit"}
_BY_HAND: dict[str, dict[str, Any]] = {
    "conversations.replies": {
        "args": {
            "required": ["channel", "ts"],
            "properties": dict.fromkeys(
                (
                    "channel",
                    "cursor",
                    "include_all_metadata",
                    "inclusive",
                    "latest",
                    "limit",
                    "oldest",
                    "ts",
                )
            ),
        },
        "scope": {"bot": ["channels:history", "groups:history", "im:history", "mpim:history"]},
    }
}
"""From docs.slack.dev/reference/methods; the shared specifications have no description of these."""


@lru_cache(maxsize=128)
def method(name: str) -> dict[str, Any] | None:
    """The description of a method, None if Slack has no such one or the data is not here."""
    if name in _BY_HAND:
        return _BY_HAND[name]
    path = shared_folder() / "specs" / "slack" / "methods" / f"{name}.json"
    if not path.exists():
        return None
    described: dict[str, Any] = json.loads(path.read_text())
    return described


def call_problems(name: str, arguments: dict[str, Any]) -> list[str]:
    """Unknown method, unknown or missing arguments."""
    described = method(name)
    if described is None:
        known = (shared_folder() / "specs" / "slack" / "methods").is_dir()
        if not known and os.environ.get("CI"):
            raise FileNotFoundError("the Slack method descriptions have to be present in CI")
        return [f"{name}: no such method"] if known else []
    properties = described["args"].get("properties", {})
    required = set(described["args"].get("required", [])) - _IGNORED
    unknown = [f"{name}: unknown argument {key}" for key in set(arguments) - set(properties) - _IGNORED]
    return unknown + [f"{name}: {key} is missing" for key in required - set(arguments)]


def scopes_of(name: str) -> set[str]:
    """Any one of these bot scopes lets a token call the method; empty if none is needed."""
    described = method(name) or {}
    scope = described.get("scope")
    if isinstance(scope, dict):
        return set(scope.get("bot", []))
    return set(scope or [])

"""What the twin refuses, as Slack does."""

from typing import Any

import pytest

from tests.twins.slack_blocks import problems, view_problems
from tests.twins.slack_contract import call_problems

PLAIN = {"type": "plain_text", "text": "x"}
SECTION = {"type": "section", "text": PLAIN}
BUTTON = {"type": "button", "text": PLAIN, "action_id": "a"}
IMAGE = {"type": "image", "image_url": "https://x/y.png", "alt_text": "x"}

FORBIDDEN: list[list[Any]] = [
    [{"type": "section"}],
    [{**SECTION, "unknown": 1}],
    [{"type": "section", "text": {**PLAIN, "text": "x" * 3001}}],
    [{"type": "section", "text": {**PLAIN, "text": ""}}],
    [{"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}}],
    [{"type": "section", "fields": [PLAIN] * 11}],
    [{"type": "section", "fields": [{**PLAIN, "text": "x" * 2001}]}],
    [{**SECTION, "block_id": "x" * 256}],
    [{**SECTION, "block_id": "a"}, {**SECTION, "block_id": "a"}],
    [SECTION] * 51,
    [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    [{"type": "header", "text": {**PLAIN, "text": "x" * 151}}],
    [{"type": "context", "elements": []}],
    [{"type": "context", "elements": [PLAIN] * 11}],
    [{"type": "image", "alt_text": "x"}],
    [{**IMAGE, "slack_file": {"id": "F12345678"}}],
    [{"type": "image", "image_url": "https://x/y.png"}],
    [{**IMAGE, "alt_text": "x" * 2001}],
    [{**IMAGE, "image_url": "ftp://x"}],
    [{**IMAGE, "image_url": "https://x/" + "y" * 3000}],
    [{**IMAGE, "image_width": 5}],
    [{"type": "image", "slack_file": {"id": "nope"}, "alt_text": "x"}],
    [{"type": "image", "slack_file": {"id": "F12345678", "url": "https://x"}, "alt_text": "x"}],
    [{"type": "image", "slack_file": {"id": "F12345678", "type": "file"}, "alt_text": "x"}],
    [{"type": "actions", "elements": []}],
    [{"type": "actions", "elements": [BUTTON] * 26}],
    [{"type": "actions", "elements": [BUTTON, BUTTON]}],
    [{"type": "actions", "elements": [{**BUTTON, "text": {**PLAIN, "text": "x" * 76}}]}],
    [{"type": "actions", "elements": [{**BUTTON, "text": {"type": "mrkdwn", "text": "x"}}]}],
    [{"type": "actions", "elements": [{**BUTTON, "value": "x" * 2001}]}],
    [{"type": "actions", "elements": [{**BUTTON, "style": "blue"}]}],
    [{"type": "actions", "elements": [{**BUTTON, "extra": 1}]}],
    [{"type": "marquee"}],
    ["text"],
]


@pytest.mark.parametrize("blocks", FORBIDDEN, ids=range(len(FORBIDDEN)))
def test_forbidden_blocks_are_refused(blocks: list[Any]) -> None:
    assert problems(blocks)


@pytest.mark.parametrize(
    "blocks",
    [
        [SECTION, {"type": "divider"}, IMAGE],
        [{"type": "image", "slack_file": {"id": "F12345678"}, "alt_text": "x", "title": PLAIN}],
        [{"type": "actions", "elements": [BUTTON, {**BUTTON, "action_id": "b", "style": "danger"}]}],
    ],
)
def test_right_blocks_are_taken(blocks: list[Any]) -> None:
    assert problems(blocks) == []


def test_views_have_their_own_rules() -> None:
    field = {"type": "input", "label": PLAIN, "element": {"type": "plain_text_input", "action_id": "t"}}
    assert view_problems({"type": "modal", "title": PLAIN, "blocks": [field]})
    assert view_problems({"type": "modal", "title": {**PLAIN, "text": "x" * 25}, "blocks": []})
    assert view_problems({"type": "modal", "title": PLAIN, "private_metadata": "x" * 3001, "blocks": []})
    assert view_problems({"type": "modal", "title": PLAIN, "submit": PLAIN, "blocks": [field]}) == []


def test_calls_are_held_against_slacks_own_descriptions(shared: object) -> None:
    assert call_problems("chat.postMessage", {"channel": "C1", "text": "x"}) == []
    assert call_problems("chat.postMessage", {"text": "x"})
    assert call_problems("chat.postMessage", {"channel": "C1", "txet": "x"})
    assert call_problems("chat.shout", {})

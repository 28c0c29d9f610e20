"""Answers as plain objects: what is missing or of another kind is no text, and never a fault."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from bot.domain.errors import NoVerdict
from bot.sanitizers.openai_chat import text_of_completion, text_of_response
from bot.sanitizers.untyped import untyped


@dataclass(frozen=True)
class Raw:
    text: str


def answer(value: Any) -> Any:
    return untyped(Raw(json.dumps(value)))


def test_a_response_and_a_completion_are_read() -> None:
    part = {"type": "output_text", "text": "fine"}
    assert text_of_response(answer({"output": [{"type": "message", "content": [part]}]})) == "fine"
    assert text_of_completion(answer({"choices": [{"message": {"content": "fine"}}]})) == "fine"


@pytest.mark.parametrize(
    "value",
    [{}, [], "words", 7, None, {"output": "x"}, {"output": [1, None, {"content": {"text": "x"}}]},
     {"output": [{"content": [{"text": 5}]}]}, {"choices": [{"message": "x"}]}, {"choices": [{}]}, {"choices": {"0": 1}}],
)  # fmt: skip
def test_another_shape_is_no_verdict(value: Any) -> None:
    for read in (text_of_response, text_of_completion):
        with pytest.raises(NoVerdict):
            read(answer(value))


def test_a_page_instead_of_json_is_no_verdict() -> None:
    with pytest.raises(NoVerdict):
        text_of_response(untyped(Raw("<html>")))

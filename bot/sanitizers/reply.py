"""The text model's reply as a strict schema, and its reading into a verdict.

Anything but a valid instance is no verdict. The schema goes out without lengths (strict mode does not take them
everywhere); they are checked here. Free text in it is influenced by a stranger, so it is cleaned before use.
"""

import re
import unicodedata
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.domain.errors import NoVerdict
from bot.domain.verdict import (
    MAX_ALT_TEXT,
    MAX_SUGGESTION,
    AmbiguousTerm,
    Category,
    Decision,
    ReasonCode,
    Risk,
    Verdict,
)
from bot.sanitizers.instructions import echoes_instructions

_URL: Final = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_MENTION: Final = re.compile(r"<[@#!&][^>]{0,80}>|@(?:everyone|here|channel)", re.IGNORECASE)
_MARKUP: Final = re.compile(r"[`*_~|<>\[\]]+")


class TermReply(BaseModel):
    model_config = ConfigDict(extra="forbid")

    term: str
    benign_reading: str


class VerdictReply(BaseModel):
    """Fields in the order in which the model should think of them."""

    model_config = ConfigDict(extra="forbid")

    language: str
    contains_instructions: bool
    category: Category
    risk: Risk
    ambiguous_terms: list[TermReply]
    decision: Decision
    reason_code: ReasonCode
    safe_prompt: str
    alt_text: str
    suggestion: str | None


def reply_schema() -> dict[str, Any]:
    """JSON Schema for strict structured output: every key required, no others allowed."""
    text = {"type": "string"}
    term = _object({"term": text, "benign_reading": text})
    return _object(
        {
            "language": text,
            "contains_instructions": {"type": "boolean"},
            "category": _enum(Category),
            "risk": _enum(Risk),
            "ambiguous_terms": {"type": "array", "items": term},
            "decision": _enum(Decision),
            "reason_code": _enum(ReasonCode),
            "safe_prompt": text,
            "alt_text": text,
            "suggestion": {"type": ["string", "null"]},
        }
    )


def read_reply(text: str, canary: str) -> Verdict:
    """The verdict in a reply.

    Raises:
        NoVerdict: "leak" if our instructions or the canary are in it, "garbage" for anything but a valid instance.
    """
    if canary in text or echoes_instructions(text):
        raise NoVerdict("leak", "our own instructions came back")
    try:
        reply = VerdictReply.model_validate_json(text)
        return Verdict(
            decision=reply.decision,
            risk=reply.risk,
            category=reply.category,
            ambiguous_terms=tuple(
                AmbiguousTerm(item.term, clean(item.benign_reading)) for item in reply.ambiguous_terms
            ),
            safe_prompt=reply.safe_prompt.strip(),
            alt_text=clean(reply.alt_text)[:MAX_ALT_TEXT],
            reason_code=reply.reason_code,
            suggestion=clean(reply.suggestion)[:MAX_SUGGESTION] or None if reply.suggestion else None,
            language=reply.language[:35],
            contains_instructions=reply.contains_instructions,
        )
    except (ValidationError, ValueError) as problem:
        raise NoVerdict("garbage", type(problem).__name__) from None


def clean(text: str) -> str:
    """Text without addresses, mentions, markup and control characters: fit to be shown in a chat.

    Again and again until nothing is left to take out: what stands around it may become a mention or an address by that.
    """
    text = "".join(_visible(character) for character in text)
    before = ""
    while text != before:
        before = text
        text = _MARKUP.sub("", _MENTION.sub("", _URL.sub("", text)))
    return " ".join(text.split())


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in {"Cc", "Cf"} else character


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _enum(values: Any) -> dict[str, Any]:
    return {"type": "string", "enum": [value.value for value in values]}

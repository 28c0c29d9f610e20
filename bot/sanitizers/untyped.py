"""Answers of the SDK as plain objects.

Its typed ones cost more than the check itself: the first of a process builds validators for every kind of answer that
there is, which keeps the event loop, and with it every acknowledgement, waiting for the better part of a second.
"""

import json
from types import SimpleNamespace
from typing import Any, Protocol


class RawAnswer(Protocol):
    """What `with_raw_response` returns."""

    @property
    def text(self) -> str: ...


class Untyped(SimpleNamespace):
    """A JSON object's keys as attributes; what it does not have is None."""

    def __getattr__(self, name: str) -> None:
        return None


def untyped(answer: RawAnswer) -> Any:
    """The JSON value of an answer, its objects as `Untyped`; the text itself where it is no JSON."""
    try:
        return json.loads(answer.text, object_hook=lambda found: Untyped(**found))
    except ValueError:
        return answer.text

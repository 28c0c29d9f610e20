"""An answer that says 200, holds no picture and explains itself in words: a model's own no, never a broken gateway.

Servers that put a multimodal model behind the Images API do this; which field the words are in is not agreed upon.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

_FIELDS: Final = ("text", "message", "content", "output_text", "refusal", "reason", "detail", "error")
_PLACES: Final = ("data", "images", "choices", "output")
_DEEPEST: Final = 4


def words_instead(body: Any, depth: int = 0) -> bool:
    """Whether there are words where pictures should be. Only call it for an answer without pictures."""
    if not isinstance(body, Mapping) or depth > _DEEPEST:
        return False
    if any(isinstance(text := body.get(name), str) and text.strip() for name in _FIELDS):
        return True
    inner = [body.get(name) for name in (*_PLACES, "message", "content")]
    return any(words_instead(item, depth + 1) for one in inner for item in _items(one))


def _items(value: Any) -> Sequence[Any]:
    return value if isinstance(value, Sequence) and not isinstance(value, str | bytes) else [value]

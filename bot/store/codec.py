"""Domain values to JSON and back, by their types; unknown keys of a newer version are ignored."""

from functools import lru_cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

Value = TypeVar("Value")


@lru_cache(maxsize=32)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def to_json(kind: Any, value: Any) -> str:
    return _adapter(kind).dump_json(value).decode()


def from_json(kind: type[Value], text: str) -> Value:
    found: Value = _adapter(cast("Any", kind)).validate_json(text)
    return found

"""Domain values to JSON and back, by their types; unknown keys of a newer version are ignored."""

from functools import lru_cache
from typing import Any, Final, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

Value = TypeVar("Value")

_PLACES: Final = 5


@lru_cache(maxsize=32)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def to_json(kind: Any, value: Any) -> str:
    return _adapter(kind).dump_json(value).decode()


def from_json(kind: type[Value], text: str) -> Value:
    """Raises ValueError that names places, and no value: it goes to the log, and what cannot be read may be words."""
    try:
        found: Value = _adapter(cast("Any", kind)).validate_json(text)
    except ValidationError as problems:
        errors = problems.errors(include_url=False, include_context=False, include_input=False)
        places = {f"{'.'.join(str(part) for part in error['loc'])} ({error['type']})" for error in errors}
        raise ValueError(f"{kind.__name__}: {', '.join(sorted(places)[:_PLACES])}") from None
    return found

"""What was made from values that do not change, found again by which objects they are.

To hash a long block list takes as long as to look for it in a sentence, and policies are frozen, so an object's
identity says enough while it is kept here.
"""

from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class ByIdentity(Generic[Value]):
    """Bounded: it forgets everything when there are too many. Threads may share it; at worst something is made twice."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[tuple[int, ...], tuple[tuple[Any, ...], Value]] = {}

    def get(self, *objects: object) -> Value | None:
        """What was put for exactly these objects."""
        found = self._kept.get(tuple(map(id, objects)))
        return found[1] if found is not None else None

    def put(self, value: Value, *objects: object) -> Value:
        """Keeps the objects as well, so that no other one gets their identity."""
        if len(self._kept) >= self._most:
            self._kept.clear()
        self._kept[tuple(map(id, objects))] = (objects, value)
        return value

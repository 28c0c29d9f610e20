"""Statements over many rows at once."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from bot.store.database import Statement


def inserting(
    table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], conflict: str | None = None
) -> Statement | None:
    """Insert all rows in one statement, None if there are none; `conflict` is what follows ON CONFLICT."""
    if not rows:
        return None
    places, values = listed(rows)
    otherwise = f" ON CONFLICT {conflict}" if conflict else ""
    return Statement(f"INSERT INTO {table}({', '.join(columns)}) VALUES {places}{otherwise}", values)


def listed(rows: Sequence[Sequence[Any]]) -> tuple[str, dict[str, Any]]:
    """`(:v0, :v1), (:v2, :v3)` and the values of rows that are all as long."""
    text, names = _places(len(rows), len(rows[0]))
    return text, dict(zip(names, chain.from_iterable(rows), strict=True))


@lru_cache(maxsize=256)
def _places(rows: int, columns: int) -> tuple[str, tuple[str, ...]]:
    names = tuple(f"v{number}" for number in range(rows * columns))
    lines = [names[start : start + columns] for start in range(0, len(names), columns)]
    return ", ".join(f"({', '.join(f':{name}' for name in line)})" for line in lines), names

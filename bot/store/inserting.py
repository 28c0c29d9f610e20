"""Statements over many rows at once."""

from collections.abc import Sequence
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
    """`(:v0_0, :v0_1), (:v1_0, :v1_1)` and the values."""
    names = [[f"v{line}_{place}" for place in range(len(row))] for line, row in enumerate(rows)]
    text = ", ".join(f"({', '.join(f':{name}' for name in line)})" for line in names)
    return text, {
        name: value
        for line, row in zip(names, rows, strict=True)
        for name, value in zip(line, row, strict=True)
    }

"""What a modal may hold, and what a person may type into it."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.twins.discord_twin import components as parts
from tests.twins.discord_twin.components import SELECTS, Component, Kind
from tests.twins.discord_twin.errors import Problem
from tests.twins.discord_twin.message_rules import (
    custom_id_problems,
    duplicate_ids,
    option_problems,
    select_problems,
)

_IN_LABEL = SELECTS | {
    Kind.TEXT_INPUT,
    Kind.FILE_UPLOAD,
    Kind.RADIO_GROUP,
    Kind.CHECKBOX_GROUP,
    Kind.CHECKBOX,
}


def modal_problems(modal: Mapping[str, Any]) -> Iterator[Problem]:
    if not 1 <= len(modal.get("title") or "") <= 45:
        yield Problem("data.title", "Must be between 1 and 45 in length.")
    if not 1 <= len(modal.get("custom_id") or "") <= 100:
        yield Problem("data.custom_id", "Must be between 1 and 100 in length.")
    rows = modal.get("components") or []
    if not 1 <= len(rows) <= 5:
        yield Problem("data.components", "Must be between 1 and 5 in length.")
    for number, row in enumerate(rows):
        yield from _row(row, f"data.components.{number}")
    yield from duplicate_ids(list(parts.walk(rows)))


def _row(row: Component, path: str) -> Iterator[Problem]:
    match row.get("type"):
        case Kind.TEXT_DISPLAY:
            if not 1 <= len(row.get("content") or "") <= 4000:
                yield Problem(f"{path}.content", "Must be between 1 and 4000 in length.")
        case Kind.ACTION_ROW:
            children = row.get("components") or []
            if len(children) != 1 or children[0].get("type") != Kind.TEXT_INPUT:
                yield Problem(f"{path}.components", "an action row of a modal holds one text input")
                return
            if not 1 <= len(children[0].get("label") or "") <= 45:
                yield Problem(f"{path}.components.0.label", "Must be between 1 and 45 in length.")
            yield from _input(children[0], f"{path}.components.0")
        case Kind.LABEL:
            if not 1 <= len(row.get("label") or "") <= 45:
                yield Problem(f"{path}.label", "Must be between 1 and 45 in length.")
            if len(row.get("description") or "") > 100:
                yield Problem(f"{path}.description", "Must be 100 or fewer in length.")
            yield from _input(row.get("component") or {}, f"{path}.component")
        case kind:
            yield Problem(path, f"type {kind} is not allowed in a modal", "UNION_TYPE_CHOICES")


def _input(component: Component, path: str) -> Iterator[Problem]:
    kind = component.get("type")
    if kind not in _IN_LABEL:
        yield Problem(path, f"type {kind} is not an input", "UNION_TYPE_CHOICES")
        return
    options = component.get("options") or []
    if kind in SELECTS:
        yield from select_problems(component, path)
        return
    yield from custom_id_problems(component, path)
    if kind == Kind.TEXT_INPUT:
        yield from _text_input(component, path)
    elif kind == Kind.RADIO_GROUP:
        yield from option_problems(options, f"{path}.options", 2, 10)
    elif kind == Kind.CHECKBOX_GROUP:
        yield from option_problems(options, f"{path}.options", 1, 10)
    elif kind == Kind.FILE_UPLOAD:
        least, most = component.get("min_values"), component.get("max_values")
        if not 0 <= (1 if least is None else least) <= 10 or not 1 <= (1 if most is None else most) <= 10:
            yield Problem(path, "a file upload takes 0 to 10 files")


def _text_input(component: Component, path: str) -> Iterator[Problem]:
    if component.get("style") not in (1, 2):
        yield Problem(f"{path}.style", "a text input is short (1) or long (2)")
    least, most = component.get("min_length") or 0, component.get("max_length") or 4000
    if not 0 <= least <= most <= 4000:
        yield Problem(f"{path}.max_length", "lengths lie between 0 and 4000")
    if len(component.get("value") or "") > most:
        yield Problem(f"{path}.value", f"Must be {most} or fewer in length.")
    if len(component.get("placeholder") or "") > 100:
        yield Problem(f"{path}.placeholder", "Must be 100 or fewer in length.")

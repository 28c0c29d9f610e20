"""Filling a modal in: which values a person can enter, and how they travel."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.twins.discord_twin import components as parts
from tests.twins.discord_twin.command_rules import Refused
from tests.twins.discord_twin.components import SELECTS, Component, Kind
from tests.twins.discord_twin.files import Upload
from tests.twins.discord_twin.payloads import Resolved


def fill(modal: Mapping[str, Any], values: Mapping[str, Any], resolved: Resolved) -> list[dict[str, Any]]:
    """The `components` of a modal submit. Values are named by custom id or by label; Refused if one is wrong."""
    unused = set(values)
    rows = [_row(row, values, unused, resolved) for row in modal["components"]]
    if unused:
        raise Refused(f"the modal has no input {sorted(unused)}; it has {input_names(modal)}")
    return rows


def input_names(modal: Mapping[str, Any]) -> list[str]:
    return [part["custom_id"] for part in parts.walk(modal["components"]) if "custom_id" in part]


def _row(row: Component, values: Mapping[str, Any], unused: set[str], resolved: Resolved) -> dict[str, Any]:
    head = {"type": row["type"], "id": row["id"]}
    match row["type"]:
        case Kind.TEXT_DISPLAY:
            return head
        case Kind.LABEL:
            value = _entered(row["component"], row["label"], values, unused, resolved)
            return head | {"component": value}
    child = row["components"][0]
    return head | {"components": [_entered(child, child.get("label", ""), values, unused, resolved)]}


def _entered(
    component: Component, label: str, values: Mapping[str, Any], unused: set[str], resolved: Resolved
) -> dict[str, Any]:
    custom_id = component["custom_id"]
    key = custom_id if custom_id in values else label
    unused.discard(key)
    body = {"type": component["type"], "id": component["id"], "custom_id": custom_id}
    given = values.get(key)
    match component["type"]:
        case Kind.TEXT_INPUT:
            return body | {"value": _text(component, given, key)}
        case Kind.CHECKBOX:
            return body | {"value": bool(component.get("default") if given is None else given)}
        case Kind.RADIO_GROUP:
            chosen = _options(component, [] if given is None else [given], key, 1, 1)
            return body | {"value": chosen[0] if chosen else None}
        case Kind.FILE_UPLOAD:
            files: Sequence[Upload] = [given] if isinstance(given, Upload) else given or []
            _count(component, len(files), key, 1, 1)
            return body | {"values": [resolved.attachment(upload) for upload in files]}
        case Kind.STRING_SELECT:
            return body | {"values": _options(component, _listed(given), key, 1, 1)}
        case Kind.CHECKBOX_GROUP:
            return body | {"values": _options(component, _listed(given), key, 0, len(component["options"]))}
        case kind if kind in SELECTS:
            chosen = _listed(given)
            _count(component, len(chosen), key, 1, 1)
            return body | {"values": [resolved.option(0, thing) for thing in chosen]}
    raise Refused(f"{key} cannot be filled in")


def _listed(given: Any) -> list[Any]:
    if given is None:
        return []
    return list(given) if isinstance(given, (list, tuple)) else [given]


def _text(component: Component, given: Any, key: str) -> str:
    text = str(component.get("value") or "" if given is None else given)
    required = component.get("required", True)
    least, most = component.get("min_length") or 0, component.get("max_length") or 4000
    if (required and not text) or len(text) > most or (text and len(text) < least):
        raise Refused(
            f"{key!r} takes {max(least, int(bool(required)))} to {most} characters, got {len(text)}"
        )
    return text


def _options(component: Component, chosen: list[Any], key: str, least: int, most: int) -> list[Any]:
    if not chosen:
        chosen = [option["value"] for option in component["options"] if option.get("default")]
    allowed = [option["value"] for option in component["options"]]
    if any(value not in allowed for value in chosen):
        raise Refused(f"{key!r} takes one of {allowed}, not {chosen}")
    _count(component, len(chosen), key, least, most)
    return chosen


def _count(component: Component, number: int, key: str, least: int, most: int) -> None:
    low, high = component.get("min_values"), component.get("max_values")
    least, most = least if low is None else low, most if high is None else high
    if number == 0 and component.get("required") is False:
        return
    if not least <= number <= most:
        raise Refused(f"{key!r} takes {least} to {most} values, got {number}")

"""A community's rules as a TOML file: for policies kept as code, and for moving them to another community."""

import tomllib
from typing import Final

from bot.domain.policy import Policy
from bot.guardrails.rule_texts import BadValue
from bot.guardrails.rulebook import AREAS, SETTINGS, Place, changed

MAX_FILE: Final = 512 * 1024
"""Bytes of an imported file."""


def export_rules(policy: Policy) -> str:
    """All settings, area by area, then what differs in places. `import_rules` takes it back."""
    lines = ["# Rules of a community; values as /guardrails shows them."]
    for area in AREAS:
        lines += ["", f"[{area}]"]
        lines += [
            f"{setting.name} = {_quoted(setting.write(setting.of(policy)))}"
            for setting in SETTINGS
            if setting.area == area
        ]
    for item in policy.overrides:
        lines += ["", "[[places]]", f"kind = {_quoted(item.place)}", f"id = {_quoted(item.place_id)}"]
        lines += [f"{_quoted(key)} = {_quoted(text)}" for key, text in item.values]
    return "\n".join(lines) + "\n"


def import_rules(text: str, onto: Policy) -> Policy:
    """`onto` with everything that the file says; what it leaves out stays, but places are the file's.

    Raises:
        BadValue: no TOML, an unknown setting or an unreadable value; `expected` names the place.
    """
    if len(text.encode()) > MAX_FILE:
        raise BadValue(f"{MAX_FILE // 1024} KiB")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise BadValue("TOML") from None
    places = tables.pop("places", [])
    policy = onto
    for area, values in tables.items():
        if not isinstance(values, dict):
            raise BadValue(f"[{area[:40]}]")
        for name, value in values.items():
            policy = _set(policy, f"{area}.{name}", value, None)
    if not isinstance(places, list) or not all(isinstance(item, dict) for item in places):
        raise BadValue("[[places]]")
    for item in policy.overrides if places else ():
        for key, _ in item.values:
            policy = changed(policy, key, "", Place(item.place, item.place_id))
    for item in places:
        place = Place(str(item.pop("kind", "")), str(item.pop("id", "")))
        for key, value in item.items():
            policy = _set(policy, key, value, place)
    return policy


def _set(policy: Policy, key: str, value: object, place: Place | None) -> Policy:
    text = ("on" if value else "off") if isinstance(value, bool) else str(value)
    try:
        return changed(policy, key, text, place)
    except BadValue as problem:
        raise BadValue(f"{key[:60]}: {problem.expected}") from None


def _quoted(text: str) -> str:
    """A TOML basic string; control characters are escaped, so that nothing can break out of it."""
    shown = "".join(
        {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}.get(
            sign, sign if sign.isprintable() else f"\\U{ord(sign):08x}"
        )
        for sign in text
    )
    return f'"{shown}"'

"""Whom a text would ping. Source: "Allowed Mentions Object" in Discord's developer documentation."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_EVERYONE = re.compile(r"@(everyone|here)\b")
_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")


def pings(text: str, allowed: Mapping[str, Any] | None) -> tuple[str, ...]:
    """`everyone`, `user:<id>` and `role:<id>`; without `allowed_mentions` everything in the text pings."""
    return tuple(dict.fromkeys(_pings(text, allowed)))


def _pings(text: str, allowed: Mapping[str, Any] | None) -> Iterator[str]:
    parse = {"everyone", "users", "roles"} if allowed is None else set(allowed.get("parse") or ())
    listed = allowed or {}
    if "everyone" in parse and _EVERYONE.search(text):
        yield "everyone"
    for kind, pattern in (("user", _USER), ("role", _ROLE)):
        ids = {str(identifier) for identifier in listed.get(f"{kind}s") or ()}
        for found in pattern.findall(text):
            if f"{kind}s" in parse or found in ids:
                yield f"{kind}:{found}"

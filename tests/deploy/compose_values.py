"""A service's environment as Compose would set it: interpolation of `.env`, by the rules that our file uses."""

import re
from collections.abc import Mapping
from typing import Any

_PATTERN = re.compile(r"\$\{(?P<name>\w+)(?P<how>:[-+?])?(?P<word>[^}]*)\}")


def interpolated(text: str, env: Mapping[str, str]) -> str:
    """`${X}`, `${X:-default}`, `${X:+other}`, `${X:?problem}`.

    Raises:
        KeyError: a required name is not set.
    """

    def value(match: re.Match[str]) -> str:
        name, how, word = match["name"], match["how"], match["word"]
        found = env.get(name, "")
        if how == ":?" and not found:
            raise KeyError(name)
        if how == ":-":
            return found or word
        if how == ":+":
            return word if found else ""
        return found

    return _PATTERN.sub(value, text)


def environment_of(service: Mapping[str, Any], env: Mapping[str, str]) -> dict[str, str]:
    """What the process gets: all of `.env` and, over it, the service's own."""
    own = {name: interpolated(str(value), env) for name, value in service.get("environment", {}).items()}
    return {**(env if service.get("env_file") else {}), **own}


def required(text: str) -> set[str]:
    """Names without which Compose refuses to start."""
    return {match["name"] for match in _PATTERN.finditer(text) if match["how"] == ":?"}

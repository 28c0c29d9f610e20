"""The app's manifest: the single source of scopes, for the installation page, for doctor and for what is degraded."""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

_IN_PACKAGE: Final = "manifest.json"
_IN_CHECKOUT: Final = Path(__file__).resolve().parents[2] / "deploy" / "slack" / "manifest.json"

FUNCTION: Final = "generate_image"
"""The Workflow Builder step, by its name in the manifest."""


@dataclass(frozen=True, slots=True)
class Scopes:
    """What the bot needs, and what an admin may decline: then the features that want it step back."""

    required: frozenset[str]
    optional: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        return self.required | self.optional


@lru_cache(maxsize=1)
def manifest() -> dict[str, Any]:
    """The manifest's JSON: from the installed package, else from the checkout. Read once, before serving."""
    packaged = resources.files("adapters.slack") / _IN_PACKAGE
    text = packaged.read_text("utf-8") if packaged.is_file() else _IN_CHECKOUT.read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def scopes() -> Scopes:
    listed = manifest()["oauth_config"]["scopes"]
    return Scopes(frozenset(listed["bot"]), frozenset(listed.get("bot_optional", ())))

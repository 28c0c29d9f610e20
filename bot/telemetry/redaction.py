"""Keeps secrets and people's words out of logs, whatever a caller or a library puts there."""

import re
from collections.abc import MutableMapping
from typing import Any, Final

_SECRETS: Final = re.compile(
    r"""
      \bsk-[A-Za-z0-9_\-*]{4,}             # OpenAI, also as quoted by its errors: sk-pr***9x
    | \bxox[a-z]-[A-Za-z0-9-]{6,}          # Slack tokens
    | \bxapp-[A-Za-z0-9-]{6,}
    | \br8_[A-Za-z0-9]{8,}                 # Replicate
    | \borg-[A-Za-z0-9]{6,}                # OpenAI organisation ids
    | \b[A-Za-z0-9_-]{23,28}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,}   # Discord bot tokens
    | (?<=/webhooks/)\d+/[A-Za-z0-9_\-.]{40,}                            # interaction tokens in paths
    | (?i:(?<=bearer\s)|(?<=bot\s)|(?<=key\s))[A-Za-z0-9_\-.:]{16,}
    """,
    re.VERBOSE,
)
_HIDDEN: Final = "[hidden]"
_PRIVATE_KEYS: Final = frozenset(
    [
        "prompt",
        "words",
        "text",
        "safe_prompt",
        "token",
        "secret",
        "key",
        "password",
        "authorization",
        "api_key",
        "handle",
        "instruction",
    ]
)


def redact(text: str) -> str:
    """The text with everything that looks like a credential replaced."""
    return _SECRETS.sub(_HIDDEN, text)


def redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Structlog processor: hide fields by name, then credentials in every string."""
    for name, value in event.items():
        if name in _PRIVATE_KEYS:
            event[name] = _HIDDEN
        elif isinstance(value, str):
            event[name] = redact(value)
    return event

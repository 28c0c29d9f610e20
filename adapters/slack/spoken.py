"""What a person wrote in a message, as they read it: without Slack's markup."""

import re
from typing import Final

_MENTION: Final = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^>]*)?>")
_LINK: Final = re.compile(r"<(?:[^>|]+\|)?([^>]+)>")


def spoken(text: str) -> str:
    """Without mentions; links as their words; Slack's three escapes undone."""
    said = _LINK.sub(r"\1", _MENTION.sub("", text)).strip()
    return said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

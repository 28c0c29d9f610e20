"""What must never be seen in a chat: keys, paths, ids of accounts, providers' own words, stack traces."""

import re
from collections.abc import Iterable

_FORBIDDEN = (
    r"sk-[A-Za-z0-9*_-]{4,}",
    r"xox[abp]-",
    r"org-[A-Za-z0-9]{6,}",
    r"/(?:srv|usr|home|root|work|tmp)/",
    r"Traceback \(most recent",
    r"\.py\b",
    r"<html|<!DOCTYPE|nginx|Bad Gateway",
    r"safety_violations|moderation_blocked|billing_hard_limit|insufficient_quota|rate_limit_exceeded",
    r"\b(?:Exception|Error code|status code)\b",
    r"Your request was rejected",
    r"127\.0\.0\.1|localhost",
)


def leaks(texts: Iterable[str]) -> list[str]:
    """Every text with something internal in it."""
    return [text for text in texts if any(re.search(pattern, text, re.IGNORECASE) for pattern in _FORBIDDEN)]

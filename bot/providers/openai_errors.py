"""What an answer of an OpenAI-compatible server means: tables, read from top to bottom, by code, not by text.

Source: `ImagesResponse` errors as seen in public issues; see the table "wire -> class" in the architecture notes.
"""

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final

from bot.domain.errors import (
    Exhausted,
    Misconfigured,
    Overloaded,
    ProviderError,
    ProviderFailed,
    Throttled,
    UnknownOutcome,
    Unreachable,
    WarmingUp,
)
from bot.domain.images import ProviderRefusal, RefusalStage

REFUSALS: Final = frozenset(
    {"moderation_blocked", "content_policy_violation", "image_content_policy_violation"}
)
EXHAUSTED: Final = frozenset({"billing_hard_limit_reached", "insufficient_quota", "billing_not_active"})

_OUT_OF_MEMORY: Final = re.compile(
    r"out of memory|outofmemory|oom\b|queue.{0,12}full|restart the server", re.IGNORECASE
)
_WARMING: Final = re.compile(r"warm|loading|starting|not ready", re.IGNORECASE)
_VIOLATIONS: Final = re.compile(r"safety_violations=\[([^\]]*)\]")

_WARM_SECONDS: Final = 60.0


def refusal_of(
    body: Any, code: str | None, status: int | None, provider: str, model: str
) -> ProviderRefusal | None:
    """The refusal in an error's body, None if it is none."""
    if code not in REFUSALS and status != 451:
        return None
    details = body.get("moderation_details") if isinstance(body, Mapping) else None
    details = details if isinstance(details, Mapping) else {}
    stage = str(
        details.get("moderation_stage")
        or (body.get("moderation_stage") if isinstance(body, Mapping) else "")
        or ""
    )
    categories = details.get("categories") or _named(body)
    known = stage if stage in set(RefusalStage) else RefusalStage.UNKNOWN
    return ProviderRefusal(
        provider,
        model,
        RefusalStage(known),
        tuple(str(category).lower() for category in categories if category),
        maybe_billed=known == RefusalStage.OUTPUT,
    )


def fault_of(
    status: int, code: str | None, text: str, headers: Mapping[str, str], provider: str, model: str
) -> ProviderError:
    """The fault behind an HTTP status that is no refusal."""
    detail = f"{status} {code or ''}".strip()
    if code in EXHAUSTED or status == 402:
        return Exhausted(provider, model, detail)
    if status == 429:
        return Throttled(provider, model, detail, retry_after=retry_after_of(headers))
    if status in {400, 401, 403, 404, 405, 415, 422}:
        return Misconfigured(provider, model, detail)
    if _OUT_OF_MEMORY.search(text):
        return Overloaded(provider, model, detail)
    if status == 503 and _WARMING.search(text):
        return WarmingUp(provider, model, detail, ready_in=_WARM_SECONDS)
    return ProviderFailed(provider, model, detail, maybe_billed=True)


def fault_of_exception(error: BaseException, provider: str, model: str) -> ProviderError:
    """The fault behind a lost connection, a timeout, or an exception that the SDK lets through."""
    name = type(error).__name__
    chain = [type(link).__name__ for link in _chain(error)]
    if any(link in {"ConnectError", "ConnectTimeout", "PoolTimeout"} for link in chain):
        return Unreachable(provider, model, name)
    return UnknownOutcome(provider, model, name, maybe_billed=True)


def retry_after_of(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by `retry-after-ms` or `retry-after` (seconds or a date), None if neither can be read."""
    try:
        if (milliseconds := headers.get("retry-after-ms")) is not None:
            return float(milliseconds) / 1000
        if (value := headers.get("retry-after")) is not None:
            if value.replace(".", "", 1).isdigit():
                return float(value)
            return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError):
        return None
    return None


def _named(body: Any) -> list[str]:
    """Categories from the message's own list, the second source."""
    message = str(body.get("message") or "") if isinstance(body, Mapping) else ""
    found = _VIOLATIONS.search(message)
    return [part.strip() for part in found[1].split(",")] if found else []


def _chain(error: BaseException | None) -> list[BaseException]:
    links: list[BaseException] = []
    while error is not None and len(links) < 8:
        links.append(error)
        error = error.__cause__ or error.__context__
    return links

"""What an answer of an OpenAI-compatible server means: by its code, then by its status, by text only for GPU servers.

Source: errors of the Images API as seen in public issues, and the sources of SGLang and vLLM-Omni.
"""

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final

from bot.domain.errors import (
    Exhausted,
    Misconfigured,
    OutOfMemory,
    ProviderError,
    ProviderFailed,
    QueueFull,
    Rejected,
    Throttled,
    UnknownOutcome,
    Unreachable,
    WarmingUp,
)
from bot.domain.images import ProviderRefusal, RefusalStage

REFUSALS: Final = frozenset(
    {
        *("moderation_blocked", "content_policy_violation", "image_content_policy_violation"),
        *("contentFilter", "content_filter"),  # Azure's
    }
)

_BY_CODE: Final[Mapping[str, type[ProviderError]]] = {
    "billing_hard_limit_reached": Exhausted,
    "billing_not_active": Exhausted,
    "insufficient_quota": Exhausted,
    "rate_limit_exceeded": Throttled,
    "invalid_api_key": Misconfigured,
    "model_not_found": Misconfigured,
}
_BY_STATUS: Final[Mapping[int, type[ProviderError]]] = {
    400: Rejected,
    401: Misconfigured,
    402: Exhausted,
    403: Misconfigured,
    404: Misconfigured,
    405: Misconfigured,
    413: Rejected,
    415: Rejected,
    422: Rejected,
    429: Throttled,
}
_NOTHING_SENT: Final = frozenset(
    {
        *("ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError"),
        *("UnsupportedProtocol", "LocalProtocolError"),
    }
)
_CUT_OFF: Final = frozenset({"ReadError", "RemoteProtocolError"})
"""Class names: those of the SDK's HTTP library and of ours are alike, but unrelated."""

_OUT_OF_MEMORY: Final = re.compile(r"out of memory|outofmemory|oom\b", re.IGNORECASE)
_QUEUE_FULL: Final = re.compile(r"queue.{0,12}full|too many (waiting|queued|requests)", re.IGNORECASE)
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
    details = details if isinstance(details, Mapping) else _azure_details(body, code)
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


def _azure_details(body: Any, code: str | None) -> Mapping[str, Any]:
    """What Azure's filter tells: by its sentence whether the picture was made, and verdicts by category."""
    if code not in {"contentFilter", "content_filter"} or not isinstance(body, Mapping):
        return {}
    inner = body.get("inner_error") or body.get("innererror")
    verdicts = inner.get("content_filter_results") if isinstance(inner, Mapping) else None
    made = "generated image" in str(body.get("message")).lower()
    return {
        "moderation_stage": RefusalStage.OUTPUT if made else RefusalStage.INPUT,
        "categories": [
            name
            for name, verdict in (verdicts.items() if isinstance(verdicts, Mapping) else ())
            if isinstance(verdict, Mapping) and verdict.get("filtered")
        ],
    }


def fault_of(
    status: int | None, code: str | None, text: str, headers: Mapping[str, str], provider: str, model: str
) -> ProviderError:
    """The fault behind an error that is no refusal; without a status it came in the middle of a stream."""
    detail = f"{status or 'stream'} {code or ''}".strip()
    kind = _BY_CODE.get(code or "") or _BY_STATUS.get(status or 0)
    if kind is None and status is not None and 300 <= status < 400:
        kind = Misconfigured  # the address is not the server's own
    if kind is Throttled:
        return Throttled(provider, model, detail, retry_after=retry_after_of(headers))
    if kind is not None:
        return kind(provider, model, detail)
    if status is None:
        return UnknownOutcome(provider, model, detail, maybe_billed=True)
    if _OUT_OF_MEMORY.search(text):
        return OutOfMemory(provider, model, detail)
    if _QUEUE_FULL.search(text):
        return QueueFull(provider, model, detail)
    if status == 503 and _WARMING.search(text):
        return WarmingUp(provider, model, detail, ready_in=_WARM_SECONDS)
    return ProviderFailed(provider, model, detail, maybe_billed=True)


def fault_of_exception(error: BaseException, provider: str, model: str) -> ProviderError:
    """The fault behind a lost connection, a timeout, or an exception that the SDK lets through."""
    name = type(error).__name__
    if not _NOTHING_SENT.isdisjoint(_chain(error)):
        return Unreachable(provider, model, name)
    return UnknownOutcome(provider, model, name, maybe_billed=True)


def cut_off(error: BaseException) -> bool:
    """The connection was closed by the other side, as opposed to a silence."""
    return not _CUT_OFF.isdisjoint(_chain(error))


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


def _chain(error: BaseException | None) -> list[str]:
    """Class names of an exception and of what lies behind it."""
    links: list[str] = []
    while error is not None and len(links) < 8:
        links.append(type(error).__name__)
        error = error.__cause__ or error.__context__
    return links

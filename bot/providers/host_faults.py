"""Which fault or refusal a host's answer is. Texts of hosts are only searched, never kept: they may repeat the prompt."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from bot.domain.errors import (
    ColdStart,
    Exhausted,
    Misconfigured,
    OutOfMemory,
    ProviderError,
    ProviderFailed,
    QueueFull,
    Rejected,
    Throttled,
)
from bot.domain.images import RefusalStage
from bot.providers.host_spec import HostSpec, Refusal, State, values_at

_POLICY: Final = re.compile(
    r"content[ _-]?policy|content[ _-]moderat|moderation_blocked|flagged (as|by)|\bnsfw\b|\bE005\b",
    re.IGNORECASE,
)
_OUT_OF_MEMORY: Final = re.compile(r"out of memory|\bOOM\b|\bE1001\b", re.IGNORECASE)
_NO_MONEY: Final = re.compile(
    r"(insufficient|exhausted|not enough|no) (credit|balance|fund|quota)|user is locked|billing",
    re.IGNORECASE,
)
_NO_ROOM: Final = re.compile(r"queue (is )?full|over capacity|heavy load", re.IGNORECASE)
_STARTING: Final = re.compile(r"startup_timeout|cold (start|boot)|model is (still )?loading", re.IGNORECASE)
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{2,39}")
_REFUSING: Final = frozenset({400, 403, 422})
_FOR_LEGAL_REASONS: Final = 451
_NOT_TO_ITS_LIKING: Final = frozenset({400, 413, 415, 422})
_TEXTS: Final = ("detail", "details", "message", "error", "error_type", "title", "msg", "type", "code")
_CODES: Final = ("error_type", "type", "code")


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete HTTP answer. `body` is parsed JSON, None if it is none. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


def refusal_in(spec: HostSpec, answer: Answer, stage: RefusalStage) -> Refusal | None:
    """The refusal that an error answer or a failed task stands for; `stage` is assumed where the host tells none."""
    told = spec.refused(answer.body)
    if told is not None:
        return told
    says_no = (answer.ok or answer.status in _REFUSING) and _POLICY.search(_text(answer.body))
    if says_no or answer.status == _FOR_LEGAL_REASONS:
        return Refusal(stage)
    return None


def told_refusal(spec: HostSpec, state: State, answer: Answer) -> Refusal | None:
    """The refusal that a task's final state stands for, with the categories that the host tells."""
    reasons = tuple(map(str, values_at(answer.body, spec.reasons))) if spec.reasons else ()
    match state:
        case State.REFUSED_INPUT:
            return Refusal(RefusalStage.INPUT, reasons)
        case State.REFUSED_OUTPUT:
            return Refusal(RefusalStage.OUTPUT, reasons)
        case State.FAILED:
            return refusal_in(spec, answer, RefusalStage.UNKNOWN)
    return None


def http_fault(spec: HostSpec, model: str, answer: Answer, *, maybe_billed: bool) -> ProviderError:
    """The fault of an HTTP status that is no success; `maybe_billed` is what a server error means at this point."""
    status, text = answer.status, _text(answer.body)
    detail = f"status {status} {_codes(answer.body)}".rstrip()
    if status == 402 or (status in {403, 429} and _NO_MONEY.search(text)):
        return Exhausted(spec.name, model, detail)
    if status == 429:
        return Throttled(spec.name, model, detail, retry_after=retry_after(answer))
    if status in _NOT_TO_ITS_LIKING:
        return Rejected(spec.name, model, detail, maybe_billed)
    if status < 500 and status not in {408, 409, 499}:
        return Misconfigured(spec.name, model, detail, maybe_billed)
    return _failure(spec, model, text, detail, maybe_billed=maybe_billed, no_room=status in {503, 529})


def poll_fault(spec: HostSpec, model: str, answer: Answer) -> ProviderError:
    """The fault of a rejected poll, which says nothing about the task behind it: that may well be paid."""
    fault = http_fault(spec, model, answer, maybe_billed=True)
    if isinstance(fault, Misconfigured) and answer.status not in {401, 403}:
        return ProviderFailed(spec.name, model, fault.detail, maybe_billed=True)
    fault.maybe_billed = True
    return fault


def task_fault(spec: HostSpec, model: str, answer: Answer) -> ProviderError:
    """The fault of a task whose status says that it failed. Its run may have been billed."""
    detail = f"failed {_codes(answer.body)}".rstrip()
    return _failure(spec, model, _text(answer.body), detail, maybe_billed=True, no_room=False)


def _failure(
    spec: HostSpec, model: str, text: str, detail: str, *, maybe_billed: bool, no_room: bool
) -> ProviderError:
    if _STARTING.search(text):
        return ColdStart(spec.name, model, detail, maybe_billed)
    if _OUT_OF_MEMORY.search(text):
        return OutOfMemory(spec.name, model, detail, maybe_billed)
    if no_room or _NO_ROOM.search(text):
        return QueueFull(spec.name, model, detail, maybe_billed)
    return ProviderFailed(spec.name, model, detail, maybe_billed)


def retry_after(answer: Answer) -> float | None:
    """Seconds to wait by the header (a number or a date, RFC 9110) or the body's `retry_after`; None if untold."""
    body = answer.body if isinstance(answer.body, Mapping) else {}
    for told in (answer.headers.get("retry-after"), body.get("retry_after")):
        if told is None:
            continue
        try:
            return max(0.0, float(told))
        except (TypeError, ValueError):
            pass
        try:
            return max(0.0, (_aware(parsedate_to_datetime(str(told))) - datetime.now(UTC)).total_seconds())
        except ValueError:
            continue
    return None


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _text(body: Any) -> str:
    return " ".join(_strings(body, _TEXTS))


def _codes(body: Any) -> str:
    """Words like `request_timeout`, which tell operators what happened and nobody what was asked for."""
    return " ".join(dict.fromkeys(word for word in _strings(body, _CODES) if _CODE.fullmatch(word)))


def _strings(body: Any, names: tuple[str, ...]) -> Iterator[str]:
    """Strings under these names, also inside `detail` lists and error objects."""
    if not isinstance(body, Mapping):
        return
    for name, value in body.items():
        if isinstance(value, str) and name in names:
            yield value
        elif name in _TEXTS:
            for inner in value if isinstance(value, list) else (value,):
                if isinstance(inner, Mapping):
                    yield from _strings(inner, names)

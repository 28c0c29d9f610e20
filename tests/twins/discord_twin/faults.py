"""Faults of the REST API: what goes wrong with the next calls of an operation."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatch

from tests.twins.http_twin import Answer, DoneThenHang, Fault, Hang, ResetBeforeHeaders, ServerError

_BAN_PAGE = (
    "<!DOCTYPE html><html><head><title>Access denied</title></head><body>error code: 1015</body></html>"
)


@dataclass(frozen=True, slots=True)
class ResetUpload(Fault):
    """The connection dies while the request body is on its way."""

    after_bytes: int = 4096


@dataclass(slots=True)
class Planned:
    operation: str
    fault: Fault
    left: int


@dataclass(slots=True)
class Stop:
    """The n-th call about something new is carried out, and its answer never given.

    Attributes:
        known: Ids and tokens; a call about one of them does not count.
        path: The path of the call that was stopped, "" until it came.
    """

    number: int
    known: frozenset[str]
    seen: int = 0
    path: str = ""

    def takes(self, operation: str, path: str) -> bool:
        if self.path or not operation.startswith(("callback", "webhook.", "channel.")):
            return False
        if not self.known.isdisjoint(path.split("/")):
            return False
        self.seen += 1
        if self.seen == self.number:
            self.path = path
        return bool(self.path)


@dataclass(slots=True)
class Faults:
    """Plans faults by operation, a pattern such as `callback`, `webhook.edit`, `channel.*`, `*`.

    Each method plans the next `times` calls. Operations are listed in `rest.py`.
    """

    _planned: list[Planned] = field(default_factory=list)
    _banned_until: float = 0.0
    _stop: Stop | None = None

    def stop_at(self, number: int, known: Iterable[str] = ()) -> Stop:
        """Stop at the n-th call from now that is about none of the `known` ids and tokens."""
        self._stop = Stop(number, frozenset(known))
        return self._stop

    def plan(self, operation: str, fault: Fault, times: int = 1) -> None:
        self._planned.append(Planned(operation, fault, times))

    def lose_answer(self, operation: str = "callback", times: int = 1) -> None:
        """The call is processed, but its answer never arrives: the connection is reset."""
        self.plan(operation, ResetBeforeHeaders(work_done=True), times)

    def reset(self, operation: str, times: int = 1) -> None:
        """The connection is reset before the call is processed."""
        self.plan(operation, ResetBeforeHeaders(work_done=False), times)

    def reset_upload(self, operation: str = "webhook.edit", times: int = 1, after_bytes: int = 4096) -> None:
        self.plan(operation, ResetUpload(after_bytes), times)

    def server_error(self, operation: str, status: int = 500, times: int = 1) -> None:
        self.plan(operation, ServerError(status, html=True), times)

    def throttle(
        self,
        operation: str,
        retry_after: float = 0.3,
        times: int = 1,
        *,
        is_global: bool = False,
        scope: str = "user",
    ) -> None:
        """429 with Discord's own headers."""
        body = {"message": "You are being rate limited.", "code": 0}
        headers = {"Via": "1.1 google", "Retry-After": "1", "X-RateLimit-Scope": scope}
        if is_global:
            headers |= {"X-RateLimit-Global": "true"}
        text = json.dumps(body | {"retry_after": retry_after, "global": is_global})
        self.plan(operation, Answer(429, text, headers=tuple(headers.items())), times)

    def refuse(
        self, operation: str, status: int, code: int, message: str = "refused by a test", times: int = 1
    ) -> None:
        """Any error of Discord's, for example 403/50001, 400/200000, 413/40005, 404/10008."""
        self.plan(operation, Answer(status, json.dumps({"message": message, "code": code})), times)

    def hang(self, operation: str, seconds: float = 60.0, times: int = 1) -> None:
        self.plan(operation, Hang(seconds), times)

    def ban(self, seconds: float) -> None:
        """Every call is answered as Cloudflare does to a banned address: 429, a page, no `Via` header."""
        self._banned_until = asyncio.get_running_loop().time() + seconds

    def clear(self) -> None:
        self._planned.clear()
        self._stop = None
        self._banned_until = 0.0

    @property
    def pending(self) -> int:
        """Planned faults that have not happened yet."""
        return sum(planned.left for planned in self._planned)

    def next(self, operation: str, path: str = "", *, files: bool = False) -> Fault | None:
        """The fault of a call; with files it may also be planned as e.g. `webhook.edit+files`."""
        if self._stop is not None and self._stop.takes(operation, path):
            return DoneThenHang()
        names = {operation, f"{operation}+files"} if files else {operation}
        if asyncio.get_running_loop().time() < self._banned_until:
            return Answer(429, _BAN_PAGE, "text/html")
        for planned in self._planned:
            if planned.left > 0 and any(fnmatch(name, planned.operation) for name in names):
                planned.left -= 1
                return planned.fault
        return None

"""What the bot did on the wire: calls, broken rules, and every text that a person could read."""

import json
import time
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.twins.discord_twin.contract import DiscordContract, discord_contract
from tests.twins.discord_twin.errors import DiscordError
from tests.twins.http_twin import Part, Recorded

_WINDOW = 600.0


@dataclass(slots=True, eq=False)
class Call:
    """One REST call.

    Attributes:
        operation: Short name such as `callback`, `webhook.edit`, `channel.send`.
        template: The path as the API documents it.
        body: The JSON body, of a multipart request the field payload_json.
        status: What was decided, also if the answer was then lost; None if the call was never carried out.
        code: Discord's error code, if an error was answered.
        answer: The body of the twin's own answer, None where a planned fault answered instead.
    """

    operation: str
    method: str
    template: str
    path: str
    body: Any
    files: tuple[Part, ...]
    wire: Recorded
    at: float = field(default_factory=time.monotonic)
    status: int | None = None
    code: int | None = None
    answer: bytes | None = None


@dataclass(slots=True)
class Recorder:
    """Keeps everything; checks against the contract only when asked, to keep the twin fast."""

    calls: list[Call] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    _broken: list[str] = field(default_factory=list)
    _checked: int = 0
    _texts: list[str] = field(default_factory=list)
    _bad_answers: deque[float] = field(default_factory=deque)
    _dead: Counter[str] = field(default_factory=Counter)

    def broke(self, rule: str) -> None:
        self._broken.append(rule)

    def forgive(self) -> None:
        """Forget the broken rules so far, after a test has looked at them."""
        self._checked = len(self.calls)
        self._broken.clear()

    def said(self, texts: Iterable[str]) -> None:
        self._texts.extend(text for text in texts if text)

    @property
    def texts(self) -> list[str]:
        return list(self._texts)

    def refused(self, call: Call, error: DiscordError) -> None:
        """Note an error answer: bodies that Discord refuses are broken rules, dead hooks called again a warning."""
        if error.code in (50035, 50006) or error.status == 405:
            self.broke(f"{call.method} {call.template} refused: {error}")
        if error.status in (401, 403, 429) and error.headers.get("X-RateLimit-Scope") != "shared":
            self._bad_answers.append(time.monotonic())
        if error.code in (10015, 10062, 50027):
            self._dead[call.path] += 1
            if self._dead[call.path] > 1:
                self.warnings.append(f"{call.method} {call.template} called again after {error.code}")

    @property
    def invalid_requests(self) -> int:
        """Answers 401, 403 and 429 of the last 10 minutes: 10,000 of them are a ban."""
        while self._bad_answers and self._bad_answers[0] < time.monotonic() - _WINDOW:
            self._bad_answers.popleft()
        return len(self._bad_answers)

    @property
    def violations(self) -> list[str]:
        """Everything that breaks a documented rule or the OpenAPI document. Tests assert that it is empty."""
        contract = discord_contract()
        fresh = self.calls[self._checked :]
        self._checked = len(self.calls)
        if contract is not None:
            for call in fresh:
                self._broken.extend(_contract_problems(contract, call))
        return list(self._broken)


def _contract_problems(contract: DiscordContract, call: Call) -> list[str]:
    if not contract.knows(call.method, call.template):
        return []
    problems = contract.check_request(call.method, call.template, call.body)
    found = [f"{call.method} {call.template} request {problem}" for problem in problems]
    if call.status is not None and call.answer is not None:
        answer = json.loads(call.answer) if call.answer else None
        problems = contract.check_response(call.method, call.template, call.status, answer)
        found += [f"{call.method} {call.template} answer {call.status} {problem}" for problem in problems]
    return found

"""A breaker before the text model: after three outages in a row nobody waits for it for half a minute.

Then one request tries it; meanwhile, and if that fails, the others go by what the community chose for an outage at once.
Operators are told when it opens. Every answer, and every kind of silence, is counted.
"""

from dataclasses import dataclass
from typing import Final

import structlog

from bot.domain.clock import Deadline
from bot.domain.errors import NoVerdict
from bot.domain.verdict import Verdict
from bot.ports import Clock, PromptSanitizer, SanitizeTask, Telemetry

log = structlog.get_logger(__name__)

IN_A_ROW: Final = 3
OPEN_SECONDS: Final = 30.0


@dataclass
class BreakingSanitizer:
    """Implements `PromptSanitizer` before another one. Only outages count: an answer that is no verdict is an answer, and
    nobody opens the breaker for others with words that the service does not take.
    """

    sanitizer: PromptSanitizer
    clock: Clock
    telemetry: Telemetry
    _outages: int = 0
    _closed_until: float = 0.0
    """No request before this time; each one that tries moves it on, so that only one does."""

    async def judge(self, task: SanitizeTask, deadline: Deadline) -> Verdict:
        """See the port."""
        now = self.clock.now()
        if now < self._closed_until:
            self.telemetry.sanitizer_said("breaker")
            raise NoVerdict("outage", "breaker open")
        if self._outages >= IN_A_ROW:
            self._closed_until = now + OPEN_SECONDS
        try:
            verdict = await self.sanitizer.judge(task, deadline)
        except NoVerdict as none:
            self._silent(none)
            raise
        self._answered("verdict")
        return verdict

    def _silent(self, none: NoVerdict) -> None:
        if none.kind != "outage":
            self._answered(none.kind)
            return
        self.telemetry.sanitizer_said("outage")
        if none.answered:
            return
        self._outages += 1
        if self._outages < IN_A_ROW:
            return
        self._closed_until = self.clock.now() + OPEN_SECONDS
        if self._outages == IN_A_ROW:
            log.warning("sanitizer_breaker_open", seconds=OPEN_SECONDS)
            self.telemetry.alert(
                "sanitizer", "the text model does not answer; prompts go by the rules for outages"
            )

    def _answered(self, kind: str) -> None:
        self.telemetry.sanitizer_said(kind)
        self._outages, self._closed_until = 0, 0.0

"""A sanitizer that can be switched off, to watch what the bot does without one: it draws nothing unchecked."""

from dataclasses import dataclass

from bot.domain.clock import Deadline
from bot.domain.errors import NoVerdict
from bot.domain.practice import Fault, Switchboard
from bot.domain.verdict import Verdict
from bot.ports import PromptSanitizer, SanitizeTask


@dataclass(frozen=True, slots=True)
class PractisingSanitizer:
    """Implements `PromptSanitizer`."""

    sanitizer: PromptSanitizer
    switches: Switchboard

    async def judge(self, task: SanitizeTask, deadline: Deadline) -> Verdict:
        """See the port."""
        if self.switches.is_on(Fault.SANITIZER_DOWN):
            raise NoVerdict("outage", "switched off for practice")
        return await self.sanitizer.judge(task, deadline)

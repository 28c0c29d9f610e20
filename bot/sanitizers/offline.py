"""The rule sanitizer behind the `PromptSanitizer` port: for the playground without keys, and for tests."""

from bot.domain.clock import Deadline
from bot.domain.verdict import Verdict
from bot.ports import SanitizeTask
from bot.sanitizers.rules import RuleSanitizer


class OfflineSanitizer:
    """Judges by rules; never polishes, never calls anybody."""

    def __init__(self) -> None:
        self._rules = RuleSanitizer()

    async def judge(self, task: SanitizeTask, deadline: Deadline) -> Verdict:
        del deadline
        return self._rules.judge(task.words)

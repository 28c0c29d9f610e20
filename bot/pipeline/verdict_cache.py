"""Verdicts about the same words under the same rules are asked for once in ten minutes.

Only complete answers are kept: silence of a layer is never remembered as a pass, nor as a no.
"""

import hashlib
import json
from collections import OrderedDict
from typing import Final

from bot.domain.moderation import ModerationScores
from bot.domain.policy import Policy
from bot.domain.verdict import Verdict
from bot.guardrails.text import stored_form
from bot.ports import SanitizeTask

SECONDS: Final = 600.0
_MOST: Final = 4096

Answers = tuple[Verdict, ModerationScores | None]


class VerdictCache:
    """One for each process, a few megabytes at most; the one that was used longest ago leaves first."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._known: OrderedDict[str, tuple[float, Answers]] = OrderedDict()

    def get(self, key: str, now: float) -> Answers | None:
        """Answers that are fresh enough."""
        at, answers = self._known.get(key, (0.0, None))
        if answers is None or not 0 <= now - at < self._seconds:
            self._known.pop(key, None)
            return None
        self._known.move_to_end(key)
        return answers

    def put(self, key: str, answers: Answers, now: float) -> None:
        self._known[key] = (now, answers)
        self._known.move_to_end(key)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)


def key_of(task: SanitizeTask, policy: Policy) -> str:
    """Everything that the models' answers depend on, as a hash: the words in the case in which they were typed, the
    rules that the sanitizer reads, and the version of the policy. The person is not part of it.
    """
    parts = [
        " ".join(stored_form(task.words).split()),
        task.words if not task.words.isascii() else "",
        task.rating,
        sorted((task.rules or {}).items()),
        sorted(task.flagged_terms),
        sorted(task.reference_roles),
        policy.version,
    ]
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()

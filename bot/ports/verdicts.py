"""What judges a person's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.domain.clock import Deadline
from bot.domain.verdict import Verdict


@dataclass(frozen=True, slots=True)
class SanitizeTask:
    """What the sanitizer gets to see: one person's words and the community's rules, nothing else."""

    words: str
    rating: str = "PG"
    rules: Mapping[str, Any] | None = None
    flagged_terms: tuple[str, ...] = ()
    reference_roles: tuple[str, ...] = ()
    safety_identifier: str = ""


class PromptSanitizer(Protocol):
    """Turns untrusted words into a typed verdict."""

    async def judge(self, task: SanitizeTask, deadline: Deadline) -> Verdict:
        """Raises NoVerdict for anything but a valid verdict: no decision is never a pass."""
        ...


class LocalRules(Protocol):
    """Rules that judge words without asking anybody: the last look at a text model's own words."""

    def judge(self, words: str) -> Verdict: ...

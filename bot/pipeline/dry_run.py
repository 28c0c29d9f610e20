"""A dry run of the guardrails: what each layer decides about some words. Nothing is generated or counted."""

import time
from dataclasses import dataclass
from typing import Final

from bot.domain.clock import Deadline
from bot.domain.jobs import SafeWords
from bot.domain.outcomes import DecidedBy, Failed, RefusalReason, Refused
from bot.domain.policy import Policy
from bot.guardrails.text import Hit
from bot.guardrails.words import check_words, scan
from bot.pipeline.judge import Judge, Layer
from bot.ports import SanitizeTask

_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class DryRun:
    """The decision about one prompt, and how it came about.

    Attributes:
        decision: allow, rewrite, ask or reject.
        decided_by: The layer that ended it, None when all let it pass.
        hits: Block-list matches, hard and soft.
        seconds: Wall-clock time of all layers together.
    """

    words: str
    decision: str
    decided_by: str | None
    reason_code: str | None
    hits: tuple[Hit, ...]
    layers: tuple[Layer, ...]
    seconds: float
    safe_prompt: str = ""
    suggestion: str | None = None


async def dry_run(words: str, policy: Policy, judge: Judge | None) -> DryRun:
    """Local layers, then the model layers unless `judge` is None or the local ones have said no."""
    started = time.perf_counter()
    hits = scan(words, policy.content)
    local = check_words(words, policy.content)
    layers = [Layer(DecidedBy.GUARD, "reject" if local else "allow", local.reason if local else "")]
    end: SafeWords | Refused | Failed | None = local
    if local is None and judge is not None:
        judgement = await judge.judge(SanitizeTask(words), policy, Deadline(judge.clock.now() + _SECONDS))
        end, layers = judgement.end, [*layers, *judgement.trail]
    decision, by, reason = _decision(end)
    return DryRun(
        words=words,
        decision=decision,
        decided_by=by,
        reason_code=reason,
        hits=hits,
        layers=tuple(layers),
        seconds=time.perf_counter() - started,
        safe_prompt=end.prompt if isinstance(end, SafeWords) else "",
        suggestion=end.suggestion if isinstance(end, Refused) else None,
    )


def _decision(end: SafeWords | Refused | Failed | None) -> tuple[str, str | None, str | None]:
    match end:
        case None:
            return "allow", None, None
        case SafeWords(reworded=True):
            return "rewrite", DecidedBy.SANITIZER.value, None
        case SafeWords():
            return "allow", None, None
        case Refused(reason=RefusalReason.UNCLEAR, decided_by=by):
            return "ask", by.value, RefusalReason.UNCLEAR.value
        case Refused(reason=reason, decided_by=by):
            return "reject", by.value, reason.value
        case Failed(failure=failure):
            return "reject", DecidedBy.SANITIZER.value, failure.value

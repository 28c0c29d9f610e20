"""A dry run of the guardrails: what each layer decides about some words. Nothing is generated or counted."""

import time
from dataclasses import dataclass
from typing import Final

from bot.domain.clock import Deadline
from bot.domain.jobs import SafeWords
from bot.domain.outcomes import DecidedBy, Failed, Refused
from bot.domain.policy import Policy
from bot.guardrails.compiled import ready
from bot.guardrails.text import Hit
from bot.guardrails.words import check_words, scan
from bot.pipeline.judge import Judge, Layer
from bot.pipeline.notes import said
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
        picture_checks: Who would look at a finished picture, where that is known here.
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
    picture_checks: tuple[DecidedBy, ...] = ()


async def dry_run(words: str, policy: Policy, judge: Judge | None) -> DryRun:
    """Local layers, then the model layers unless `judge` is None or the local ones have said no."""
    await ready(policy.content)
    started = time.perf_counter()
    hits = scan(words, policy.content)
    local = check_words(words, policy.content)
    layers = [Layer(DecidedBy.GUARD, "reject" if local else "allow", local.reason if local else "")]
    end: SafeWords | Refused | Failed | None = local
    if local is None and judge is not None:
        judgement = await judge.judge(SanitizeTask(words), policy, Deadline(judge.clock.now() + _SECONDS))
        end, layers = judgement.end, [*layers, *judgement.trail]
    decision, by, reason = said(end)
    return DryRun(
        words=words,
        decision=decision,
        decided_by=by or None,
        reason_code=reason or None,
        hits=hits,
        layers=tuple(layers),
        seconds=time.perf_counter() - started,
        safe_prompt=end.prompt if isinstance(end, SafeWords) else "",
        suggestion=end.suggestion if isinstance(end, Refused) else None,
    )

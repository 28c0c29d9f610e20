"""Stage 2: from untrusted words to words that may reach an image provider."""

import time
from typing import Final

from bot.domain.errors import NoVerdict
from bot.domain.images import SafePrompt
from bot.domain.jobs import SafeWords, Stage
from bot.domain.outcomes import Failed, Refused
from bot.domain.policy import OnSanitizerOutage, Policy
from bot.guardrails.intake import asked_for
from bot.pipeline.guard import APPROVED
from bot.pipeline.judge import Judge, Judgement
from bot.pipeline.notes import note_judgement
from bot.pipeline.run import Run
from bot.ports import SanitizeTask

_WAIT: Final = 60.0
_TRIES: Final = 8
"""Pauses double from half a second: 8 tries fill the minute."""


async def sanitize(run: Run) -> SafeWords | Refused | Failed:
    """Safe words, stored; or why there are none."""
    if run.steps.words:
        return run.steps.words
    if run.steps.pictures:
        # Whose words they were has been erased since the pictures were made; nothing is drawn from them any more.
        return SafeWords(SafePrompt(""), alt_text="")
    request = run.job.request
    task = SanitizeTask(
        asked_for(request),
        reference_roles=tuple(reference.role.value for reference in run.steps.references or ()),
        safety_identifier=run.parts.identities.safety_identifier(request.requester),
    )
    parts = run.parts
    judge = Judge(parts.sanitizer, parts.moderator, parts.rules, parts.clock, parts.verdicts)
    started = time.perf_counter()
    judgement = await _judged(run, judge, task)
    seconds = time.perf_counter() - started
    await note_judgement(run.parts, request, run.policy, judgement, seconds)
    if isinstance(judgement.end, SafeWords):
        await run.save(Stage.SANITIZE, words=judgement.end)
    return judgement.end


async def _judged(run: Run, judge: Judge, task: SanitizeTask) -> Judgement:
    """Where nothing may go out without the text model, the request waits a minute for it before it fails."""
    approved = APPROVED in run.job.request.metadata
    clock, pause = run.parts.clock, run.parts.retry_seconds
    until = clock.now() + _WAIT
    for _ in range(_TRIES):
        judgement = await judge.judge(task, run.policy, run.deadline, approved=approved)
        left = min(until - clock.now(), run.remaining())
        if not _worth_waiting(judgement, run.policy) or left <= pause:
            return judgement
        await clock.sleep(pause)
        pause *= 2
    return judgement


def _worth_waiting(judgement: Judgement, policy: Policy) -> bool:
    """The model cannot be reached, and moderators want no other way."""
    verdict = judgement.verdict
    away = isinstance(verdict, NoVerdict) and verdict.kind == "outage" and not verdict.answered
    failed = isinstance(judgement.end, Failed)
    return away and failed and policy.recovery.on_sanitizer_outage is OnSanitizerOutage.CLOSED

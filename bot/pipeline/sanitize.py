"""Stage 2: from untrusted words to words that may reach an image provider."""

import time

from bot.domain.jobs import SafeWords, Stage
from bot.domain.outcomes import Failed, Refused
from bot.guardrails.intake import asked_for
from bot.pipeline.guard import APPROVED
from bot.pipeline.judge import Judge
from bot.pipeline.notes import note_judgement
from bot.pipeline.run import Run
from bot.ports import SanitizeTask


async def sanitize(run: Run) -> SafeWords | Refused | Failed:
    """Safe words, stored; or why there are none."""
    if run.steps.words:
        return run.steps.words
    request = run.job.request
    task = SanitizeTask(
        asked_for(request),
        reference_roles=tuple(reference.role.value for reference in run.steps.references or ()),
        safety_identifier=run.parts.identities.safety_identifier(request.requester),
    )
    parts = run.parts
    judge = Judge(parts.sanitizer, parts.moderator, parts.rules, parts.clock, parts.verdicts)
    started = time.perf_counter()
    judgement = await judge.judge(task, run.policy, run.deadline, approved=APPROVED in request.metadata)
    seconds = time.perf_counter() - started
    await note_judgement(run.parts, request, run.policy, judgement, seconds)
    if isinstance(judgement.end, SafeWords):
        await run.save(Stage.SANITIZE, words=judgement.end)
    return judgement.end

"""Stage 2: from untrusted words to words that may reach an image provider."""

from bot.domain.jobs import SafeWords, Stage
from bot.domain.outcomes import Failed, Refused
from bot.guardrails.intake import asked_for
from bot.pipeline.judge import Judge
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
    judge = Judge(run.parts.sanitizer, run.parts.moderator, run.parts.rules, run.parts.clock)
    judgement = await judge.judge(task, run.policy, run.deadline)
    if isinstance(judgement.end, SafeWords):
        await run.save(Stage.SANITIZE, words=judgement.end)
    return judgement.end

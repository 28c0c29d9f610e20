"""Stage 2: from untrusted words to words that may reach an image provider.

In parallel: the sanitizer's verdict and moderation of the raw words. Then the decision, then the post-check of
the safe prompt by the same local rules and the same moderation.
"""

import asyncio
from typing import Final

import structlog

from bot.domain.clock import Deadline
from bot.domain.errors import NoVerdict, ProviderError
from bot.domain.jobs import SafeWords, Stage
from bot.domain.moderation import ModerationScores
from bot.domain.outcomes import Failed, Refused
from bot.domain.verdict import Verdict
from bot.guardrails.decide import Evidence, decide, post_check
from bot.guardrails.intake import asked_for
from bot.guardrails.words import flagged_terms
from bot.pipeline.run import Run
from bot.ports import SanitizeTask

log = structlog.get_logger(__name__)

SANITIZER_SECONDS: Final = 8.0
"""Deadline of the text model with its one repair attempt; moderation has the same."""


async def sanitize(run: Run) -> SafeWords | Refused | Failed:
    """Safe words, stored; or why there are none."""
    if run.steps.words:
        return run.steps.words
    words = asked_for(run.job.request)
    deadline = run.deadline.within(run.parts.clock.now(), SANITIZER_SECONDS)
    verdict, scores = await asyncio.gather(_judge(run, words, deadline), score(run, words, deadline))
    evidence = Evidence(words, scores, moderated=run.parts.moderator is not None)
    decision = decide(evidence, verdict, run.policy)
    if isinstance(decision, SafeWords):
        decision = await _post_check(run, decision, evidence)
    if isinstance(decision, SafeWords):
        await run.save(Stage.SANITIZE, words=decision)
    return decision


async def _judge(run: Run, words: str, deadline: Deadline) -> Verdict | NoVerdict:
    request = run.job.request
    references = run.steps.references or ()
    task = SanitizeTask(
        words,
        rating=run.policy.content.rating,
        rules={
            "real_people": run.policy.content.real_people,
            "characters": run.policy.content.characters,
        },
        flagged_terms=flagged_terms(words, run.policy.content),
        reference_roles=tuple(reference.role.value for reference in references),
        safety_identifier=run.parts.identities.safety_identifier(request.requester),
    )
    try:
        return await run.parts.sanitizer.judge(task, deadline)
    except NoVerdict as none:
        log.warning("sanitizer_no_verdict", kind=none.kind, detail=none.detail)
        return none


async def score(run: Run, text: str, deadline: Deadline) -> ModerationScores | None:
    """Moderation scores of one text; None when the service is missing or down, which is never a pass."""
    if run.parts.moderator is None:
        return None
    try:
        return (await run.parts.moderator.score_text([text], deadline))[0]
    except ProviderError as fault:
        log.warning("moderation_down", fault=type(fault).__name__, detail=fault.detail)
        return None


async def _post_check(run: Run, words: SafeWords, evidence: Evidence) -> SafeWords | Refused | Failed:
    if words.degraded or words.prompt == evidence.words:
        scores = evidence.scores
    else:
        deadline = run.deadline.within(run.parts.clock.now(), SANITIZER_SECONDS)
        scores = await score(run, words.prompt, deadline)
    return post_check(words, scores, evidence, run.policy)

"""From decisions about words to what moderators keep of them."""

from typing import TYPE_CHECKING

from bot.domain.errors import NoVerdict
from bot.domain.jobs import SafeWords
from bot.domain.moderators import Judged
from bot.domain.outcomes import DecidedBy, Failed, RefusalReason, Refused
from bot.domain.policy import Policy
from bot.domain.requests import ImagineRequest
from bot.guardrails.intake import asked_for

if TYPE_CHECKING:
    from bot.pipeline.judge import Judgement
    from bot.pipeline.run import Parts

_ABOUT_WORDS = frozenset({RefusalReason.BLOCKED_TERM, RefusalReason.UNREADABLE_WORDS, RefusalReason.TOO_LONG})


def said(end: SafeWords | Refused | Failed | None) -> tuple[str, str, str]:
    """Decision (allow, rewrite, ask, reject), the layer that ended it, and its reason; "" where there is none."""
    match end:
        case None:
            return "allow", "", ""
        case SafeWords(reworded=True):
            return "rewrite", DecidedBy.SANITIZER.value, ""
        case SafeWords():
            return "allow", "", ""
        case Refused(reason=RefusalReason.UNCLEAR, decided_by=by):
            return "ask", by.value, RefusalReason.UNCLEAR.value
        case Refused(reason=reason, decided_by=by):
            return "reject", by.value, reason.value
        case Failed(failure=failure):
            return "reject", DecidedBy.SANITIZER.value, failure.value


async def note_judgement(
    parts: "Parts", request: ImagineRequest, policy: Policy, judgement: "Judgement", seconds: float
) -> None:
    """What the layers said about a job's words."""
    decision, by, reason = said(judgement.end)
    verdict = judgement.verdict
    note = Judged(
        person=request.requester,
        words=asked_for(request),
        at=parts.clock.now(),
        decision=decision,
        job_id=request.job_id,
        decided_by=by,
        reason=reason,
        verdict=None if isinstance(verdict, NoVerdict) else verdict,
        silence=verdict.kind if isinstance(verdict, NoVerdict) else "",
        safe_prompt=judgement.end.prompt if isinstance(judgement.end, SafeWords) else "",
        scores=judgement.scores,
        safe_scores=judgement.safe_scores,
        moderated=parts.moderator is not None,
        policy_version=policy.version,
        seconds=seconds,
        layers=tuple((layer.name.value, layer.says, layer.reason) for layer in judgement.trail),
    )
    await parts.watch.judged(note)


async def note_refused(parts: "Parts", request: ImagineRequest, policy: Policy, refused: Refused) -> None:
    """Words that the local layer has stopped before they became a job."""
    if refused.reason not in _ABOUT_WORDS:
        return
    note = Judged(
        person=request.requester,
        words=asked_for(request)[:4000],
        at=parts.clock.now(),
        decision="reject",
        job_id=request.job_id,
        decided_by=refused.decided_by.value,
        reason=refused.reason.value,
        policy_version=policy.version,
        layers=((DecidedBy.GUARD.value, "reject", refused.reason.value),),
    )
    await parts.watch.judged(note)

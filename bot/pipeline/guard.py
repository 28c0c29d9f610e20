"""Stage 1: the community's rules, once more at the moment of running, and the references brought home."""

import dataclasses
from typing import Final

import structlog

from bot.domain.errors import InvalidImage
from bot.domain.jobs import Stage
from bot.domain.outcomes import DecidedBy, Failed, RefusalReason, Refused
from bot.domain.policy import Policy
from bot.domain.requests import Action, ImagineRequest, Reference
from bot.guardrails.access import check_access
from bot.guardrails.intake import asked_for
from bot.guardrails.words import check_words
from bot.images.inspect import inspect_upload
from bot.pipeline.run import Run
from bot.pipeline.uploads import CHECK_SECONDS, check_upload

log = structlog.get_logger(__name__)

APPROVED: Final = "approved"
"""Key of a request's metadata: the case by which a moderator has approved exactly these words of this person."""


def check_request(request: ImagineRequest, policy: Policy, *, words_too: bool = True) -> Refused | None:
    """Every check that needs no I/O; also made before the acknowledgement, so that this no stays private.

    An approval lets blocked terms pass, nothing else. Without `words_too` the words are left for when the job begins.
    """
    if refused := check_access(request, policy):
        return refused
    if not words_too:
        return None
    refused = check_words(asked_for(request), policy.content)
    if refused and refused.reason is RefusalReason.TOO_LONG and _is_a_change(request):
        return dataclasses.replace(refused, params=(*refused.params, ("together", "")))
    if refused and refused.reason is RefusalReason.BLOCKED_TERM and APPROVED in request.metadata:
        return None
    return refused


def _is_a_change(request: ImagineRequest) -> bool:
    """What was typed is only a part of what is judged: the words of the picture before it count as well."""
    lineage = request.lineage
    return lineage is not None and bool(lineage.instruction) and lineage.action is not Action.REWORD


async def guard(run: Run) -> Refused | Failed | None:
    """None when the request may go on; its references then lie in our own store.

    What a moderator has released goes on whatever the rules say by now: its pictures were looked at by a person.
    """
    if run.steps.held is not None and run.steps.verdicts is not None:
        return None
    forgotten = run.steps.pictures is not None and not run.job.request.words.strip()
    if refused := check_request(run.job.request, run.policy, words_too=not forgotten):
        return refused
    if run.steps.references is not None:
        return None
    kept: list[Reference] = []
    for reference in run.job.request.references:
        try:
            home = await _bring_home(run, reference)
        except InvalidImage as problem:
            log.info("reference_rejected", problem=problem.problem)
            home = Refused(RefusalReason.UNREADABLE, DecidedBy.GUARD, params=(("limit", ""),))
        if isinstance(home, Refused) and reference.of_the_house:
            log.warning("house_picture_left_out", reason=home.reason.value)  # whoever asks has not chosen it
            continue
        if not isinstance(home, Reference):
            return home
        kept.append(home)
    await run.save(Stage.GUARD, references=tuple(kept))
    return None


async def _bring_home(run: Run, reference: Reference) -> Reference | Refused | Failed:
    """Fetch, look at and keep a file that a person attached; our own pictures stay where they are."""
    if not reference.external:
        return reference
    adapter = run.parts.adapters[run.job.request.requester.platform]
    upload = await inspect_upload(await adapter.fetch(reference))
    parts, deadline = run.parts, run.deadline.within(run.parts.clock.now(), CHECK_SECONDS)
    if no := await check_upload(
        parts.moderator, run.policy.content, upload.data, upload.media_type, deadline
    ):
        return no
    kept = await parts.images.keep(upload.data, upload.media_type, width=upload.width, height=upload.height)
    run.written.append(kept.key)
    return Reference(kept.key, reference.role, kept.media_type)

"""What a button of a picture asks for: a child of the picture's job, and the same one if it is pressed twice at once."""

import dataclasses
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.jobs import DeliveryHandle, Job, JobState
from bot.domain.outcomes import DecidedBy, Delivered, Failed, RefusalReason, Refused
from bot.domain.requests import (
    HD,
    Action,
    ImagineRequest,
    JobId,
    Lineage,
    Options,
    Quality,
    RawWords,
    Reference,
    ReferenceRole,
    Requester,
)
from bot.guardrails.intake import read_request, well_formed
from bot.pipeline.run import Parts

DOUBLE_PRESS_SECONDS: Final = 3.0
"""A second press within this time after the first one's child was made answers with the same child."""
_TO_BE_HAD_AGAIN: Final = frozenset({JobState.FAILED, JobState.DELETED})
"""Ends after which even a button that makes one child makes another."""


@dataclass(frozen=True, slots=True)
class Press:
    """A button of a picture, pressed.

    Attributes:
        index: Which picture of the job, from 0.
        text: New words (reword) or an instruction (edit), "" for the others.
        handle: See `bot.pipeline.studio.Ask`.
        exact: The key alone names the child, as for words in a thread: their redelivery is the same child at any
            time, and the same words said once more are another one.
    """

    key: str
    requester: Requester
    job_id: JobId
    action: Action
    index: int = 0
    text: str = ""
    references: tuple[Reference, ...] = ()
    lifetime: float = 840.0
    handle: DeliveryHandle | None = None
    exact: bool = False


async def child_request(parts: Parts, press: Press, parent: Job) -> ImagineRequest | Refused:
    """The request that a press stands for; a refusal where its new words cannot be read, or its pictures are gone."""
    words, options, instruction = parent.request.words, parent.request.options, None
    if press.action is Action.REWORD:
        intake = read_request(press.text, _as_typed(options))
        if isinstance(intake, Refused):
            return intake
        words, options = RawWords(intake.words), intake.options
    elif press.text:
        instruction = RawWords(well_formed(press.text))
    now = parts.clock.now()
    child = ImagineRequest(
        key=press.key if press.exact else await _child_key(parts, press, now),
        requester=press.requester,
        words=words,
        options=_child_options(press.action, options),
        references=_own_reference(press, parent) + press.references,
        lineage=Lineage(parent.job_id, press.action, press.index, instruction),
        created_at=now,
        deadline=now + press.lifetime,
    )
    if press.action is not Action.REROLL:
        return child
    if not isinstance(parent.outcome, Failed):
        return await _rolled_anew(parts, child, parent)
    if await _lent_is_gone(parts, parent):
        return Refused(RefusalReason.UNKNOWN_JOB, DecidedBy.GUARD)
    return _as_asked_before(child, parent)


async def _lent_is_gone(parts: Parts, job: Job) -> bool:
    """Whether a job was deleted from whose pictures this one was drawn, be it by way of others that asked once more."""
    while job.request.lineage and not all(item.external for item in job.request.references):
        lender = await parts.jobs.get(job.request.lineage.parent_id)
        if lender is None or lender.state is JobState.DELETED:
            return True
        if not isinstance(lender.outcome, Failed) and job.request.lineage.action is not Action.REROLL:
            return False
        job = lender
    return False


async def _rolled_anew(parts: Parts, child: ImagineRequest, parent: Job) -> ImagineRequest:
    """Another picture of an edit or a variation is one as well: of the same picture, while that is there, with the same
    change. An HD redraw is drawn anew from its words.
    """
    before = parent.request
    lineage = before.lineage
    if lineage is None or child.lineage is None or _is_hd(before):
        return child
    lent = tuple(item for item in before.references if not item.external)
    if await _lent_is_gone(parts, parent):
        lent = ()
    mine = dataclasses.replace(child.lineage, instruction=lineage.instruction)
    return dataclasses.replace(child, references=lent, lineage=mine)


def _is_hd(request: ImagineRequest) -> bool:
    return HD in request.metadata or (
        request.lineage is not None and request.lineage.action is Action.UPSCALE
    )


def _as_asked_before(child: ImagineRequest, parent: Job) -> ImagineRequest:
    """A request that failed, once more as it was: with its references, its seed, its size and what was to change."""
    before = parent.request
    instruction = before.lineage.instruction if before.lineage else None
    hd = {HD: "yes"} if _is_hd(before) else {}
    mine = Lineage(parent.job_id, Action.REROLL, child.lineage.index if child.lineage else 0, instruction)
    return dataclasses.replace(
        child,
        options=before.options,
        references=before.references if parent.steps.references is None else parent.steps.references,
        lineage=mine,
        metadata={**child.metadata, **hd},
    )


async def _child_key(parts: Parts, press: Press, now: float) -> str:
    """The same key for presses that mean the same child, so that the ledger's primary key keeps them one.

    Once-only actions have one child for ever. The others get a new generation when the last child is done
    and old enough not to be a double click. Children of people who were erased count for everybody: one of them may
    have been this person, whose keys begin anew otherwise.
    """
    siblings = await parts.jobs.find_child(press.job_id, press.action, press.index)
    mine = [child for child in siblings if child.request.requester.user_id == press.requester.user_id]
    base = f"{press.job_id}:{press.action}:{press.index}"
    if press.action.once_only:
        return f"{base}:{sum(child.state in _TO_BE_HAD_AGAIN for child in siblings)}"
    done = sum(child.state.final and now - child.created_at > DOUBLE_PRESS_SECONDS for child in mine)
    done += sum(not child.request.requester.user_id for child in siblings)
    # The job's id is made of the key and outlives person and words: neither may be guessed from it.
    who = parts.identities.safety_identifier(press.requester)
    meant = hmac.new(who.encode(), press.text.encode(), hashlib.sha256).hexdigest()
    return f"{base}:{meant}:{done}"


def _as_typed(options: Options) -> dict[str, Any]:
    return {
        "aspect": str(options.aspect),
        "count": options.count,
        "quality": options.quality.value,
        "style": options.style,
        "background": options.background.value,
        "model": options.model,
        "exclude": options.exclude,
    }


def _child_options(action: Action, options: Options) -> Options:
    """A reroll has no fixed seed; an upscale is one picture at the highest quality (and larger: `wished_size`)."""
    match action:
        case Action.UPSCALE:
            return dataclasses.replace(options, count=1, quality=Quality.HIGH)
        case Action.VARY | Action.EDIT:
            return dataclasses.replace(options, count=1, seed=None)
        case _:
            return dataclasses.replace(options, seed=None)


def _own_reference(press: Press, parent: Job) -> tuple[Reference, ...]:
    """The parent's picture goes along with an edit, a variation and an upscale; first, as a mask means the first."""
    if press.action not in {Action.VARY, Action.EDIT, Action.UPSCALE} or not isinstance(
        parent.outcome, Delivered
    ):
        return ()
    images = parent.outcome.images
    image = images[min(press.index, len(images) - 1)]
    return (Reference(image.key, ReferenceRole.EDIT, image.media_type),)

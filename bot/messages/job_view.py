"""A job as JSON: the same object in the playground's API, its event stream and `imagine-bot imagine --json`."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.awaiting import part_down
from bot.domain.images import HostedImage
from bot.domain.jobs import Job, Stage
from bot.domain.money import dollars
from bot.domain.outcomes import Delivered, Failed, Refused
from bot.domain.requests import Action
from bot.messages.catalogue import Texts
from bot.messages.keys import Say

_PICTURE_ACTIONS = (Action.REROLL, Action.VARY, Action.EDIT, Action.UPSCALE, Action.DELETE, Action.REPORT)


def job_json(job: Job, texts: Texts) -> Mapping[str, Any]:
    """Public state of a job for the person who asked. Holds no credential, fence or provider text."""
    outcome = job.outcome
    lineage = job.request.lineage
    return {
        "job_id": job.job_id,
        "state": "queued" if job.state == "accepted" else job.state.value,
        "stage": (Stage.DONE if job.state.final else job.stage).value,
        "message": message_of(job, texts),
        "reason_code": reason_code_of(job),
        "suggestion": outcome.suggestion if isinstance(outcome, Refused) else None,
        "notice": notice_of(job, texts),
        "images": [image_json(image) for image in images_of(job)],
        "cost_usd": cost_of(job),
        "parent_id": lineage.parent_id if lineage else None,
        "action": lineage.action.value if lineage else None,
        "instruction": lineage.instruction if lineage else None,
        "version": job.version,
        "prompt": job.request.words,
        "options": options_json(job),
        "actions": [action.value for action in actions_for(job)],
        "created_at": job.created_at,
        "seconds": round(job.finished_at - job.created_at, 3) if job.finished_at else None,
    }


def message_of(job: Job, texts: Texts) -> str:
    """One or a few sentences for where the job stands."""
    match job.outcome:
        case _ if job.state == "deleted":
            return texts.say(Say.DELETED_MESSAGE)
        case Refused() as refused:
            return texts.refusal(refused, job.job_id)
        case Failed() as failed:
            return texts.failure(failed, job.job_id)
        case Delivered():
            return texts.say(Say.READY)
        case _:
            return texts.stage(job.stage)


def notice_of(job: Job, texts: Texts) -> str | None:
    """Remarks beside a picture, None if there are none."""
    if not isinstance(job.outcome, Delivered) or not job.outcome.notices:
        return None
    return " ".join(texts.notice(notice) for notice in job.outcome.notices)


def reason_code_of(job: Job) -> str | None:
    match job.outcome:
        case Refused(reason=reason):
            return reason.value
        case Failed(failure=failure):
            return failure.value
        case _:
            return None


def images_of(job: Job) -> Sequence[HostedImage]:
    return job.outcome.images if isinstance(job.outcome, Delivered) and job.state != "deleted" else ()


def cost_of(job: Job) -> float | None:
    if isinstance(job.outcome, Delivered) and job.outcome.cost is not None:
        return dollars(job.outcome.cost)
    return None


def actions_for(job: Job) -> Sequence[Action]:
    """What can be done with a job now."""
    if job.state == "deleted":
        return ()
    if isinstance(job.outcome, Delivered):
        return _PICTURE_ACTIONS
    if isinstance(job.outcome, Refused) and job.outcome.appealable:
        return (Action.REWORD, Action.APPEAL)
    if isinstance(job.outcome, Failed):
        return failed_actions(job.outcome)
    return (Action.REROLL, Action.REWORD) if job.state.final else (Action.CANCEL,)


def failed_actions(failed: Failed) -> Sequence[Action]:
    """The buttons below a failure, in every chat alike."""
    notify = (Action.NOTIFY,) if part_down(failed) is not None else ()
    return (Action.REROLL, Action.REWORD, *notify)


def options_json(job: Job) -> Mapping[str, Any]:
    options = job.request.options
    return {
        "aspect": str(options.aspect),
        "count": options.count,
        "quality": options.quality.value,
        "style": options.style,
        "background": options.background.value,
        "model": options.model,
        "seed": options.seed,
        "exclude": options.exclude,
    }


def image_json(image: HostedImage) -> Mapping[str, Any]:
    return {
        "url": image.url,
        "preview_url": image.preview_url,
        "alt_text": image.alt_text,
        "width": image.width,
        "height": image.height,
        "media_type": image.media_type.value,
        "sha256": image.sha256,
        "provider": image.provider,
        "model": image.model,
        "spoiler": image.spoiler,
    }

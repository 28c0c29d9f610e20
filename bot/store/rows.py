"""Rows of the table `job` to the domain's `Job` and back."""

import dataclasses
from typing import Any

import structlog

from bot.domain.errors import StorageError
from bot.domain.jobs import DeliveryHandle, Job, JobState, Stage, Steps
from bot.domain.outcomes import Delivered, Notice, NoticeKey, Refused
from bot.domain.requests import Action, ImagineRequest, JobId, RawWords, Requester
from bot.store.codec import from_json, to_json
from bot.store.database import Row
from bot.store.vault import Vault

log = structlog.get_logger(__name__)


def job_of(row: Row, vault: Vault) -> Job:
    """Raises ValueError when a newer version wrote something that this one cannot read."""
    return Job(
        job_id=JobId(row["job_id"]),
        request=from_json(ImagineRequest, row["request"]),
        state=JobState(row["state"]),
        stage=Stage(row["stage"]),
        steps=from_json(Steps, row["steps"]),
        handle=_handle_of(row, vault),
        message=from_json(dict, row["message"]),
        fence=int(row["fence"]),
        attempts=int(row["attempts"]),
        deadline=float(row["deadline"]),
        created_at=float(row["created_at"]),
        finished_at=float(row["finished_at"]) if row["finished_at"] is not None else None,
        version=int(row["version"]),
    )


def bones_of(row: Row, vault: Vault) -> Job:
    """A job of which no document can be read: where it stands, and who asked where and when."""
    return Job(
        job_id=JobId(row["job_id"]),
        request=ImagineRequest(
            key=row["key"],
            requester=Requester(row["platform"], row["tenant"], row["user_id"]),
            words=RawWords(""),
            created_at=float(row["created_at"]),
        ),
        state=JobState(row["state"]) if row["state"] in set(JobState) else JobState.FAILED,
        stage=Stage.DONE,
        steps=Steps(),
        handle=_handle_of(row, vault),
        message=from_json(dict, row["message"]),
        fence=int(row["fence"]),
        attempts=int(row["attempts"]),
        deadline=float(row["deadline"]),
        created_at=float(row["created_at"]),
        version=int(row["version"]),
    )


def _handle_of(row: Row, vault: Vault) -> DeliveryHandle:
    """Without its handle a job can still be answered by the adapter's other doors."""
    if not row["handle"]:
        return {}
    try:
        return vault.unseal(row["handle"])
    except StorageError as fault:
        log.warning("handle_unreadable", job_id=row["job_id"], problem=fault.problem)
        return {}


def new_job(request: ImagineRequest, handle: DeliveryHandle | None, version: int) -> Job:
    """A job that has just been accepted, as its row would give it back."""
    return Job(
        job_id=request.job_id,
        request=request,
        state=JobState.ACCEPTED,
        stage=Stage.QUEUED,
        steps=Steps(),
        handle=handle or {},
        message={},
        fence=0,
        attempts=0,
        deadline=request.deadline,
        created_at=request.created_at,
        version=version,
    )


def new_row(request: ImagineRequest, sealed_handle: str | None) -> dict[str, Any]:
    """Values of a job that has just been accepted, but for `vstart` and `version`."""
    person, lineage = request.requester, request.lineage
    return {
        "job_id": request.job_id,
        "key": request.key,
        "platform": person.platform,
        "tenant": person.tenant,
        "user_id": person.user_id,
        "state": JobState.ACCEPTED.value,
        "stage": Stage.QUEUED.value,
        "request": to_json(ImagineRequest, request),
        "steps": to_json(Steps, Steps()),
        "handle": sealed_handle,
        "message": "{}",
        "owner": None,
        "fence": 0,
        "attempts": 0,
        "lease_until": 0.0,
        "deadline": request.deadline,
        "parent_id": lineage.parent_id if lineage else None,
        "action": lineage.action.value if lineage else None,
        "picture": lineage.index if lineage else 0,
        "created_at": request.created_at,
        "finished_at": None,
    }


def picture_keys(steps: Steps) -> list[str]:
    """Keys of the stored originals, public copies and previews that a job shows or may show."""
    keys = [image.key for image in steps.pictures.images] if steps.pictures else []
    if isinstance(steps.outcome, Delivered):
        keys += [key for image in steps.outcome.images for key in (image.key, image.preview_key)]
    return list(dict.fromkeys(key for key in keys if key))


def reference_keys(request: ImagineRequest, steps: Steps) -> list[str]:
    """Keys of the stored pictures that a job draws from."""
    references = (*request.references, *(steps.references or ()))
    return list(dict.fromkeys(reference.key for reference in references if not reference.external))


def bare(job: Job, tenant: str, user_id: str) -> ImagineRequest:
    """A request of which nothing is left but who asked where, when, and which job it came from."""
    lineage = job.request.lineage
    return ImagineRequest(
        key=f"deleted:{job.job_id}",
        requester=Requester(job.request.requester.platform, tenant, user_id),
        words=RawWords(""),
        lineage=dataclasses.replace(lineage, instruction=None) if lineage else None,
        created_at=job.request.created_at,
    )


def wordless(job: Job, *, inherited: bool = False) -> Job:
    """The job without its words; with `inherited` only without those that came from its parent: what was to change is
    its own person's, unless it is the same request once more.

    The key goes as well, since a button's key holds what was typed with it.
    """
    request, steps = job.request, job.steps
    lineage = request.lineage
    if not inherited:
        request = dataclasses.replace(request, key=f"expired:{job.job_id}")
    if lineage is not None and (not inherited or lineage.action is Action.REROLL):
        lineage = dataclasses.replace(lineage, instruction=None)
    request = dataclasses.replace(
        request, options=dataclasses.replace(request.options, exclude=None), lineage=lineage
    )
    outcome = steps.outcome
    match outcome:
        case Delivered():
            images = outcome.images
            if inherited:
                images = tuple(dataclasses.replace(image, alt_text="") for image in images)
            outcome = dataclasses.replace(outcome, images=images, notices=_without_terms(outcome.notices))
        case Refused():
            outcome = dataclasses.replace(outcome, suggestion=None)
        case _:
            pass
    return dataclasses.replace(
        job,
        request=dataclasses.replace(request, words=RawWords("")),
        steps=dataclasses.replace(steps, words=None, outcome=outcome),
    )


def _without_terms(notices: tuple[Notice, ...]) -> tuple[Notice, ...]:
    """That something was reworded stays, but no word of it."""
    return tuple(dict.fromkeys(Notice(one.key) if one.key is NoticeKey.REWORDED else one for one in notices))

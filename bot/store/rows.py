"""Rows of the table `job` to the domain's `Job` and back."""

from typing import Any

from bot.domain.images import HostedImage
from bot.domain.jobs import Job, JobState, Stage, Steps
from bot.domain.outcomes import Delivered
from bot.domain.requests import ImagineRequest, JobId
from bot.store.codec import from_json, to_json
from bot.store.database import Row
from bot.store.vault import Vault


def job_of(row: Row, vault: Vault) -> Job:
    return Job(
        job_id=JobId(row["job_id"]),
        request=from_json(ImagineRequest, row["request"]),
        state=JobState(row["state"]),
        stage=Stage(row["stage"]),
        steps=from_json(Steps, row["steps"]),
        handle=vault.unseal(row["handle"]) if row["handle"] else {},
        message=from_json(dict, row["message"]),
        fence=int(row["fence"]),
        attempts=int(row["attempts"]),
        deadline=float(row["deadline"]),
        created_at=float(row["created_at"]),
        finished_at=float(row["finished_at"]) if row["finished_at"] is not None else None,
        version=int(row["version"]),
    )


def new_row(request: ImagineRequest, vstart: float, version: int) -> dict[str, Any]:
    """Values of a job that has just been accepted."""
    person, lineage = request.requester, request.lineage
    return {
        "job_id": request.job_id,
        "key": request.key,
        "platform": person.platform,
        "tenant": person.tenant,
        "user_id": person.user_id,
        "place": person.thread_id or person.channel_id,
        "state": JobState.ACCEPTED.value,
        "stage": Stage.QUEUED.value,
        "request": to_json(ImagineRequest, request),
        "steps": to_json(Steps, Steps()),
        "handle": None,
        "message": "{}",
        "owner": None,
        "fence": 0,
        "attempts": 0,
        "lease_until": 0.0,
        "deadline": request.deadline,
        "vstart": vstart,
        "parent_id": lineage.parent_id if lineage else None,
        "action": lineage.action.value if lineage else None,
        "picture": lineage.index if lineage else 0,
        "version": version,
        "created_at": request.created_at,
        "finished_at": None,
    }


def object_keys(steps: Steps) -> list[str]:
    """Keys of all stored objects that a job uses."""
    keys = [reference.key for reference in steps.references or () if not reference.external]
    keys += [image.key for image in steps.pictures.images] if steps.pictures else []
    shown: tuple[HostedImage, ...] = steps.outcome.images if isinstance(steps.outcome, Delivered) else ()
    keys += [key for image in shown for key in (image.key, image.preview_key)]
    return list(dict.fromkeys(keys))

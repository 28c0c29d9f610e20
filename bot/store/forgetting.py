"""How a job is forgotten, inside a writer's unit.

Its objects are noted in `doomed` with the very write that forgets them, so that a process that dies before it has
deleted them leaves a list for the next one. Where the job is shown, and the sealed handle of one that had not ended, stay
in its row until that is taken back.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from bot.domain.jobs import Job, Steps
from bot.domain.outcomes import Delivered
from bot.domain.requests import ImagineRequest
from bot.store.codec import to_json
from bot.store.database import Statement, Transaction
from bot.store.reserve import settle
from bot.store.rows import bare, picture_keys, reference_keys
from bot.store.uses import shown_for

_BLANK: Final = (
    "UPDATE job SET state = 'deleted', stage = 'done', request = :request, steps = :steps, "
    "owner = NULL, key = :key, tenant = :tenant, user_id = :user_id, "
    "finished_at = coalesce(finished_at, :now) WHERE job_id = :job_id"
)
_DOOM: Final = (
    "INSERT INTO doomed(key, since) SELECT cast(:key AS text), cast(:since AS double precision) "
    "WHERE NOT EXISTS (SELECT 1 FROM image_use WHERE key = :key AND job_id <> :besides) "
    "ON CONFLICT(key) DO UPDATE SET since = CASE WHEN doomed.since > excluded.since THEN excluded.since ELSE doomed.since END"
)
_REWRITE: Final = "UPDATE job SET request = :request, steps = :steps, key = :key WHERE job_id = :job_id"


async def blank(tx: Transaction, job: Job, *, tenant: str, user_id: str, now: float) -> Sequence[str]:
    """Forget everything but that there was a job; its objects are doomed unless another job uses them.

    Returns the keys of all its objects.
    """
    request = bare(job, tenant, user_id)
    await tx.run(
        _BLANK,
        job_id=job.job_id,
        request=to_json(ImagineRequest, request),
        steps=to_json(Steps, Steps()),
        key=request.key,
        tenant=tenant,
        user_id=user_id,
        now=now,
    )
    used = await tx.rows(
        "SELECT key FROM image_use WHERE job_id IN (:job_id, :shown)",
        job_id=job.job_id,
        shown=shown_for(job.job_id),
    )
    await tx.run(
        "DELETE FROM image_use WHERE job_id IN (:job_id, :shown)",
        job_id=job.job_id,
        shown=shown_for(job.job_id),
    )
    await tx.run("DELETE FROM stale WHERE job_id = :job_id", job_id=job.job_id)
    await tx.run("DELETE FROM judged WHERE job_id = :job_id", job_id=job.job_id)
    await tx.run("UPDATE moderation_case SET words = '' WHERE job_id = :job_id", job_id=job.job_id)
    keys = tuple(
        dict.fromkeys(
            [
                *picture_keys(job.steps),
                *reference_keys(job.request, job.steps),
                *(row["key"] for row in used),
            ]
        )
    )
    await doom(tx, keys, now)
    got = job.outcome.images if isinstance(job.outcome, Delivered) and job.state.final else ()
    await settle(tx, job.job_id, pictures=len(got))
    return keys


async def doom(tx: Transaction, keys: Iterable[str], now: float) -> None:
    """Note objects that must go, but for those that another job uses."""
    for key in keys:
        await tx.run(_DOOM, key=key, since=now, besides="")


def dooming(keys: Iterable[str], besides: str, now: float) -> Sequence[Statement]:
    """As `doom`, at the end of the job `besides`, whose own use counts no more."""
    return [Statement(_DOOM, {"key": key, "since": now, "besides": besides}) for key in dict.fromkeys(keys)]


async def to_be_shown_anew(tx: Transaction, job_id: str, now: float) -> None:
    """What stands in the chat says more than the row does now."""
    await tx.run(
        "INSERT INTO stale(job_id, since) VALUES (:job_id, :now) ON CONFLICT DO NOTHING",
        job_id=job_id,
        now=now,
    )


async def rewrite(tx: Transaction, job: Job) -> None:
    """Store what is left of a job's words; what moderators kept of them goes too."""
    await tx.run("DELETE FROM judged WHERE job_id = :job_id", job_id=job.job_id)
    await tx.run(
        _REWRITE,
        job_id=job.job_id,
        request=to_json(ImagineRequest, job.request),
        steps=to_json(Steps, job.steps),
        key=job.request.key,
    )

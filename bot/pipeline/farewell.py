"""Good-byes: a person wants to be forgotten, or a community has removed the bot. Done again, neither does harm."""

from dataclasses import dataclass

import structlog

from bot.pipeline.janitor import bury, retract, show_anew
from bot.pipeline.run import Parts

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many jobs, and how many objects that nobody else uses."""

    jobs: int
    objects: int


async def forget_person(parts: Parts, platform: str, user_id: str) -> Forgotten:
    """Erase a person everywhere: rows, words, objects, messages of the chats that are served here.

    What cannot be deleted at once stays on the janitor's list. In each community a line without a name stays.

    Raises:
        StorageError: the database did not answer; to be done again.
    """
    erased = await parts.jobs.erase_user(platform, user_id)
    for job in erased:
        parts.cancels.cancel(job.job_id)
    objects = await bury(parts)
    adapter = parts.adapters.get(platform)
    if adapter is not None:
        for job in erased:
            await retract(parts, adapter, job)
    await show_anew(parts)
    for tenant in sorted({job.request.requester.tenant for job in erased} - {f"{platform}:user:{user_id}"}):
        await parts.policies.audit(tenant, "person_erased", {})
    await parts.jobs.scrub()
    log.info("person_erased", jobs=len(erased))
    return Forgotten(len(erased), objects)


async def farewell(parts: Parts, tenant: str) -> int:
    """Forget a community; returns the number of jobs. Messages stay with the platform, which no longer lets us in.

    Raises:
        StorageError: the database did not answer; to be done again.
    """
    erased = await parts.jobs.erase_tenant(tenant)
    for job in erased:
        parts.cancels.cancel(job.job_id)
    await bury(parts)
    await parts.policies.audit(tenant, "community_left", {"jobs": len(erased)})
    log.info("community_forgotten", jobs=len(erased))
    return len(erased)

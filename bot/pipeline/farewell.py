"""A community has removed the bot: its data goes at once, in any order and however often it is told."""

import structlog

from bot.pipeline.janitor import bury
from bot.pipeline.run import Parts

log = structlog.get_logger(__name__)


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

"""Pictures that wait for a moderator: released, the job goes on behind its check; discarded, their bytes go."""

import dataclasses

from bot.domain.jobs import Job, JobState, Stage, Steps
from bot.domain.outcomes import RefusalReason, Refused
from bot.domain.requests import JobId
from bot.store.codec import to_json
from bot.store.database import Transaction
from bot.store.forgetting import doom
from bot.store.ledger import BY_ID, Ledger
from bot.store.rows import picture_keys

_REOPEN = (
    "UPDATE job SET state = 'queued', stage = :stage, steps = :steps, deadline = :deadline, attempts = 0, "
    "owner = NULL, lease_until = 0, finished_at = NULL WHERE job_id = :job_id AND state = 'refused'"
)
_KEEP = "UPDATE job SET steps = :steps WHERE job_id = :job_id AND state = 'refused'"


class HeldLedger(Ledger):
    """The parts of `JobStore` about held pictures."""

    async def release_held(self, job_id: JobId, seconds: float) -> bool:
        """Queue the job again, to publish what was held. False when nothing is held there (any more)."""

        async def unit(tx: Transaction) -> bool:
            job = await self._held(tx, job_id)
            if job is None:
                return False
            steps = dataclasses.replace(job.steps, outcome=None, verdicts=job.steps.held)
            deadline = self._clock.now() + seconds
            values = {"stage": Stage.REHOST.value, "steps": to_json(Steps, steps), "deadline": deadline}
            return await tx.run(_REOPEN, job_id=job_id, **values) > 0

        return await self._database.write(unit)

    async def discard_held(self, job_id: JobId) -> bool:
        """Forget the pictures and doom their objects; the refusal stays. False when nothing is held there."""

        async def unit(tx: Transaction) -> bool:
            job = await self._held(tx, job_id)
            if job is None:
                return False
            steps = dataclasses.replace(job.steps, pictures=None, held=None)
            await tx.run(_KEEP, job_id=job_id, steps=to_json(Steps, steps))
            await tx.run("DELETE FROM image_use WHERE job_id = :job_id", job_id=job_id)
            await doom(tx, picture_keys(job.steps), self._clock.now())
            return True

        return await self._database.write(unit)

    async def _held(self, tx: Transaction, job_id: JobId) -> Job | None:
        rows = await tx.rows(BY_ID, job_id=job_id)
        job = self._job(rows[0]) if rows else None
        return job if job is not None and is_held(job) else None


def is_held(job: Job) -> bool:
    held = isinstance(job.outcome, Refused) and job.outcome.reason is RefusalReason.HELD
    return held and job.state is JobState.REFUSED and job.steps.pictures is not None and bool(job.steps.held)

"""A community that has removed the bot: everything about it goes, but for a bare line and sums of money."""

from collections.abc import Sequence
from typing import Final

from bot.domain.jobs import Job, JobState
from bot.store.database import Transaction, Unit
from bot.store.forgetting import blank
from bot.store.ledger import Ledger
from bot.store.traces import copies_in, gallery_in, named_in

_SLICE: Final = 100
_ID_LENGTH: Final = 16
"""Characters of every job's id, see `ImagineRequest.job_id`."""


class TenantLedger(Ledger):
    """The part of `JobStore` that forgets a community."""

    async def erase_tenant(self, tenant: str) -> Sequence[Job]:
        """Forget all jobs, counters and rules of a community; doing it twice is harmless.

        The jobs come back as they were. Queued and running ones end: their owners find them lost. Objects are
        then `doomed`; the audit trail stays, since it holds no words and names nobody.
        """
        erased: list[Job] = []
        while slice_ := await self._database.write(self._erase_jobs(tenant)):
            erased += [job for job in slice_ if job.state is not JobState.DELETED]
        await self._database.write(_forget_rest(tenant))
        await self._database.scrub()
        return erased

    def _erase_jobs(self, tenant: str) -> Unit[Sequence[Job]]:
        async def unit(tx: Transaction) -> Sequence[Job]:
            rows = await tx.rows(
                # What was deleted before still has the id of whoever asked.
                "SELECT * FROM job WHERE tenant = :tenant AND (state <> 'deleted' OR user_id <> '') LIMIT :limit",
                tenant=tenant,
                limit=_SLICE,
            )
            jobs = [self._forgettable(row) for row in rows]
            for job in jobs:
                await blank(tx, job, tenant=tenant, user_id="", now=self._clock.now())
            return jobs

        return unit


def _forget_rest(tenant: str) -> Unit[None]:
    """Scopes of a community are "<community>/..." (see `guardrails.quotas`)."""

    async def unit(tx: Transaction) -> None:
        below, platform = f"{tenant}/", tenant.partition(":")[0]
        for table, column in (("budget", "scope"), ("bucket", "key")):
            await tx.run(
                f"DELETE FROM {table} WHERE substr({column}, 1, :length) = :below",
                below=below,
                length=len(below),
            )
        for table in ("turn", "policy", "expiry", "judged", "strike", "suspension", "pass", "awaiting"):
            await tx.run(f"DELETE FROM {table} WHERE tenant = :tenant", tenant=tenant)
        await tx.run(
            "DELETE FROM secret_item WHERE kind IN "
            "(SELECT cast(:copies AS text) || job_id FROM job WHERE tenant = :tenant)",
            copies=copies_in(platform),
            tenant=tenant,
        )
        await tx.run(
            "DELETE FROM secret_item WHERE kind IN (:named, :gallery) AND substr(id, 1, :length) IN "
            "(SELECT job_id FROM job WHERE tenant = :tenant)",
            named=named_in(platform),
            gallery=gallery_in(platform),
            length=_ID_LENGTH,
            tenant=tenant,
        )
        await tx.run(
            "UPDATE moderation_case SET user_id = '', words = '', reporter = '', claimed_by = '' "
            "WHERE tenant = :tenant",
            tenant=tenant,
        )
        # Where a message stood is of no use any more: the platform no longer lets us in.
        await tx.run(
            "UPDATE job SET message = '{}', handle = NULL WHERE tenant = :tenant "
            "AND (message <> '{}' OR handle IS NOT NULL)",
            tenant=tenant,
        )

    return unit

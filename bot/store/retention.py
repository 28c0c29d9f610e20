"""What a community keeps only for so many days, and the clearing away of what is over."""

from collections.abc import Sequence
from typing import Final

from bot.domain.jobs import JobState
from bot.domain.moderators import EVERYWHERE
from bot.domain.policy import Retention
from bot.store.database import Row, Transaction, Unit
from bot.store.forgetting import blank, rewrite
from bot.store.ledger import Ledger
from bot.store.rows import wordless

_SLICE: Final = 100
"""Jobs that a unit looks at, so that nobody else's writes wait for long."""

_TENANTS: Final = (
    "SELECT tenant FROM turn WHERE tenant <> '' UNION SELECT tenant FROM policy UNION SELECT tenant FROM judged "
    "UNION SELECT tenant FROM moderation_case WHERE words <> '' "
    "UNION SELECT tenant FROM suspension WHERE tenant <> :everywhere"
)
_DAY: Final = 86_400.0
_COUNTERS_KEPT: Final = 7 * _DAY
_STRIKES_KEPT: Final = 420 * _DAY
"""Longer than any strike ladder looks back (at most 9999 hours)."""


class RetentionLedger(Ledger):
    """The parts of `JobStore` that time sets off."""

    async def tenants(self, *, audited: bool = True) -> Sequence[str]:
        """All communities of which anything is kept; some have rules and have never drawn, or were always refused.

        Without `audited` not those of which there is nothing but an audit trail, as after a good-bye.
        """
        trails = "UNION SELECT tenant FROM audit_chain" if audited else ""
        rows = await self._database.read(f"{_TENANTS} {trails} ORDER BY tenant", everywhere=EVERYWHERE)
        return [row["tenant"] for row in rows]

    async def expire(self, tenant: str, retention: Retention) -> int:
        """Forget what the community keeps no longer; returns the number of jobs that changed.

        Refused requests, words of the others, and pictures have a number of days each. With the pictures goes the
        whole job; its objects are then `doomed`.
        """
        days = {
            "blocked": retention.blocked_prompts,
            "prompts": retention.prompts,
            "images": retention.images,
        }
        changed = 0
        for kind, kept_days in days.items():
            if kept_days > 0:
                changed += await self._expire_kind(tenant, kind, self._clock.now() - kept_days * _DAY)
        await self._expire_judged(tenant, retention)
        return changed

    async def _expire_judged(self, tenant: str, retention: Retention) -> None:
        """Decisions about words are kept as long as the words; those of nobody's job are met here."""
        now = self._clock.now()

        async def unit(tx: Transaction) -> None:
            for days, which in ((retention.blocked_prompts, "IN"), (retention.prompts, "NOT IN")):
                if days > 0:
                    await tx.run(
                        f"DELETE FROM judged WHERE tenant = :tenant AND decision {which} ('reject', 'ask') "
                        "AND at < :before",
                        tenant=tenant,
                        before=now - days * _DAY,
                    )
            if retention.blocked_prompts > 0:
                await tx.run(
                    "UPDATE moderation_case SET words = '' WHERE tenant = :tenant AND state = 'closed' "
                    "AND closed_at < :before",
                    tenant=tenant,
                    before=now - retention.blocked_prompts * _DAY,
                )

        await self._database.write(unit)

    async def prune(self) -> None:
        """Remove counters, cooldowns and marks whose time is over, and dooms of objects that are in use again."""
        now = self._clock.now()

        async def unit(tx: Transaction) -> None:
            await tx.run("DELETE FROM marker WHERE expires_at < :now", now=now)
            await tx.run("DELETE FROM bucket WHERE tat < :now", now=now)
            await tx.run("DELETE FROM strike WHERE at < :old", old=now - _STRIKES_KEPT)
            await tx.run("DELETE FROM suspension WHERE until < :now", now=now)
            await tx.run("DELETE FROM pass WHERE expires_at < :now", now=now)
            await tx.run("DELETE FROM awaiting WHERE until < :now", now=now)
            await tx.run("DELETE FROM budget WHERE held = 0 AND ends_at < :old", old=now - _COUNTERS_KEPT)
            await tx.run("DELETE FROM budget WHERE held = 0 AND used = 0 AND ends_at IS NULL")
            await tx.run(
                "DELETE FROM hold WHERE kind = 'booked' AND NOT EXISTS "
                "(SELECT 1 FROM attempt WHERE attempt.job_id = hold.job_id AND closed_at IS NULL)"
            )
            await tx.run(
                "DELETE FROM doomed WHERE EXISTS (SELECT 1 FROM image_use WHERE image_use.key = doomed.key)"
            )

        await self._database.write(unit)

    async def _expire_kind(self, tenant: str, kind: str, until: float) -> int:
        changed = 0
        while True:
            done, more = await self._database.write(self._expire_slice(tenant, kind, until))
            changed += done
            if not more:
                return changed

    def _expire_slice(self, tenant: str, kind: str, until: float) -> Unit[tuple[int, bool]]:
        """The next jobs behind the mark of what was done before; all that share a time go together."""

        async def unit(tx: Transaction) -> tuple[int, bool]:
            reached = await tx.rows(
                "SELECT reached FROM expiry WHERE tenant = :tenant AND kind = :kind", tenant=tenant, kind=kind
            )
            span = {"tenant": tenant, "after": float(reached[0]["reached"]) if reached else 0.0}
            times = await tx.rows(
                "SELECT created_at FROM job WHERE tenant = :tenant AND created_at > :after "
                "AND created_at <= :until ORDER BY created_at LIMIT :limit",
                **span,
                until=until,
                limit=_SLICE,
            )
            if not times:
                return 0, False
            last = float(times[-1]["created_at"])
            rows = await tx.rows(
                "SELECT * FROM job WHERE tenant = :tenant AND created_at > :after AND created_at <= :last",
                **span,
                last=last,
            )
            changed = sum([await self._expire_job(tx, row, kind) for row in rows])
            await tx.run(
                "INSERT INTO expiry(tenant, kind, reached) VALUES (:tenant, :kind, :reached) "
                "ON CONFLICT(tenant, kind) DO UPDATE SET reached = excluded.reached",
                tenant=tenant,
                kind=kind,
                reached=last,
            )
            return changed, len(times) == _SLICE

        return unit

    async def _expire_job(self, tx: Transaction, row: Row, kind: str) -> bool:
        job = self._job(row)
        if job.state is JobState.DELETED or (kind == "blocked") != (job.state is JobState.REFUSED):
            return False
        if kind == "prompts" and job.state.final:
            await rewrite(tx, wordless(job))
        else:
            person = {"tenant": row["tenant"], "user_id": row["user_id"]}
            await blank(tx, job, **person, now=self._clock.now())
        return True

"""What was decided about words and pictures, and what it came to each day."""

import json
import uuid
from collections.abc import Sequence

from bot.domain.moderators import Judged
from bot.store.codec import from_json, to_json
from bot.store.database import Row
from bot.store.desk import DeskLedger


def day_of(column: str) -> str:
    """SQL for the day (since the epoch, UTC) of a time: PostgreSQL's cast rounds, SQLite's cuts off."""
    whole = f"cast({column} AS bigint)"
    return f"(CASE WHEN {whole} > {column} THEN {whole} - 1 ELSE {whole} END) / 86400"


class JudgementLedger(DeskLedger):
    """The parts of `DeskStore` about decisions."""

    async def note(self, judged: Judged) -> None:
        sealed = self._vault.seal(json.loads(to_json(Judged, judged)))
        await self._run(
            "INSERT INTO judged(id, tenant, platform, user_id, at, decision, decided_by, reason, job_id, document) "
            "VALUES (:id, :tenant, :platform, :user_id, :at, :decision, :decided_by, :reason, :job_id, :document)",
            id=uuid.uuid4().hex,
            tenant=judged.person.tenant,
            platform=judged.person.platform,
            user_id=judged.person.user_id,
            at=judged.at,
            decision=judged.decision,
            decided_by=judged.decided_by,
            reason=judged.reason,
            job_id=judged.job_id,
            document=sealed,
        )

    async def decisions(self, tenant: str, limit: int = 200) -> Sequence[Judged]:
        rows = await self._database.read(
            "SELECT document FROM judged WHERE tenant = :tenant ORDER BY at DESC LIMIT :limit",
            tenant=tenant,
            limit=limit,
        )
        return [judged for row in rows if (judged := self._judged(row)) is not None]

    async def refusal_of(self, tenant: str, job_id: str) -> Judged | None:
        rows = await self._database.read(
            "SELECT document FROM judged WHERE job_id = :job_id AND tenant = :tenant AND decision = 'reject' "
            "ORDER BY at DESC LIMIT 1",
            tenant=tenant,
            job_id=job_id,
        )
        return self._judged(rows[0]) if rows else None

    def _judged(self, row: Row) -> Judged | None:
        """None where it was sealed under another secret."""
        document = self._vault.readable(row["document"])
        return None if document is None else from_json(Judged, json.dumps(document))

    async def tally(self, tenant: str, since: float) -> Sequence[Row]:
        return await self._database.read(
            f"SELECT {day_of('at')} AS day, decision, decided_by, reason, count(*) AS number "
            "FROM judged WHERE tenant = :tenant AND at >= :since "
            f"GROUP BY {day_of('at')}, decision, decided_by, reason ORDER BY day",
            tenant=tenant,
            since=since,
        )

    async def spent(self, tenant: str, since: float) -> Sequence[Row]:
        return await self._database.read(
            f"SELECT {day_of('opened_at')} AS day, "
            "coalesce(sum(coalesce(cost, price, 0)), 0) AS cost, coalesce(sum(pictures), 0) AS pictures "
            "FROM attempt WHERE tenant = :tenant AND opened_at >= :since AND billed <> 'no' "
            f"GROUP BY {day_of('opened_at')} ORDER BY day",
            tenant=tenant,
            since=since,
        )

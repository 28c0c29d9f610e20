"""Cases that moderators rule on: opened once, claimed by one, closed by whoever has claimed."""

from collections.abc import Sequence

from bot.domain.moderators import Case, CaseKind, CaseState, Ruling
from bot.domain.requests import JobId
from bot.store.database import Row, Transaction
from bot.store.desk import DeskLedger


class CaseLedger(DeskLedger):
    """The parts of `DeskStore` about cases."""

    async def open_case(self, case: Case) -> bool:
        words = self._vault.seal({"text": case.text}) if case.text else ""

        async def unit(tx: Transaction) -> bool:
            if case.job_id is not None and await tx.rows(
                "SELECT 1 AS one FROM moderation_case WHERE tenant = :tenant AND job_id = :job_id "
                "AND kind = :kind AND state <> 'closed'",
                tenant=case.tenant,
                job_id=case.job_id,
                kind=case.kind.value,
            ):
                return False
            await tx.run(
                "INSERT INTO moderation_case(case_id, tenant, platform, user_id, kind, state, job_id, reporter, words, "
                "reason, decided_by, approvable, claimed_by, claimed_at, created_at) VALUES (:case_id, :tenant, "
                ":platform, :user_id, :kind, 'open', :job_id, :reporter, :words, :reason, :decided_by, :approvable, '', "
                "0, :created_at)",
                case_id=case.case_id,
                tenant=case.tenant,
                platform=case.platform,
                user_id=case.user_id,
                kind=case.kind.value,
                job_id=case.job_id,
                reporter=case.reporter,
                words=words,
                reason=case.reason,
                decided_by=case.decided_by,
                approvable=int(case.approvable),
                created_at=case.created_at,
            )
            return True

        return await self._database.write(unit)

    async def cases(self, tenant: str, states: Sequence[CaseState], limit: int = 50) -> Sequence[Case]:
        names = {f"state{number}": state.value for number, state in enumerate(states)}
        marks = ", ".join(f":{name}" for name in names)
        rows = await self._database.read(
            f"SELECT * FROM moderation_case WHERE tenant = :tenant AND state IN ({marks}) "
            "ORDER BY created_at LIMIT :limit",
            tenant=tenant,
            limit=limit,
            **names,
        )
        return [self._case(row) for row in rows]

    async def case(self, tenant: str, case_id: str) -> Case | None:
        rows = await self._database.read(
            "SELECT * FROM moderation_case WHERE tenant = :tenant AND case_id = :case_id",
            tenant=tenant,
            case_id=case_id,
        )
        return self._case(rows[0]) if rows else None

    async def claim(self, tenant: str, case_id: str, moderator: str, stale: float) -> Case | None:
        claimed = await self._run(
            "UPDATE moderation_case SET state = 'claimed', claimed_by = :moderator, claimed_at = :now "
            "WHERE tenant = :tenant AND case_id = :case_id AND (state = 'open' OR (state = 'claimed' AND "
            "(claimed_by = :moderator OR claimed_at < :stale)))",
            tenant=tenant,
            case_id=case_id,
            moderator=moderator,
            now=self._clock.now(),
            stale=stale,
        )
        return await self.case(tenant, case_id) if claimed else None

    async def close(self, tenant: str, case_id: str, moderator: str, ruling: Ruling) -> Case | None:
        closed = await self._run(
            "UPDATE moderation_case SET state = 'closed', ruling = :ruling, closed_at = :now "
            "WHERE tenant = :tenant AND case_id = :case_id AND state = 'claimed' AND claimed_by = :moderator",
            tenant=tenant,
            case_id=case_id,
            moderator=moderator,
            ruling=ruling.value,
            now=self._clock.now(),
        )
        return await self.case(tenant, case_id) if closed else None

    async def appeals_since(self, tenant: str, user_id: str, since: float) -> int:
        rows = await self._database.read(
            "SELECT count(*) AS number FROM moderation_case WHERE tenant = :tenant AND user_id = :user_id "
            "AND kind = 'appeal' AND created_at >= :since",
            tenant=tenant,
            user_id=user_id,
            since=since,
        )
        return int(rows[0]["number"])

    def _case(self, row: Row) -> Case:
        return Case(
            case_id=row["case_id"],
            tenant=row["tenant"],
            kind=CaseKind(row["kind"]),
            state=CaseState(row["state"]),
            platform=row["platform"],
            user_id=row["user_id"],
            job_id=JobId(row["job_id"]) if row["job_id"] else None,
            created_at=float(row["created_at"]),
            text=str((self._vault.readable(row["words"]) or {"text": ""})["text"]),
            reporter=row["reporter"],
            reason=row["reason"],
            decided_by=row["decided_by"],
            approvable=bool(row["approvable"]),
            claimed_by=row["claimed_by"],
            ruling=Ruling(row["ruling"]) if row["ruling"] else None,
        )

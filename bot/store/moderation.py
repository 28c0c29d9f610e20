"""Cases, strikes, suspensions, decisions and passes. Implements the moderators' `DeskStore` port."""

import hmac
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.moderators import (
    EVERYWHERE,
    Case,
    CaseKind,
    CaseState,
    Judged,
    Ruling,
    Strike,
    Suspension,
)
from bot.domain.requests import JobId
from bot.ports import Clock
from bot.store.codec import from_json, to_json
from bot.store.database import Database, Row, Transaction
from bot.store.traces import communities_of
from bot.store.vault import Vault


def day_of(column: str) -> str:
    """SQL for the day (since the epoch, UTC) of a time: PostgreSQL's cast rounds, SQLite's cuts off."""
    whole = f"cast({column} AS bigint)"
    return f"(CASE WHEN {whole} > {column} THEN {whole} - 1 ELSE {whole} END) / 86400"


class ModerationLedger:
    """What people wrote is sealed; passes are kept only as keyed hashes of their secrets."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._key = bytes.fromhex(vault.identity_key.get_secret_value())

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
        return [from_json(Judged, json.dumps(self._vault.unseal(row["document"]))) for row in rows]

    async def refusal_of(self, tenant: str, job_id: str) -> Judged | None:
        rows = await self._database.read(
            "SELECT document FROM judged WHERE job_id = :job_id AND tenant = :tenant AND decision = 'reject' "
            "ORDER BY at DESC LIMIT 1",
            tenant=tenant,
            job_id=job_id,
        )
        return from_json(Judged, json.dumps(self._vault.unseal(rows[0]["document"]))) if rows else None

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

    async def strike(self, tenant: str, platform: str, user_id: str, strike: Strike) -> None:
        await self._run(
            "INSERT INTO strike(id, tenant, platform, user_id, at, reason, actor, job_id) "
            "VALUES (:id, :tenant, :platform, :user_id, :at, :reason, :actor, :job_id) ON CONFLICT DO NOTHING",
            id=f"{strike.job_id}:{strike.by}" if strike.job_id else uuid.uuid4().hex,
            tenant=tenant,
            platform=platform,
            user_id=user_id,
            at=strike.at,
            reason=strike.reason,
            actor=strike.by,
            job_id=strike.job_id,
        )

    async def strikes(self, tenant: str, user_id: str, since: float) -> Sequence[Strike]:
        rows = await self._database.read(
            "SELECT * FROM strike WHERE tenant = :tenant AND user_id = :user_id AND at >= :since "
            "ORDER BY at DESC LIMIT 100",
            tenant=tenant,
            user_id=user_id,
            since=since,
        )
        return [Strike(float(row["at"]), row["reason"], row["actor"], row["job_id"]) for row in rows]

    async def suspend(self, suspension: Suspension) -> None:
        await self._run(
            "INSERT INTO suspension(tenant, platform, user_id, until, reason, actor, at) VALUES (:tenant, "
            ":platform, :user_id, :until, :reason, :actor, :at) ON CONFLICT(tenant, platform, user_id) DO UPDATE "
            "SET until = excluded.until, reason = excluded.reason, actor = excluded.actor, at = excluded.at",
            tenant=suspension.tenant,
            platform=suspension.platform,
            user_id=suspension.user_id,
            until=suspension.until,
            reason=suspension.reason,
            actor=suspension.by,
            at=suspension.at,
        )

    async def lift(self, tenant: str, platform: str, user_ids: Sequence[str]) -> bool:
        """End a suspension; earlier strikes are forgiven with it, or the next one would bring it back."""
        names = {f"user{number}": user_id for number, user_id in enumerate(user_ids)}

        async def unit(tx: Transaction) -> bool:
            person = {"tenant": tenant, "platform": platform, **names}
            where = f"tenant = :tenant AND platform = :platform AND user_id IN ({_marks(names)})"
            forgiven = await tx.run(f"DELETE FROM strike WHERE {where}", **person)
            return await tx.run(f"DELETE FROM suspension WHERE {where}", **person) + forgiven > 0

        return await self._database.write(unit)

    async def suspension(
        self, tenant: str, platform: str, user_ids: Sequence[str], now: float
    ) -> Suspension | None:
        names = {f"user{number}": user_id for number, user_id in enumerate(user_ids)}
        places = communities_of(tenant, platform, user_ids)
        here = {f"tenant{number}": place for number, place in enumerate(places)}
        rows = await self._database.read(
            f"SELECT * FROM suspension WHERE tenant IN ({_marks(here)}) AND platform IN (:platform, "
            f"'{EVERYWHERE}') AND user_id IN ({_marks(names)}) AND (until IS NULL OR until > :now)",
            platform=platform,
            now=now,
            **names,
            **here,
        )
        found = [_suspension(row) for row in rows]
        return max(found, key=lambda one: one.until if one.until is not None else 2.0**60, default=None)

    async def suspensions(self, tenant: str, now: float) -> Sequence[Suspension]:
        rows = await self._database.read(
            "SELECT * FROM suspension WHERE tenant = :tenant AND (until IS NULL OR until > :now) "
            "ORDER BY at DESC LIMIT 100",
            tenant=tenant,
            now=now,
        )
        return [_suspension(row) for row in rows]

    async def issue(
        self, kind: str, secret: str, tenant: str, document: Mapping[str, Any], expires_at: float
    ) -> None:
        now = self._clock.now()
        values = {
            "digest": self._digest(kind, secret),
            "kind": kind,
            "tenant": tenant,
            "document": self._vault.seal(document),
            "expires_at": expires_at,
        }

        async def unit(tx: Transaction) -> None:
            await tx.run("DELETE FROM pass WHERE expires_at < :now", now=now)
            await tx.run(
                "INSERT INTO pass(digest, kind, tenant, document, expires_at) VALUES (:digest, :kind, :tenant, "
                ":document, :expires_at) ON CONFLICT(digest, kind) DO UPDATE SET document = excluded.document, "
                "expires_at = excluded.expires_at",
                **values,
            )

        await self._database.write(unit)

    async def redeem(self, kind: str, secret: str, now: float) -> Mapping[str, Any] | None:
        place = {"digest": self._digest(kind, secret), "kind": kind}

        async def unit(tx: Transaction) -> str | None:
            rows = await tx.rows(
                "SELECT document, expires_at FROM pass WHERE digest = :digest AND kind = :kind", **place
            )
            await tx.run("DELETE FROM pass WHERE digest = :digest AND kind = :kind", **place)
            return rows[0]["document"] if rows and float(rows[0]["expires_at"]) > now else None

        sealed = await self._database.write(unit)
        return None if sealed is None else self._vault.unseal(sealed)

    async def look(self, kind: str, secret: str, now: float) -> Mapping[str, Any] | None:
        rows = await self._database.read(
            "SELECT document FROM pass WHERE digest = :digest AND kind = :kind AND expires_at > :now",
            digest=self._digest(kind, secret),
            kind=kind,
            now=now,
        )
        return self._vault.unseal(rows[0]["document"]) if rows else None

    async def revoke(self, kind: str, secret: str) -> None:
        await self._run(
            "DELETE FROM pass WHERE digest = :digest AND kind = :kind",
            digest=self._digest(kind, secret),
            kind=kind,
        )

    async def _run(self, sql: str, **values: Any) -> int:
        async def unit(tx: Transaction) -> int:
            return await tx.run(sql, **values)

        return await self._database.write(unit)

    def _digest(self, kind: str, secret: str) -> str:
        return hmac.new(self._key, f"{kind}\n{secret}".encode(), "sha256").hexdigest()

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
            text=str(self._vault.unseal(row["words"])["text"]) if row["words"] else "",
            reporter=row["reporter"],
            reason=row["reason"],
            decided_by=row["decided_by"],
            approvable=bool(row["approvable"]),
            claimed_by=row["claimed_by"],
            claimed_at=float(row["claimed_at"]),
            ruling=Ruling(row["ruling"]) if row["ruling"] else None,
            closed_at=float(row["closed_at"]) if row["closed_at"] is not None else None,
        )


def _marks(names: Mapping[str, str]) -> str:
    return ", ".join(f":{name}" for name in names)


def _suspension(row: Row) -> Suspension:
    until = float(row["until"]) if row["until"] is not None else None
    return Suspension(
        row["tenant"], row["platform"], row["user_id"], until, row["reason"], row["actor"], float(row["at"])
    )

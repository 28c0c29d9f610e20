"""Strikes against a person, and suspensions."""

import uuid
from collections.abc import Mapping, Sequence

from bot.domain.moderators import EVERYWHERE, Strike, Suspension
from bot.store.database import Row, Transaction
from bot.store.desk import DeskLedger
from bot.store.traces import communities_of


class SanctionLedger(DeskLedger):
    """The parts of `DeskStore` about strikes and suspensions."""

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


def _marks(names: Mapping[str, str]) -> str:
    return ", ".join(f":{name}" for name in names)


def _suspension(row: Row) -> Suspension:
    until = float(row["until"]) if row["until"] is not None else None
    return Suspension(
        row["tenant"], row["platform"], row["user_id"], until, row["reason"], row["actor"], float(row["at"])
    )

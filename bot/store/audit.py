"""The audit trail: append-only, one chain of keyed hashes a community.

Each entry's digest covers the one before, and a seal covers the chain's beginning, end and length, so that whoever
can write to the database but has not our key can change, remove, add or cut off nothing unnoticed. Expired entries
leave at the old end; the digest of the last one stays as the anchor of the rest.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import SecretStr

from bot.ports import Clock
from bot.store.database import Database, Row, Transaction, Unit

_PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class _Chain:
    """A community's chain as sealed: the digest before its first entry, its length, and its last digest."""

    tenant: str
    anchor: str = ""
    entries: int = 0
    head: str = ""
    seal: str = ""


class AuditTrail:
    """Entries hold no raw words and name people only by keyed hashes."""

    def __init__(self, database: Database, clock: Clock, key: SecretStr) -> None:
        self._database = database
        self._clock = clock
        self._key = bytes.fromhex(key.get_secret_value())

    async def append(self, tenant: str, event: str, data: Mapping[str, Any]) -> None:
        entry = {
            "tenant": tenant,
            "at": self._clock.now(),
            "event": event,
            "data": json.dumps(data, sort_keys=True),
        }

        async def unit(tx: Transaction) -> None:
            chain = await _chain(tx, tenant)
            newest = await tx.rows("SELECT coalesce(max(number), 0) AS number FROM audit")
            row = {**entry, "number": int(newest[0]["number"]) + 1}
            head = self._digest(chain.head, row)
            await tx.run(
                "INSERT INTO audit(number, tenant, at, event, data, digest) "
                "VALUES (:number, :tenant, :at, :event, :data, :digest)",
                **row,
                digest=head,
            )
            await self._store(tx, _Chain(tenant, chain.anchor, chain.entries + 1, head))

        await self._database.write(unit)

    async def newest(self, tenant: str, limit: int, before: int | None = None) -> Sequence[Row]:
        """Entries of one community, newest first; with `before` those below that number."""
        return await self._database.read(
            "SELECT number, at, event, data FROM audit WHERE tenant = :tenant AND number < :before "
            "ORDER BY number DESC LIMIT :limit",
            tenant=tenant,
            limit=limit,
            before=2**62 if before is None else before,
        )

    async def is_whole(self) -> bool:
        """Whether no entry was changed, removed, cut off or slipped in since it was written."""
        unknown = await self._database.read(
            "SELECT 1 AS one FROM audit WHERE tenant NOT IN (SELECT tenant FROM audit_chain) LIMIT 1"
        )
        tenants = [row["tenant"] for row in await self._database.read("SELECT tenant FROM audit_chain")]
        return not unknown and all([await self._database.write(self._check(tenant)) for tenant in tenants])

    async def expire(self, tenant: str, before: float) -> int:
        """Remove a community's entries older than `before` (epoch seconds); returns how many."""

        async def unit(tx: Transaction) -> int:
            chain = await _chain(tx, tenant)
            first_kept = await tx.rows(
                "SELECT coalesce(min(number), 0) AS number FROM audit WHERE tenant = :tenant AND at >= :before",
                tenant=tenant,
                before=before,
            )
            number = int(first_kept[0]["number"]) or 2**62
            last_gone = await tx.rows(
                "SELECT digest FROM audit WHERE tenant = :tenant AND number < :number ORDER BY number DESC LIMIT 1",
                tenant=tenant,
                number=number,
            )
            if not last_gone:
                return 0
            gone = await tx.run(
                "DELETE FROM audit WHERE tenant = :tenant AND number < :number", tenant=tenant, number=number
            )
            anchor = last_gone[0]["digest"]
            await self._store(tx, _Chain(tenant, anchor, chain.entries - gone, chain.head))
            return gone

        return await self._database.write(unit)

    def _check(self, tenant: str) -> Unit[bool]:
        """Walk one chain; as a unit, so that nothing is appended meanwhile."""

        async def unit(tx: Transaction) -> bool:
            chain = await _chain(tx, tenant)
            digest, number, entries = chain.anchor, 0, 0
            while rows := await tx.rows(
                "SELECT * FROM audit WHERE tenant = :tenant AND number > :number ORDER BY number LIMIT :page",
                tenant=tenant,
                number=number,
                page=_PAGE,
            ):
                for row in rows:
                    digest, number, entries = self._digest(digest, row), int(row["number"]), entries + 1
                    if not hmac.compare_digest(digest, row["digest"]):
                        return False
            sealed = self._seal(_Chain(tenant, chain.anchor, entries, digest))
            return entries == chain.entries and hmac.compare_digest(sealed, chain.seal)

        return unit

    async def _store(self, tx: Transaction, chain: _Chain) -> None:
        await tx.run(
            "INSERT INTO audit_chain(tenant, anchor, entries, seal) VALUES (:tenant, :anchor, :entries, :seal) "
            "ON CONFLICT(tenant) DO UPDATE SET anchor = excluded.anchor, entries = excluded.entries, "
            "seal = excluded.seal",
            tenant=chain.tenant,
            anchor=chain.anchor,
            entries=chain.entries,
            seal=self._seal(chain),
        )

    def _seal(self, chain: _Chain) -> str:
        return self._mac("seal", chain.tenant, chain.anchor, chain.entries, chain.head)

    def _digest(self, previous: str, row: Row) -> str:
        return self._mac(
            previous, int(row["number"]), row["tenant"], float(row["at"]), row["event"], row["data"]
        )

    def _mac(self, *parts: object) -> str:
        return hmac.new(self._key, json.dumps(parts).encode(), "sha256").hexdigest()


async def _chain(tx: Transaction, tenant: str) -> _Chain:
    found = await tx.rows("SELECT * FROM audit_chain WHERE tenant = :tenant", tenant=tenant)
    if not found:
        return _Chain(tenant)
    last = await tx.rows(
        "SELECT digest FROM audit WHERE tenant = :tenant ORDER BY number DESC LIMIT 1", tenant=tenant
    )
    row = found[0]
    head = last[0]["digest"] if last else row["anchor"]
    return _Chain(tenant, row["anchor"], int(row["entries"]), head, row["seal"])

"""Communities' rules, versioned, with their audit trail. Implements the `PolicyStore` port."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from bot.domain.errors import StorageError
from bot.domain.policy import Policy
from bot.ports import Clock
from bot.store.audit import AuditTrail
from bot.store.codec import from_json, to_json
from bot.store.database import Database, Row, Transaction

_FRESH: Final = 5.0
"""Seconds for which a policy is answered from memory; another process's change is seen after them."""


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """One version of a community's rules: who made it, when and why."""

    policy: Policy
    actor: str
    reason: str
    created_at: float


class _Known(NamedTuple):
    """A policy as it was read at a moment, and the text that it was read from, None for a default.

    Of one version the text changes too: a moderator who is erased is struck out of it.
    """

    at: float
    policy: Policy
    document: str | None


class PolicyLedger:
    """Rules by tenant; `default` gives those of a community that has set none."""

    def __init__(
        self, database: Database, trail: AuditTrail, clock: Clock, default: Callable[[str], Policy]
    ) -> None:
        self._database = database
        self._trail = trail
        self._clock = clock
        self._default = default
        self._known: dict[str, _Known] = {}

    async def policy(self, tenant: str) -> Policy:
        now = self._clock.now()
        known = self._known.get(tenant)
        if known is not None and now - known.at < _FRESH:
            return known.policy
        rows = await self._database.read(
            "SELECT * FROM policy WHERE tenant = :tenant ORDER BY version DESC LIMIT 1", tenant=tenant
        )
        document = str(rows[0]["document"]) if rows else None
        if known is not None and rows and known.document == document:
            policy = known.policy  # the same object, so that what was made ready for it is found again
        else:
            policy = _change_of(rows[0]).policy if rows else self._default(tenant)
        self._known[tenant] = _Known(now, policy, document)
        return policy

    async def save(self, tenant: str, policy: Policy, *, actor: str, reason: str) -> Policy:
        """Store the next version.

        Raises:
            StorageError: `policy.version` is not the newest one.
            ValueError: a rule's value is not of its type.
        """
        document = to_json(Policy, dataclasses.replace(policy, version=policy.version + 1))
        following = from_json(Policy, document)
        values = {
            "tenant": tenant,
            "version": following.version,
            "document": document,
            "actor": actor,
            "reason": reason,
            "created_at": self._clock.now(),
        }

        async def unit(tx: Transaction) -> None:
            rows = await tx.rows(
                "SELECT coalesce(max(version), 0) AS newest FROM policy WHERE tenant = :tenant", tenant=tenant
            )
            if int(rows[0]["newest"]) != policy.version:
                raise StorageError("somebody else has changed the rules meanwhile", retryable=False)
            await tx.run(
                "INSERT INTO policy(tenant, version, document, actor, reason, created_at) "
                "VALUES (:tenant, :version, :document, :actor, :reason, :created_at)",
                **values,
            )

        try:
            await self._database.write(unit)
        except StorageError:
            self._known.pop(tenant, None)  # somebody else's version is newer: the next one to ask reads it
            raise
        self._known[tenant] = _Known(self._clock.now(), following, document)
        return following

    async def history(self, tenant: str, limit: int = 20) -> Sequence[PolicyChange]:
        """Versions of the rules, newest first."""
        rows = await self._database.read(
            "SELECT * FROM policy WHERE tenant = :tenant ORDER BY version DESC LIMIT :limit",
            tenant=tenant,
            limit=limit,
        )
        return [_change_of(row) for row in rows]

    async def authors(self, tenant: str) -> Sequence[str]:
        """Ids of everybody who has made a version that is kept."""
        rows = await self._database.read(
            "SELECT DISTINCT actor FROM policy WHERE tenant = :tenant", tenant=tenant
        )
        return [str(row["actor"]) for row in rows]

    async def version(self, tenant: str, number: int) -> PolicyChange | None:
        """One version of the rules, to look at or to go back to (save its rules with the newest `version`)."""
        rows = await self._database.read(
            "SELECT * FROM policy WHERE tenant = :tenant AND version = :number", tenant=tenant, number=number
        )
        return _change_of(rows[0]) if rows else None

    async def audit(self, tenant: str, event: str, data: Mapping[str, Any]) -> None:
        await self._trail.append(tenant, event, data)

    async def audited(self, tenant: str, limit: int = 50, before: int | None = None) -> Sequence[Row]:
        """Entries of one community's audit trail, newest first; `before` is the number of the last one seen."""
        return await self._trail.newest(tenant, limit, before)

    async def chain_is_whole(self) -> bool:
        """Whether the audit trail was left alone; see `AuditTrail.is_whole`."""
        return await self._trail.is_whole()

    async def expire_audit(self, tenant: str, before: float) -> int:
        """Remove entries older than `before` (epoch seconds); returns how many."""
        return await self._trail.expire(tenant, before)


def _change_of(row: Row) -> PolicyChange:
    policy = from_json(Policy, row["document"])
    return PolicyChange(policy, row["actor"], row["reason"], float(row["created_at"]))

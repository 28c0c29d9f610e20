"""Communities' rules, versioned, and the audit trail, chained by hashes. Implements the `PolicyStore` port."""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.errors import StorageError
from bot.domain.policy import Policy
from bot.ports import Clock
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


class PolicyLedger:
    """Rules by tenant; `default` gives those of a community that has set none."""

    def __init__(self, database: Database, clock: Clock, default: Callable[[str], Policy]) -> None:
        self._database = database
        self._clock = clock
        self._default = default
        self._known: dict[str, tuple[float, Policy]] = {}

    async def policy(self, tenant: str) -> Policy:
        now = self._clock.now()
        at, known = self._known.get(tenant, (0.0, None))
        if known is not None and now - at < _FRESH:
            return known
        rows = await self._database.read(
            "SELECT * FROM policy WHERE tenant = :tenant ORDER BY version DESC LIMIT 1", tenant=tenant
        )
        policy = _policy_of(rows[0]) if rows else self._default(tenant)
        self._known[tenant] = (now, policy)
        return policy

    async def save(self, tenant: str, policy: Policy, *, actor: str, reason: str) -> Policy:
        """Store the next version. Raises StorageError if `policy.version` is not the newest one."""
        following = dataclasses.replace(policy, version=policy.version + 1)
        values = {
            "tenant": tenant,
            "version": following.version,
            "document": to_json(Policy, following),
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

        await self._database.write(unit)
        self._known[tenant] = (self._clock.now(), following)
        return following

    async def history(self, tenant: str, limit: int = 20) -> Sequence[PolicyChange]:
        """Versions of the rules, newest first."""
        rows = await self._database.read(
            "SELECT * FROM policy WHERE tenant = :tenant ORDER BY version DESC LIMIT :limit",
            tenant=tenant,
            limit=limit,
        )
        return [
            PolicyChange(_policy_of(row), row["actor"], row["reason"], float(row["created_at"]))
            for row in rows
        ]

    async def audit(self, tenant: str, event: str, data: Mapping[str, Any]) -> None:
        now, text = self._clock.now(), json.dumps(data, sort_keys=True)

        async def unit(tx: Transaction) -> None:
            rows = await tx.rows("SELECT number, digest FROM audit ORDER BY number DESC LIMIT 1")
            number = int(rows[0]["number"]) + 1 if rows else 1
            previous = rows[0]["digest"] if rows else ""
            await tx.run(
                "INSERT INTO audit(number, tenant, at, event, data, digest) "
                "VALUES (:number, :tenant, :at, :event, :data, :digest)",
                number=number,
                tenant=tenant,
                at=now,
                event=event,
                data=text,
                digest=_digest(previous, number, tenant, event, text),
            )

        await self._database.write(unit)

    async def audited(self, tenant: str, limit: int = 50) -> Sequence[Row]:
        """The newest entries of one community, newest first."""
        return await self._database.read(
            "SELECT number, at, event, data FROM audit WHERE tenant = :tenant ORDER BY number DESC LIMIT :limit",
            tenant=tenant,
            limit=limit,
        )

    async def chain_is_whole(self) -> bool:
        """Whether no entry was changed, removed or slipped in since it was written."""
        previous = ""
        expected = None
        for row in await self._database.read("SELECT * FROM audit ORDER BY number"):
            number = int(row["number"])
            digest = _digest(previous, number, row["tenant"], row["event"], row["data"])
            if digest != row["digest"] or (expected is not None and number != expected):
                return False
            previous, expected = row["digest"], number + 1
        return True


def _policy_of(row: Row) -> Policy:
    return from_json(Policy, row["document"])


def _digest(previous: str, number: int, tenant: str, event: str, data: str) -> str:
    return hashlib.sha256("\n".join((previous, str(number), tenant, event, data)).encode()).hexdigest()

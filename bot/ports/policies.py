"""A community's rules, and the audit trail."""

from collections.abc import Mapping
from typing import Any, Protocol

from bot.domain.policy import Policy


class PolicyStore(Protocol):
    """Versioned rules per tenant, and the audit trail."""

    async def policy(self, tenant: str) -> Policy:
        """The tenant's policy, the default if it has none. Cheap: answered from memory when fresh."""
        ...

    async def save(self, tenant: str, policy: Policy, *, actor: str, reason: str) -> Policy:
        """Store the next version; raises StorageError if `policy.version` is not the newest."""
        ...

    async def expire_audit(self, tenant: str, before: float) -> int:
        """Remove entries of the audit trail older than `before` (epoch seconds); returns how many."""
        ...

    async def audit(self, tenant: str, event: str, data: Mapping[str, Any]) -> None:
        """Append to the audit trail. `data` holds no raw words."""
        ...

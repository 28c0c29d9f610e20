"""The part of the ledger that forgets."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from bot.domain.jobs import Job
from bot.domain.policy import Retention
from bot.domain.requests import JobId, Requester


class Forgetting(Protocol):
    """Deletion, erasure, retention, and a person's copy of what is known. Raises StorageError."""

    async def mark_deleted(self, job_id: JobId) -> Sequence[str]:
        """Forget words, prompt and steps; a bare line stays, with the handle of what is still to be taken back.

        Returns the keys of its objects, which are doomed from now on, but for those that another job uses.
        """
        ...

    async def erase_user(self, platform: str, user_id: str) -> Sequence[Job]:
        """Delete everything about a person except a tombstone; returns the jobs whose objects must go."""
        ...

    async def scrub(self) -> None:
        """Overwrite what was forgotten, as far as the database can; its log holds no copy afterwards."""
        ...

    async def export_user(self, platform: str, user_id: str) -> Mapping[str, Any]:
        """Everything about a person, as JSON-compatible values."""
        ...

    async def clear_traces(self, job_id: JobId, person: Requester) -> None:
        """What a job has left beside its row although its person, or their community, was erased meanwhile."""
        ...

    async def erase_tenant(self, tenant: str) -> Sequence[Job]:
        """Forget a community that has removed the bot; returns its jobs as they were. Harmless twice."""
        ...

    async def tenants(self, *, audited: bool = True) -> Sequence[str]:
        """All communities of which something may be kept, those that have left among them.

        Without `audited` not those of which there is nothing but an audit trail.
        """
        ...

    async def expire(self, tenant: str, retention: Retention) -> int:
        """Forget what the community keeps no longer; returns the number of jobs that changed."""
        ...

    async def prune(self) -> None:
        """Remove counters and marks whose time is over."""
        ...

"""Looking at jobs and limits; nothing here waits for the writer."""

from collections.abc import Sequence
from typing import Any

from bot.domain.jobs import Job
from bot.domain.limits import Usage
from bot.domain.requests import Action, JobId
from bot.store.ledger import BY_ID, Ledger


class ReadingLedger(Ledger):
    """The parts of `JobStore` that only look."""

    async def get(self, job_id: JobId) -> Job | None:
        found = await self._database.read(BY_ID, job_id=job_id)
        return self._job(found[0]) if found else None

    async def find_child(self, parent_id: JobId, action: Action, index: int) -> Sequence[Job]:
        """Children of that action and picture, oldest first, deleted ones as well."""
        sql = (
            "SELECT * FROM job WHERE parent_id = :parent_id AND action = :action AND picture = :picture "
            "ORDER BY created_at, job_id"
        )
        rows = await self._database.read(sql, parent_id=parent_id, action=action.value, picture=index)
        return [self._job(row) for row in rows]

    async def children(self, job_id: JobId) -> Sequence[Job]:
        """Oldest first, at most 200."""
        sql = "SELECT * FROM job WHERE parent_id = :job_id ORDER BY created_at, job_id LIMIT 200"
        return self._legible(await self._database.read(sql, job_id=job_id))

    async def showing(self, tenant: str, keys: Sequence[str], limit: int) -> Sequence[Job]:
        """Newest first."""
        names = {f"key{number}": key for number, key in enumerate(keys)}
        sql = (
            "SELECT * FROM job WHERE tenant = :tenant AND job_id IN (SELECT job_id FROM image_use WHERE key IN "
            f"({', '.join(f':{name}' for name in names)})) ORDER BY created_at DESC LIMIT :limit"
        )
        return self._legible(await self._database.read(sql, tenant=tenant, limit=limit, **names))

    async def history(
        self, tenant: str, user_id: str | None, *, limit: int, before: float | None = None
    ) -> Sequence[Job]:
        """Newest first."""
        values: dict[str, Any] = {"tenant": tenant, "limit": limit}
        conditions = "tenant = :tenant"
        if user_id is not None:
            conditions += " AND user_id = :user_id"
            values["user_id"] = user_id
        if before is not None:
            conditions += " AND created_at < :before"
            values["before"] = before
        sql = f"SELECT * FROM job WHERE {conditions} ORDER BY created_at DESC LIMIT :limit"
        return self._legible(await self._database.read(sql, **values))

    async def queue_place(self, job_id: JobId) -> int | None:
        """How many queued jobs come before this one; None if it is not queued."""
        mine = await self._database.read(
            "SELECT vstart, created_at FROM job WHERE job_id = :job_id AND state = 'queued'", job_id=job_id
        )
        if not mine:
            return None
        rows = await self._database.read(
            "SELECT count(*) AS earlier FROM job WHERE state = 'queued' AND vstart <= :vstart AND "
            "(vstart < :vstart OR created_at < :created_at OR (created_at = :created_at AND job_id < :job_id))",
            job_id=job_id,
            **mine[0],
        )
        return int(rows[0]["earlier"])

    async def usage(self, scopes: Sequence[str]) -> Sequence[Usage]:
        found: list[Usage] = []
        for scope in scopes:
            rows = await self._database.read(
                "SELECT * FROM budget WHERE scope = :scope ORDER BY win", scope=scope
            )
            found += [Usage(scope, row["win"], int(row["used"]), int(row["held"])) for row in rows]
        return found

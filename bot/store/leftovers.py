"""What deletions leave to be done outside the database: objects in the image store, messages in the chats.

Both lists are queues: what could not be done goes behind the rest, so that things that are stuck starve no others.
A deleted job's `finished_at` is the time at which its message was last tried.
"""

from collections.abc import Collection, Sequence

from bot.domain.jobs import Job
from bot.domain.requests import JobId
from bot.store.database import Transaction
from bot.store.ledger import Ledger


class LeftoverLedger(Ledger):
    """The parts of `JobStore` that remember unfinished deletions."""

    async def doomed(self, limit: int = 100) -> Sequence[str]:
        """Keys of forgotten jobs' objects that nobody has confirmed to be deleted, longest untried first."""
        rows = await self._database.read(
            "SELECT key FROM doomed WHERE NOT EXISTS (SELECT 1 FROM image_use WHERE image_use.key = doomed.key) "
            "ORDER BY since, key LIMIT :limit",
            limit=limit,
        )
        return [row["key"] for row in rows]

    async def buried(self, keys: Sequence[str], stuck: Sequence[str] = ()) -> None:
        """The image store has deleted these objects, and not the `stuck` ones."""
        now = self._clock.now()

        async def unit(tx: Transaction) -> None:
            for key in keys:
                await tx.run("DELETE FROM doomed WHERE key = :key", key=key)
            for key in stuck:
                await tx.run("UPDATE doomed SET since = :now WHERE key = :key", key=key, now=now)

        await self._database.write(unit)

    async def unretracted(self, platforms: Collection[str], limit: int = 100) -> Sequence[Job]:
        """Forgotten jobs of these platforms whose message nobody has confirmed to be taken back."""
        names = {f"platform{place}": name for place, name in enumerate(sorted(platforms))}
        if not names:
            return ()
        choice = ", ".join(f":{name}" for name in names)
        rows = await self._database.read(
            f"SELECT * FROM job WHERE state = 'deleted' AND message <> '{{}}' AND platform IN ({choice}) "
            "ORDER BY finished_at LIMIT :limit",
            limit=limit,
            **names,
        )
        return [self._job(row) for row in rows]

    async def retracted(self, job_id: JobId) -> None:
        """The message of a forgotten job is gone, or beyond reach."""
        await self._run(
            "UPDATE job SET message = '{}' WHERE job_id = :job_id AND state = 'deleted'", {"job_id": job_id}
        )

    async def not_retracted(self, job_id: JobId) -> None:
        """The message of a forgotten job could not be taken back now."""
        await self._run(
            "UPDATE job SET finished_at = :now WHERE job_id = :job_id AND state = 'deleted'",
            {"job_id": job_id, "now": self._clock.now()},
        )

"""What deletions leave to be done outside the database: objects in the image store, messages in the chats.

Both lists are queues: what could not be done goes behind the rest, so that things that are stuck starve no others.
A deleted job's `finished_at` is the time at which its message was last tried.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from bot.domain.jobs import Job
from bot.domain.requests import JobId
from bot.store.codec import from_json, to_json
from bot.store.database import Transaction
from bot.store.forgetting import doom
from bot.store.ledger import Ledger
from bot.store.uses import doomed_no_more, shown_for, using

_MOST_COPIES: Final = 50
"""Messages of one forgotten job that wait to be taken back; nobody makes as many in the moment of a deletion."""
_UNRETRACTED: Final = "state = 'deleted' AND (message <> '{}' OR handle IS NOT NULL)"
"""Of which an index has nothing but these rows: `ix_job_unretracted`."""


class LeftoverLedger(Ledger):
    """The parts of `JobStore` that remember unfinished deletions."""

    async def doomed(self, limit: int = 100, among: Sequence[str] | None = None) -> Sequence[str]:
        names = {f"key{place}": key for place, key in enumerate(among or ())}
        if among is not None and not names:
            return ()
        chosen = f"key IN ({', '.join(f':{name}' for name in names)}) AND " if names else ""
        rows = await self._database.read(
            f"SELECT key FROM doomed WHERE {chosen}since <= :now AND NOT EXISTS "
            "(SELECT 1 FROM image_use WHERE image_use.key = doomed.key) ORDER BY since, key LIMIT :limit",
            limit=limit,
            now=self._clock.now(),
            **names,
        )
        return [row["key"] for row in rows]

    async def expect_objects(self, keys: Sequence[str], seconds: float) -> None:
        """Objects that are about to be written: after so many seconds they are doomed, unless a job uses them by then.

        So what a dying process, or one that has lost its job meanwhile, has put into the store is found again.
        """
        until = self._clock.now() + seconds

        async def unit(tx: Transaction) -> None:
            for key in keys:
                await tx.run(
                    "INSERT INTO doomed(key, since) VALUES (:key, :until) "
                    "ON CONFLICT(key) DO UPDATE SET since = excluded.since",
                    key=key,
                    until=until,
                )

        await self._database.write(unit)

    async def drop_objects(self, keys: Sequence[str]) -> None:
        """Objects that have become of no use: doomed, but for those that a job uses."""
        now = self._clock.now()

        async def unit(tx: Transaction) -> None:
            await doom(tx, keys, now)

        await self._database.write(unit)

    async def note_copy(self, job_id: JobId, key: str) -> None:
        """An object that stands for a job's picture in messages, as where a chat takes no WebP."""
        now = self._clock.now()

        async def unit(tx: Transaction) -> None:
            if await tx.rows(
                "SELECT 1 AS one FROM job WHERE job_id = :job_id AND state <> 'deleted'", job_id=job_id
            ):
                await tx.run_all(using(shown_for(job_id), [key]), doomed_no_more([key]))
            else:
                await doom(tx, [key], now)

        await self._database.write(unit)

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
        """Forgotten jobs of these platforms of which nobody has confirmed that what shows them is taken back."""
        names = {f"platform{place}": name for place, name in enumerate(sorted(platforms))}
        if not names:
            return ()
        choice = ", ".join(f":{name}" for name in names)
        rows = await self._database.read(
            f"SELECT * FROM job WHERE {_UNRETRACTED} AND platform IN ({choice}) "
            "ORDER BY finished_at LIMIT :limit",
            limit=limit,
            **names,
        )
        return [self._forgettable(row) for row in rows]

    async def leave_shown(self, job_id: JobId, message: Mapping[str, Any]) -> bool:
        """A job that was forgotten while it was being shown: the message goes to those that are to be taken back.

        False when the job is not forgotten.
        """

        async def unit(tx: Transaction) -> bool:
            found = await tx.rows(
                "SELECT message FROM job WHERE job_id = :job_id AND state = 'deleted'", job_id=job_id
            )
            if not found:
                return False
            waiting, left = from_json(dict, found[0]["message"]), dict(message)
            if waiting and waiting != left:
                copies = [*waiting.pop("copies", ()), left]
                left = {**waiting, "copies": copies[-_MOST_COPIES:]}
            await tx.run(
                "UPDATE job SET message = :message WHERE job_id = :job_id",
                job_id=job_id,
                message=to_json(dict, left),
            )
            return True

        return await self._database.write(unit)

    async def stale(self, platforms: Collection[str], limit: int = 100) -> Sequence[Job]:
        """Jobs of these platforms whose messages say more than their rows, longest untried first."""
        names = {f"platform{place}": name for place, name in enumerate(sorted(platforms))}
        choice = ", ".join(f":{name}" for name in names)
        rows = await self._database.read(
            "SELECT job.* FROM stale JOIN job ON job.job_id = stale.job_id "
            f"WHERE job.platform IN ({choice}) ORDER BY stale.since LIMIT :limit",
            limit=limit,
            **names,
        )
        return self._legible(rows)

    async def shown_anew(self, job_id: JobId, *, done: bool) -> None:
        """A stale job's messages say what its row says; or they could not be edited now."""
        sql = "DELETE FROM stale" if done else "UPDATE stale SET since = :now"
        await self._run(f"{sql} WHERE job_id = :job_id", {"job_id": job_id, "now": self._clock.now()})

    async def retracted(self, job: Job) -> None:
        """The messages that `job.message` names are gone, or beyond reach; what was left there since stays noted."""
        await self._run(
            "UPDATE job SET message = '{}', handle = NULL "
            "WHERE job_id = :job_id AND state = 'deleted' AND message = :message",
            {"job_id": job.job_id, "message": to_json(dict, job.message)},
        )

    async def not_retracted(self, job_id: JobId) -> None:
        """The message of a forgotten job could not be taken back now."""
        await self._run(
            "UPDATE job SET finished_at = :now WHERE job_id = :job_id AND state = 'deleted'",
            {"job_id": job_id, "now": self._clock.now()},
        )

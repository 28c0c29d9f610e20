"""Who wants to hear when a part works again: noted until it is told, or for a day.

Whoever tells takes a note for a while first and removes it afterwards, so that a process that dies in between leaves
it to the next one: told twice at worst, never forgotten.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import structlog

from bot.domain.awaiting import Awaited, Part
from bot.domain.errors import StorageError
from bot.domain.requests import JobId, Requester
from bot.store.codec import from_json, to_json
from bot.store.database import Row, Transaction, Unit
from bot.store.ledger import Ledger

log = structlog.get_logger(__name__)

_SLICE: Final = 100
_MINE: Final = "tenant = :tenant AND user_id = :user_id AND place = :place"
_INSERT: Final = (
    "INSERT INTO awaiting(tenant, user_id, place, platform, job_id, part, model, since, until, held_until, tries, "
    "document) VALUES (:tenant, :user_id, :place, :platform, :job_id, :part, :model, :since, :until, 0, 0, :document)"
)
_OPEN: Final = "until > :now AND held_until <= :now"


class AwaitingLedger(Ledger):
    """The parts of `JobStore` about people who wait."""

    async def await_part(self, note: Awaited) -> bool:
        """Keep a note instead of an earlier one of the same person and place. False if the job was deleted.

        For the same job the earlier one stays, with the newer way to answer.
        """
        values = {**_key(note), "platform": note.person.platform, "job_id": note.job_id}
        values |= {"part": note.part.value, "model": note.model, "since": note.since, "until": note.until}
        document = {"person": to_json(Requester, note.person), "handle": note.handle}
        values["document"] = self._vault.seal(document)

        async def unit(tx: Transaction) -> bool:
            there = "SELECT 1 AS one FROM job WHERE job_id = :job_id AND state <> 'deleted'"
            if not await tx.rows(there, job_id=note.job_id):
                return False
            again = (
                f"UPDATE awaiting SET until = :until, document = :document WHERE {_MINE} AND job_id = :job_id"
            )
            if not await tx.run(again, **values):
                await tx.run(f"DELETE FROM awaiting WHERE {_MINE}", **values)
                await tx.run(_INSERT, **values)
            return True

        return await self._database.write(unit)

    async def awaited(self, platforms: Collection[str]) -> Sequence[tuple[Part, str]]:
        """What people of these platforms wait for now: each part with a model, "" for any."""
        choice, names = _chosen(platforms)
        rows = await self._database.read(
            f"SELECT DISTINCT part, model FROM awaiting WHERE {_OPEN} AND platform IN ({choice}) ORDER BY part, model",
            now=self._clock.now(),
            **names,
        )
        return [(Part(row["part"]), row["model"]) for row in rows]

    async def waiting(
        self, platforms: Collection[str], part: Part, model: str, after: float = 0.0
    ) -> Sequence[Awaited]:
        """The next notes for a part, oldest first, made later than `after`; those that share a time come together."""
        choice, names = _chosen(platforms)
        where = f"part = :part AND model = :model AND since > :after AND {_OPEN} AND platform IN ({choice})"
        values = {"part": part.value, "model": model, "now": self._clock.now(), **names}
        while times := await self._database.read(
            f"SELECT since FROM awaiting WHERE {where} ORDER BY since LIMIT {_SLICE}", **values, after=after
        ):
            last = float(times[-1]["since"])
            rows = await self._database.read(
                f"SELECT * FROM awaiting WHERE {where} AND since <= :last ORDER BY since",
                **values,
                after=after,
                last=last,
            )
            if found := [note for row in rows if (note := self._note(row)) is not None]:
                return found
            after = last
        return ()

    async def requests_since(self, since: float, model: str) -> Mapping[str, float]:
        """By result ("ok", and the router's rows), when the newest paid request that ended so was begun; "" for any model, which
        may be named with its provider ("openai:gpt-image-2") or without.
        """
        which = "opened_at > :since AND :model IN ('', model, provider || ':' || model)"
        rows = await self._database.read(
            f"SELECT result, max(opened_at) AS newest FROM attempt WHERE {which} GROUP BY result",
            since=since,
            model=model,
        )
        return {row["result"]: float(row["newest"]) for row in rows}

    async def take_note(self, note: Awaited, seconds: float) -> bool:
        """Take a note to tell it within so many seconds; False if somebody else has it, or it is gone."""
        now = self._clock.now()
        sql = f"UPDATE awaiting SET held_until = :later, tries = tries + 1 WHERE {_MINE} AND since = :since AND {_OPEN}"
        return (
            await self._run(sql, {**_key(note), "since": note.since, "later": now + seconds, "now": now}) > 0
        )

    async def drop_note(self, note: Awaited) -> None:
        """It was told, or cannot be. A newer one of the same person and place stays."""
        await self._run(
            f"DELETE FROM awaiting WHERE {_MINE} AND since = :since", {**_key(note), "since": note.since}
        )

    async def is_awaited(self, job_id: JobId) -> bool:
        """Whether somebody still waits for what made this job fail."""
        rows = await self._database.read(
            "SELECT 1 AS one FROM awaiting WHERE job_id = :job_id AND until > :now LIMIT 1",
            job_id=job_id,
            now=self._clock.now(),
        )
        return bool(rows)

    def _note(self, row: Row) -> Awaited | None:
        """None where it was sealed under another secret, or written by a version that says more."""
        try:
            kept = self._vault.unseal(row["document"])
            person = from_json(Requester, kept["person"])
        except (StorageError, ValueError) as fault:
            log.warning("note_unreadable", job_id=row["job_id"], fault=type(fault).__name__)
            return None
        return Awaited(
            person,
            JobId(row["job_id"]),
            Part(row["part"]),
            row["model"],
            float(row["since"]),
            float(row["until"]),
            kept["handle"],
            int(row["tries"]),
        )


def forget_waiting(platform: str, user_id: str) -> Unit[None]:
    """A person who is erased waits for nothing."""

    async def unit(tx: Transaction) -> None:
        await tx.run(
            "DELETE FROM awaiting WHERE platform = :platform AND user_id = :user_id",
            platform=platform,
            user_id=user_id,
        )

    return unit


def _key(note: Awaited) -> dict[str, Any]:
    return {"tenant": note.person.tenant, "user_id": note.person.user_id, "place": note.place}


def _chosen(platforms: Collection[str]) -> tuple[str, dict[str, Any]]:
    """SQL of a list, and its values; an empty list finds nothing."""
    names = {f"platform{place}": name for place, name in enumerate(sorted(platforms))}
    return ", ".join(f":{name}" for name in names) or "NULL", names

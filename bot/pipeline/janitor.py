"""Forgets what communities keep no longer, and deletes the objects of forgotten jobs. One replica at a time does it."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from bot.domain.errors import DeliveryError, StorageError
from bot.domain.jobs import Job
from bot.domain.requests import JobId
from bot.pipeline.run import Parts
from bot.ports import ChatAdapter, ShowsAnew
from bot.rounds import Rounds

log = structlog.get_logger(__name__)

_DAY: Final = 86_400.0
_FIRST_PAUSE: Final = 10.0
"""Seconds after a start, so that waiting jobs come first."""
_LEFTOVERS_EVERY: Final = 15.0


@dataclass(frozen=True, slots=True)
class Swept:
    """What a round did: jobs that lost words or pictures, objects deleted, entries of audit trails removed."""

    jobs: int = 0
    objects: int = 0
    audit: int = 0


@dataclass
class Janitor:
    """A round every `every` seconds, shared by all processes on the database.

    Deletions that a dead process has left half done do not wait for it: every process looks after them all the time.
    """

    parts: Parts
    every: float

    def __post_init__(self) -> None:
        self._rounds = Rounds(
            "janitor",
            self.round,
            self.parts.clock,
            every=min(_LEFTOVERS_EVERY, self.every),
            first=min(_FIRST_PAUSE, self.every),
            longest=self.every,
        )

    async def start(self) -> None:
        self._rounds.start()

    async def stop(self) -> None:
        """Ends at once; an unfinished round goes on from its marks the next time."""
        await self._rounds.stop()

    async def round(self) -> Swept:
        """Everything if no other process has done it in this period, else only what deletions have left.

        Raises:
            StorageError: the database did not answer.
        """
        if not await self._is_my_turn():
            await take_back(self.parts)
            return Swept(objects=await bury(self.parts))
        swept = await self.sweep()
        log.info("swept", jobs=swept.jobs, objects=swept.objects, audit=swept.audit)
        return swept

    async def _is_my_turn(self) -> bool:
        turn = int(self.parts.clock.now() // self.every)
        return await self.parts.jobs.mark_once(f"janitor:{turn}", 2 * self.every)

    async def sweep(self) -> Swept:
        """One round, now. A community of which something cannot be read, by this version, holds up no other one.

        Raises:
            StorageError: the database did not answer.
        """
        jobs = audit = 0
        for tenant in await self.parts.jobs.tenants():
            try:
                retention = (await self.parts.policies.policy(tenant)).retention
                if retention.audit > 0:
                    before = self.parts.clock.now() - retention.audit * _DAY
                    audit += await self.parts.policies.expire_audit(tenant, before)
                jobs += await self.parts.jobs.expire(tenant, retention)
            except ValueError:
                log.exception("retention_held_up", tenant=tenant)
        await self.parts.jobs.close_lost()
        await self.parts.jobs.prune()
        await take_back(self.parts)
        return Swept(jobs, await bury(self.parts), audit)


async def take_back(parts: Parts) -> None:
    """Delete the messages of forgotten jobs, on the chats that are served here.

    A chat that is away keeps the others waiting for no more than one slice of its messages.

    Raises:
        StorageError: the database did not answer.
    """
    found = [await _take_back_from(parts, adapter) for adapter in parts.adapters.values()]
    await show_anew(parts)
    if any(found):
        await parts.jobs.scrub()


async def show_anew(parts: Parts) -> None:
    """Edit the messages that still say words, or names, of somebody who was erased.

    Raises:
        StorageError: the database did not answer.
    """
    for adapter in parts.adapters.values():
        for job in await parts.jobs.stale([adapter.name]):
            await parts.jobs.shown_anew(job.job_id, done=await _showed_anew(adapter, job))


async def _showed_anew(adapter: ChatAdapter, job: Job) -> bool:
    """A fault of the adapter leaves it for the next round."""
    if not isinstance(adapter, ShowsAnew):
        return True
    try:
        await adapter.show_anew(job)
    except DeliveryError as fault:
        log.warning("message_not_shown_anew", job_id=job.job_id, problem=fault.problem)
    except Exception:
        log.exception("message_not_shown_anew", job_id=job.job_id)
    else:
        return True
    return False


async def _take_back_from(parts: Parts, adapter: ChatAdapter) -> bool:
    """Whether there was anything to take back."""
    tried: set[JobId] = set()
    while left := [job for job in await parts.jobs.unretracted([adapter.name]) if job.job_id not in tried]:
        gone = [await retract(parts, adapter, job) for job in left]
        tried |= {job.job_id for job in left}
        if not any(gone):
            break
    return bool(tried)


async def retract(parts: Parts, adapter: ChatAdapter, job: Job) -> bool:
    """Delete a forgotten job's messages and note it; a fault of the adapter leaves it for the next round."""
    try:
        for shown in (job.message, *job.message.get("copies", ())):
            await adapter.retract(dataclasses.replace(job, message=shown))
    except DeliveryError as fault:
        log.warning("message_not_taken_back", job_id=job.job_id, problem=fault.problem)
    except Exception:
        log.exception("message_not_taken_back", job_id=job.job_id)
    else:
        await parts.jobs.retracted(job)
        return True
    await parts.jobs.not_retracted(job.job_id)
    return False


async def bury(parts: Parts, among: Sequence[str] | None = None) -> int:
    """Delete the objects of forgotten jobs; returns how many. What cannot be deleted now stays on the list.

    With `among` only of these keys, so that a person's own deletion waits for nobody else's.

    Raises:
        StorageError: the database did not answer.
    """
    buried, stuck = 0, set[str]()
    while keys := [key for key in await parts.jobs.doomed(among=among) if key not in stuck]:
        gone = [key for key in keys if await _delete(parts, key)]
        left = [key for key in keys if key not in gone]
        await parts.jobs.buried(gone, left)
        buried += len(gone)
        stuck |= set(left)
        if not gone:
            break
    if stuck:
        log.warning("objects_not_deleted", left=len(stuck))
        parts.telemetry.alert("storage", "objects of deleted jobs could not be deleted")
    return buried


async def _delete(parts: Parts, key: str) -> bool:
    try:
        await parts.images.delete(key)
    except StorageError:
        return False
    return True

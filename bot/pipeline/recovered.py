"""Tells people that a part works again. One replica at a time looks, and only while somebody waits.

What counts as working again, by the part that was down:

    words    the text model gives a verdict; or moderation answers, where rules let harmless words pass without one
    check    moderation answers, and the second check where there is one
    models   somebody's picture was made since, in whichever process; a host that can be asked says so, and nobody's
             request has failed just now; or, where none can be asked, for ten minutes, and one is not set aside
    store    the image store answers

A note is taken before it is told and removed afterwards, so that nobody is forgotten when a process dies in between.
"""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

import structlog

from bot.domain.awaiting import Awaited, Outlook, Part, is_kept
from bot.domain.clock import Deadline
from bot.domain.errors import DeliveryError, NoVerdict, ProviderError, StorageError
from bot.domain.jobs import Job, JobState
from bot.domain.policy import OnSanitizerOutage, Policy
from bot.domain.requests import ImagineRequest, RawWords
from bot.domain.verdict import Decision
from bot.guardrails.access import check_access
from bot.guardrails.intake import asked_for
from bot.guardrails.places import rules_for
from bot.pipeline.run import Parts
from bot.ports import SanitizeTask, TellsOfReturn
from bot.rounds import Rounds

log = structlog.get_logger(__name__)

EVERY_SECONDS: Final = 15.0
QUIET_SECONDS: Final = 600.0
"""Without a failed request for so long, and without a host that can be asked, the models are hoped for."""
CALM_SECONDS: Final = 30.0
"""The same for a host that says itself that it is well: it may be well and full."""
_ASK_SECONDS: Final = 8.0
_LOOK_SECONDS: Final = 20.0
_TELL_SECONDS: Final = 60.0
"""How long one process has for telling one note; then another may."""
_MOST_TRIES: Final = 5
_HARMLESS: Final = "a brass owl on a stack of books"
"""Words of ours, so that nobody's are spent on finding out."""
_SAY_NOTHING: Final = frozenset(
    {"ok", "open", "refused", "cancelled", "outrun", "lost", "rejected", "out_of_memory"}
)
"""Ends of requests that are no sign of an outage."""


@dataclass
class Recoveries:
    """A look every `every` seconds, shared by all processes on the database that serve the same chats."""

    parts: Parts
    every: float = EVERY_SECONDS

    def __post_init__(self) -> None:
        self._rounds = Rounds("recoveries", self.round, self.parts.clock, every=self.every, first=self.every)

    async def start(self) -> None:
        self._rounds.start()

    async def stop(self) -> None:
        """Ends at once; a note that was taken is told by the next process that looks."""
        await self._rounds.stop()

    async def round(self) -> int:
        """Look and tell, if nobody else does it in this period; returns how many notes were told.

        Raises:
            StorageError: the database did not answer.
        """
        platforms = sorted(self.parts.adapters)
        awaited = await self.parts.jobs.awaited(platforms)
        if not awaited or not await self._is_my_turn(platforms):
            return 0
        told = 0
        for part, model in awaited:
            seen = await self._seen(part, model)
            async for note in self._notes(platforms, part, model):
                told += seen.means_well_for(note) and await self._tried(note, seen)
        if told:
            log.info("told_of_return", notes=told)
        return told

    async def _is_my_turn(self, platforms: list[str]) -> bool:
        turn = int(self.parts.clock.now() // self.every)
        return await self.parts.jobs.mark_once(f"recovered:{'+'.join(platforms)}:{turn}", 2 * self.every)

    async def _notes(self, platforms: list[str], part: Part, model: str) -> AsyncIterator[Awaited]:
        after = 0.0
        while notes := await self.parts.jobs.waiting(platforms, part, model, after):
            for note in notes:
                yield note
            after = notes[-1].since

    async def _seen(self, part: Part, model: str) -> "Seen":
        """A part that cannot even be looked at is down, and keeps nobody waiting who waits for another one."""
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                return await self._look_at(part, model)
        except Exception as fault:  # noqa: BLE001 - whatever a probe raises
            log.warning("not_looked_at", part=part, fault=type(fault).__name__)
            return Seen()

    async def _look_at(self, part: Part, model: str) -> "Seen":
        now = self.parts.clock.now()
        match part:
            case Part.WORDS if await self._reads():
                return Seen(until=now)
            case Part.WORDS:
                return Seen(until=now, only_harmless=True) if await self._moderates() else Seen()
            case Part.CHECK:
                return Seen(until=now) if await self._moderates() and await self._looks_twice() else Seen()
            case Part.MODELS:
                return Seen(until=await self._drawn_until(model, now))
            case Part.STORE:
                return Seen(until=now) if (await self.parts.images.probe()).ok else Seen()

    async def _reads(self) -> bool:
        """Asked through the breaker, so that it closes with this."""
        try:
            await self.parts.sanitizer.judge(SanitizeTask(_HARMLESS), self._soon())
        except NoVerdict as none:
            return none.kind == "refusal"
        return True

    async def _moderates(self) -> bool:
        if self.parts.moderator is None:
            return False
        try:
            await self.parts.moderator.score_text([_HARMLESS], self._soon())
        except ProviderError:
            return False
        return True

    async def _looks_twice(self) -> bool:
        if self.parts.second_check is None:
            return True
        try:
            await self.parts.second_check.words(_HARMLESS, Policy(), self._soon(), "")
        except ProviderError:
            return False
        return True

    async def _drawn_until(self, model: str, now: float) -> float:
        """Notes that are older than this are told; 0 for none."""
        ends = await self.parts.jobs.requests_since(now - QUIET_SECONDS, model)
        made = ends.get("ok", 0.0)
        failed = max((at for end, at in ends.items() if end not in _SAY_NOTHING), default=0.0)
        match await self.parts.router.outlook(model or None):
            case Outlook.WELL if failed < now - CALM_SECONDS:
                return now
            case Outlook.HOPE if not failed:
                return max(made, now - QUIET_SECONDS)
            case _:
                return made

    def _soon(self) -> Deadline:
        return Deadline(self.parts.clock.now() + _ASK_SECONDS)

    async def _tried(self, note: Awaited, seen: "Seen") -> bool:
        """As `_tell`; a note of a job that cannot be read keeps nobody else waiting."""
        try:
            return await self._tell(note, seen)
        except StorageError:
            raise
        except Exception:
            log.exception("note_not_told", job_id=note.job_id)
            return False

    async def _tell(self, note: Awaited, seen: "Seen") -> bool:
        """Whether the person was told. What the rules forbid by now is not told, and not kept."""
        jobs = self.parts.jobs
        job = await jobs.get(note.job_id)
        job = None if job is None or job.state is JobState.DELETED or not is_kept(job) else job
        policy = rules_for(await self.parts.policies.policy(note.person.tenant), note.person)
        if seen.only_harmless and not self._passes_unread(job, policy):
            return False
        if not await jobs.take_note(note, _TELL_SECONDS):
            return False
        allowed = await self._may_hear(note, job, policy)
        done = not allowed or await self._told(note, _runnable(job, note, policy))
        if done:
            await jobs.drop_note(note)
        return allowed and done

    def _passes_unread(self, job: Job | None, policy: Policy) -> bool:
        """Whether the request would pass on moderation's word alone."""
        if policy.recovery.on_sanitizer_outage is not OnSanitizerOutage.DEGRADED:
            return False
        return job is None or self.parts.rules.judge(asked_for(job.request)).decision is Decision.ALLOW

    async def _may_hear(self, note: Awaited, job: Job | None, policy: Policy) -> bool:
        """Who may not ask here any more hears nothing."""
        words = asked_for(job.request) if job is not None else ""
        if (await self.parts.watch.admission(note.person, words)).suspension is not None:
            return False
        bare = ImagineRequest("", note.person, RawWords(""))
        return check_access(bare, policy) is None

    async def _told(self, note: Awaited, job: Job | None) -> bool:
        """True as well when there is no use in trying again."""
        teller = _teller(self.parts.adapters.get(note.person.platform))
        if teller is None:
            return True
        try:
            async with asyncio.timeout(_TELL_SECONDS / 2):
                await teller.tell_of_return(note, job)
        except DeliveryError as fault:
            log.info("not_told_of_return", job_id=note.job_id, problem=fault.problem)
            return not fault.retryable or note.tries + 1 >= _MOST_TRIES
        except Exception:
            log.exception("telling_of_return_crashed", job_id=note.job_id)
            return note.tries + 1 >= _MOST_TRIES
        return True


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at a part has found.

    Attributes:
        until: Notes older than this may be told; 0 for none.
        only_harmless: Only where harmless words pass without the text model.
    """

    until: float = 0.0
    only_harmless: bool = False

    def means_well_for(self, note: Awaited) -> bool:
        return note.since < self.until


def _teller(adapter: object) -> TellsOfReturn | None:
    return adapter if isinstance(adapter, TellsOfReturn) else None


def _runnable(job: Job | None, note: Awaited, policy: Policy) -> Job | None:
    """The job if its button would still be taken from this person."""
    if job is None:
        return None
    request = dataclasses.replace(job.request, requester=note.person)
    return job if check_access(request, policy) is None else None

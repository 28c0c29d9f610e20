"""The ledger: what was asked for, who works at it, how it ended. Its other parts have files of their own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.domain.jobs import DeliveryHandle, Job, Stage, Steps
from bot.domain.limits import Limit, LimitReached, Rate, Usage
from bot.domain.outcomes import Outcome
from bot.domain.requests import Action, ImagineRequest, JobId
from bot.ports.attempts import AttemptLog
from bot.ports.awaiting import Awaiting
from bot.ports.forgetting import Forgetting
from bot.ports.health import Health
from bot.ports.leftovers import Leftovers


@dataclass(frozen=True, slots=True)
class Accepted:
    """The job's row and reservations exist now."""

    job: Job


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The interaction was known already; nothing was reserved."""

    job: Job


class JobStore(AttemptLog, Forgetting, Leftovers, Awaiting, Protocol):
    """The ledger of jobs, limits and money. Raises StorageError; writes of a lost job raise LostJob."""

    async def accept(
        self,
        request: ImagineRequest,
        limits: Sequence[Limit],
        rates: Sequence[Rate],
        weight: int,
        handle: DeliveryHandle | None = None,
    ) -> Accepted | Duplicate | LimitReached:
        """Insert the job and reserve all limits, or none of it. `weight` is the job's share for fairness."""
        ...

    async def may_have_paid(self, job_id: JobId) -> bool:
        """Whether any request for the job may have cost something.

        One that ended unbilled has not, nor has one without a price: to the renderer or a server of our own.
        """
        ...

    async def begin(
        self, job_id: JobId, handle: DeliveryHandle, message: Mapping[str, Any], deadline: float
    ) -> bool:
        """The acknowledgement arrived: queue the job. False if it was begun or closed before."""
        ...

    async def claim(self, platforms: Collection[str]) -> Job | None:
        """Take the queued job of these platforms that is fairest to run next, None if there is none."""
        ...

    async def checkpoint(self, job: Job, stage: Stage, steps: Steps) -> None:
        """Store a stage's result under the job's fence."""
        ...

    async def update_message(self, job_id: JobId, message: Mapping[str, Any]) -> None:
        """Remember where the answer is shown, instead of what was remembered before.

        For a job that was deleted meanwhile this is `leave_shown`.
        """
        ...

    async def amend_message(self, job_id: JobId, entries: Mapping[str, Any]) -> bool:
        """Add to what is remembered, in one step, so that nobody's write in between is lost; for button presses.

        False if the job is deleted or unknown; then nothing is written.
        """
        ...

    async def finish(self, job: Job, outcome: Outcome) -> None:
        """Final state, settled reservations (used if delivered, freed otherwise), credentials removed."""
        ...

    async def take_over(self) -> Sequence[Job]:
        """Claim the running jobs of dead owners; they come back with a higher fence and attempts + 1."""
        ...

    async def in_hand(self) -> Sequence[Job]:
        """The jobs that run under this process's name, whether it knows of them or not."""
        ...

    async def abandon(self, older_than: float) -> Sequence[JobId]:
        """End jobs accepted but never begun since `older_than` (epoch seconds) and free their reservations.

        Those whose handle is known are queued with an apology as their outcome: the platform may have taken the
        acknowledgement although nobody has noted it.
        """
        ...

    async def release(self, job: Job) -> None:
        """Hand a running job back to the queue (drain)."""
        ...

    async def get(self, job_id: JobId) -> Job | None: ...

    async def find_child(self, parent_id: JobId, action: Action, index: int) -> Sequence[Job]:
        """Children of that action and picture, oldest first."""
        ...

    async def children(self, job_id: JobId) -> Sequence[Job]: ...

    async def showing(self, tenant: str, keys: Sequence[str], limit: int) -> Sequence[Job]:
        """Jobs of a community that use one of the image keys, newest first."""
        ...

    async def history(
        self, tenant: str, user_id: str | None, *, limit: int, before: float | None = None
    ) -> Sequence[Job]:
        """Newest first."""
        ...

    async def queue_place(self, job_id: JobId) -> int | None:
        """How many queued jobs come before this one; None if it is not queued."""
        ...

    async def mark_once(self, key: str, lifetime: float) -> bool:
        """True for the first caller within `lifetime` seconds, in whichever process; for redelivered events."""
        ...

    async def usage(self, scopes: Sequence[str]) -> Sequence[Usage]: ...

    async def release_held(self, job_id: JobId, seconds: float) -> bool:
        """Queue a job whose pictures are held, to publish them; it gets so many seconds. False if nothing is held."""
        ...

    async def discard_held(self, job_id: JobId) -> bool:
        """Forget held pictures and note their objects for deletion. False if nothing is held."""
        ...

    async def close_lost(self) -> int:
        """Close the attempts of processes that died long ago; they may have been billed. Returns how many."""
        ...

    async def requests_since(self, since: float, model: str) -> Mapping[str, float]:
        """By result of paid requests, of all processes, when the newest one was begun; "" for any model."""
        ...

    async def probe(self) -> Health: ...

    async def aclose(self) -> None: ...

"""The moderators' side of every request."""

from dataclasses import dataclass
from typing import Protocol

from bot.domain.jobs import Job
from bot.domain.moderators import Judged, Suspension
from bot.domain.outcomes import Outcome, Refused
from bot.domain.requests import JobId, Requester


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether somebody may ask at all, and whether a moderator has approved these words of theirs.

    Attributes:
        approved: Id of the case, to be used up once the request is accepted.
    """

    suspension: Suspension | None = None
    approved: str | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """A job lies before the moderators. `granted`: a second look has let an appeal pass at once; ask again."""

    job: Job
    granted: bool = False


class Watch(Protocol):
    """The moderators' side of every request: it is asked before, and told what was decided and how it ended."""

    async def admission(self, person: Requester, words: str) -> Admission: ...

    async def use_approval(self, person: Requester, words: str) -> bool: ...

    async def judged(self, judged: Judged) -> None:
        """Keep a decision about words. A failure is logged; it changes no decision."""
        ...

    async def ended(self, job: Job, outcome: Outcome) -> None:
        """Strikes, cases, alerts, audit, once the end was told; again if a process dies right then. A failure is
        logged; the job ends all the same.
        """
        ...

    async def turned_away(self, person: Requester, refused: Refused) -> None:
        """A request was refused before it became a job."""
        ...

    async def turned_away_as(self, person: Requester, job_id: JobId) -> Job | None:
        """A request of theirs that was refused before it became a job, as one, while its words are kept."""
        ...

    async def reported(self, job: Job, reporter: Requester, text: str) -> Reported | Refused: ...

"""The moderators' side where there is none: the command line, and tests that are about something else."""

from bot.domain.jobs import Job
from bot.domain.moderators import Judged
from bot.domain.outcomes import Outcome, Refused
from bot.domain.requests import JobId, Requester
from bot.ports import Admission, Reported


class Unwatched:
    """Implements `Watch`: admits everybody and keeps nothing."""

    async def admission(self, person: Requester, words: str) -> Admission:
        del person, words
        return Admission()

    async def use_approval(self, person: Requester, words: str) -> bool:
        del person, words
        return False

    async def judged(self, judged: Judged) -> None:
        """Nothing is kept."""

    async def ended(self, job: Job, outcome: Outcome) -> None:
        """Nothing follows."""

    async def turned_away(self, person: Requester, refused: Refused) -> None:
        """Nothing follows."""

    async def turned_away_as(self, person: Requester, job_id: JobId) -> Job | None:
        del person, job_id
        return None

    async def reported(self, job: Job, reporter: Requester, text: str) -> Reported | Refused:
        del reporter, text
        return Reported(job)

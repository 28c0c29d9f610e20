"""Which failures mean that a part of ours is down, and the wish of somebody to hear when it works again."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.domain.jobs import DeliveryHandle, Job
from bot.domain.outcomes import Failed, FailureClass
from bot.domain.requests import JobId, Requester

KEPT_SECONDS: Final = 86_400.0
"""After a day nobody is told any more: whoever still wants a picture has asked again."""


class Part(StrEnum):
    """What can be down, and be seen to work again."""

    WORDS = "words"
    CHECK = "check"
    MODELS = "models"
    STORE = "store"


# Not here: what ends with the request itself (no time left, an unknown end, a memory that does not hold this picture),
# and MISCONFIGURED, since a host that only dislikes one request ends the same way and would be waited for in vain.
_DOWN: Final[Mapping[FailureClass, Part]] = MappingProxyType(
    {
        FailureClass.SANITIZER_DOWN: Part.WORDS,
        FailureClass.CHECK_DOWN: Part.CHECK,
        FailureClass.BUSY: Part.MODELS,
        FailureClass.QUEUE_FULL: Part.MODELS,
        FailureClass.WARMING_UP: Part.MODELS,
        FailureClass.COLD_START: Part.MODELS,
        FailureClass.OUT_OF_FUNDS: Part.MODELS,
        FailureClass.STORAGE: Part.STORE,
    }
)


def part_down(failed: Failed) -> Part | None:
    """The part whose return is worth being told of; None where only this one request went wrong."""
    return _DOWN.get(failed.failure)


class Outlook(StrEnum):
    """What is known of a part without paying. HOPE: nothing speaks against it, and nobody can be asked."""

    WELL = "well"
    HOPE = "hope"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Awaited:
    """A note that somebody wants to hear when a part works again. At most one a person and place.

    Attributes:
        person: As they pressed the button; the rules are asked again with this when it is told.
        model: The model that their request was for, "" for any.
        since, until: Seconds since the epoch; after `until` the note is void.
        handle: How to answer, in the adapter's own JSON; kept sealed.
        tries: How often somebody has begun to tell it.
    """

    person: Requester
    job_id: JobId
    part: Part
    model: str
    since: float
    until: float
    handle: DeliveryHandle
    tries: int = 0

    @property
    def place(self) -> str:
        """Channel, and thread where there is one."""
        person = self.person
        return f"{person.channel_id}/{person.thread_id}" if person.thread_id else person.channel_id


def is_kept(job: Job) -> bool:
    """Whether the words of a request are still there, so that it can be run again."""
    return bool(job.request.words.strip())

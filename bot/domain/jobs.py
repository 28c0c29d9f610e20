"""A job: one request on its journey, as the store keeps it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.domain.images import KeptImage, SafePrompt
from bot.domain.moderation import Looked
from bot.domain.money import MicroUSD
from bot.domain.outcomes import Delivered, Failed, Outcome, Refused
from bot.domain.requests import ImagineRequest, JobId, Reference


class JobState(StrEnum):
    """ACCEPTED: the row and its reservations exist, the acknowledgement is not known yet."""

    ACCEPTED = "accepted"
    QUEUED = "queued"
    RUNNING = "running"
    DELIVERED = "delivered"
    REFUSED = "refused"
    FAILED = "failed"
    DELETED = "deleted"

    @property
    def final(self) -> bool:
        return self in {JobState.DELIVERED, JobState.REFUSED, JobState.FAILED, JobState.DELETED}


class Stage(StrEnum):
    """The stages of the journey; the same names in code, logs, metrics and the JSON API."""

    QUEUED = "queued"
    GUARD = "guard"
    SANITIZE = "sanitize"
    GENERATE = "generate"
    INSPECT = "inspect"
    REHOST = "rehost"
    DELIVER = "deliver"
    DONE = "done"


DeliveryHandle = dict[str, Any]
"""How any process can answer: JSON of the adapter's own making. Holds credentials, so the store encrypts it."""


@dataclass(frozen=True, slots=True)
class SafeWords:
    """The sanitizer's result, ready for the image provider.

    Attributes:
        reworded: The wording was changed so much that the requester is told.
        changes: Single words that were replaced, each with its reading.
        readings: Terms that a filter may misread, each with its harmless reading, for a rewording later on.
        degraded: No sanitizer was there; harmless words go out as they are.
        harmless: Our own scores of the raw and of the safe words are all below the lower thresholds.
        filtered_hosts_only: A check of ours was missing, so only hosts with a filter of their own may draw it.
    """

    prompt: SafePrompt
    alt_text: str
    reworded: bool = False
    degraded: bool = False
    filtered_hosts_only: bool = False
    harmless: bool = True
    risk: str = "none"
    language: str = "und"
    changes: tuple[tuple[str, str], ...] = ()
    readings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PaidPictures:
    """What the money bought: kept bytes, in the store's private part.

    `bought_again`: an earlier paid call's answer was lost, and the community wants such pictures made once more.
    """

    images: tuple[KeptImage, ...]
    provider: str
    model: str
    cost: MicroUSD | None
    seed: int | None = None
    fell_back: bool = False
    bought_again: bool = False


@dataclass(frozen=True, slots=True)
class Steps:
    """Results of finished stages. A restart goes on behind the last one.

    Attributes:
        references: The request's references once all of them lie in our own store.
        paying: "provider:model" written right before a paid call; a restart that finds it without `pictures`
            cannot know whether the picture was made, unless the attempts tell that nothing can have been paid.
        again: `paying` was found so once, and the picture is bought a second time; there is no third.
        verdicts: What the output check said of each picture: show, spoiler or withhold.
        held: What becomes of each picture if a moderator releases them: show, spoiler, or withhold all the same.
        outcome: The end as a value; what is left is to tell it.
        looked: What each check said about each picture, in the order of asking.
    """

    references: tuple[Reference, ...] | None = None
    words: SafeWords | None = None
    paying: str | None = None
    pictures: PaidPictures | None = None
    verdicts: tuple[str, ...] | None = None
    outcome: Outcome | None = None
    again: bool = False
    held: tuple[str, ...] | None = None
    looked: tuple[Looked, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """A job as read from the store.

    Attributes:
        fence: Grows with each take-over; a write with an old fence touches nothing.
        message: Where the answer is shown, in the adapter's own JSON (message ids); survives the credentials.
    """

    job_id: JobId
    request: ImagineRequest
    state: JobState
    stage: Stage = Stage.QUEUED
    steps: Steps = Steps()
    handle: DeliveryHandle = field(default_factory=dict)
    message: dict[str, Any] = field(default_factory=dict)
    fence: int = 0
    attempts: int = 0
    deadline: float = 0.0
    created_at: float = 0.0
    finished_at: float | None = None
    version: int = 1

    @property
    def outcome(self) -> Outcome | None:
        return self.steps.outcome


def state_of(outcome: Outcome) -> JobState:
    """The final state that an outcome puts a job into."""
    match outcome:
        case Delivered():
            return JobState.DELIVERED
        case Refused():
            return JobState.REFUSED
        case Failed():
            return JobState.FAILED

"""One chat platform, and what only some can do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from bot.domain.awaiting import Awaited
from bot.domain.images import Partial
from bot.domain.jobs import Job, Stage
from bot.domain.outcomes import Outcome
from bot.domain.requests import JobId, Reference
from bot.ports.health import Check, Health

if TYPE_CHECKING:
    from starlette.routing import BaseRoute


@dataclass(frozen=True, slots=True)
class Progress:
    """Something to show while a job runs; may be dropped."""

    job_id: JobId
    stage: Stage
    queue_place: int | None = None
    preview: Partial | None = None


@runtime_checkable
class ShowsAnew(Protocol):
    """A chat adapter whose messages stay as they were sent until they are edited."""

    async def show_anew(self, job: Job) -> None:
        """Let the messages of a delivered job say no more than its row does. Raises DeliveryError."""
        ...


@runtime_checkable
class TellsOfReturn(Protocol):
    """A chat adapter that can tell somebody on its own account that a part works again."""

    async def tell_of_return(self, note: Awaited, job: Job | None) -> None:
        """Tell the person, where they asked or alone. `job` can be run again by a button; None: words only.

        Raises:
            DeliveryError: no door was open; `retryable` tells whether one may open later.
        """
        ...


class ChatAdapter(Protocol):
    """One chat platform."""

    @property
    def name(self) -> str: ...

    async def start(self) -> None:
        """Connect and return once running; keeps reconnecting on its own."""
        ...

    async def stop_intake(self) -> None:
        """Take no new requests; running jobs can still be delivered."""
        ...

    async def aclose(self) -> None: ...

    async def progress(self, job: Job, progress: Progress) -> None: ...

    async def deliver(self, job: Job, outcome: Outcome) -> Mapping[str, Any]:
        """Show the end of a job by whatever door is open; safe to repeat.

        Returns where it is shown (JSON), for later edits and deletion.

        Raises:
            DeliveryError: no door was open.
        """
        ...

    async def fetch(self, reference: Reference) -> bytes:
        """Bytes of a file that a person attached, at most `images.limits.MAX_UPLOAD` of them.

        Raises:
            InvalidImage: too large, or the platform does not give it out.
        """
        ...

    async def retract(self, job: Job) -> None:
        """Remove the job's messages, as far as the platform lets us."""
        ...

    async def health(self) -> Health: ...

    async def examine(self) -> Sequence[Check]:
        """What `imagine-bot doctor` wants to know: token, scopes, permissions, links. Starts nothing."""
        ...

    def routes(self) -> "Sequence[BaseRoute]":
        """Routes for the HTTP plane; empty if the platform needs none."""
        ...

"""What moderators' services need from the store and from a chat, as Protocols."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from bot.domain.moderators import Case, CaseState, Judged, Ruling, Strike, Suspension
from bot.domain.policy import Policy
from bot.domain.requests import JobId
from bot.ports import PolicyStore


class Change(Protocol):
    """One version of a community's rules."""

    @property
    def policy(self) -> Policy: ...

    @property
    def actor(self) -> str: ...

    @property
    def reason(self) -> str: ...

    @property
    def created_at(self) -> float: ...


class Rules(PolicyStore, Protocol):
    """Rules with their past, and the audit trail."""

    async def history(self, tenant: str, limit: int = 20) -> Sequence[Change]: ...

    async def authors(self, tenant: str) -> Sequence[str]:
        """Ids of everybody who has made a version that is kept."""
        ...

    async def version(self, tenant: str, number: int) -> Change | None: ...

    async def audited(
        self, tenant: str, limit: int = 50, before: int | None = None
    ) -> Sequence[Mapping[str, Any]]:
        """Entries (number, at, event, data as JSON text), newest first; `before` is an entry's number."""
        ...

    async def chain_is_whole(self) -> bool: ...


class DeskStore(Protocol):
    """Cases, strikes, suspensions, decisions and passes. Raises StorageError."""

    async def note(self, judged: Judged) -> None: ...

    async def decisions(self, tenant: str, limit: int = 200) -> Sequence[Judged]:
        """Newest first."""
        ...

    async def refusal_of(self, tenant: str, job_id: str) -> Judged | None:
        """The refusal of a job's words, or of a request that never became one; None when it is not kept."""
        ...

    async def tally(self, tenant: str, since: float) -> Sequence[Mapping[str, Any]]:
        """Decisions a day: day (YYYY-MM-DD, UTC), decision, decided_by, reason, number."""
        ...

    async def spent(self, tenant: str, since: float) -> Sequence[Mapping[str, Any]]:
        """Money a day: day, micro-dollars, pictures."""
        ...

    async def open_case(self, case: Case) -> bool:
        """False if the same job has an open case of that kind already."""
        ...

    async def cases(self, tenant: str, states: Sequence[CaseState], limit: int = 50) -> Sequence[Case]:
        """Oldest first."""
        ...

    async def case(self, tenant: str, case_id: str) -> Case | None: ...

    async def claim(self, tenant: str, case_id: str, moderator: str, stale: float) -> Case | None:
        """Take an open case, or one whose claim is older than `stale`; None when somebody else has it."""
        ...

    async def close(self, tenant: str, case_id: str, moderator: str, ruling: Ruling) -> Case | None:
        """End a case that this moderator has claimed; None when it is not theirs or is over."""
        ...

    async def appeals_since(self, tenant: str, user_id: str, since: float) -> int: ...

    async def strike(self, tenant: str, platform: str, user_id: str, strike: Strike) -> None: ...

    async def strikes(self, tenant: str, user_id: str, since: float) -> Sequence[Strike]:
        """Newest first."""
        ...

    async def suspend(self, suspension: Suspension) -> None: ...

    async def lift(self, tenant: str, platform: str, user_ids: Sequence[str]) -> bool:
        """End a suspension and forgive the strikes, for any of a person's ids; False if there was neither."""
        ...

    async def suspension(
        self, tenant: str, platform: str, user_ids: Sequence[str], now: float
    ) -> Suspension | None:
        """The longest one in that community or everywhere, for any of the ids."""
        ...

    async def suspensions(self, tenant: str, now: float) -> Sequence[Suspension]: ...

    async def issue(
        self, kind: str, secret: str, tenant: str, document: Mapping[str, Any], expires_at: float
    ) -> None:
        """Keep a pass under a keyed hash of its secret."""
        ...

    async def redeem(self, kind: str, secret: str, now: float) -> Mapping[str, Any] | None:
        """Use a pass up: of many who try at once, one gets its document."""
        ...

    async def look(self, kind: str, secret: str, now: float) -> Mapping[str, Any] | None:
        """A pass's document, without using it up."""
        ...

    async def revoke(self, kind: str, secret: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Card:
    """A message to moderators or to one person. `buttons` are (label, action, value); the adapter draws them.

    Attributes:
        about: The job whose person it names: when that job is deleted, the adapter takes the card back as well.
    """

    title: str
    lines: tuple[str, ...] = ()
    buttons: tuple[tuple[str, str, str], ...] = ()
    about: JobId | None = None


@runtime_checkable
class Herald(Protocol):
    """A chat adapter that can post to a channel, or to one person, on its own account. False: no door was open."""

    async def post_card(self, tenant: str, channel_id: str, card: Card) -> bool: ...

    async def tell_person(self, tenant: str, user_id: str, channel_id: str, card: Card) -> bool: ...


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do in a community, as `Requester` has it."""

    moderator: bool
    roles: frozenset[str] = frozenset()


@runtime_checkable
class Directory(Protocol):
    """A chat adapter that can tell what a person may do right now."""

    async def rights(self, tenant: str, user_id: str) -> Rights:
        """Who has left the community has none. Raises whatever the chat's library does when it does not answer."""
        ...

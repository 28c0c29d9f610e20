"""One interaction from the person's side: what was asked, when it was acknowledged, what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any, TypeVar

from tests.twins.discord_twin.messages import Message
from tests.twins.discord_twin.world import Account, Channel

if TYPE_CHECKING:
    from tests.twins.discord_twin.pulse import Pulse

T = TypeVar("T")


class InteractionKind(IntEnum):
    PING = 1
    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


class CallbackKind(IntEnum):
    PONG = 1
    MESSAGE = 4
    DEFER = 5
    DEFER_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


@dataclass(frozen=True, slots=True)
class Ack:
    """The first answer. `latency` is in seconds from the event to the callback's arrival."""

    kind: CallbackKind
    latency: float
    ephemeral: bool


@dataclass(slots=True, eq=False)
class Interaction:
    """Handle on one use of the bot.

    `await interaction` waits until the person no longer sees "thinking" (see `settled`).

    Attributes:
        original: The message that `@original` means, None until there is one.
        source: The message whose component was used.
        opened_by: What opened the modal that was submitted.
        modal: The modal that was opened.
        choices: The answer to an autocomplete.
        late: Callbacks that came after the deadline, in seconds.
        payload: What the bot received.
    """

    kind: InteractionKind
    user: Account
    channel: Channel
    payload: dict[str, Any]
    id: int
    token: str
    pulse: Pulse
    owners: dict[str, str]
    size_limit: int
    ack_deadline: float
    force_ephemeral: bool = False
    source: Message | None = None
    opened_by: Interaction | None = None
    ack: Ack | None = None
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    modal: dict[str, Any] | None = None
    choices: list[dict[str, Any]] | None = None
    late: list[float] = field(default_factory=list)
    stale_by: float = 0.0
    token_dead: bool = False
    sent_at: float = field(default_factory=time.monotonic)

    @property
    def age(self) -> float:
        """Seconds since Discord created it."""
        return time.monotonic() - self.sent_at + self.stale_by

    @property
    def ephemeral(self) -> bool:
        """Whether only the person sees the answer."""
        return self.original is not None and self.original.ephemeral

    @property
    def failed(self) -> bool:
        """Whether the person reads "The application did not respond"."""
        return self.ack is None and self.age > self.ack_deadline

    @property
    def thinking(self) -> bool:
        return self.original is not None and self.original.thinking

    @property
    def working(self) -> bool:
        """Whether the answer only tells how far it is: a text with an hourglass, as bots do it."""
        return self.original is not None and any(text.startswith("⏳") for text in self.original.texts())

    @property
    def messages(self) -> list[Message]:
        """Everything that came of it and is still there, oldest first."""
        written = [message for message in (self.original, *self.followups) if message is not None]
        return [message for message in written if not message.deleted and message is not self.source]

    @property
    def text(self) -> str:
        """All texts of the answer that the person can read now."""
        shown = [message for message in self.messages if message.visible_to(self.user)]
        return "\n".join(message.text for message in shown)

    async def acked(self, timeout: float | None = None) -> Ack:
        """The acknowledgement. AssertionError where the person reads "The application did not respond"."""
        wait = self.ack_deadline + 0.2 if timeout is None else timeout
        return await self.pulse.until(lambda: self.ack, wait, lambda: f"{self} was not acknowledged")

    async def settled(self, timeout: float = 30.0) -> Message | None:
        """The answer once it no longer says "thinking" or how far it is: None if there is none or it was deleted."""
        await self.acked()
        await self.pulse.until(
            lambda: self.original is None or self.original.deleted or not (self.thinking or self.working),
            timeout,
            lambda: f"{self} is still thinking",
        )
        return None if self.original is None or self.original.deleted else self.original

    async def until(self, look: Callable[[Interaction], T | None], timeout: float = 30.0) -> T:
        """The first value of `look(self)` that is neither None nor False."""
        return await self.pulse.until(lambda: look(self), timeout, lambda: f"{self}: {self.text[:500]}")

    async def picture(self, timeout: float = 30.0) -> Message:
        """The first message of the answer that shows a picture."""

        def look(_: Interaction) -> Message | None:
            return next((message for message in self.messages if message.pictures), None)

        return await self.until(look, timeout)

    async def followup(self, number: int = 1, timeout: float = 30.0) -> Message:
        """The n-th further message."""
        return await self.until(
            lambda _: self.followups[number - 1] if len(self.followups) >= number else None, timeout
        )

    def __await__(self) -> Generator[Any, None, Message | None]:
        return self.settled().__await__()

    def kill_token(self) -> None:
        """Let the token die now instead of after 15 minutes."""
        self.token_dead = True

    def __repr__(self) -> str:
        name = self.payload.get("data", {}).get("name") or self.payload.get("data", {}).get("custom_id")
        return f"<Interaction {self.kind.name} {name!r} of {self.user.name}, ack {self.ack}>"

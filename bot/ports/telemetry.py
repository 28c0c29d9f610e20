"""What is counted and timed."""

from typing import Protocol

from bot.domain.money import MicroUSD


class Telemetry(Protocol):
    """Counters and timings of the public contract; labels come from closed sets only."""

    def request_ended(self, platform: str, outcome: str) -> None: ...

    def refused(self, decided_by: str, reason: str) -> None: ...

    def stage_took(self, stage: str, seconds: float) -> None: ...

    def acknowledged(self, platform: str, seconds: float) -> None: ...

    def jobs_in_flight(self, change: int) -> None: ...

    def jobs_recovered(self, count: int) -> None: ...

    def attempt_ended(
        self, provider: str, model: str, result: str, seconds: float, cost: MicroUSD | None
    ) -> None: ...

    def text_call_ended(self, use: str, result: str) -> None:
        """One request for words or scores; `use` is sanitizer, moderation, describer, second_opinion or
        provenance.
        """
        ...

    def stored(self, operation: str, result: str) -> None:
        """One operation on the image store."""
        ...

    def circuit(self, provider: str, *, is_open: bool) -> None: ...

    def sanitizer_said(self, kind: str) -> None:
        """One answer of the text model: verdict, or the kind of its silence (outage, garbage, refusal, leak, breaker)."""
        ...

    def picture_checked(self, check: str, says: str) -> None:
        """One look of one check at one picture; see `domain.moderation.Looked`."""
        ...

    def alert(self, kind: str, detail: str) -> None:
        """Something an operator has to act on; `kind` is from a closed set."""
        ...

"""How any process can answer in Slack, and where the answer is shown: JSON kept with the job."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Self

RESPONSE_URL_LIFE: Final = 30 * 60.0
RESPONSE_URL_USES: Final = 5


@dataclass(frozen=True, slots=True)
class Handle:
    """What is needed to answer.

    Attributes:
        team: Key of the workspace, "enterprise:team" on a Grid.
        response_url: Works without membership, five times within 30 minutes; "" if there is none.
        uses_left: What is left of the five.
        private: Only the requester sees the answer.
        placeholder: Timestamp of our own message that the answer replaces.
    """

    team: str
    user: str
    channel: str
    thread: str | None = None
    response_url: str = ""
    expires_at: float = 0.0
    uses_left: int = RESPONSE_URL_USES
    private: bool = True
    placeholder: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(**data)

    def can_respond(self, now: float) -> bool:
        return bool(self.response_url) and self.uses_left > 0 and now < self.expires_at

    def used_once(self) -> "Handle":
        return replace(self, uses_left=self.uses_left - 1)

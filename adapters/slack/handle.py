"""How any process can answer in Slack, and where the answer is shown: JSON kept with the job."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final, Self

RESPONSE_URL_LIFE: Final = 30 * 60.0
RESPONSE_URL_USES: Final = 5


@dataclass(frozen=True, slots=True)
class Handle:
    """What is needed to answer.

    Attributes:
        team: Tenant, see `requester.tenant_of`.
        response_url: Works without membership, five times within 30 minutes; "" if there is none.
        private: Only the requester sees the answer.
        over: The response_url came with a message of ours that only the asker sees: signs and answers take its place,
            since nothing else can ever take away what is posted beside it.
        beside: The response_url came with a message that others see: nothing may ever take its place, or take it away.
        placeholder: Timestamp of our own message that the answer replaces.
        version: Which version of its conversation the picture is, 0 outside of one; `derived_from` the one before.
        execution: Id of a workflow's run that waits for the picture, with the token that Slack gave for it.
    """

    team: str
    user: str
    channel: str
    thread: str | None = None
    response_url: str = field(default="", repr=False)
    expires_at: float = 0.0
    private: bool = True
    over: bool = False
    beside: bool = False
    placeholder: str | None = None
    version: int = 0
    derived_from: int = 0
    execution: str = ""
    execution_token: str = field(default="", repr=False)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        known = {item.name for item in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in known})

    def can_respond(self, now: float) -> bool:
        return bool(self.response_url) and now < self.expires_at

    @property
    def place(self) -> str | None:
        """Key of the conversation that the answer belongs to, None outside of one."""
        return f"{self.team}/{self.channel}/{self.thread}" if self.thread else None

    def but(self, **changes: Any) -> "Handle":
        return replace(self, **changes)


def handle_kept_in(view: Mapping[str, Any]) -> Handle | None:
    """The one that a window has in its private metadata, None where it has none."""
    try:
        kept = json.loads(view.get("private_metadata") or "{}")["handle"]
        return Handle.from_json(kept)
    except (ValueError, LookupError, TypeError, AttributeError):
        return None

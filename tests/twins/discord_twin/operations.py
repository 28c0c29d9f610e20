"""What a REST handler looks like."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.twins.discord_twin.files import Upload
from tests.twins.discord_twin.recorder import Call


@dataclass(frozen=True, slots=True)
class Reply:
    """A JSON answer; body None is 204 without a body."""

    body: Any = None
    status: int = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, taken apart.

    Attributes:
        ids: Path parameters.
        files: Uploads by the n of `files[n]`.
    """

    call: Call
    ids: Mapping[str, str]
    query: Mapping[str, str]
    files: Mapping[int, Upload] = field(default_factory=dict)

    @property
    def body(self) -> Any:
        return {} if self.call.body is None else self.call.body

    def asks_for(self, name: str) -> bool:
        """Whether a boolean query parameter is set."""
        return self.query.get(name, "").lower() in ("true", "1")


OperationHandler = Callable[[Asked], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Operation:
    name: str
    method: str
    template: str
    handler: OperationHandler
    authorized: bool = True

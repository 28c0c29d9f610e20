"""People, as keyed hashes."""

from typing import Protocol

from bot.domain.requests import Requester


class Identities(Protocol):
    """Keyed hashes of people, for providers and the audit."""

    def safety_identifier(self, requester: Requester) -> str: ...

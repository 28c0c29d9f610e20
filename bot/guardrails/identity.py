"""Keyed hashes of people: stable, and of no use without our key."""

import hashlib
import hmac
from dataclasses import dataclass

from pydantic import SecretStr

from bot.domain.requests import Requester


@dataclass(frozen=True, slots=True)
class KeyedIdentities:
    """HMAC-SHA256 over platform and user id."""

    key: SecretStr

    def safety_identifier(self, requester: Requester) -> str:
        """64 hexadecimal characters; the same person has the same one everywhere on that platform."""
        message = f"{requester.platform}:{requester.user_id}".encode()
        return hmac.new(self.key.get_secret_value().encode(), message, hashlib.sha256).hexdigest()

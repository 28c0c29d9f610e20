"""Interactions over signed HTTP: the same handlers, without a gateway. discord.py's private seam stays in this file."""

import json
from typing import Final

import discord
import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.domain.errors import ConfigurationError

log = structlog.get_logger(__name__)

_PING: Final = 1
_MAX_BODY: Final = 1024 * 1024


class InteractionsEndpoint:
    """`POST /discord/interactions`. Discord sends forged signatures on purpose and leaves if they pass."""

    def __init__(self, public_key: str) -> None:
        try:
            self._key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        except ValueError:
            raise ConfigurationError(
                "DISCORD_PUBLIC_KEY is no public key",
                "Copy it from the application's General Information page.",
            ) from None

    async def handle(self, request: Request, client: discord.Client) -> Response:
        """401 for a wrong signature, a pong for a ping, else 202 at once; the handler acknowledges by REST."""
        body = await request.body()
        if len(body) > _MAX_BODY or not self._genuine(request, body):
            return Response(status_code=401)
        payload = json.loads(body)
        if payload.get("type") == _PING:
            return JSONResponse({"type": _PING})
        client._connection.parse_interaction_create(payload)  # noqa: SLF001 - the only seam there is
        return Response(status_code=202)

    def _genuine(self, request: Request, body: bytes) -> bool:
        timestamp = request.headers.get("x-signature-timestamp", "")
        try:
            signature = bytes.fromhex(request.headers.get("x-signature-ed25519", ""))
            self._key.verify(signature, timestamp.encode() + body)
        except (ValueError, InvalidSignature):
            return False
        return True

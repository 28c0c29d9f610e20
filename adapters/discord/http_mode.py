"""Interactions over signed HTTP: the same handlers, without a gateway. discord.py's private seam stays in this file."""

import json
from typing import Annotated, Any, Final, Literal

import discord
import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, Field, TypeAdapter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.domain.errors import ConfigurationError
from bot.web.bodies import body_within

log = structlog.get_logger(__name__)

_PING: Final = 1
_MAX_BODY: Final = 1024 * 1024
_MISSHAPEN: Final = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    discord.DiscordException,
)
"""What reading a body raises that is no JSON, or in which the library does not find what it takes for granted."""


class _Option(BaseModel):
    name: str
    type: int
    options: "list[_Option]" = Field(default_factory=list)


class _CommandData(BaseModel):
    id: str
    name: str
    type: int
    options: list[_Option] = Field(default_factory=list)


class _ComponentData(BaseModel):
    custom_id: str
    component_type: int


class _ModalData(BaseModel):
    custom_id: str
    components: list[dict[str, Any]]


class _Command(BaseModel):
    type: Literal[2, 4]
    data: _CommandData


class _Component(BaseModel):
    type: Literal[3]
    data: _ComponentData
    message: dict[str, Any]


class _Modal(BaseModel):
    type: Literal[5]
    data: _ModalData


_SHAPES: Final = TypeAdapter[Any](Annotated[_Command | _Component | _Modal, Field(discriminator="type")])
"""What the library reads in a task of its own, where nobody would hear that it is missing."""


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
        """401 for a wrong signature, a pong for a ping, else 202 at once; the handler acknowledges by REST.

        What is signed and yet no interaction is answered with 400.
        """
        body = await body_within(request, _MAX_BODY)
        if body is None or not self._genuine(request, body):
            return Response(status_code=401)
        try:
            payload = json.loads(body)
            if payload["type"] == _PING:
                return JSONResponse({"type": _PING})
            _SHAPES.validate_python(payload)
            client._connection.parse_interaction_create(payload)  # noqa: SLF001 - the only seam there is
        except _MISSHAPEN as fault:
            log.warning("interaction_misshapen", fault=type(fault).__name__)
            return Response(status_code=400)
        return Response(status_code=202)

    def _genuine(self, request: Request, body: bytes) -> bool:
        timestamp = request.headers.get("x-signature-timestamp", "")
        try:
            signature = bytes.fromhex(request.headers.get("x-signature-ed25519", ""))
            self._key.verify(signature, timestamp.encode() + body)
        except (ValueError, InvalidSignature):
            return False
        return True

"""How an interaction reaches the bot: over the gateway, or signed to the bot's own HTTP endpoint."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.twins.discord_twin.errors import DiscordError
from tests.twins.discord_twin.hub import Hub
from tests.twins.discord_twin.interaction_api import InteractionApi
from tests.twins.discord_twin.interactions import Interaction
from tests.twins.discord_twin.snowflakes import snowflake


@dataclass(frozen=True, slots=True)
class EndpointAnswer:
    """What the bot's endpoint said to a POST."""

    status: int
    body: bytes


@dataclass(slots=True)
class HttpDelivery:
    """Posts interactions to an endpoint; `answers` keeps what it said."""

    hub: Hub
    api: InteractionApi
    url: str | None = None
    answers: list[EndpointAnswer] = field(default_factory=list)
    _key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public_key(self) -> str:
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    async def post(
        self, body: Mapping[str, Any], *, forged: bool = False, signed: bool = True, age: float = 0.0
    ) -> EndpointAnswer:
        """POST any body. With `forged` the signature is of another key, without `signed` there is none."""
        raw = json.dumps(body).encode()
        stamp = str(int(time.time() - age))
        key = Ed25519PrivateKey.generate() if forged else self._key
        headers = {"Content-Type": "application/json", "User-Agent": "Discord-Interactions/1.0"}
        if signed:
            headers["X-Signature-Timestamp"] = stamp
            headers["X-Signature-Ed25519"] = key.sign(stamp.encode() + raw).hex()
        if self.url is None:
            raise ValueError("no endpoint is set")
        timeout = aiohttp.ClientTimeout(total=max(5.0, self.hub.ack_deadline))
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(self.url, data=raw, headers=headers) as response,
        ):
            answer = EndpointAnswer(response.status, await response.read())
        self.answers.append(answer)
        return answer

    async def ping(self, *, forged: bool = False, signed: bool = True) -> EndpointAnswer:
        """What Discord sends when an endpoint is registered, and later now and then with a forged signature."""
        body = {
            "id": str(snowflake()),
            "application_id": str(self.hub.application_id),
            "type": 1,
            "token": "ping",
            "version": 1,
        }
        return await self.post(body, forged=forged, signed=signed)

    async def deliver(self, interaction: Interaction) -> None:
        """Post an interaction and take an answer that is in the response itself."""
        try:
            answer = await self.post(interaction.payload)
        except (aiohttp.ClientError, TimeoutError) as error:
            self.hub.recorder.warnings.append(f"the endpoint did not answer: {error!r}")
            return
        if answer.status == 200 and answer.body:
            try:
                await self.api.respond(interaction, json.loads(answer.body), {}, time.monotonic())
            except DiscordError as error:
                self.hub.recorder.warnings.append(f"the endpoint's answer was refused: {error}")

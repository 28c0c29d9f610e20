"""New tokens for old ones, by one replica at a time: a refresh token works once.

The lock is a note in the installation's own row, written by compare-and-set. Whoever loses goes on with the old
token, which lives for another while, or waits for the winner's when it is over.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.installations import Installation, Installations, claimed
from adapters.slack.web_api import LOST, Refusal, api
from bot.domain.errors import StorageError
from bot.ports import Clock, Telemetry

log = structlog.get_logger(__name__)

EARLY_SECONDS: Final = 2 * 3600.0
"""So long before a token's end (12 hours) it is exchanged."""
_LOCK_SECONDS: Final = 30.0
_WAIT: Final = 0.2
_WAITS: Final = 50
_KEEP_PAUSES: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)


@dataclass(frozen=True, slots=True)
class Rotation:
    """Attributes: `client` carries no token of its own; `client_id` and `client_secret` are the app's."""

    installations: Installations
    client: AsyncWebClient
    client_id: str
    client_secret: str
    clock: Clock
    telemetry: Telemetry

    def due(self, installation: Installation) -> bool:
        return bool(installation.refresh_token) and (
            installation.expires_at - self.clock.now() < EARLY_SECONDS
        )

    def over(self, installation: Installation) -> bool:
        return bool(installation.expires_at) and installation.expires_at <= self.clock.now()

    async def fresh(self, installation: Installation) -> Installation:
        """The installation with a token that works, as far as that can be had. Raises StorageError."""
        for _ in range(_WAITS):
            found = await self.installations.newest(installation.key)
            if found is None:
                return installation
            current, version = found
            if not self.due(current):
                return current
            if current.refreshing_until <= self.clock.now():
                mine = claimed(current, self.clock.now() + _LOCK_SECONDS)
                if await self.installations.save(mine, seen=version):
                    return await self._exchange(mine, version + 1)
            elif not self.over(current):
                return current
            await self.clock.sleep(_WAIT)
        return installation

    async def _exchange(self, installation: Installation, version: int) -> Installation:
        try:
            answer = await api(
                token_for(
                    self.client,
                    client_id=self.client_id,
                    client_secret=self.client_secret,
                    grant_type="refresh_token",
                    refresh_token=installation.refresh_token,
                )
            )
        except Refusal as refusal:
            log.warning("token_not_rotated", code=refusal.code)
            if refusal.passing:
                await self._given_back(installation, version)
            else:
                self.telemetry.alert(
                    "slack", "a workspace's token could not be renewed; it has to be installed anew"
                )
            return installation
        except LOST as fault:
            log.warning("token_not_rotated", fault=type(fault).__name__)
            await self._given_back(installation, version)
            return installation
        renewed = with_tokens(installation, answer, self.clock.now())
        if await self._kept(renewed, installation.refresh_token, version):
            log.info("token_rotated", team=installation.key)
            return renewed
        found = await self.installations.newest(installation.key)
        return found[0] if found else renewed

    async def _given_back(self, installation: Installation, version: int) -> None:
        """The claim, so that the next request may try it."""
        await self.installations.save(claimed(installation, 0.0), seen=version)

    async def _kept(self, renewed: Installation, spent: str, version: int) -> bool:
        """The old refresh token is worth nothing any more, so a database that is away is waited for.

        False where there is a new installation since, or this very write; or the workspace has left.
        """
        pauses = iter(_KEEP_PAUSES)
        while True:
            try:
                return await self._written(renewed, spent, version)
            except StorageError as fault:
                if (pause := next(pauses, None)) is None:
                    raise
                log.warning("token_not_kept_yet", problem=fault.problem)
            await self.clock.sleep(pause)

    async def _written(self, renewed: Installation, spent: str, version: int) -> bool:
        while not await self.installations.save(renewed, seen=version):
            found = await self.installations.newest(renewed.key)
            if found is None or found[0].refresh_token != spent:
                return False
            version = found[1]  # our claim has run out, and somebody has claimed what is spent
        return True


async def token_for(client: AsyncWebClient, **arguments: str) -> Any:
    """`oauth.v2.access` with the app's credentials in the body: the SDK's own function uses a deprecated header.

    Raises SlackApiError, OSError.
    """
    return await client.api_call("oauth.v2.access", data=arguments)


def with_tokens(installation: Installation, answer: Any, now: float) -> Installation:
    """The installation with the tokens of an `oauth.v2.access` answer."""
    life = answer.get("expires_in")
    return replace(
        installation,
        bot_token=str(answer["access_token"]),
        refresh_token=str(answer.get("refresh_token") or ""),
        expires_at=now + float(life) if life else 0.0,
        refreshing_until=0.0,
    )

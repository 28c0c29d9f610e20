"""Which token speaks in which workspace: one from the environment, or those of many installations."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, Protocol

import aiohttp
import structlog
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.background import Background
from adapters.slack.installations import Installation, Installations
from adapters.slack.requester import parts_of
from adapters.slack.rotation import Rotation
from adapters.slack.web_api import code_of
from bot.domain.errors import ConfigurationError

log = structlog.get_logger(__name__)

WRONG_TOKEN: Final = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "not_allowed_token_type",
        "missing_scope",
    }
)


class NotInstalled(Exception):
    """The workspace has removed the app."""


class Workspaces(Protocol):
    """Tokens by tenant (see `requester.tenant_of`)."""

    @property
    def ready(self) -> bool:
        """Warmed up: no request has to wait for Slack before its acknowledgement."""
        ...

    @property
    def authorize(self) -> AsyncAuthorize: ...

    async def warm_up(self) -> None:
        """Learn who the bot is. Raises ConfigurationError, SlackApiError, OSError."""
        ...

    async def client(self, tenant: str) -> AsyncWebClient:
        """A Web API client for the tenant's token. Raises NotInstalled."""
        ...

    async def granted(self, tenant: str) -> frozenset[str]:
        """Scopes that the workspace's admins granted."""
        ...

    async def installer(self, tenant: str) -> str:
        """User id of whoever installed the app, "" if unknown."""
        ...

    async def forget(self, tenant: str) -> None:
        """The tokens are worth nothing any more."""
        ...


class OneWorkspace(AsyncAuthorize):
    """A single bot token, looked up once at start. `auth.test` before each acknowledgement would cost its 3 s."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._result: AuthorizeResult | None = None
        self._scopes: frozenset[str] = frozenset()
        self._gone = False

    @property
    def ready(self) -> bool:
        return self._result is not None

    @property
    def authorize(self) -> AsyncAuthorize:
        return self

    async def warm_up(self) -> None:
        try:
            answer = await self._client.auth_test()
        except SlackApiError as error:
            if code_of(error) in WRONG_TOKEN:
                raise ConfigurationError(
                    "Slack does not accept SLACK_BOT_TOKEN",
                    "Copy the bot token anew from the app's settings.",
                ) from None
            raise
        self._scopes = scopes_in(answer.headers)
        self._result = AuthorizeResult(
            enterprise_id=answer.get("enterprise_id"),
            team_id=answer.get("team_id"),
            bot_user_id=answer.get("user_id"),
            bot_id=answer.get("bot_id"),
            bot_token=self._client.token,
        )
        log.info("slack_authorized", team=answer.get("team_id"))

    async def client(self, tenant: str) -> AsyncWebClient:
        del tenant
        if self._gone:
            raise NotInstalled
        return self._client

    async def granted(self, tenant: str) -> frozenset[str]:
        del tenant
        return self._scopes

    async def installer(self, tenant: str) -> str:
        del tenant
        return ""

    async def forget(self, tenant: str) -> None:
        del tenant
        self._gone = True

    async def __call__(self, **_context: Any) -> AuthorizeResult | None:
        """An event may come before the first answer of `auth.test`; the token alone is enough to acknowledge."""
        return self._result or AuthorizeResult(enterprise_id=None, team_id=None, bot_token=self._client.token)


class ManyWorkspaces(AsyncAuthorize):
    """Installations of the database, from memory; tokens that are about to end are exchanged beside the request."""

    def __init__(
        self,
        installations: Installations,
        rotation: Rotation,
        make_client: Any,
        background: Background,
    ) -> None:
        self._installations = installations
        self._rotation = rotation
        self._make_client = make_client
        self._background = background
        self._renewing: set[str] = set()
        self.ready = False

    @property
    def authorize(self) -> AsyncAuthorize:
        return self

    async def warm_up(self) -> None:
        found = await self._installations.load()
        self.ready = True
        for installation in found:
            self._renew_soon(installation)
        log.info("slack_installations", count=len(found))

    async def client(self, tenant: str) -> AsyncWebClient:
        installation = await self._find(tenant)
        if installation is None:
            raise NotInstalled
        if self._rotation.over(installation):
            installation = await self._rotation.fresh(installation)
        else:
            self._renew_soon(installation)
        client: AsyncWebClient = self._make_client(installation.bot_token)
        return client

    async def granted(self, tenant: str) -> frozenset[str]:
        installation = await self._find(tenant)
        return frozenset(installation.scopes) if installation else frozenset()

    async def installer(self, tenant: str) -> str:
        installation = await self._find(tenant)
        return installation.installer if installation else ""

    async def forget(self, tenant: str) -> None:
        enterprise_id, team_id = parts_of(tenant)
        await self._installations.delete(f"{enterprise_id}:{team_id}")

    async def added(self, installation: Installation) -> None:
        """A new installation: learn the bot's own ids once, so that no request waits for it. Raises StorageError."""
        client = self._make_client(installation.bot_token)
        try:
            answer = await client.auth_test()
            installation = replace(
                installation,
                bot_id=str(answer.get("bot_id") or ""),
                bot_user_id=str(answer.get("user_id") or installation.bot_user_id),
            )
        except (SlackApiError, aiohttp.ClientError, OSError, TimeoutError) as fault:
            log.info("installation_not_warmed_up", fault=type(fault).__name__)
        await self._installations.save(installation)

    async def renew_due(self) -> None:
        """Exchange what will end soon, also for workspaces that are silent."""
        for installation in await self._installations.load():
            self._renew_soon(installation)

    async def _find(self, tenant: str) -> Installation | None:
        enterprise_id, team_id = parts_of(tenant)
        return await self._installations.find(enterprise_id, team_id)

    def _renew_soon(self, installation: Installation) -> None:
        if not self._rotation.due(installation) or installation.key in self._renewing:
            return
        self._renewing.add(installation.key)
        self._background.start(self._renew(installation), "slack token rotation")

    async def _renew(self, installation: Installation) -> None:
        try:
            await self._rotation.fresh(installation)
        except Exception:
            log.exception("rotation_failed")
        finally:
            self._renewing.discard(installation.key)

    async def __call__(
        self, *, enterprise_id: str | None = None, team_id: str | None = None, **_context: Any
    ) -> AuthorizeResult | None:
        installation = await self._installations.find(enterprise_id, team_id)
        if installation is None:
            return None
        self._renew_soon(installation)
        return AuthorizeResult(
            enterprise_id=installation.enterprise_id or None,
            team_id=installation.team_id or team_id,
            bot_user_id=installation.bot_user_id,
            bot_id=installation.bot_id,
            bot_token=installation.bot_token,
        )


def scopes_in(headers: Mapping[str, Any]) -> frozenset[str]:
    """Scopes from the header that every answer of the Web API has."""
    listed = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), "")
    return frozenset(str(listed).replace(" ", "").split(",")) - {""}

"""Who the bot is in a workspace, from memory: `auth.test` before each acknowledgement would cost its 3 seconds."""

import asyncio
from typing import Any, Final

import structlog
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import ConfigurationError

log = structlog.get_logger(__name__)

_WRONG: Final = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}
)


class OneWorkspace(AsyncAuthorize):
    """Authorization by a single bot token, looked up once at start."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._known = asyncio.Event()
        self.result: AuthorizeResult | None = None

    async def warm_up(self) -> None:
        """Ask Slack who we are.

        Raises:
            ConfigurationError: the token is not accepted.
            SlackApiError, OSError: Slack did not answer; worth another try.
        """
        try:
            answer = await self._client.auth_test()
        except SlackApiError as error:
            if error.response.get("error") in _WRONG:
                raise ConfigurationError(
                    "Slack does not accept SLACK_BOT_TOKEN",
                    "Copy the bot token anew from the app's settings.",
                ) from None
            raise
        self.result = AuthorizeResult(
            enterprise_id=answer.get("enterprise_id"),
            team_id=answer.get("team_id"),
            bot_user_id=answer.get("user_id"),
            bot_id=answer.get("bot_id"),
            bot_token=self._client.token,
        )
        self._known.set()
        log.info("slack_authorized", team=answer.get("team_id"))

    async def __call__(self, **_context: Any) -> AuthorizeResult | None:
        await self._known.wait()
        return self.result

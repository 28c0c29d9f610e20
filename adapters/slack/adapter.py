"""Slack as a chat adapter: Socket Mode or HTTP, one set of listeners, owned tasks."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.routing import BaseRoute, Route

from adapters.slack.admins import Admins
from adapters.slack.authorize import OneWorkspace
from adapters.slack.background import Background
from adapters.slack.connection import open_session, web_client
from adapters.slack.delivery import Delivery, Refusal
from adapters.slack.guardrails import GuardListeners
from adapters.slack.guardrails_cards import Cards
from adapters.slack.listeners import Listeners
from adapters.slack.settings import SlackSettings
from bot.adapter_api import AdapterContext
from bot.domain.errors import InvalidImage
from bot.domain.jobs import Job
from bot.domain.outcomes import Outcome
from bot.domain.requests import Reference
from bot.images.inspect import MAX_UPLOAD
from bot.moderation.panel import Panel
from bot.moderation.ports import Card
from bot.ports import Check, Health, Progress

log = structlog.get_logger(__name__)

_PAUSES: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
_DRAIN_SECONDS: Final = 10.0
REQUIRED_SCOPES: Final = frozenset({"commands", "chat:write", "app_mentions:read"})


class SlackAdapter:
    """Implements the `ChatAdapter` port."""

    name = "slack"

    def __init__(self, context: AdapterContext, settings: SlackSettings) -> None:
        settings.check()
        self._context = context
        self._settings = settings
        self._background = Background()
        self._session = open_session()
        token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else None
        self._client = web_client(self._session, settings.slack_api_base_url, token)
        self._authorize = OneWorkspace(self._client)
        self._delivery = Delivery(
            self._client_for, self._session, context.images, context.policies, context.clock
        )
        self._admins = Admins(self._client_for, settings.moderators)
        self._cards = Cards(self._delivery, self._client_for)
        self._listeners = Listeners(context, self._delivery, self._background)
        self._guardrails = (
            GuardListeners(
                Panel(context.desk), self._delivery, self._background, self._admins, self._listeners
            )
            if context.desk is not None
            else None
        )
        self._app = self._build_app()
        self._socket: AsyncSocketModeHandler | None = None

    async def start(self) -> None:
        """Authorize once, then open the socket if there is an app token. Raises ConfigurationError."""
        await self._warm_up()
        if self._settings.slack_app_token is not None:
            token = self._settings.slack_app_token.get_secret_value()
            client = web_client(self._session, self._settings.slack_api_base_url, None)
            self._socket = AsyncSocketModeHandler(self._app, token, web_client=client)
            await self._socket.client.connect()
        log.info("slack_ready", mode="socket" if self._socket else "http")

    async def stop_intake(self) -> None:
        self._listeners.taking = False
        if self._socket is not None:
            await self._socket.client.disconnect()
        await self._background.drain(_DRAIN_SECONDS)

    async def aclose(self) -> None:
        await self._background.drain(_DRAIN_SECONDS)
        if self._socket is not None:
            await self._socket.client.close()
        await self._session.close()

    async def progress(self, job: Job, progress: Progress) -> None:
        """The placeholder says "on it"; Slack's rates leave no room for more edits than the last one."""

    async def deliver(self, job: Job, outcome: Outcome) -> Mapping[str, Any]:
        return await self._delivery.deliver(job, outcome)

    async def fetch(self, reference: Reference) -> bytes:
        """A file of the workspace, with the bot's token."""
        url = reference.key.removeprefix("attachment:")
        headers = {"Authorization": f"Bearer {self._client.token}"}
        try:
            async with self._session.get(url, headers=headers, allow_redirects=False) as answer:
                data = await answer.content.read(MAX_UPLOAD + 1)
                if answer.status != 200:
                    raise InvalidImage("Slack does not give the file out")
        except (aiohttp.ClientError, OSError, TimeoutError):
            raise InvalidImage("Slack does not give the file out") from None
        if len(data) > MAX_UPLOAD:
            raise InvalidImage("the file is too large")
        return data

    async def retract(self, job: Job) -> None:
        """Delete the job's public message; what only the asker saw is removed by the button's own answer."""
        if "ts" not in job.message:
            return
        try:
            await self._client.chat_delete(channel=job.message["channel"], ts=job.message["ts"])
        except (SlackApiError, Refusal, aiohttp.ClientError, OSError, TimeoutError) as fault:
            log.info("message_not_deleted", job_id=job.job_id, fault=type(fault).__name__)

    async def post_card(self, tenant: str, channel_id: str, card: Card) -> bool:
        return await self._cards.post(tenant, channel_id, card)

    async def tell_person(self, tenant: str, user_id: str, channel_id: str, card: Card) -> bool:
        return await self._cards.tell(tenant, user_id, channel_id, card)

    async def health(self) -> Health:
        if self._authorize.result is None:
            return Health(ok=False, detail="not authorized yet")
        if self._settings.slack_app_token is None:
            return Health(ok=True, detail="http")
        connected = self._socket is not None and await self._socket.client.is_connected()
        return Health(ok=connected, detail="connected" if connected else "connecting")

    async def examine(self) -> Sequence[Check]:
        """The token and its scopes."""
        try:
            answer = await self._client.auth_test()
        except SlackApiError as error:
            remedy = "Copy the bot token anew from the app's settings into SLACK_BOT_TOKEN."
            return [Check("slack token", "failure", str(error.response.get("error")), remedy)]
        except (aiohttp.ClientError, OSError, TimeoutError) as fault:
            remedy = "Check this machine's way to Slack and SLACK_API_BASE_URL."
            return [Check("slack", "failure", f"not reachable ({type(fault).__name__})", remedy)]
        granted = set(str(answer.headers.get("x-oauth-scopes", "")).replace(" ", "").split(","))
        missing = sorted(REQUIRED_SCOPES - granted)
        return [
            Check("slack token", "ok", f"workspace {answer.get('team', answer.get('team_id'))}"),
            Check(
                "slack scopes",
                "failure" if missing else "ok",
                f"missing: {', '.join(missing)}" if missing else "all there",
                "Add them in the app's settings (deploy/slack/manifest.json has them) and reinstall it.",
            ),
        ]

    def routes(self) -> Sequence[BaseRoute]:
        if self._settings.slack_signing_secret is None:
            return ()
        handler = AsyncSlackRequestHandler(self._app)
        return [Route("/slack/events", handler.handle, methods=["POST"])]

    def _build_app(self) -> AsyncApp:
        secret = self._settings.slack_signing_secret
        app = AsyncApp(
            name="imagine-bot",
            client=self._client,
            authorize=cast("Any", self._authorize),  # typed as a function, taken as an AsyncAuthorize
            signing_secret=secret.get_secret_value() if secret else "unused in socket mode",
            request_verification_enabled=secret is not None,
        )
        self._listeners.register(app)
        if self._guardrails is not None:
            self._guardrails.register(app)
        return app

    async def _client_for(self, team: str) -> AsyncWebClient:
        del team
        return self._client

    async def _warm_up(self) -> None:
        tries = 0
        while True:
            try:
                await self._authorize.warm_up()
                return
            except (SlackApiError, aiohttp.ClientError, OSError, TimeoutError) as fault:
                log.warning("slack_not_reachable", fault=type(fault).__name__)
            await asyncio.sleep(_PAUSES[min(tries, len(_PAUSES) - 1)])
            tries += 1

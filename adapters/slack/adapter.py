"""Slack as a chat adapter: Socket Mode or HTTP, one set of listeners, owned tasks."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, cast
from urllib.parse import urljoin

import structlog
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.routing import BaseRoute, Route

from adapters.slack.acknowledging import WITHIN
from adapters.slack.admins import Admins
from adapters.slack.attachments import Attachments
from adapters.slack.background import Background
from adapters.slack.brand import Brands
from adapters.slack.connection import open_session, web_client
from adapters.slack.copies import Copies
from adapters.slack.delivery import Delivery
from adapters.slack.desk import Desk
from adapters.slack.doors import Doors
from adapters.slack.guardrails import GuardListeners
from adapters.slack.guardrails_cards import Cards
from adapters.slack.handle import Handle
from adapters.slack.http_mode import EventsEndpoint
from adapters.slack.installations import Installations
from adapters.slack.ladder import Ladder
from adapters.slack.listeners import Listeners
from adapters.slack.locales import Locales
from adapters.slack.manifest import scopes
from adapters.slack.oauth import INSTALL, REDIRECT, Installing
from adapters.slack.people import People
from adapters.slack.response_urls import ResponseUses
from adapters.slack.returned import tell_of_return
from adapters.slack.rotation import Rotation
from adapters.slack.settings import SlackSettings
from adapters.slack.socket_mode import Socket
from adapters.slack.status import Status
from adapters.slack.strays import Strays
from adapters.slack.taking_back import TakingBack
from adapters.slack.threads import KIND as THREADS
from adapters.slack.threads import Threads
from adapters.slack.uploads import Uploads
from adapters.slack.web_api import LOST, Refusal, api, code_of
from adapters.slack.workflow import Workflow
from adapters.slack.workspaces import (
    WRONG_TOKEN,
    ManyWorkspaces,
    NotInstalled,
    OneWorkspace,
    Workspaces,
    scopes_in,
)
from bot.adapter_api import AdapterContext
from bot.domain.awaiting import Awaited
from bot.domain.errors import ConfigurationError, DeliveryError, InvalidImage, StorageError
from bot.domain.jobs import Job
from bot.domain.outcomes import Outcome
from bot.domain.requests import Reference
from bot.messages.catalogue import texts_for
from bot.messages.keys import Say
from bot.moderation.panel import Panel
from bot.moderation.ports import Card, Rights
from bot.ports import Check, Health, Progress

log = structlog.get_logger(__name__)

_SOCKET_REMEDY: Final = "Copy the app-level token (xapp-…, with connections:write) anew from the app's settings, Basic Information."
_WAY_REMEDY: Final = "Check this machine's way to Slack and SLACK_API_BASE_URL."
_PAUSES: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
_DRAIN_SECONDS: Final = 10.0
_CHORES_SECONDS: Final = 1800.0
_THREADS_KEPT: Final = 180 * 86_400.0


class SlackAdapter:
    """Implements the `ChatAdapter` port."""

    name = "slack"

    def __init__(self, context: AdapterContext, settings: SlackSettings) -> None:
        settings.check()
        self._context = context
        self._settings = settings
        self._background = Background()
        self._session = open_session()
        self._client = self._client_with(plain(settings.slack_bot_token))
        self._installing: Installing | None = None
        self._workspaces = self._make_workspaces()
        uses = ResponseUses(context.studio.parts.jobs, context.clock)
        doors = Doors(self._workspaces.client, self._session, context.clock, uses)
        uploads = Uploads(self._session, context.images, context.clock)
        jobs = context.studio.parts.jobs
        copies = Copies(context.secrets, jobs)
        ladder = Ladder(doors, context.images, uploads, jobs)
        strays = Strays(self._workspaces)
        delivery = Delivery(doors, ladder, context.policies, copies, strays)
        self._attachments = Attachments(self._workspaces, self._session, settings.slack_api_base_url)
        admins = Admins(self._workspaces.client, settings.moderators)
        self._cards = Cards(delivery, self._workspaces.client)
        self._desk = Desk(
            context,
            delivery,
            self._workspaces,
            Threads(context.secrets),
            People(context.secrets, context.policies, self._workspaces, admins, context.clock),
            Brands(context.secrets, context.policies, context.studio.parts.router),
            strays,
            Locales(self._workspaces, self._background, context.clock),
            self._background,
        )
        self._taking_back = TakingBack(self._desk)
        self._status = Status(self._desk)
        self._workflow = Workflow(self._desk)
        self._listeners = Listeners(self._desk, self._status)
        self._guardrails = (
            GuardListeners(Panel(context.desk), self._desk, self._listeners.home, self._listeners.behind)
            if context.desk is not None
            else None
        )
        self._app = self._build_app()
        self._socket: Socket | None = None
        self._chores: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Authorize once, then open the socket if there is an app token. Raises ConfigurationError."""
        await self._warm_up()
        if self._settings.slack_app_token is not None:
            token = self._settings.slack_app_token.get_secret_value()
            client = self._client_with(None)
            self._socket = Socket(self._app, token, web_client=client)
            await self._find_socket(self._socket, client, token)
            await self._socket.client.connect()
        self._chores = asyncio.create_task(self._do_chores(), name="slack chores")
        log.info("slack_ready", mode="socket" if self._socket else "http")

    async def _find_socket(self, socket: Socket, client: AsyncWebClient, token: str) -> None:
        """The library would ask for the socket's address for ever, whatever Slack says of the token."""
        try:
            answer = await client.apps_connections_open(app_token=token)
            socket.client.wss_uri = str(answer["url"])
        except SlackApiError as error:
            if code_of(error) in WRONG_TOKEN:
                raise ConfigurationError("Slack does not accept SLACK_APP_TOKEN", _SOCKET_REMEDY) from None
            log.warning("socket_not_found_yet", code=code_of(error))
        except LOST as fault:
            log.warning("socket_not_found_yet", fault=type(fault).__name__)

    async def stop_intake(self) -> None:
        self._desk.taking = False
        if self._socket is not None:
            await self._socket.settle(WITHIN + 0.5)
            await self._socket.client.disconnect()
        await self._background.drain(_DRAIN_SECONDS)

    async def aclose(self) -> None:
        await self._background.drain(_DRAIN_SECONDS)
        if self._chores is not None:
            self._chores.cancel()
            await asyncio.gather(self._chores, return_exceptions=True)
        if self._installations is not None:
            await self._installations.aclose()
        if self._socket is not None:
            await self._socket.client.close()
        await self._session.close()

    async def progress(self, job: Job, progress: Progress) -> None:
        """A status line under the thread; Slack's rates leave no room for edits of the message itself."""
        if job.handle:
            texts = texts_for(job.request.requester.locale)
            await self._status.show(Handle.from_json(job.handle), job, f"{texts.stage(progress.stage)} …")

    async def deliver(self, job: Job, outcome: Outcome) -> Mapping[str, Any]:
        handle = Handle.from_json(job.handle) if job.handle else None
        if handle is None or not handle.execution:
            if handle is not None:
                job = replace(job, handle=(await self._desk.with_its_sign(handle, job)).to_json())
            try:
                return _in_thread(await self._desk.delivery.deliver(job, outcome), handle)
            finally:
                if handle is not None:
                    await self._status.ended(handle, job)
        try:
            await self._workflow.answer(job, outcome, handle)
        except (Refusal, NotInstalled, *LOST) as fault:
            log.info("workflow_not_answered", fault=str(fault) or type(fault).__name__)
            final = isinstance(fault, NotInstalled) or (isinstance(fault, Refusal) and not fault.passing)
            raise DeliveryError("the workflow's run was not answered", retryable=not final) from None
        return {"workflow": True}

    async def fetch(self, reference: Reference) -> bytes:
        """A file of the workspace, with the bot's token; or a picture of the workspace's brand."""
        if reference.of_the_house:
            data = await self._desk.brands.picture(reference.key)
            if data is None:
                raise InvalidImage("the brand has changed")
            return data
        return await self._attachments.fetch(reference.key)

    async def retract(self, job: Job) -> None:
        """Delete the job's public messages and files. Raises DeliveryError, see `TakingBack`."""
        if job.handle:
            await self._status.ended(Handle.from_json(job.handle), job)
        await self._taking_back.retract(job)

    async def show_anew(self, job: Job) -> None:
        """Edit the job's public message. Raises DeliveryError, see `TakingBack`."""
        await self._taking_back.show_anew(job)

    async def post_card(self, tenant: str, channel_id: str, card: Card) -> bool:
        return await self._cards.post(tenant, channel_id, card)

    async def rights(self, tenant: str, user_id: str) -> Rights:
        return Rights(await self._desk.people.is_admin(tenant, user_id, fresh=True, sure=True))

    async def tell_person(self, tenant: str, user_id: str, channel_id: str, card: Card) -> bool:
        return await self._cards.tell(tenant, user_id, channel_id, card)

    async def tell_of_return(self, note: Awaited, job: Job | None) -> None:
        await tell_of_return(self._desk.delivery, note, job)

    async def health(self) -> Health:
        if not self._workspaces.ready:
            return Health(ok=False, detail="not authorized yet")
        if self._settings.slack_app_token is None:
            return Health(ok=True, detail="http")
        connected = self._socket is not None and await self._socket.client.is_connected()
        return Health(ok=connected, detail="connected" if connected else "connecting")

    async def examine(self) -> Sequence[Check]:
        """The token and its scopes; with many installations, how many there are."""
        if self._installations is not None:
            found = await self._installations.load()
            return [Check("slack installations", "ok", f"{len(found)} workspaces; more by {INSTALL}")]
        try:
            answer = await api(self._client.auth_test())
        except Refusal as refusal:
            if refusal.passing:
                return [Check("slack", "failure", f"not reachable ({refusal.code})", _WAY_REMEDY)]
            remedy = "Copy the bot token anew from the app's settings into SLACK_BOT_TOKEN."
            return [Check("slack token", "failure", refusal.code, remedy)]
        except LOST as fault:
            return [Check("slack", "failure", f"not reachable ({type(fault).__name__})", _WAY_REMEDY)]
        return [*self._examined(answer), *await self._examined_socket()]

    async def _examined_socket(self) -> Sequence[Check]:
        if self._settings.slack_app_token is None:
            return []
        token = self._settings.slack_app_token.get_secret_value()
        try:
            await api(self._client_with(None).apps_connections_open(app_token=token))
        except Refusal as refusal:
            if refusal.passing:
                return [Check("slack app token", "warning", f"not reachable ({refusal.code})")]
            return [Check("slack app token", "failure", refusal.code, _SOCKET_REMEDY)]
        except LOST as fault:
            return [Check("slack app token", "warning", f"not reachable ({type(fault).__name__})")]
        return [Check("slack app token", "ok", "opens the socket")]

    def _examined(self, answer: Any) -> Sequence[Check]:
        missing = sorted(scopes().required - scopes_in(answer.headers))
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
        found: list[BaseRoute] = []
        if self._settings.slack_signing_secret is not None:
            endpoint = EventsEndpoint(self._app, lambda: self._desk.taking)
            found.append(Route("/slack/events", endpoint.handle, methods=["POST"]))
        if self._installing is not None:
            found.append(Route(INSTALL, self._installing.install, methods=["GET"]))
            found.append(Route(REDIRECT, self._installing.redirect, methods=["GET"]))
        return found

    def _build_app(self) -> AsyncApp:
        secret = self._settings.slack_signing_secret
        app = AsyncApp(
            name="imagine-bot",
            client=self._client,
            authorize=cast("Any", self._workspaces.authorize),  # typed as a function, taken as an object
            signing_secret=secret.get_secret_value() if secret else "unused in socket mode",
            request_verification_enabled=secret is not None,
            user_facing_authorize_error_message=texts_for("en").say(Say.NOT_INSTALLED),
            process_before_response=True,  # else bolt acknowledges events before it hands them on
        )
        self._listeners.register(app)
        if self._guardrails is not None:
            self._guardrails.register(app)
        return app

    def _client_with(self, token: str | None) -> AsyncWebClient:
        return web_client(self._session, self._settings.slack_api_base_url, token)

    def _make_workspaces(self) -> Workspaces:
        """One token of the environment, or the installations of the database."""
        settings, context = self._settings, self._context
        self._installations: Installations | None = None
        if settings.slack_bot_token is not None or settings.slack_client_id is None:
            return OneWorkspace(self._client)
        secret = plain(settings.slack_client_secret) or ""
        self._installations = Installations(context.secrets, context.clock)
        rotation = Rotation(
            self._installations,
            self._client,
            settings.slack_client_id,
            secret,
            context.clock,
            context.telemetry,
        )
        many = ManyWorkspaces(self._installations, rotation, self._client_with, self._background)
        self._installing = Installing(
            self._client,
            settings.slack_client_id,
            secret,
            many,
            context.studio.parts.jobs,
            context.clock,
            context.base_url,
            urljoin(settings.slack_api_base_url, "/oauth/v2/authorize"),
        )
        return many

    async def _do_chores(self) -> None:
        """Renew tokens of silent workspaces, and forget old conversations."""
        while True:
            try:
                if isinstance(self._workspaces, ManyWorkspaces):
                    await self._workspaces.renew_due()
                before = self._context.clock.now() - _THREADS_KEPT
                await self._context.secrets.delete_older(THREADS, before)
            except StorageError as fault:
                log.warning("chores_undone", problem=fault.problem)
            await self._context.clock.sleep(_CHORES_SECONDS)

    async def _warm_up(self) -> None:
        tries = 0
        while True:
            try:
                await self._workspaces.warm_up()
                return
            except (SlackApiError, StorageError, *LOST) as fault:
                log.warning("slack_not_reachable", fault=type(fault).__name__)
            await asyncio.sleep(_PAUSES[min(tries, len(_PAUSES) - 1)])
            tries += 1


def _in_thread(shown: Mapping[str, Any], handle: Handle | None) -> Mapping[str, Any]:
    """With the thread's root, which a job's row keeps nowhere else once its words are forgotten."""
    if handle is None or not handle.thread or shown.get("channel") != handle.channel:
        return shown
    return {"thread": handle.thread, **shown}


def plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None

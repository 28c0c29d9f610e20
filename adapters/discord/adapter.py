"""Discord as a chat adapter: keeps a connection alive, shows progress and results, takes them back."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import discord
import structlog
from discord.gateway import DiscordWebSocket
from starlette.routing import BaseRoute, Route
from yarl import URL

from adapters.discord.cdn import fetch_file
from adapters.discord.client import ImagineClient
from adapters.discord.doctor import examine
from adapters.discord.follow import Follower
from adapters.discord.guardrails_cards import post_card, tell_person
from adapters.discord.http_mode import InteractionsEndpoint
from adapters.discord.leaving import Leaving
from adapters.discord.menus import forget_questions
from adapters.discord.progress import ProgressEdits
from adapters.discord.promises import Promises
from adapters.discord.returned import tell_of_return
from adapters.discord.rights import rights_of
from adapters.discord.settings import DiscordSettings
from bot.adapter_api import AdapterContext
from bot.domain.awaiting import Awaited
from bot.domain.errors import ConfigurationError
from bot.domain.jobs import Job
from bot.domain.outcomes import Outcome
from bot.domain.requests import Reference
from bot.moderation.ports import Card, Rights
from bot.ports import Check, Health, Progress

log = structlog.get_logger(__name__)

_PAUSES: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
_HANDLER_SECONDS: Final = 5.0
"""How long a stop waits for events that are being answered."""


class DiscordAdapter:
    """Implements the `ChatAdapter` port.

    The library ends on a refused gateway or REST at start, so a fresh client is made each time.
    """

    name = "discord"

    def __init__(self, context: AdapterContext, settings: DiscordSettings) -> None:
        self._context = context
        self._settings = settings
        self._token = settings.discord_token.get_secret_value() if settings.discord_token else ""
        self._keeper: asyncio.Task[None] | None = None
        self._helpers: list[asyncio.Task[None]] = []
        self._progress = ProgressEdits(context.clock)
        self._fatal = ""
        self._follower = (
            Follower(context.desk, context.secrets, context.clock, context.rush, lambda: self._client)
            if context.desk is not None and not settings.discord_public_key
            else None
        )
        if "discord_api_base_url" in settings.model_fields_set:
            discord.http.Route.BASE = settings.discord_api_base_url.rstrip("/")
        # The bot never speaks: no operator needs to hear of libraries that voice would take.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        self._client = self._new_client()
        self._endpoint = (
            InteractionsEndpoint(settings.discord_public_key) if settings.discord_public_key else None
        )

    async def start(self) -> None:
        """Returns when the first connection is ready; a task of its own keeps it alive.

        Raises:
            ConfigurationError: Discord refuses the token.
        """
        ready = asyncio.Event()
        self._keeper = asyncio.create_task(self._keep_connected(ready), name="discord")
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({self._keeper, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self._keeper.done():
            await self._keeper

    async def stop_intake(self) -> None:
        self._client.taking = False

    async def aclose(self) -> None:
        if self._client.busy:
            await asyncio.wait(self._client.busy, timeout=_HANDLER_SECONDS)
        tasks = [*self._helpers, *([self._keeper] if self._keeper else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.close()

    async def progress(self, job: Job, progress: Progress) -> None:
        await self._progress.show(self._client, job, progress)

    async def deliver(self, job: Job, outcome: Outcome) -> Mapping[str, Any]:
        self._progress.forget(job.job_id)
        return await self._client.delivery.deliver(job, outcome)

    async def fetch(self, reference: Reference) -> bytes:
        """A file on Discord's CDN."""
        return await fetch_file(reference.key.removeprefix("attachment:"), self._context.clock)

    async def show_anew(self, job: Job) -> None:
        await self._client.standing.show_anew(job)

    async def retract(self, job: Job) -> None:
        await self._client.standing.retract(job)

    async def post_card(self, tenant: str, channel_id: str, card: Card) -> bool:
        return await post_card(self._client, tenant, channel_id, card)

    async def rights(self, tenant: str, user_id: str) -> Rights:
        return await rights_of(self._client, tenant, user_id)

    async def tell_person(self, tenant: str, user_id: str, channel_id: str, card: Card) -> bool:
        del tenant, channel_id
        return await tell_person(self._client, user_id, card)

    async def tell_of_return(self, note: Awaited, job: Job | None) -> None:
        await tell_of_return(self._client, note, job)

    async def health(self) -> Health:
        if self._fatal:
            return Health(ok=False, detail=self._fatal)
        ready = self._client.is_ready() or self._endpoint is not None
        return Health(ok=ready, detail="connected" if ready else "connecting")

    async def examine(self) -> Sequence[Check]:
        return await examine(self._settings)

    def routes(self) -> Sequence[BaseRoute]:
        if self._endpoint is None:
            return ()
        endpoint = self._endpoint

        async def interactions(request: Any) -> Any:
            return await endpoint.handle(request, self._client)

        return [Route("/discord/interactions", interactions, methods=["POST"])]

    def _new_client(self) -> ImagineClient:
        options: dict[str, Any] = {}
        if self._settings.discord_shard_count:
            options["shard_count"] = self._settings.discord_shard_count
            options["shard_ids"] = list(self._settings.discord_shard_ids) or None
        hears = not self._settings.discord_public_key
        return ImagineClient(self._context, self._progress, self._follower, hears=hears, **options)

    async def _keep_connected(self, ready: asyncio.Event) -> None:
        tries = 0
        while True:
            try:
                await self._connect(ready)
                tries = 0
            except discord.LoginFailure:
                self._fatal = "token refused"
                raise ConfigurationError(
                    "Discord does not accept DISCORD_TOKEN",
                    "Copy the bot's token anew from the developer portal.",
                ) from None
            except Exception as fault:  # noqa: BLE001 - any other end of a client is survived
                log.warning("discord_connection_lost", fault=type(fault).__name__)
            await asyncio.sleep(_PAUSES[min(tries, len(_PAUSES) - 1)])
            tries += 1
            await self._replace_client()

    async def _connect(self, ready: asyncio.Event) -> None:
        client = self._client
        await client.login(self._token)
        if self._endpoint is not None:
            self._start_helpers()
            ready.set()
            await asyncio.Event().wait()
        await self._use_gateway(client)
        announce = asyncio.create_task(self._announce(client, ready))
        try:
            await client.connect(reconnect=True)
        finally:
            announce.cancel()
            await asyncio.gather(announce, return_exceptions=True)

    def _start_helpers(self) -> None:
        """What goes on beside the events; once, for whichever client is there."""
        if self._helpers:
            return
        parts = self._context.studio.parts
        promises = Promises(self._context.secrets, self._context.clock)
        leaving = Leaving(parts, self._context.secrets, lambda: self._client)
        self._helpers = [
            asyncio.create_task(
                self._progress.tell_places(lambda: self._client, parts.jobs), name="queue places"
            ),
            asyncio.create_task(promises.keep_all(lambda: self._client), name="promises"),
            asyncio.create_task(leaving.run(), name="servers that are gone"),
            asyncio.create_task(
                forget_questions(self._context.secrets, self._context.clock), name="old questions"
            ),
        ]
        if self._follower is not None:
            self._helpers.append(asyncio.create_task(self._follower.run(), name="automod"))

    async def _use_gateway(self, client: ImagineClient) -> None:
        """The library connects to a constant; the real address is what Discord says."""
        _, url, limit = await client.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = URL(url)
        if limit["remaining"] < 10:
            self._context.telemetry.alert("discord_identifies", "fewer than 10 gateway logins are left today")

    async def _announce(self, client: ImagineClient, ready: asyncio.Event) -> None:
        await client.wait_until_ready()
        self._start_helpers()
        log.info("discord_ready", guilds=len(client.guilds))
        ready.set()

    async def _replace_client(self) -> None:
        old, self._client = self._client, self._new_client()
        self._client.taking = old.taking
        with contextlib.suppress(Exception):
            await old.close()

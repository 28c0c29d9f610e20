"""Answers that were promised ("thinking") outside of any job, so that a crash leaves none of them open.

A job has its row. What else may need more than three seconds (a description, a picture shown again, a page for
moderators) notes its handle here before it is acknowledged, until it has answered; whatever process comes by later ends
what nobody has ended.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, cast

import discord
import structlog

from adapters.discord.acknowledge import defer
from adapters.discord.calls import LOST
from adapters.discord.doors import ORIGINAL
from adapters.discord.handle import Handle, handle_of, webhook_of
from adapters.discord.mentions import NOBODY
from adapters.discord.render import text_layout
from bot.domain.errors import StorageError
from bot.domain.outcomes import Failed, FailureClass
from bot.domain.requests import JobId
from bot.messages.catalogue import texts_for
from bot.ports import Clock

log = structlog.get_logger(__name__)

_KIND: Final = "discord-promise"
_LOOK_SECONDS: Final = 20.0
FORGOTTEN: Final = 60.0
"""After so many seconds nobody is working on the answer any more."""
_CALL_SECONDS: Final = 10.0


class Promises:
    """`secrets` holds the notes: `bot.store.secrets.SecretItems`."""

    def __init__(self, secrets: Any, clock: Clock) -> None:
        self._secrets = secrets
        self._clock = clock

    @asynccontextmanager
    async def promised(
        self, interaction: discord.Interaction, *, ephemeral: bool = False
    ) -> AsyncIterator[int | None]:
        """Acknowledged with "thinking", for the time in which it has no answer yet.

        Gives that message's id, None where Discord did not take the acknowledgement, or nobody knows whether it did:
        then the note stays, and whoever looks after it sees. Raises StorageError.
        """
        note = {
            "handle": handle_of(interaction, ephemeral=True).to_json(),
            "locale": str(interaction.locale),
            "at": self._clock.now(),
        }
        await self._secrets.put(_KIND, str(interaction.id), note)
        message_id = await defer(interaction, ephemeral=ephemeral)
        yield message_id
        # Not after a fault or a cancellation: then nothing was answered, and the note is what ends it.
        if message_id is not None:
            await self._secrets.delete(_KIND, str(interaction.id))

    async def keep_all(self, client: Callable[[], discord.Client]) -> None:
        """Runs for ever: ends with an apology what a dead process has left open."""
        while True:
            try:
                for interaction_id in await self._secrets.ids(_KIND):
                    await self._end(client(), interaction_id)
            except StorageError:
                log.info("promises_unknown")
            except Exception as fault:  # noqa: BLE001 - as of a connection that is being replaced; the others wait
                log.warning("promises_not_kept", fault=type(fault).__name__)
            await self._clock.sleep(_LOOK_SECONDS)

    async def _end(self, client: discord.Client, interaction_id: str) -> None:
        kept = await self._secrets.get(_KIND, interaction_id)
        now = self._clock.now()
        if kept is None or now - kept[0]["at"] < FORGOTTEN:
            return
        note, handle = kept[0], Handle.from_json(kept[0]["handle"])
        if handle.alive(now):
            failed = Failed(FailureClass.INTERRUPTED)
            text = texts_for(note["locale"]).failure(failed, JobId(interaction_id[-8:]))
            webhook = webhook_of(handle, client)
            original = cast(int, ORIGINAL)  # discord.py puts it into the path as it is
            try:
                async with asyncio.timeout(_CALL_SECONDS):
                    # Killed right after the answer, before the note went: an answer is not written over.
                    if (await webhook.fetch_message(original)).flags.loading:
                        await webhook.edit_message(original, view=text_layout(text), allowed_mentions=NOBODY)
            except discord.HTTPException as error:
                log.info("promise_not_kept", status=error.status, code=error.code)
            except LOST:
                return
        await self._secrets.delete(_KIND, interaction_id)

"""What every event's handler works with: one connection to Discord, and what this adapter keeps beside it."""

import asyncio
from typing import Any, Final

import discord
import structlog

from adapters.discord.acknowledge import ALREADY_ACKNOWLEDGED, UNKNOWN_INTERACTION
from adapters.discord.copies import Copies
from adapters.discord.delivery import Delivery
from adapters.discord.doors import Doors
from adapters.discord.follow import Follower
from adapters.discord.mentions import NOBODY
from adapters.discord.pictures import Pictures
from adapters.discord.progress import ProgressEdits
from adapters.discord.promises import Promises
from adapters.discord.requester import texts_of
from adapters.discord.standing import Standing
from adapters.discord.whisper import whisper
from bot.adapter_api import AdapterContext
from bot.domain.outcomes import Failed, FailureClass
from bot.domain.requests import JobId

log = structlog.get_logger(__name__)

_NOT_OURS: Final = frozenset({UNKNOWN_INTERACTION, ALREADY_ACKNOWLEDGED})
"""It came too late, or it has its answer: from another process, or from us, although we never heard so."""


class Connection(discord.AutoShardedClient):
    """One connection's life. A new one is made after each loss that the library does not survive.

    Attributes:
        follower: Keeps rules as AutoMod has them; None where nobody has rules, or where Discord tells of no change.
        hears: Discord tells of what happens in a server; not over HTTP.
        taking: Requests are taken; no more once the process is to stop.
        busy: The handlers at work, which a stop waits for.
    """

    def __init__(
        self,
        context: AdapterContext,
        progress: ProgressEdits,
        follower: Follower | None,
        *,
        hears: bool,
        **options: Any,
    ) -> None:
        intents = discord.Intents.none()
        intents.guilds = True
        intents.auto_moderation_configuration = True
        super().__init__(intents=intents, allowed_mentions=NOBODY, **options)
        self.context = context
        self.studio = context.studio
        self.progress = progress
        self.follower = follower
        self.hears = hears
        self.copies = Copies(context.secrets, context.studio.parts.jobs)
        self.promises = Promises(context.secrets, context.clock)
        self.doors = Doors(self, context.clock)
        self.pictures = Pictures(context.images, context.policies)
        self.delivery = Delivery(self.doors, self.pictures, self.copies, context.clock)
        self.standing = Standing(self.doors, self.pictures, self.copies)
        self.taking = True
        self.busy: set[asyncio.Task[Any]] = set()

    def automod_changed(self, guild: discord.Guild) -> None:
        """The server's rules may differ from what was taken over, or may be read again, or no more."""
        if self.follower is not None:
            self.follower.stir(guild.id)

    async def on_fault(self, interaction: discord.Interaction, fault: Exception) -> None:
        """The net below every handler: log, and tell the person something friendly."""
        original = getattr(fault, "original", fault)
        if isinstance(original, discord.HTTPException) and original.code in _NOT_OURS:
            log.info("interaction_gone", code=original.code)
            return
        log.error("handler_failed", exc_info=original)
        text = texts_of(interaction).failure(Failed(FailureClass.INTERNAL), JobId(str(interaction.id)))
        await whisper(interaction, text)

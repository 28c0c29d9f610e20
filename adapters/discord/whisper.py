"""Words that only the person who did something sees."""

import asyncio
from typing import Final

import discord
import structlog

from adapters.discord.acknowledge import answer
from adapters.discord.calls import LOST
from adapters.discord.mentions import NOBODY

log = structlog.get_logger(__name__)

_SECONDS: Final = 20.0


async def whisper(interaction: discord.Interaction, text: str) -> None:
    """A private answer, as the first response or behind it; failing to give it is only logged."""
    if not interaction.response.is_done():
        await answer(interaction, text)
        return
    try:
        async with asyncio.timeout(_SECONDS):
            await interaction.followup.send(text, ephemeral=True, allowed_mentions=NOBODY)
    except discord.HTTPException as error:
        log.info("whisper_failed", status=error.status, code=error.code)
    except (*LOST, RuntimeError) as fault:
        log.info("whisper_failed", fault=type(fault).__name__)

"""The acknowledgement: within 3 seconds, known to have arrived, or nothing is started."""

import asyncio
import time
from typing import Final

import aiohttp
import discord
import structlog

log = structlog.get_logger(__name__)

NOBODY: Final = discord.AllowedMentions.none()
LIMIT: Final = 3.0
_TRY_SECONDS: Final = 1.2
_TOO_OLD: Final = 2.5

ALREADY_ACKNOWLEDGED: Final = 40060
UNKNOWN_INTERACTION: Final = 10062


def too_old(interaction: discord.Interaction) -> bool:
    """Replayed by a RESUME after its 3 seconds are over: nothing can be answered, so nothing is made."""
    return time.time() - interaction.created_at.timestamp() > _TOO_OLD


async def defer(interaction: discord.Interaction, *, ephemeral: bool = False) -> int | None:
    """Show "thinking" and return the id of that message; None when Discord did not take it.

    An answer lost on the way is asked for again: "already acknowledged" on our own second try means that the
    first one arrived.
    """
    deadline = interaction.created_at.timestamp() + LIMIT
    tries = 0
    while (left := deadline - time.time()) > 0.05:
        tries += 1
        try:
            async with asyncio.timeout(min(_TRY_SECONDS, left)):
                answer = await interaction.response.defer(ephemeral=ephemeral, thinking=True)
            if answer is not None and answer.message_id is not None:
                return answer.message_id
            return await _message_id(interaction)
        except discord.InteractionResponded:
            return await _message_id(interaction)
        except discord.HTTPException as error:
            if error.code == ALREADY_ACKNOWLEDGED:
                return await _message_id(interaction) if tries > 1 else None
            if error.status < 500:
                log.warning("ack_refused", status=error.status, code=error.code)
                return None
        except (aiohttp.ClientError, OSError, TimeoutError):
            log.info("ack_repeated", tries=tries)
    return await _message_id(interaction) if tries else None


async def answer(interaction: discord.Interaction, said: str | discord.ui.LayoutView) -> bool:
    """A private first answer, tried again within the 3 seconds like `defer`; False when Discord did not take it."""
    deadline = interaction.created_at.timestamp() + LIMIT
    tries = 0
    while (left := deadline - time.time()) > 0.05:
        tries += 1
        try:
            async with asyncio.timeout(min(_TRY_SECONDS, left)):
                if isinstance(said, str):
                    await interaction.response.send_message(said, ephemeral=True, allowed_mentions=NOBODY)
                else:
                    await interaction.response.send_message(
                        view=said, ephemeral=True, allowed_mentions=NOBODY
                    )
            return True
        except discord.InteractionResponded:
            return True
        except discord.HTTPException as error:
            if error.code == ALREADY_ACKNOWLEDGED:
                return tries > 1
            if error.status < 500:
                log.info("answer_refused", status=error.status, code=error.code)
                return False
        except (aiohttp.ClientError, OSError, TimeoutError):
            log.info("answer_repeated", tries=tries)
    return False


async def receive(interaction: discord.Interaction) -> bool:
    """Acknowledge a button without any sign of it: the answer follows, and a crash leaves nothing open."""
    deadline = interaction.created_at.timestamp() + LIMIT
    tries = 0
    while (left := deadline - time.time()) > 0.05:
        tries += 1
        try:
            async with asyncio.timeout(min(_TRY_SECONDS, left)):
                await interaction.response.defer()
            return True
        except discord.InteractionResponded:
            return True
        except discord.HTTPException as error:
            if error.code == ALREADY_ACKNOWLEDGED:
                return tries > 1
            if error.status < 500:
                return False
        except (aiohttp.ClientError, OSError, TimeoutError):
            log.info("ack_repeated", tries=tries)
    return False


async def _message_id(interaction: discord.Interaction) -> int | None:
    """The id of the message that an acknowledgement made, None if there is none."""
    for _ in range(3):
        try:
            async with asyncio.timeout(5):
                return (await interaction.original_response()).id
        except discord.HTTPException as error:
            if error.status < 500:
                return None
        except (aiohttp.ClientError, OSError, TimeoutError):
            await asyncio.sleep(0.3)
    return None

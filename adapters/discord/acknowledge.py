"""The acknowledgement: within 3 seconds, known to have arrived, or nothing is started."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from typing import Any, Final

import discord
import structlog

from adapters.discord.calls import LOST
from adapters.discord.mentions import NOBODY

log = structlog.get_logger(__name__)

_Answered = discord.InteractionCallbackResponse[Any] | None

LIMIT: Final = 3.0
_TRY_SECONDS: Final = 1.2
_TOO_OLD: Final = 2.5
_TAKE_BACK_TRIES: Final = 4

ALREADY_ACKNOWLEDGED: Final = 40060
UNKNOWN_INTERACTION: Final = 10062


def too_old(interaction: discord.Interaction) -> bool:
    """Replayed by a RESUME after its 3 seconds are over: nothing can be answered, so nothing is made."""
    return time.time() - interaction.created_at.timestamp() > _TOO_OLD


async def defer(interaction: discord.Interaction, *, ephemeral: bool = False) -> int | None:
    """Show "thinking" and return the id of that message; None when Discord did not take it."""
    took, answered = await _sent(
        interaction, lambda: interaction.response.defer(ephemeral=ephemeral, thinking=True)
    )
    if took is _Took.NO:
        return None
    if answered is not None and answered.message_id is not None:
        return answered.message_id
    return await _message_id(interaction)


async def answer(interaction: discord.Interaction, said: str | discord.ui.LayoutView) -> bool:
    """A private first answer; False when Discord did not take it."""

    def send() -> Awaitable[_Answered]:
        if isinstance(said, str):
            return interaction.response.send_message(said, ephemeral=True, allowed_mentions=NOBODY)
        return interaction.response.send_message(view=said, ephemeral=True, allowed_mentions=NOBODY)

    return (await _sent(interaction, send))[0] is _Took.YES


async def receive(interaction: discord.Interaction) -> bool:
    """Acknowledge a button without any sign of it: the answer follows, and a crash leaves nothing open."""
    return (await _sent(interaction, interaction.response.defer))[0] is _Took.YES


class _Took(Enum):
    """UNKNOWN: every try ended without an answer, and may have arrived all the same."""

    YES = auto()
    NO = auto()
    UNKNOWN = auto()


async def _sent(
    interaction: discord.Interaction, send: Callable[[], Awaitable[_Answered]]
) -> tuple[_Took, _Answered]:
    """Tries within the 3 seconds. An answer lost on the way is asked for again: "already acknowledged" on our own
    second try means that the first one arrived.
    """
    deadline = interaction.created_at.timestamp() + LIMIT
    tries = 0
    while (left := deadline - time.time()) > 0.05:
        tries += 1
        try:
            async with asyncio.timeout(min(_TRY_SECONDS, left)):
                return _Took.YES, await send()
        except discord.InteractionResponded:
            return _Took.YES, None
        except discord.HTTPException as error:
            if error.code == ALREADY_ACKNOWLEDGED:
                return (_Took.YES if tries > 1 else _Took.NO), None
            if error.status < 500:
                log.warning("ack_refused", status=error.status, code=error.code)
                return _Took.NO, None
        except LOST:
            log.info("ack_repeated", tries=tries)
    return (_Took.UNKNOWN if tries else _Took.NO), None


async def take_back(interaction: discord.Interaction) -> None:
    """Delete the message that an acknowledgement made: what it announced was deleted before it began."""
    for _ in range(_TAKE_BACK_TRIES):
        try:
            async with asyncio.timeout(5):
                await interaction.delete_original_response()
            return
        except discord.HTTPException as error:
            if error.status < 500:
                return
        except LOST:
            log.info("placeholder_stays", interaction=interaction.id)
        await asyncio.sleep(0.3)


async def _message_id(interaction: discord.Interaction) -> int | None:
    """The id of the message that an acknowledgement made, None if there is none."""
    for _ in range(3):
        try:
            async with asyncio.timeout(5):
                return (await interaction.original_response()).id
        except discord.HTTPException as error:
            if error.status < 500:
                return None
        except LOST:
            await asyncio.sleep(0.3)
    return None

"""Words by direct message."""

import discord
import structlog

from adapters.discord.calls import LOST, call
from adapters.discord.mentions import NOBODY
from bot.ports import Clock

log = structlog.get_logger(__name__)


async def tell(client: discord.Client, clock: Clock, user_id: int, text: str) -> bool:
    """False if the person takes none. Not repeated: a lost answer may mean that it arrived."""
    try:
        user = await call(lambda: client.fetch_user(user_id), clock)
        await call(lambda: user.send(text, allowed_mentions=NOBODY), clock, tries=1)
    except (discord.HTTPException, *LOST) as fault:
        log.info("not_told", fault=type(fault).__name__)
        return False
    return True

"""All servers that the bot is in, on whichever shard, as Discord lists them."""

from typing import Any, Final

import discord

from adapters.discord.calls import call
from bot.ports import Clock

_PAGE: Final = 200
"""The most that Discord gives at once."""


async def servers_of(client: discord.Client, clock: Clock) -> list[dict[str, Any]]:
    """Discord's own objects, with `id`, `name` and the bot's `permissions`.

    Raises discord.HTTPException and what the network raises.
    """
    found: list[dict[str, Any]] = []

    async def page() -> Any:
        after: Any = found[-1]["id"] if found else None
        return await client.http.get_guilds(_PAGE, after=after, with_counts=False)

    while True:
        next_ones = await call(page, clock)
        found += next_ones
        if len(next_ones) < _PAGE:
            return found

"""A server has removed the bot: after two weeks everything that is kept of it goes.

Not at once, as in Slack, where only an administrator can uninstall and has to confirm it: here one click on the bot's
role or a kick is enough, inviting it again is how permissions are repaired, and guardrails that took hours would be
gone. Words and pictures grow no older meanwhile than the community lets them.

Nothing is concluded from events, which no process hears over HTTP or while it is stopped, and which an outage of
Discord's resembles. One process each hour compares what is kept with the servers that the bot is in: whichever is there
again counts as never having left.
"""

from collections.abc import Callable
from typing import Any, Final

import discord
import structlog

from adapters.discord.calls import LOST, brief, call
from adapters.discord.follow import KIND as FOLLOWED
from adapters.discord.servers import servers_of
from bot.domain.errors import StorageError
from bot.pipeline.farewell import farewell
from bot.pipeline.run import Parts

log = structlog.get_logger(__name__)

KIND: Final = "discord-away"
"""Of the stored notes, one a server that is gone: since when."""
AWAY_SECONDS: Final = 14 * 86_400.0
EVERY_SECONDS: Final = 3_600.0
_NO_ANSWER: Final = (discord.HTTPException, *LOST, StorageError)


class Leaving:
    """`secrets` holds the notes: `bot.store.secrets.SecretItems`. `client` is whichever is connected now."""

    def __init__(self, parts: Parts, secrets: Any, client: Callable[[], discord.Client]) -> None:
        self._parts = parts
        self._secrets = secrets
        self._client = client

    async def run(self) -> None:
        """Runs for ever; one process at a time looks."""
        while True:
            try:
                if await self._is_my_turn():
                    await self.look()
            except _NO_ANSWER as fault:
                log.info("servers_not_compared", fault=brief(fault))
            except Exception:
                log.exception("servers_not_compared")
            await self._parts.clock.sleep(EVERY_SECONDS)

    async def look(self) -> None:
        """Compare once. Raises StorageError, discord.HTTPException and what is `LOST`."""
        listed = await servers_of(self._client(), self._parts.clock)
        here, noted = {str(server["id"]) for server in listed}, set(await self._secrets.ids(KIND))
        for guild_id in noted & here:
            await self._secrets.delete(KIND, guild_id)
            log.info("server_back", guild=guild_id)
        for guild_id in await self._known() - here - noted:
            await self._secrets.put(KIND, guild_id, {"since": self._parts.clock.now()}, seen=0)
            log.info("server_away", guild=guild_id)
        for guild_id in noted - here:
            if await self._is_long_gone(guild_id):
                await self._forget(guild_id)

    async def _is_my_turn(self) -> bool:
        """Per application: another one on the same database knows other servers."""
        turn = int(self._parts.clock.now() // EVERY_SECONDS)
        key = f"discord:leaving:{self._client().application_id}:{turn}"
        return await self._parts.jobs.mark_once(key, 2 * EVERY_SECONDS)

    async def _known(self) -> set[str]:
        """The servers of which anything is kept."""
        tenants = [name.removeprefix("discord:") for name in await self._parts.jobs.tenants(audited=False)]
        return {name for name in [*tenants, *await self._secrets.ids(FOLLOWED)] if name.isdigit()}

    async def _is_long_gone(self, guild_id: str) -> bool:
        """Away for all that time, and still now, as Discord says of that very server."""
        kept = await self._secrets.get(KIND, guild_id)
        if kept is None or self._parts.clock.now() - kept[0]["since"] < AWAY_SECONDS:
            return False
        client = self._client()
        try:
            await call(
                lambda: client.http.get_guild(int(guild_id), with_counts=False), self._parts.clock, tries=2
            )
        except (discord.NotFound, discord.Forbidden):
            return True
        return False

    async def _forget(self, guild_id: str) -> None:
        """The note goes last: whatever is interrupted is done again."""
        jobs = await farewell(self._parts, f"discord:{guild_id}")
        await self._secrets.delete(FOLLOWED, guild_id)
        await self._secrets.delete(KIND, guild_id)
        log.info("server_forgotten", guild=guild_id, jobs=jobs)

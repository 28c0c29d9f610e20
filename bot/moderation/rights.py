"""What a moderator at the console may do now: the chat is asked, not the link that was handed out a while ago."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import structlog

from bot.domain.requests import Requester
from bot.moderation.ports import Directory, Rights
from bot.ports import ChatAdapter, Clock

log = structlog.get_logger(__name__)

FRESH_SECONDS: Final = 30.0
"""How long an answer of the chat counts."""
STALE_SECONDS: Final = 300.0
"""How long the last answer counts while the chat gives none, so that a short fault throws nobody out."""
_SECONDS: Final = 5.0
_MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class RightsDesk:
    """Asks the adapter that serves a person's chat. One that knows no rights (the playground) leaves them as they are."""

    adapters: Mapping[str, ChatAdapter]
    clock: Clock
    _known: dict[tuple[str, str], tuple[float, Rights]] = field(default_factory=dict)

    async def of(self, actor: Requester) -> Rights | None:
        """None: the chat does not say, and has not said for a while."""
        directory = _directory(self.adapters.get(actor.platform))
        if directory is None:
            return Rights(actor.moderator, actor.roles)
        key, now = (actor.tenant, actor.user_id), self.clock.now()
        at, known = self._known.get(key, (0.0, None))
        if known is not None and now - at < FRESH_SECONDS:
            return known
        try:
            async with asyncio.timeout(_SECONDS):
                rights = await directory.rights(actor.tenant, actor.user_id)
        except Exception as fault:  # noqa: BLE001 - whatever it was: the rights are not known
            log.warning("rights_not_known", fault=type(fault).__name__)
            return known if now - at < STALE_SECONDS else None
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = (now, rights)
        return rights


def _directory(adapter: object) -> Directory | None:
    return adapter if isinstance(adapter, Directory) else None

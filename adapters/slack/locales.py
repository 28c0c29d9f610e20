"""The language that a person has set in Slack: no event names it, so it is asked for once a day (users:read, optional)."""

import asyncio
from typing import Final

import structlog
from slack_sdk.errors import SlackApiError

from adapters.slack.background import Background
from adapters.slack.web_api import LOST
from adapters.slack.workspaces import NotInstalled, Workspaces
from bot.domain.errors import StorageError
from bot.ports import Clock

log = structlog.get_logger(__name__)

_FRESH: Final = 86_400.0
_AGAIN: Final = 60.0
_WAIT: Final = 0.3
"""Seconds that an answer may take; later it is there for the next event."""
_MOST: Final = 5000


class Locales:
    """Kept in memory only."""

    def __init__(self, workspaces: Workspaces, background: Background, clock: Clock) -> None:
        self._workspaces = workspaces
        self._background = background
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[float, str]] = {}
        self._asking: dict[tuple[str, str], asyncio.Task[None]] = {}

    def known(self, tenant: str, user: str) -> str:
        """A BCP 47 tag, "" where Slack has not said it yet."""
        return self._known.get((tenant, user), (0.0, ""))[1]

    async def of(self, tenant: str, user: str) -> str:
        """As `known`, after a look if it is time for one."""
        key = (tenant, user)
        if user and self._clock.now() >= self._known.get(key, (0.0, ""))[0]:
            if (task := self._asking.get(key)) is None:
                task = self._background.start(self._ask(tenant, user), "slack locale")
                self._asking[key] = task
                task.add_done_callback(lambda _done: self._asking.pop(key, None))
            await asyncio.wait({task}, timeout=_WAIT)
        return self.known(tenant, user)

    async def _ask(self, tenant: str, user: str) -> None:
        locale, life = self.known(tenant, user), _AGAIN
        try:
            if "users:read" in await self._workspaces.granted(tenant):
                client = await self._workspaces.client(tenant)
                answer = await client.users_info(user=user, include_locale=True)
                locale, life = str((answer.get("user") or {}).get("locale") or ""), _FRESH
        except (SlackApiError, NotInstalled, StorageError, *LOST) as fault:
            log.info("locale_not_known", fault=type(fault).__name__)
        self._known.pop((tenant, user), None)
        self._known[tenant, user] = (self._clock.now() + life, locale)
        if len(self._known) > _MOST:
            del self._known[next(iter(self._known))]

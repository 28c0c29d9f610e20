"""Who moderates a workspace: its admins, and those whom the operator has named."""

import time
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.web_api import LOST, PASSING
from adapters.slack.workspaces import NotInstalled

log = structlog.get_logger(__name__)

_FRESH: Final = 300.0
_MOST: Final = 5000


class Admins:
    """Asks Slack (scope users:read, optional) and remembers the answer for five minutes.

    Where the scope was declined, only those count who are named in SLACK_MODERATORS or in the workspace's own rules.
    """

    def __init__(self, client_for: Callable[[str], Awaitable[AsyncWebClient]], named: frozenset[str]) -> None:
        self._client_for = client_for
        self._named = named
        self._known: dict[tuple[str, str], tuple[float, bool]] = {}

    def is_named(self, user: str) -> bool:
        """The operator has named the person."""
        return user in self._named

    async def is_admin(self, team: str, user: str, *, fresh: bool = False, sure: bool = False) -> bool:
        """Owners and admins of the workspace; `fresh` takes no remembered answer.

        A failing look-up is a no; `sure` raises it, if another one may go well: SlackApiError, or what the network does.
        """
        if self.is_named(user):
            return True
        at, known = self._known.get((team, user), (0.0, False))
        if at and not fresh and time.monotonic() - at < _FRESH:
            return known
        try:
            answer = await (await self._client_for(team)).users_info(user=user)
        except NotInstalled:
            return False
        except (SlackApiError, *LOST) as fault:
            log.info("admin_not_known", fault=type(fault).__name__)
            if sure and not _is_final(fault):
                raise
            return False
        about = answer.get("user") or {}
        found = bool(about.get("is_admin") or about.get("is_owner")) and not about.get("deleted")
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[team, user] = (time.monotonic(), found)
        return found


def _is_final(fault: Exception) -> bool:
    """Slack has answered, and would answer the same again."""
    answer = getattr(fault.response, "data", None) if isinstance(fault, SlackApiError) else None
    return isinstance(answer, dict) and "error" in answer and answer["error"] not in PASSING

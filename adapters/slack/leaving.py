"""The app was removed from a workspace: its tokens, words, pictures and conversations go at once.

Slack tells it by `app_uninstalled` and `tokens_revoked`, in any order and maybe twice, so everything here may be
done again. A later installation begins afresh.
"""

from typing import Any

import structlog

from adapters.slack.desk import Desk
from adapters.slack.requester import parts_of, tenant_of
from bot.pipeline.farewell import farewell

log = structlog.get_logger(__name__)


class Leaving:
    """Duties at the end of an installation."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def uninstalled(self, body: dict[str, Any]) -> None:
        await self._leave(body)

    async def revoked(self, body: dict[str, Any]) -> None:
        """Users' own tokens do not concern us; the bot's do."""
        if (body["event"].get("tokens") or {}).get("bot"):
            await self._leave(body)

    async def _leave(self, body: dict[str, Any]) -> None:
        desk, tenant = self._desk, _installed(body)
        enterprise_id, team_id = parts_of(tenant)
        await desk.workspaces.forget(tenant)
        known = await desk.studio.parts.jobs.tenants()
        gone = {tenant} if team_id else {name for name in known if name.startswith(f"slack:{enterprise_id}:")}
        for name in gone:
            await desk.threads.forget(name)
            await desk.people.forget(name)
            await desk.brands.forget(name)
            await farewell(desk.studio.parts, name)
        log.info("workspace_left", tenants=len(gone))


def _installed(body: dict[str, Any]) -> str:
    """The tenant of the installation that ended; an org-wide one names no team."""
    if body.get("enterprise_id") and body.get("is_enterprise_install"):
        return f"slack:{body['enterprise_id']}:"
    return tenant_of(body)

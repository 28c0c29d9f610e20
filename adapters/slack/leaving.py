"""The app was removed from a workspace: its tokens, words, pictures and conversations go at once.

Slack tells it by `app_uninstalled` and `tokens_revoked`, in any order and maybe twice, so everything here may be
done again. A later installation begins afresh.
"""

from typing import Any, Final

import structlog

from adapters.slack.brand import KIND as BRANDS
from adapters.slack.desk import Desk
from adapters.slack.people import KIND as PEOPLE
from adapters.slack.requester import parts_of, tenant_of
from adapters.slack.threads import KIND as THREADS
from bot.domain.errors import StorageError
from bot.pipeline.farewell import farewell

log = structlog.get_logger(__name__)

_PAUSES: Final = (1.0, 4.0, 16.0, 60.0, 240.0)


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
        """Slack tells it once and has its answer: what the database does not take now is tried again."""
        for pause in _PAUSES:
            try:
                await self._forget(body)
                return
            except StorageError as fault:
                log.warning("workspace_not_forgotten_yet", problem=fault.problem)
            await self._desk.context.clock.sleep(pause)
        await self._forget(body)

    async def _forget(self, body: dict[str, Any]) -> None:
        desk, tenant = self._desk, _installed(body)
        enterprise_id, team_id = parts_of(tenant)
        await desk.workspaces.forget(tenant)
        gone = {tenant} if team_id else await self._workspaces_of(enterprise_id)
        for name in gone:
            await self._erase(name)
        log.info("workspace_left", tenants=len(gone))

    async def _workspaces_of(self, enterprise_id: str) -> set[str]:
        """An organisation's, by whatever is kept of them."""
        desk = self._desk
        known = set(await desk.studio.parts.jobs.tenants(audited=False))
        for kind in (BRANDS, PEOPLE, THREADS):
            known |= {name.partition("/")[0] for name in await desk.context.secrets.ids(kind)}
        return {name for name in known if name.startswith(f"slack:{enterprise_id}:")}

    async def _erase(self, tenant: str) -> None:
        desk = self._desk
        await desk.threads.forget(tenant)
        await desk.people.forget(tenant)
        await desk.brands.forget(tenant)
        await farewell(desk.studio.parts, tenant)


def _installed(body: dict[str, Any]) -> str:
    """The tenant of the installation that ended; an org-wide one names no team."""
    if body.get("enterprise_id") and body.get("is_enterprise_install"):
        return f"slack:{body['enterprise_id']}:"
    return tenant_of(body)

"""Who is asking, as the core wants to know it."""

from collections.abc import Mapping
from typing import Any

from bot.domain.requests import Requester


def tenant_of(body: Mapping[str, Any]) -> str:
    """Key of a workspace: enterprise and team, never the team alone (org-wide installs have none)."""
    team = body.get("team") or {}
    team_id = body.get("team_id") or (team.get("id") if isinstance(team, Mapping) else team) or ""
    enterprise = body.get("enterprise") or {}
    enterprise_id = body.get("enterprise_id") or (
        enterprise.get("id") if isinstance(enterprise, Mapping) else enterprise
    )
    return f"slack:{enterprise_id}:{team_id}" if enterprise_id else f"slack:{team_id}"


def requester_of(
    body: Mapping[str, Any],
    user_id: str,
    channel_id: str,
    *,
    thread: str | None = None,
    public: bool,
    moderator: bool = False,
    locale: str = "en",
) -> Requester:
    return Requester(
        platform="slack",
        tenant=tenant_of(body),
        user_id=user_id,
        channel_id=channel_id,
        thread_id=thread,
        moderator=moderator,
        locale=locale,
        public=public,
    )

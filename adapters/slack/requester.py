"""Who is asking, as the core wants to know it."""

from collections.abc import Mapping
from typing import Any

from bot.domain.requests import Requester


def tenant_of(body: Mapping[str, Any]) -> str:
    """Key of a workspace: enterprise and team, never the team alone; an org-wide click may name no team at all."""
    granted = (body.get("authorizations") or [{}])[0]
    team_id = granted.get("team_id") or _id_of(body, "team") or _id_of(body.get("user"), "team") or ""
    enterprise_id = granted.get("enterprise_id") or _id_of(body, "enterprise")
    return f"slack:{enterprise_id}:{team_id}" if enterprise_id else f"slack:{team_id}"


def parts_of(tenant: str) -> tuple[str, str]:
    """Enterprise id ("" if none) and team id of a tenant's key."""
    enterprise_id, _, team_id = tenant.removeprefix("slack:").rpartition(":")
    return enterprise_id, team_id


def user_of(body: Mapping[str, Any]) -> str:
    """Who triggered an event, "" if Slack does not say."""
    event = body.get("event")
    if isinstance(event, Mapping):
        user = event.get("user") or (event.get("inputs") or {}).get("user_id") or ""
    else:
        user = body.get("user_id") or body.get("user") or ""
    return str(user.get("id", "") if isinstance(user, Mapping) else user)


def channel_of(body: Mapping[str, Any]) -> str:
    """Where an event happened, "" outside of channels."""
    event = body.get("event")
    if isinstance(event, Mapping):
        return str(event.get("channel") or event.get("channel_id") or "")
    container = body.get("container") or {}
    found = body.get("channel_id") or _id_of(body, "channel") or container.get("channel_id")
    return str(found or "")


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
        direct=channel_id.startswith("D"),
    )


def _id_of(source: Any, name: str) -> str:
    """`name_id`, `name` as an object with an id, or `name` as an id."""
    if not isinstance(source, Mapping):
        return ""
    found = source.get(f"{name}_id") or source.get(name)
    return str((found.get("id") if isinstance(found, Mapping) else found) or "")

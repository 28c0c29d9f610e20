"""Doctor: the address that people open. Chats hand out links to it, and it is what an installation comes back to."""

from collections.abc import Collection
from typing import Final

from bot.ports import Check
from bot.settings import Settings

_NAME: Final = "public address"


def check_address(settings: Settings, chats: Collection[str]) -> Check | None:
    """`chats` are those that are served; None where only this machine's own page is."""
    if not set(chats) - {"playground"}:
        return None
    http = settings.http
    if http.public_base_url:
        return Check(_NAME, "ok", http.base_url)
    detail = f"links to the moderators' console lead to {http.base_url}, which opens nowhere but here"
    return Check(_NAME, "warning", detail, "Set PUBLIC_BASE_URL to the address of your reverse proxy.")

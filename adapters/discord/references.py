"""Files that lie with Discord, as the core knows them."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain.requests import Reference, ReferenceRole


def reference_of(url: str, role: ReferenceRole | str) -> Reference:
    """A file on Discord's CDN; it is fetched when the job runs."""
    return Reference(f"attachment:{url}", ReferenceRole(role))


def references_of(files: Iterable[Mapping[str, Any]], role: ReferenceRole) -> tuple[Reference, ...]:
    """Uploaded files as an interaction's `resolved` part lists them."""
    return tuple(reference_of(str(file["url"]), role) for file in files)

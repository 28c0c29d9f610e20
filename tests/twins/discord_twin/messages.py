"""A message with its whole life: every revision, who sees it, whom it would ping."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntFlag
from typing import Any

from tests.twins.discord_twin import components as parts
from tests.twins.discord_twin.components import Component, Kind
from tests.twins.discord_twin.files import Attachment, Cdn
from tests.twins.discord_twin.snowflakes import created_at, iso, snowflake
from tests.twins.discord_twin.world import Account, Channel


class Flag(IntFlag):
    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


NO_FLAGS = Flag(0)


@dataclass(frozen=True, slots=True)
class Draft:
    """The checked content of a message."""

    content: str = ""
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: Flag = NO_FLAGS
    pings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a message.

    Attributes:
        at: `time.monotonic()`.
        kind: created, edited or deleted.
        via: What wrote it: callback, token, bot, user or moderator.
    """

    at: float
    kind: str
    via: str
    thinking: bool
    texts: tuple[str, ...]
    attachments: tuple[Attachment, ...] = ()


@dataclass(slots=True, eq=False)
class Message:
    """What is in a channel. `only_for` is the one reader of an ephemeral message, None if all see it."""

    channel: Channel
    author: Account
    content: str = ""
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: Flag = NO_FLAGS
    only_for: Account | None = None
    application_id: int | None = None
    interaction_metadata: dict[str, Any] | None = None
    reply_to: Message | None = None
    nonce: str | int | None = None
    id: int = field(default_factory=snowflake)
    type: int = 0
    edited_at: float | None = None
    deleted: bool = False
    pings: list[str] = field(default_factory=list)
    reactions: dict[str, list[Account]] = field(default_factory=dict)
    history: list[Revision] = field(default_factory=list)

    @property
    def thinking(self) -> bool:
        """Whether the reader still sees the loading state of a defer."""
        return Flag.LOADING in self.flags and not self.deleted

    @property
    def ephemeral(self) -> bool:
        return self.only_for is not None

    @property
    def uses_components_v2(self) -> bool:
        return Flag.COMPONENTS_V2 in self.flags

    def visible_to(self, account: Account) -> bool:
        return not self.deleted and self.only_for in (None, account)

    @property
    def text(self) -> str:
        """All readable texts, one a line."""
        return "\n".join(self.texts())

    def texts(self) -> Iterator[str]:
        if self.content:
            yield self.content
        for embed in self.embeds:
            yield from _embed_texts(embed)
        yield from parts.texts(self.components)
        for attachment in self.attachments:
            yield attachment.filename
            if attachment.description:
                yield attachment.description

    @property
    def pictures(self) -> list[Attachment]:
        """Attached pictures that a client shows: with components v2 only the referenced ones."""
        files = [attachment for attachment in self.attachments if attachment.is_picture]
        if not self.uses_components_v2:
            return files
        named = set(parts.referenced_files(parts.media_urls(self.components)))
        return [attachment for attachment in files if attachment.filename in named]

    def alt_text(self, attachment: Attachment) -> str | None:
        """What a screen reader says: the gallery item's description, else the attachment's."""
        for component in parts.walk(self.components):
            if component["type"] == Kind.MEDIA_GALLERY:
                for item in component["items"]:
                    if item["media"]["url"] == parts.REFERENCE + attachment.filename:
                        return item.get("description") or attachment.description
        return attachment.description

    @property
    def buttons(self) -> list[Component]:
        return [part for part in parts.walk(self.components) if part["type"] == Kind.BUTTON]

    @property
    def labels(self) -> list[str]:
        """Labels (else emoji) of all buttons."""
        return [button_name(button) for button in self.buttons]

    def write(self, draft: Draft, via: str, kind: str = "edited") -> None:
        self.content, self.embeds = draft.content, draft.embeds
        self.components, self.attachments = draft.components, draft.attachments
        self.flags = (draft.flags & ~(Flag.LOADING | Flag.EPHEMERAL)) | (self.flags & Flag.EPHEMERAL)
        self.pings.extend(draft.pings)
        if kind == "edited":
            self.edited_at = time.time()
        self.note(kind, via)

    def note(self, kind: str, via: str) -> None:
        texts, files = tuple(self.texts()), tuple(self.attachments)
        self.history.append(Revision(time.monotonic(), kind, via, self.thinking, texts, files))

    def delete(self, via: str) -> None:
        self.deleted = True
        self.history.append(Revision(time.monotonic(), "deleted", via, False, ()))

    def payload(self, cdn: Cdn) -> dict[str, Any]:
        by_name = {attachment.filename: attachment for attachment in self.attachments}
        body: dict[str, Any] = {
            "id": str(self.id),
            "type": self.type,
            "channel_id": str(self.channel.id),
            "author": self.author.payload(),
            "content": self.content,
            "embeds": [_shown_embed(embed, by_name, cdn) for embed in self.embeds],
            "components": parts.shown(self.components, by_name, cdn.url),
            "attachments": [cdn.payload(attachment) for attachment in self.attachments],
            "mentions": [],
            "mention_roles": [],
            "mention_everyone": False,
            "pinned": False,
            "tts": False,
            "timestamp": iso(created_at(self.id)),
            "edited_timestamp": None if self.edited_at is None else iso(self.edited_at),
            "flags": int(self.flags),
        }
        if self.application_id is not None:
            body["application_id"] = str(self.application_id)
        if self.interaction_metadata is not None:
            body["webhook_id"] = str(self.application_id)
            body["interaction_metadata"] = self.interaction_metadata
        if self.nonce is not None:
            body["nonce"] = self.nonce
        if self.reply_to is not None:
            body["message_reference"] = {
                "type": 0,
                "message_id": str(self.reply_to.id),
                "channel_id": str(self.reply_to.channel.id),
            }
        return body


def button_name(button: Component) -> str:
    return str(button.get("label") or (button.get("emoji") or {}).get("name") or "")


def _embed_texts(embed: dict[str, Any]) -> Iterator[str]:
    for key in ("title", "description", "url"):
        if embed.get(key):
            yield embed[key]
    for key, inner in (("author", "name"), ("footer", "text"), ("provider", "name")):
        if (embed.get(key) or {}).get(inner):
            yield embed[key][inner]
    for entry in embed.get("fields") or ():
        yield from (entry["name"], entry["value"])


def _shown_embed(embed: dict[str, Any], by_name: dict[str, Attachment], cdn: Cdn) -> dict[str, Any]:
    copy = {key: value for key, value in embed.items() if value is not None} | {"type": "rich"}
    for key in ("image", "thumbnail"):
        if key in copy:
            url = str(copy[key]["url"])
            attachment = by_name.get(url.removeprefix(parts.REFERENCE))
            link = cdn.url(attachment) if attachment else url
            copy[key] = {"url": link, "proxy_url": link}
            if attachment and attachment.width and attachment.height:
                copy[key] |= {"width": attachment.width, "height": attachment.height}
    return copy

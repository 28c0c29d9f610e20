"""Walking and showing components. Numbers: "Component Reference" in Discord's developer documentation."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import IntEnum
from typing import Any

from tests.twins.discord_twin.files import Attachment
from tests.twins.discord_twin.snowflakes import snowflake

REFERENCE = "attachment://"


class Kind(IntEnum):
    ACTION_ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT_DISPLAY = 10
    THUMBNAIL = 11
    MEDIA_GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23


SELECTS = frozenset(
    {
        Kind.STRING_SELECT,
        Kind.USER_SELECT,
        Kind.ROLE_SELECT,
        Kind.MENTIONABLE_SELECT,
        Kind.CHANNEL_SELECT,
    }
)

Component = dict[str, Any]


def walk(components: Iterable[Component]) -> Iterator[Component]:
    """All components in the order in which they are read, nested ones included."""
    for component in components:
        yield component
        yield from walk(component.get("components") or ())
        for key in ("accessory", "component"):
            if isinstance(component.get(key), dict):
                yield from walk([component[key]])


def media_urls(components: Iterable[Component]) -> Iterator[str]:
    for component in walk(components):
        match component.get("type"):
            case Kind.MEDIA_GALLERY:
                for item in component.get("items") or ():
                    yield str((item.get("media") or {}).get("url", ""))
            case Kind.THUMBNAIL:
                yield str((component.get("media") or {}).get("url", ""))
            case Kind.FILE:
                yield str((component.get("file") or {}).get("url", ""))


def referenced_files(urls: Iterable[str]) -> list[str]:
    return [url.removeprefix(REFERENCE) for url in urls if url.startswith(REFERENCE)]


def texts(components: Iterable[Component]) -> Iterator[str]:
    """Everything that a person can read or have read aloud, in order."""
    for component in walk(components):
        for key in ("content", "label", "placeholder", "title", "value"):
            if isinstance(component.get(key), str):
                yield component[key]
        if isinstance(component.get("description"), str):
            yield component["description"]
        emoji = component.get("emoji") or {}
        if emoji.get("name") and not component.get("label"):
            yield emoji["name"]
        for item in component.get("items") or ():
            if item.get("description"):
                yield item["description"]
        for option in component.get("options") or ():
            yield from (str(option[key]) for key in ("label", "description") if option.get(key))
        if component.get("url"):
            yield component["url"]


def numbered(components: list[Component]) -> list[Component]:
    """A copy in which every component has an id, as Discord fills them in."""
    taken = {component["id"] for component in walk(components) if component.get("id")}
    free = (number for number in range(1, 10_000) if number not in taken)
    return [_number(component, free) for component in components]


def _number(component: Component, free: Iterator[int]) -> Component:
    copy = dict(component)
    copy["id"] = component.get("id") or next(free)
    if component.get("components") is not None:
        copy["components"] = [_number(child, free) for child in component["components"]]
    for key in ("accessory", "component"):
        if isinstance(component.get(key), dict):
            copy[key] = _number(component[key], free)
    return copy


def shown(
    components: Iterable[Component],
    attachments: Mapping[str, Attachment],
    link: Callable[[Attachment], str],
) -> list[Component]:
    """Components as they come back in a message: defaults filled in, references turned into links."""

    def media(source: Mapping[str, Any]) -> dict[str, Any]:
        url = str(source["url"])
        attachment = attachments.get(url.removeprefix(REFERENCE)) if url.startswith(REFERENCE) else None
        if attachment is None:
            return {"id": str(snowflake()), "url": url, "proxy_url": url}
        return {
            "id": str(attachment.id),
            "attachment_id": str(attachment.id),
            "url": link(attachment),
            "proxy_url": link(attachment),
            "width": attachment.width,
            "height": attachment.height,
            "content_type": attachment.content_type,
        }

    def show(component: Component) -> Component:
        copy = {key: value for key, value in component.items() if value is not None}
        for key in ("components",):
            if key in copy:
                copy[key] = [show(child) for child in copy[key]]
        if "emoji" in copy:
            copy["emoji"] = {key: value for key, value in copy["emoji"].items() if value is not None}
        if "accessory" in copy:
            copy["accessory"] = show(copy["accessory"])
        match copy["type"]:
            case Kind.CONTAINER:
                copy = {"accent_color": None, "spoiler": False} | copy
            case Kind.MEDIA_GALLERY:
                blank = {"description": None, "spoiler": False}
                copy["items"] = [
                    blank | item | {"media": media(item["media"])} for item in copy.get("items", ())
                ]
            case Kind.THUMBNAIL:
                copy = {"description": None, "spoiler": False} | copy | {"media": media(copy["media"])}
            case Kind.FILE:
                name = str(copy["file"]["url"]).removeprefix(REFERENCE)
                attachment = attachments.get(name)
                size = len(attachment.data) if attachment else None
                copy = {"spoiler": False, "name": name, "size": size} | copy | {"file": media(copy["file"])}
            case Kind.SEPARATOR:
                copy = {"spacing": 1, "divider": True} | copy
            case kind if kind in SELECTS:
                copy = {"min_values": 1, "max_values": 1} | copy
        return copy

    return [show(component) for component in components]

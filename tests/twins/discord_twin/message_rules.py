"""What a message may hold. Limits: Discord's developer documentation on messages, embeds and components."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.twins.discord_twin import components as parts
from tests.twins.discord_twin import errors
from tests.twins.discord_twin.components import SELECTS, Component, Kind
from tests.twins.discord_twin.errors import Problem
from tests.twins.discord_twin.files import Attachment, Upload, store
from tests.twins.discord_twin.messages import Draft, Flag, Message

MAX_FILES = 10
_SETTABLE = Flag.SUPPRESS_EMBEDS | Flag.EPHEMERAL | Flag.SUPPRESS_NOTIFICATIONS | Flag.COMPONENTS_V2
_EMBED_LIMITS = {"title": 256, "description": 4096}
_CONTAINER_CHILDREN = frozenset(
    {Kind.ACTION_ROW, Kind.SECTION, Kind.TEXT_DISPLAY, Kind.MEDIA_GALLERY, Kind.FILE, Kind.SEPARATOR}
)
_TOP_LEVEL_V2 = _CONTAINER_CHILDREN | {Kind.CONTAINER}


@dataclass(frozen=True, slots=True)
class Submission:
    """A message as a request asks for it.

    Attributes:
        files: Uploaded files by the n of `files[n]`.
        size_limit: Largest file in bytes.
        edits: The message that is edited, None for a new one.
        prefix: Where the message lies inside the request body (`data` for callbacks).
    """

    body: Mapping[str, Any]
    files: Mapping[int, Upload]
    size_limit: int
    channel_id: int
    ephemeral: bool = False
    edits: Message | None = None
    prefix: str = ""
    blocked_words: Iterable[str] = field(default=())


def compose(asked: Submission) -> Draft:
    """The message's new content. DiscordError if a rule is broken, as Discord answers it."""
    if any(len(upload.data) > asked.size_limit for upload in asked.files.values()):
        raise errors.entity_too_large()
    old = asked.edits
    attachments, problems = _attachments(asked)
    content = asked.body.get("content", old.content if old else "") or ""
    embeds = asked.body.get("embeds", old.embeds if old else []) or []
    components = asked.body.get("components", old.components if old else []) or []
    flags = _flags(asked, problems)
    names = [attachment.filename for attachment in attachments]
    problems += _content_problems(content)
    problems += _embed_problems(embeds, names)
    problems += list(_component_problems(components, names, v2=Flag.COMPONENTS_V2 in flags))
    if Flag.COMPONENTS_V2 in flags:
        problems += _v2_problems(asked.body, content, embeds)
    if problems:
        raise errors.invalid_form([_moved(problem, asked.prefix) for problem in problems])
    _refuse_empty(content, embeds, attachments, components, flags)
    draft = Draft(content, embeds, parts.numbered(components), attachments, flags)
    _refuse_blocked(draft, asked.blocked_words)
    return draft


def _moved(problem: Problem, prefix: str) -> Problem:
    return Problem(f"{prefix}.{problem.path}", problem.message, problem.code) if prefix else problem


def _flags(asked: Submission, problems: list[Problem]) -> Flag:
    wanted = Flag(asked.body.get("flags") or 0)
    if wanted & ~_SETTABLE:
        problems.append(Problem("flags", f"flags {int(wanted & ~_SETTABLE)} cannot be set"))
    if asked.edits is not None and asked.edits.uses_components_v2:
        wanted |= Flag.COMPONENTS_V2
    return wanted


def _refuse_empty(
    content: str, embeds: list[Any], attachments: list[Attachment], components: list[Any], flags: Flag
) -> None:
    body = components if Flag.COMPONENTS_V2 in flags else content.strip() or embeds or attachments
    if not body:
        raise errors.empty_message()


def _refuse_blocked(draft: Draft, words: Iterable[str]) -> None:
    preview = "\n".join([draft.content, *parts.texts(draft.components)]).casefold()
    if any(word.casefold() in preview for word in words):
        raise errors.blocked_by_automod()


def _attachments(asked: Submission) -> tuple[list[Attachment], list[Problem]]:
    """Kept and new files. An edit keeps what `attachments` lists, or everything if it is absent."""
    old = {str(attachment.id): attachment for attachment in (asked.edits.attachments if asked.edits else ())}
    listed = asked.body.get("attachments")
    problems: list[Problem] = []
    found: list[Attachment] = []
    if listed is None:
        found = [] if "attachments" in asked.body else list(old.values())
        listed = [{"id": index} for index in asked.files]
    unlisted = set(asked.files)
    for position, entry in enumerate(listed):
        key = str(entry.get("id"))
        description = entry.get("description")
        if description is not None and len(description) > 1024:
            problems.append(_too_long(f"attachments.{position}.description", 1024))
        if key in old:
            kept = old[key]
            found.append(replace(kept, description=description) if "description" in entry else kept)
            continue
        upload = asked.files.get(int(key)) if key.isdigit() else None
        if upload is None:
            problems.append(Problem(f"attachments.{position}.id", f"no file and no attachment {key}"))
            continue
        unlisted.discard(int(key))
        name = entry.get("filename") or upload.filename
        new = store(Upload(name, upload.data), asked.channel_id, ephemeral=asked.ephemeral)
        new.description = description
        if new.misnamed:
            problems.append(Problem(f"attachments.{position}.filename", f"{name} is not what its bytes are"))
        found.append(new)
    if unlisted:
        problems.append(Problem("attachments", f"files {sorted(unlisted)} are uploaded but not listed"))
    if len(found) > MAX_FILES:
        problems.append(Problem("attachments", "Must be 10 or fewer in length.", "BASE_TYPE_MAX_LENGTH"))
    return found, problems


def _too_long(path: str, limit: int) -> Problem:
    return Problem(path, f"Must be {limit} or fewer in length.", "BASE_TYPE_MAX_LENGTH")


def _content_problems(content: str) -> list[Problem]:
    return [_too_long("content", 2000)] if len(content) > 2000 else []


def _embed_problems(embeds: list[dict[str, Any]], names: list[str]) -> list[Problem]:
    problems: list[Problem] = []
    if len(embeds) > 10:
        problems.append(_too_long("embeds", 10))
    total = 0
    for number, embed in enumerate(embeds):
        path = f"embeds.{number}"
        sized = [(f"{path}.{key}", embed.get(key) or "", limit) for key, limit in _EMBED_LIMITS.items()]
        sized.append((f"{path}.footer.text", (embed.get("footer") or {}).get("text") or "", 2048))
        sized.append((f"{path}.author.name", (embed.get("author") or {}).get("name") or "", 256))
        fields = embed.get("fields") or []
        if len(fields) > 25:
            problems.append(_too_long(f"{path}.fields", 25))
        for position, entry in enumerate(fields):
            for key, limit in (("name", 256), ("value", 1024)):
                text = entry.get(key) or ""
                sized.append((f"{path}.fields.{position}.{key}", text, limit))
                if not text.strip():
                    problems.append(Problem(f"{path}.fields.{position}.{key}", "This field is required"))
        total += sum(len(text) for _, text, _ in sized)
        problems += [_too_long(where, limit) for where, text, limit in sized if len(text) > limit]
        images = [str((embed.get(key) or {}).get("url", "")) for key in ("image", "thumbnail")]
        problems += _missing_files(f"{path}.image", images, names)
    if total > 6000:
        problems.append(
            Problem("embeds", "Embed size exceeds maximum size of 6000", "MAX_EMBED_SIZE_EXCEEDED")
        )
    return problems


def _missing_files(path: str, urls: Iterable[str], names: list[str]) -> list[Problem]:
    missing = [name for name in parts.referenced_files(urls) if name not in names]
    return [Problem(path, f"{name} is not attached", "UNFURLED_MEDIA_ITEM_NOT_FOUND") for name in missing]


def _v2_problems(body: Mapping[str, Any], content: str, embeds: list[Any]) -> list[Problem]:
    banned = {
        "content": content,
        "embeds": embeds,
        "poll": body.get("poll"),
        "stickers": body.get("sticker_ids"),
    }
    message = "cannot be used together with IS_COMPONENTS_V2"
    return [
        Problem(key, message, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2")
        for key in banned
        if banned[key]
    ]


def _component_problems(components: list[Component], names: list[str], *, v2: bool) -> Iterator[Problem]:
    if not v2 and len(components) > 5:
        yield _too_long("components", 5)
    for number, component in enumerate(components):
        path = f"components.{number}"
        allowed = _TOP_LEVEL_V2 if v2 else {Kind.ACTION_ROW}
        if component.get("type") not in allowed:
            yield Problem(path, f"type {component.get('type')} is not allowed here", "UNION_TYPE_CHOICES")
        yield from _one(component, path)
    everything = list(parts.walk(components))
    if len(everything) > 40:
        yield Problem("components", f"{len(everything)} components, 40 are allowed", "COMPONENT_MAX_TOTAL")
    shown = sum(
        len(part.get("content") or "") for part in everything if part.get("type") == Kind.TEXT_DISPLAY
    )
    if shown > 4000:
        yield Problem(
            "components", f"{shown} characters to display, 4000 are allowed", "COMPONENT_DISPLAYABLE_TEXT"
        )
    yield from duplicate_ids(everything)
    yield from _missing_files("components", parts.media_urls(components), names)


def duplicate_ids(everything: list[Component]) -> Iterator[Problem]:
    seen: set[str] = set()
    for part in everything:
        custom_id = part.get("custom_id")
        if custom_id is not None and custom_id in seen:
            yield Problem(
                "components", f"custom id {custom_id} is used twice", "COMPONENT_CUSTOM_ID_DUPLICATED"
            )
        if custom_id is not None:
            seen.add(custom_id)


def _one(component: Component, path: str) -> Iterator[Problem]:
    match component.get("type"):
        case Kind.ACTION_ROW:
            yield from _row(component, path)
        case Kind.SECTION:
            yield from _section(component, path)
        case Kind.CONTAINER:
            children = component.get("components") or []
            if not children:
                yield Problem(f"{path}.components", "This field is required", "BASE_TYPE_REQUIRED")
            for number, child in enumerate(children):
                if child.get("type") not in _CONTAINER_CHILDREN:
                    yield Problem(f"{path}.components.{number}", "not allowed in a container")
                yield from _one(child, f"{path}.components.{number}")
        case Kind.TEXT_DISPLAY:
            if not 1 <= len(component.get("content") or "") <= 4000:
                yield Problem(f"{path}.content", "Must be between 1 and 4000 in length.")
        case Kind.MEDIA_GALLERY:
            yield from _gallery(component, path)
        case Kind.FILE:
            if not str((component.get("file") or {}).get("url", "")).startswith(parts.REFERENCE):
                yield Problem(f"{path}.file.url", "only attachment:// references are supported")
        case Kind.THUMBNAIL:
            yield from _alt_text(component, path)


def _alt_text(item: Mapping[str, Any], path: str) -> Iterator[Problem]:
    description = item.get("description")
    if description is not None and not 1 <= len(description) <= 1024:
        yield Problem(f"{path}.description", "Must be between 1 and 1024 in length.")


def _gallery(component: Component, path: str) -> Iterator[Problem]:
    items = component.get("items") or []
    if not 1 <= len(items) <= 10:
        yield Problem(f"{path}.items", "Must be between 1 and 10 in length.")
    for number, item in enumerate(items):
        yield from _alt_text(item, f"{path}.items.{number}")


def _section(component: Component, path: str) -> Iterator[Problem]:
    children = component.get("components") or []
    if not 1 <= len(children) <= 3 or any(child.get("type") != Kind.TEXT_DISPLAY for child in children):
        yield Problem(f"{path}.components", "a section holds 1 to 3 text displays")
    for number, child in enumerate(children):
        yield from _one(child, f"{path}.components.{number}")
    match (component.get("accessory") or {}).get("type"):
        case Kind.BUTTON:
            yield from _button(component["accessory"], f"{path}.accessory")
        case Kind.THUMBNAIL:
            yield from _one(component["accessory"], f"{path}.accessory")
        case _:
            yield Problem(f"{path}.accessory", "a section needs a button or a thumbnail")


def _row(component: Component, path: str) -> Iterator[Problem]:
    children = component.get("components") or []
    selects = [child for child in children if child.get("type") in SELECTS]
    buttons = [child for child in children if child.get("type") == Kind.BUTTON]
    if len(selects) + len(buttons) != len(children) or not children:
        yield Problem(f"{path}.components", "a row holds buttons or one select")
    if len(buttons) > 5 or len(selects) > 1 or (selects and buttons):
        yield Problem(
            f"{path}.components", "a row holds 5 buttons or one select", "COMPONENT_LAYOUT_WIDTH_EXCEEDED"
        )
    for number, child in enumerate(children):
        where = f"{path}.components.{number}"
        if child.get("type") == Kind.BUTTON:
            yield from _button(child, where)
        elif child.get("type") in SELECTS:
            yield from select_problems(child, where)


def _button(button: Component, path: str) -> Iterator[Problem]:
    style = button.get("style")
    if style not in range(1, 7):
        yield Problem(f"{path}.style", f"unknown style {style}")
    if style in (1, 2, 3, 4):
        yield from custom_id_problems(button, path)
        if button.get("url"):
            yield Problem(f"{path}.url", "only a link button has an URL")
    if style == 5 and (button.get("custom_id") or not _is_link(button.get("url"))):
        yield Problem(f"{path}.url", "a link button has an URL of up to 512 characters and no custom id")
    label = button.get("label") or ""
    if len(label) > 80:
        yield _too_long(f"{path}.label", 80)
    if style != 6 and not label and not button.get("emoji"):
        yield Problem(f"{path}.label", "a button needs a label or an emoji", "BUTTON_COMPONENT_INVALID_LABEL")


def _is_link(url: str | None) -> bool:
    return url is not None and len(url) <= 512 and re.match(r"(https?|discord)://", url) is not None


def custom_id_problems(component: Component, path: str) -> Iterator[Problem]:
    if not 1 <= len(component.get("custom_id") or "") <= 100:
        yield Problem(f"{path}.custom_id", "Must be between 1 and 100 in length.", "BASE_TYPE_BAD_LENGTH")


def select_problems(select: Component, path: str) -> Iterator[Problem]:
    yield from custom_id_problems(select, path)
    if len(select.get("placeholder") or "") > 150:
        yield _too_long(f"{path}.placeholder", 150)
    if select.get("type") != Kind.STRING_SELECT:
        return
    options = select.get("options") or []
    yield from option_problems(options, f"{path}.options", 1, 25)
    if (select.get("max_values") or 1) > max(1, len(options)):
        yield Problem(f"{path}.max_values", "more than there are options")


def option_problems(options: list[Any], path: str, least: int, most: int) -> Iterator[Problem]:
    if not least <= len(options) <= most:
        yield Problem(path, f"Must be between {least} and {most} in length.")
    values = [option.get("value") for option in options]
    if len(set(values)) != len(values):
        yield Problem(path, "two options have the same value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED")
    for number, option in enumerate(options):
        for key in ("label", "value"):
            if not 1 <= len(option.get(key) or "") <= 100:
                yield Problem(f"{path}.{number}.{key}", "Must be between 1 and 100 in length.")
        if len(option.get("description") or "") > 100:
            yield _too_long(f"{path}.{number}.description", 100)

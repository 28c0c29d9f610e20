"""Slack's block rules, strictly: unknown keys, lengths, either-or rules. Source: docs.slack.dev, Block Kit reference.

Every function returns problems as (json pointer, what is wrong); an empty list means that Slack takes the message.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

Problem = tuple[str, str]

_FILE_ID = re.compile(r"^F[A-Z0-9]{8,}$")
_TEXT_KEYS = {"type", "text", "emoji", "verbatim"}
_MAX_BLOCKS = {"message": 50, "modal": 100, "home": 100}


def problems(blocks: Any, surface: str = "message") -> list[Problem]:
    """What Slack would refuse about a list of blocks."""
    if not isinstance(blocks, list):
        return [("/blocks", "not a list")]
    found: list[Problem] = []
    if len(blocks) > _MAX_BLOCKS[surface]:
        found.append(("/blocks", "too many blocks"))
    ids = [block.get("block_id") for block in blocks if isinstance(block, dict) and block.get("block_id")]
    if len(ids) != len(set(ids)):
        found.append(("/blocks", "duplicate block_id"))
    for number, block in enumerate(blocks):
        found += list(_block(block, f"/blocks/{number}"))
    return found


def view_problems(view: Any) -> list[Problem]:
    """What Slack would refuse about a modal or an App Home."""
    found: list[Problem] = []
    if view.get("type") == "home":
        found += [(f"/{key}", "unknown key") for key in set(view) - {"type", "blocks", "private_metadata"}]
        return found + problems(view.get("blocks", []), "home")
    allowed = {
        "type",
        "title",
        "submit",
        "close",
        "blocks",
        "private_metadata",
        "callback_id",
        "clear_on_close",
        "notify_on_close",
    }
    found += [(f"/{key}", "unknown key") for key in set(view) - allowed]
    for key in ("title", "submit", "close"):
        if key in view:
            found += list(_text(view[key], f"/{key}", 24, plain=True))
    if len(view.get("private_metadata", "")) > 3000:
        found.append(("/private_metadata", "longer than 3000"))
    if "title" not in view:
        found.append(("/title", "missing"))
    if any(block.get("type") == "input" for block in view.get("blocks", [])) and "submit" not in view:
        found.append(("/submit", "input blocks need it"))
    return found + problems(view.get("blocks", []), "modal")


def images(blocks: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Image blocks with their pointers."""
    for number, block in enumerate(blocks):
        if block.get("type") == "image":
            yield f"/blocks/{number}", block


def texts(blocks: list[dict[str, Any]]) -> Iterator[str]:
    """Everything that a person can read or hear in blocks."""
    for block in blocks:
        for key in ("text", "label", "title"):
            if isinstance(block.get(key), dict):
                yield block[key]["text"]
        if block.get("alt_text"):
            yield block["alt_text"]
        for element in block.get("elements", []):
            inner = element.get("text")
            yield inner["text"] if isinstance(inner, dict) else str(inner or "")


def _block(block: Any, at: str) -> Iterator[Problem]:
    if not isinstance(block, dict) or "type" not in block:
        yield at, "not a block"
        return
    rule = _RULES.get(block["type"])
    if rule is None:
        yield f"{at}/type", f"unsupported block {block['type']}"
        return
    allowed, required, check = rule
    for key in set(block) - allowed - {"type", "block_id"}:
        yield f"{at}/{key}", "unknown key"
    for key in required - set(block):
        yield f"{at}/{key}", "missing"
    if len(block.get("block_id", "")) > 255:
        yield f"{at}/block_id", "longer than 255"
    yield from check(block, at)


def _section(block: dict[str, Any], at: str) -> Iterator[Problem]:
    if "text" in block:
        yield from _text(block["text"], f"{at}/text", 3000)
    if "text" not in block and not block.get("fields"):
        yield at, "text or fields"
    if "accessory" in block and block["accessory"].get("type") == "button":
        yield from _button(block["accessory"], f"{at}/accessory")
    if len(block.get("fields", [])) > 10:
        yield f"{at}/fields", "more than 10"
    for number, field in enumerate(block.get("fields", [])):
        yield from _text(field, f"{at}/fields/{number}", 2000)


def _header(block: dict[str, Any], at: str) -> Iterator[Problem]:
    yield from _text(block.get("text", {}), f"{at}/text", 150, plain=True)


def _context(block: dict[str, Any], at: str) -> Iterator[Problem]:
    elements = block.get("elements", [])
    if not 1 <= len(elements) <= 10:
        yield f"{at}/elements", "1 to 10"
    for number, element in enumerate(elements):
        if element.get("type") != "image":
            yield from _text(element, f"{at}/elements/{number}", 3000)


def _image(block: dict[str, Any], at: str) -> Iterator[Problem]:
    sources = [key for key in ("image_url", "slack_file") if key in block]
    if len(sources) != 1:
        yield at, "exactly one of image_url and slack_file"
    alt = block.get("alt_text")
    if not isinstance(alt, str) or not 1 <= len(alt) <= 2000:
        yield f"{at}/alt_text", "1 to 2000 characters"
    url = block.get("image_url")
    if url is not None and (not re.match(r"^https?://", url) or len(url) > 3000):
        yield f"{at}/image_url", "not a usable address"
    file = block.get("slack_file")
    if file is not None:
        if set(file) - {"id", "url"} or len(set(file) & {"id", "url"}) != 1:
            yield f"{at}/slack_file", "id or url, and nothing else"
        if "id" in file and not _FILE_ID.match(str(file["id"])):
            yield f"{at}/slack_file/id", "no file id"
    if "title" in block:
        yield from _text(block["title"], f"{at}/title", 2000, plain=True)


def _actions(block: dict[str, Any], at: str) -> Iterator[Problem]:
    elements = block.get("elements", [])
    if not 1 <= len(elements) <= 25:
        yield f"{at}/elements", "1 to 25"
    ids = [element.get("action_id") for element in elements]
    if len(ids) != len(set(ids)):
        yield f"{at}/elements", "duplicate action_id"
    for number, element in enumerate(elements):
        if element.get("type") == "static_select":
            yield from _select(element, f"{at}/elements/{number}")
        if element.get("type") == "button":
            yield from _button(element, f"{at}/elements/{number}")


def _button(button: dict[str, Any], at: str) -> Iterator[Problem]:
    allowed = {"type", "text", "action_id", "value", "url", "style", "confirm", "accessibility_label"}
    for key in set(button) - allowed:
        yield f"{at}/{key}", "unknown key"
    yield from _text(button.get("text", {}), f"{at}/text", 75, plain=True)
    if "confirm" in button:
        yield from _confirm(button["confirm"], f"{at}/confirm")
    if len(button.get("action_id", "")) > 255 or len(button.get("value", "")) > 2000:
        yield at, "too long"
    if button.get("style", "primary") not in {"primary", "danger"}:
        yield f"{at}/style", "primary or danger"


def _confirm(confirm: dict[str, Any], at: str) -> Iterator[Problem]:
    for key, limit in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        yield from _text(confirm.get(key), f"{at}/{key}", limit)
    for key in set(confirm) - {"title", "text", "confirm", "deny", "style"}:
        yield f"{at}/{key}", "unknown key"


_ELEMENTS: dict[str, set[str]] = {
    "plain_text_input": {"multiline", "max_length", "min_length", "initial_value", "placeholder"},
    "static_select": {"options", "option_groups", "initial_option", "placeholder"},
    "checkboxes": {"options", "initial_options"},
    "file_input": {"filetypes", "max_files"},
    "conversations_select": {
        "default_to_current_conversation",
        "response_url_enabled",
        "initial_conversation",
    },
}


def _input(block: dict[str, Any], at: str) -> Iterator[Problem]:
    yield from _text(block.get("label", {}), f"{at}/label", 2000, plain=True)
    element = block.get("element", {})
    allowed = _ELEMENTS.get(element.get("type"))
    if allowed is None:
        yield f"{at}/element/type", "unsupported element"
        return
    for key in set(element) - allowed - {"type", "action_id"}:
        yield f"{at}/element/{key}", "unknown key"
    if element["type"] == "plain_text_input":
        if not 1 <= element.get("max_length", 1) <= 3000:
            yield f"{at}/element/max_length", "1 to 3000"
        if len(element.get("initial_value", "")) > element.get("max_length", 3000):
            yield f"{at}/element/initial_value", "longer than max_length"
    if element["type"] == "file_input" and not 1 <= element.get("max_files", 1) <= 10:
        yield f"{at}/element/max_files", "1 to 10"
    if element["type"] in {"static_select", "checkboxes"}:
        yield from _options(element, f"{at}/element")


def _options(element: dict[str, Any], at: str) -> Iterator[Problem]:
    groups = element.get("option_groups", [])
    if ("options" in element) == bool(groups):
        yield at, "either options or option_groups"
    for number, group in enumerate(groups):
        yield from _text(group.get("label"), f"{at}/option_groups/{number}/label", 75, plain=True)
    listed = [*element.get("options", []), *(item for group in groups for item in group["options"])]
    if not 1 <= len(listed) <= 100:
        yield f"{at}/options", "1 to 100"
    first = element.get("initial_option")
    if first is not None and first not in listed:
        yield f"{at}/initial_option", "not among the options"
    for number, item in enumerate(listed):
        yield from _text(item.get("text"), f"{at}/options/{number}/text", 75, plain=True)
        if len(item.get("value", "")) > 150 or set(item) - {"text", "value", "description"}:
            yield f"{at}/options/{number}", "not an option"


def _select(select: dict[str, Any], at: str) -> Iterator[Problem]:
    """After the reference of the static select: 1 to 100 options, values of at most 150 characters."""
    yield from _text(select.get("placeholder", {}), f"{at}/placeholder", 150, plain=True)
    options = select.get("options", [])
    if not 1 <= len(options) <= 100 or len(select.get("action_id", "")) > 255:
        yield f"{at}/options", "1 to 100"
    for option in options:
        yield from _text(option.get("text", {}), f"{at}/options/text", 75, plain=True)
        if not 1 <= len(option.get("value", "")) <= 150:
            yield f"{at}/options/value", "1 to 150 characters"


def _nothing(_block: dict[str, Any], _at: str) -> Iterator[Problem]:
    yield from ()


def _text(text: Any, at: str, limit: int, *, plain: bool = False) -> Iterator[Problem]:
    if not isinstance(text, dict) or text.get("type") not in {"plain_text", "mrkdwn"}:
        yield at, "not a text object"
        return
    if plain and text["type"] != "plain_text":
        yield at, "plain_text only"
    for key in set(text) - _TEXT_KEYS:
        yield f"{at}/{key}", "unknown key"
    if text["type"] == "mrkdwn" and "emoji" in text:
        yield f"{at}/emoji", "plain_text only"
    if not isinstance(text.get("text"), str) or not 1 <= len(text["text"]) <= limit:
        yield f"{at}/text", f"1 to {limit} characters"


Check = Callable[[dict[str, Any], str], Iterator[Problem]]

_RULES: dict[str, tuple[set[str], set[str], Check]] = {
    "section": ({"text", "fields", "accessory", "expand"}, set(), _section),
    "header": ({"text"}, {"text"}, _header),
    "context": ({"elements"}, {"elements"}, _context),
    "image": ({"image_url", "slack_file", "alt_text", "title"}, {"alt_text"}, _image),
    "actions": ({"elements"}, {"elements"}, _actions),
    "input": ({"label", "element", "hint", "optional", "dispatch_action"}, {"label", "element"}, _input),
    "divider": (set(), set(), _nothing),
}

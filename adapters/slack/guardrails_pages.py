"""How pages and forms of the moderators' panel look in Slack: pure functions, no network."""

import json
import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, Final

from adapters.slack.render import Block, Message, escape, pictures_input
from adapters.slack.render import plain as _plain
from bot.messages.catalogue import Texts
from bot.messages.desk import MARK, without_marks
from bot.messages.keys import Say
from bot.moderation.pages import LONGEST_FORM, Button, File, Form, Menu, Page

BUTTON: Final = "guard_button"
MENU: Final = "guard_menu:"
LINK: Final = "guard_link"
FORM: Final = "guard_form"
_SECTION: Final = 2900
_SECTIONS: Final = 10
"""With a page's lines."""
_PIECE: Final = _SECTION // 5
"""Characters that fit into a section even if all of them have to be escaped."""
_PART: Final = _SECTION - 10
_PARTS: Final = 20
"""Sections with a file's text; with the page's own blocks a message takes fifty."""
_HEADER: Final = 150
_ID: Final = re.compile(r"[A-Z][A-Z0-9]{5,20}")


def drawn(page: Page) -> Message:
    """A page as blocks: title, lines, menus, buttons in rows of five."""
    blocks: list[Block] = [_title(page.title)]
    parts = _grouped(page.lines)[:_SECTIONS]
    blocks += [_section(part) for part in [*parts, page.link] if part]
    if page.file is not None:
        blocks += _file(page.file)
    if page.menus:
        menus = [_menu(menu) for menu in page.menus]
        blocks.append({"type": "actions", "block_id": "guard_menus", "elements": menus})
    for start in range(0, len(page.buttons), 5):
        row = [_button(button, start + place) for place, button in enumerate(page.buttons[start : start + 5])]
        blocks.append({"type": "actions", "block_id": f"guard_buttons_{start}", "elements": row})
    return Message(without_marks(page.title), blocks)


def cut_to_fit(lines: Sequence[str]) -> tuple[str, ...]:
    """All of the lines if a page takes them, else as many of the first ones as leave room for one about the rest."""
    if len(_grouped(lines)) <= _SECTIONS:
        return tuple(lines)
    most = bisect_right(range(len(lines)), _SECTIONS - 1, key=lambda number: len(_grouped(lines[:number])))
    return tuple(lines[: most - 1])


def _grouped(lines: Sequence[str]) -> list[str]:
    """The texts of sections, cut between two lines; one that is longer than a section, within itself."""
    parts = [""]
    for line in lines:
        for piece in _pieces(line):
            if len(parts[-1]) + 1 + len(piece) > _SECTION:
                parts.append("")
            parts[-1] += f"\n{piece}" if parts[-1] else piece
    return [part for part in parts if part.strip()]


def _pieces(line: str) -> list[str]:
    shown = _line(line)
    if len(shown) <= _SECTION:
        return [shown]
    return [_line(line[start : start + _PIECE]) for start in range(0, len(line), _PIECE)]


def _title(title: str) -> Block:
    """A header, which takes no names and is cut at 150; else a line of its own."""
    if MARK.search(title) or len(title) > _HEADER:
        return _section(f"*{_line(title)}*")
    return {"type": "header", "text": _plain(title, _HEADER)}


def _line(line: str) -> str:
    """Plain text; marked ids become names."""
    return MARK.sub(_name, escape(line))


def _name(mark: re.Match[str]) -> str:
    """How Slack writes a channel or a person; a user group's name would ping all of it."""
    sign = {"channel": "#", "person": "@"}.get(mark[1], "")
    return f"<{sign}{mark[2]}>" if sign and _ID.fullmatch(mark[2]) else mark[2]


def _button(button: Button, number: int) -> Block:
    element: Block = {"type": "button", "text": _plain(button.label, 75)}
    if button.url:
        element |= {"action_id": f"{LINK}_{number}", "url": button.url}
    else:
        element |= {"action_id": f"{BUTTON}_{number}", "value": button.act}
    if button.primary or button.danger:
        element["style"] = "primary" if button.primary else "danger"
    return element


def card_button(label: str, act: str) -> Block:
    """The button of a card; pressing it opens the case privately."""
    return _button(Button(label, act), 0)


def _menu(menu: Menu) -> Block:
    return {
        "type": "static_select",
        "action_id": f"{MENU}{menu.act}",
        "placeholder": _plain(menu.label, 150),
        "options": [{"text": _plain(name, 75), "value": value[:150]} for name, value in menu.options[:100]],
    }


def fits(file: File) -> bool:
    """Whether all of it can be shown as code, with no line cut in two."""
    parts = _parts(file)
    return len(parts) <= _PARTS and all(len(part) <= _PART for part in parts)


def _file(file: File) -> list[Block]:
    """As code, to copy: a file would need a scope that a workspace may have declined."""
    return [_section(f"```{part}```") for part in _parts(file) if part.strip()]


def _parts(file: File) -> list[str]:
    parts = [""]
    for line in file.text.splitlines(keepends=True):
        if len(parts[-1]) + len(escape(line)) > _PART:
            parts.append("")
        parts[-1] += escape(line)
    return parts


def dialog(form: Form, state: dict[str, Any], texts: Texts, *, files: bool = False) -> dict[str, Any]:
    """A form; `state` says where its answer is to be shown. `files`: the workspace lets us read uploads."""
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": "text",
        "multiline": form.long,
        "max_length": form.most or LONGEST_FORM,
    }
    if form.value:
        element["initial_value"] = form.value
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": json.dumps({"act": form.act, **state}),
        "title": _plain(form.title, 24),
        "submit": _plain(texts.say(Say.SEND), 24),
        "close": _plain(texts.say(Say.CLOSE), 24),
        "blocks": [
            {
                "type": "input",
                "block_id": "guard",
                "optional": not form.required,
                "label": _plain(form.label, 2000),
                "element": element,
            },
            *([_picture_field(form.picture)] if form.picture and files else []),
        ],
    }


def _picture_field(label: str) -> Block:
    return {
        "type": "input",
        "block_id": "files",
        "optional": True,
        "label": _plain(label, 2000),
        "element": pictures_input(1),
    }


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}

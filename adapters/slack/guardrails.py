"""`/guardrails` on Slack: the core's panel, drawn with Block Kit. Everything is private to the moderator.

A button's value is an act of the panel; a menu's act is in its `action_id` and what was chosen goes behind it. A
dialog keeps its act, and the door by which the answer is shown, in its private metadata: all of it works after
restarts and on any replica.
"""

import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import structlog
from slack_bolt.async_app import AsyncApp

from adapters.slack.admins import Admins
from adapters.slack.delivery import Delivery
from adapters.slack.handle import RESPONSE_URL_LIFE, Handle
from adapters.slack.net import Work
from adapters.slack.render import Block, Message, escape
from adapters.slack.requester import channel_of, requester_of, tenant_of, user_of
from bot.domain.requests import Requester
from bot.messages.catalogue import texts_for
from bot.messages.keys import Say
from bot.moderation.pages import Button, File, Form, Menu, Page, Shown
from bot.moderation.panel import Panel

log = structlog.get_logger(__name__)

_BUTTON: Final = "guard_button"
_MENU: Final = "guard_menu:"
_FORM: Final = "guard_form"
_SECTION: Final = 2900
_METADATA: Final = 3000


class GuardListeners:
    """The command, the panel's buttons and menus, and its dialogs."""

    def __init__(
        self,
        panel: Panel,
        delivery: Delivery,
        admins: Admins,
        behind: Callable[[Work, str], Callable[..., Awaitable[None]]],
    ) -> None:
        self._panel = panel
        self._delivery = delivery
        self._admins = admins
        self._behind = behind

    def register(self, app: AsyncApp) -> None:
        app.command("/guardrails")(self._behind(self._command, "guardrails"))
        app.action(re.compile(f"^{_BUTTON}"))(self._behind(self._action, "guardrails button"))
        app.action(re.compile(f"^{_MENU}"))(self._behind(self._action, "guardrails menu"))
        app.view(_FORM)(self._behind(self._form, "guardrails form"))

    async def _command(self, body: dict[str, Any]) -> None:
        actor = await self._actor(body, body["user_id"], body["channel_id"])
        shown = await self._panel.command(actor, body.get("text", ""))
        await self._show(shown, _door(body, body["response_url"]), body["trigger_id"], new=True)

    async def _action(self, body: dict[str, Any]) -> None:
        """In place on the panel's own message; on a card that others see too, as a new private message."""
        pressed = body["actions"][0]
        chosen = pressed.get("selected_option") or {}
        act = f"{pressed['action_id'].removeprefix(_MENU)}:{chosen['value']}" if chosen else pressed["value"]
        container = body.get("container", {})
        actor = await self._actor(body, body["user"]["id"], str(container.get("channel_id", "")))
        shown = await self._panel.act(actor, act)
        new = not container.get("is_ephemeral")
        await self._show(shown, _door(body, body["response_url"]), body["trigger_id"], new=new)

    async def _form(self, body: dict[str, Any]) -> None:
        view = body["view"]
        state = json.loads(view["private_metadata"])
        text = str(view["state"]["values"]["guard"]["text"]["value"] or "")
        actor = await self._actor(body, body["user"]["id"], state["channel"])
        shown = await self._panel.act(actor, state["act"], text)
        await self._show(shown, _door(body, state["url"]), "", new=bool(state["new"]))

    async def _actor(self, body: Mapping[str, Any], user: str, channel: str) -> Requester:
        actor = requester_of(body, user, channel, public=False, locale=_locale(body))
        return replace(actor, moderator=await self._admins.is_admin(tenant_of(body), user))

    async def _show(self, shown: Shown, door: Handle, trigger: str, *, new: bool) -> None:
        if isinstance(shown, Form):
            client = await self._delivery.client_for(door.team)
            await client.views_open(trigger_id=trigger, view=_dialog(shown, door.response_url, new=new))
            return
        await self._delivery.respond(door, drawn(shown), response_type="ephemeral", replace_original=not new)


def _door(body: Mapping[str, Any], url: str) -> Handle:
    return Handle(
        tenant_of(body),
        user_of(body),
        channel_of(body),
        response_url=url,
        expires_at=time.time() + RESPONSE_URL_LIFE,
    )


def drawn(page: Page) -> Message:
    """A page as blocks: title, lines, menus, buttons in rows of five."""
    blocks: list[Block] = [{"type": "header", "text": _plain(page.title, 150)}]
    text = "\n".join(escape(line) for line in page.lines)
    if page.link:
        text += f"\n{page.link}"
    blocks += [_section(text[start : start + _SECTION]) for start in range(0, len(text), _SECTION)][:10]
    if page.file is not None:
        blocks += _file(page.file)
    for number, menu in enumerate(page.menus):
        blocks.append({"type": "actions", "block_id": f"guard_menu_{number}", "elements": [_menu(menu)]})
    for start in range(0, len(page.buttons), 5):
        row = [_button(button, start + place) for place, button in enumerate(page.buttons[start : start + 5])]
        blocks.append({"type": "actions", "block_id": f"guard_buttons_{start}", "elements": row})
    return Message(page.title, blocks)


def _button(button: Button, number: int) -> Block:
    element: Block = {
        "type": "button",
        "action_id": f"{_BUTTON}_{number}",
        "value": button.act,
        "text": _plain(button.label, 75),
    }
    if button.primary or button.danger:
        element["style"] = "primary" if button.primary else "danger"
    return element


def card_button(label: str, act: str) -> Block:
    """The button of a card; pressing it opens the case privately."""
    return _button(Button(label, act), 0)


def _menu(menu: Menu) -> Block:
    return {
        "type": "static_select",
        "action_id": f"{_MENU}{menu.act}",
        "placeholder": _plain(menu.label, 150),
        "options": [{"text": _plain(name, 75), "value": value[:150]} for name, value in menu.options[:100]],
    }


def _file(file: File) -> list[Block]:
    """As code, to copy: a file would need a scope that a workspace may have declined."""
    lines, parts = file.text.splitlines(keepends=True), [""]
    for line in lines:
        if len(parts[-1]) + len(escape(line)) > _SECTION - 10:
            parts.append("")
        parts[-1] += escape(line)
    return [_section(f"```{part}```") for part in parts if part.strip()][:20]


def _dialog(form: Form, url: str, *, new: bool) -> dict[str, Any]:
    texts = texts_for("en")
    element: dict[str, Any] = {"type": "plain_text_input", "action_id": "text", "multiline": form.long}
    if form.value:
        element["initial_value"] = form.value[:3000]
    return {
        "type": "modal",
        "callback_id": _FORM,
        "private_metadata": json.dumps({"act": form.act, "url": url, "channel": "", "new": new})[:_METADATA],
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
            }
        ],
    }


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _plain(text: str, limit: int) -> dict[str, Any]:
    shown = text if len(text) <= limit else text[: limit - 1] + "…"
    return {"type": "plain_text", "text": shown, "emoji": True}


def _locale(body: Mapping[str, Any]) -> str:
    user = body.get("user")
    return str(user.get("locale", "en")) if isinstance(user, Mapping) else "en"

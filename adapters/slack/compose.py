"""The window in which a picture is described field by field, opened from a message or from anywhere."""

import json
from typing import Any, Final

from adapters.slack.desk import Desk, picture_urls
from adapters.slack.handle import RESPONSE_URL_LIFE, Handle
from adapters.slack.render import Block, escape, pictures_input, plain, section
from adapters.slack.requester import tenant_of
from adapters.slack.spoken import spoken
from bot.domain.mockups import MOCKUPS
from bot.domain.requests import Reference, ReferenceRole
from bot.domain.styles import STYLES
from bot.guardrails.intake import form_field
from bot.messages.catalogue import Texts
from bot.messages.keys import Say

ASPECTS: Final = ("1:1", "16:9", "9:16", "8:5", "4:3", "3:4", "3:2", "2:3", "21:9")
_METADATA: Final = 3000
_MOST_COUNT: Final = 4
_UPLOADS: Final = 4


class Compose:
    """Two doors and one window."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def from_message(self, body: dict[str, Any]) -> None:
        """The shortcut of a message: its words and its pictures are there already."""
        message = body.get("message") or {}
        thread = message.get("thread_ts")
        handle = self._desk.handle(body, thread=thread)
        tenant = handle.team
        urls = picture_urls(message.get("files")) if await self._desk.may(tenant, "files:read") else []
        await self._open(body, handle, spoken(str(message.get("text") or "")), urls)

    async def from_anywhere(self, body: dict[str, Any]) -> None:
        """The global shortcut: where to show the picture is asked for, which also brings a response_url."""
        await self._open(body, self._desk.handle(body), "", [])

    async def submitted(self, body: dict[str, Any]) -> None:
        desk, view = self._desk, body["view"]
        state = json.loads(view["private_metadata"])
        values = {block: next(iter(fields.values())) for block, fields in view["state"]["values"].items()}
        handle = _where(Handle.from_json(state["handle"]), body, desk.context.clock.now())
        texts = await desk.texts(body)
        requester = await desk.requester(body, handle, texts)
        style = _chosen(values, "style")
        typed = {
            "style": style,
            "aspect": _chosen(values, "aspect"),
            "count": int(_chosen(values, "count") or 1),
        }
        role = ReferenceRole.EDIT
        references = tuple(Reference(f"attachment:{handle.team}|{url}", role) for url in state["urls"])
        references += await desk.files_of((values.get("files") or {}).get("files"), handle.team)
        text = str((values.get("prompt") or {}).get("value") or "")
        if not desk.taking:
            await desk.restarting(handle, texts)
            return
        key = f"{handle.team}:{view['id']}"
        result = await desk.submit(key, requester, text, handle, typed=typed, references=references)
        await desk.start(handle, result, texts)

    async def _open(self, body: dict[str, Any], handle: Handle, words: str, urls: list[str]) -> None:
        desk = self._desk
        tenant = tenant_of(body)
        texts = await desk.texts(body)
        while urls and len(json.dumps({"handle": handle.to_json(), "urls": urls})) > _METADATA:
            urls = urls[:-1]
        view = compose_view(
            texts,
            json.dumps({"handle": handle.to_json(), "urls": urls}),
            words=words,
            pictures=len(urls),
            uploads=await desk.may(tenant, "files:read"),
            asks_where=not handle.channel,
        )
        client = await desk.delivery.client_for(tenant)
        await client.views_open(trigger_id=body["trigger_id"], view=view)


def compose_view(
    texts: Texts, metadata: str, *, words: str, pictures: int, uploads: bool, asks_where: bool
) -> dict[str, Any]:
    """The window. `pictures` of a message go along; without `uploads` no field for files is offered."""
    first, most = form_field(words.strip())
    prompt: Block = {
        "type": "plain_text_input",
        "action_id": "value",
        "multiline": True,
        "max_length": most,
    }
    if first:
        prompt["initial_value"] = first
    blocks: list[Block] = [field("prompt", texts.say(Say.REWORD_LABEL), prompt)]
    if pictures:
        blocks.append(section(escape(texts.say(Say.COMPOSE_WITH, count=pictures))))
    groups = [
        (texts.say(Say.COMPOSE_MOCKUPS), tuple(MOCKUPS)),
        (texts.say(Say.COMPOSE_STYLES), tuple(STYLES)),
    ]
    grouped = [
        {"label": plain(label, 75), "options": [option(name, name) for name in names]}
        for label, names in groups
    ]
    blocks += [
        field("style", texts.say(Say.OPTION_STYLE), select({"option_groups": grouped}), optional=True),
        field("aspect", texts.say(Say.OPTION_ASPECT), select(listed(ASPECTS)), optional=True),
        field(
            "count",
            texts.say(Say.OPTION_COUNT),
            select(listed(tuple(str(number) for number in range(1, _MOST_COUNT + 1)))),
            optional=True,
        ),
    ]
    if uploads:
        blocks.append(field("files", texts.say(Say.EDIT_FILES), pictures_input(_UPLOADS), optional=True))
    if asks_where:
        where = {
            "type": "conversations_select",
            "action_id": "value",
            "default_to_current_conversation": True,
            "response_url_enabled": True,
        }
        blocks.append(field("where", texts.say(Say.COMPOSE_WHERE), where))
    return modal(
        "imagine_compose", texts.say(Say.COMPOSE_TITLE), texts.say(Say.SEND), texts, blocks, metadata
    )


def modal(
    callback_id: str, title: str, submit: str, texts: Texts, blocks: list[Block], metadata: str = ""
) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": metadata,
        "title": plain(title, 24),
        "submit": plain(submit, 24),
        "close": plain(texts.say(Say.CLOSE), 24),
        "blocks": blocks,
    }


def field(name: str, label: str, element: Block, *, optional: bool = False) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": plain(label, 2000),
        "optional": optional,
        "element": element,
    }


def select(choices: dict[str, Any], chosen: Block | None = None) -> Block:
    first = {"initial_option": chosen} if chosen else {}
    return {"type": "static_select", "action_id": "value", **choices, **first}


def listed(names: tuple[str, ...]) -> dict[str, Any]:
    return {"options": [option(name, name) for name in names]}


def option(label: str, value: str) -> Block:
    return {"text": plain(label, 75), "value": value}


def _chosen(values: dict[str, Any], name: str) -> str | None:
    picked = (values.get(name) or {}).get("selected_option") or {}
    return picked.get("value")


def _where(handle: Handle, body: dict[str, Any], now: float) -> Handle:
    """The conversation that was chosen in the window, with the response_url that Slack gives for it."""
    given = (body.get("response_urls") or [{}])[0]
    if handle.channel or "response_url" not in given:
        return handle
    return handle.but(
        channel=str(given["channel_id"]),
        response_url=str(given["response_url"]),
        expires_at=now + RESPONSE_URL_LIFE,
    )

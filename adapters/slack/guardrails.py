"""`/guardrails` on Slack and the panel in App Home: the core's panel. Everything is private to the moderator.

A button's value is an act of the panel; a menu's act is in its `action_id` and what was chosen goes behind it. A
dialog keeps its act, and the place where the answer is shown, in its private metadata: all of it works after
restarts and on any replica. Who may moderate is asked anew at every press.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final

import structlog
from slack_bolt.async_app import AsyncApp

from adapters.slack.desk import Desk
from adapters.slack.guardrails_pages import BUTTON, FORM, LINK, MENU, cut_to_fit, dialog, drawn, fits
from adapters.slack.handle import RESPONSE_URL_LIFE, Handle
from adapters.slack.home import Home
from adapters.slack.net import Work
from adapters.slack.render import Block
from adapters.slack.requester import channel_of, requester_of, tenant_of, user_of
from bot.domain.errors import DeliveryError, InvalidImage
from bot.domain.requests import Reference, Requester
from bot.messages.catalogue import Texts, texts_for
from bot.messages.desk import DeskSay, desk_texts
from bot.moderation.answers import Problem
from bot.moderation.pages import Form, Page, Shown
from bot.moderation.panel import Panel

log = structlog.get_logger(__name__)

_PICTURES: Final = "pictures:"
"""The act that shows held pictures; a case's id follows."""
_HOME_BLOCKS: Final = 40
"""Of the panel's first page below a person's own pictures; Slack takes a hundred blocks in all."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the next page is shown: App Home, or a private message, `new` or in the place of the last one.

    A dialog may be open for longer than its response_url lives, which is `until` (epoch seconds).
    """

    url: str = ""
    new: bool = True
    home: bool = False
    until: float = 0.0
    channel: str = ""

    @classmethod
    def of(cls, body: Mapping[str, Any], now: float, *, new: bool = True, home: bool = False) -> "Place":
        return cls(str(body.get("response_url") or ""), new, home, now + RESPONSE_URL_LIFE, channel_of(body))


class GuardListeners:
    """The command, the panel's buttons and menus, its dialogs, and its first page in App Home."""

    def __init__(
        self,
        panel: Panel,
        desk: Desk,
        home: Home,
        behind: Callable[[Work, str], Callable[..., Awaitable[None]]],
    ) -> None:
        self._panel = panel
        self._desk = desk
        self._home = home
        self._behind = behind
        home.panels.append(self._overview)

    def register(self, app: AsyncApp) -> None:
        app.command("/guardrails")(self._behind(self._command, "guardrails"))
        app.action(re.compile(f"^{BUTTON}"))(self._behind(self._action, "guardrails button"))
        app.action(re.compile(f"^{MENU}"))(self._behind(self._action, "guardrails menu"))
        app.action(re.compile(f"^{LINK}"))(self._behind(self._opened, "guardrails link"))
        app.view(FORM)(self._behind(self._form, "guardrails form"))

    async def _command(self, body: dict[str, Any]) -> None:
        actor = await self._actor(body)
        shown = await self._panel.command(actor, body.get("text", ""))
        await self._show(shown, body, Place.of(body, self._desk.context.clock.now()), actor)

    async def _action(self, body: dict[str, Any]) -> None:
        """In place on the panel's own message or page; on a card that others see too, as a new private message."""
        pressed = body["actions"][0]
        chosen = pressed.get("selected_option") or {}
        act = f"{pressed['action_id'].removeprefix(MENU)}:{chosen['value']}" if chosen else pressed["value"]
        container = body.get("container", {})
        actor = await self._actor(body)
        shown = await self._panel.act(actor, act)
        new, home = not container.get("is_ephemeral"), container.get("type") == "view"
        place = Place.of(body, self._desk.context.clock.now(), new=new, home=home)
        await self._show(shown, body, place, actor)

    async def _opened(self, _body: dict[str, Any]) -> None:
        """Slack tells of a link that was opened as well, and wants that acknowledged; nothing follows."""

    async def _form(self, body: dict[str, Any]) -> None:
        view = body["view"]
        state = json.loads(view["private_metadata"])
        text = str(view["state"]["values"]["guard"]["text"]["value"] or "")
        actor = await self._actor(body)
        files = await self._desk.files_of(_chosen_files(view), actor.tenant)
        if files:
            shown = await self._verified(actor, files[0])
        else:
            shown = await self._panel.act(actor, state["act"], text or " ")
        known = {item.name: state[item.name] for item in fields(Place) if item.name in state}
        await self._show(shown, body, Place(**known), actor)

    async def _pictures_elsewhere(self, page: Page, actor: Requester) -> Page:
        """Held pictures are looked at in the console: a file of the workspace would outlive their discarding."""
        shows = next((button for button in page.buttons if button.act.startswith(_PICTURES)), None)
        if shows is None:
            return page
        link = await self._panel.desk.link(actor, shows.act.removeprefix(_PICTURES))
        if isinstance(link, Problem):
            return page
        buttons = tuple(replace(one, url=link.url) if one is shows else one for one in page.buttons)
        line = desk_texts(actor.locale).say(DeskSay.HELD_ELSEWHERE)
        return replace(page, lines=(*page.lines, line), buttons=buttons, pictures=())

    async def _file_elsewhere(self, page: Page, actor: Requester) -> Page:
        """A file that is too long for a message is had from the console."""
        if page.file is None or fits(page.file):
            return page
        link = await self._panel.desk.link(actor)
        line = desk_texts(actor.locale).say(DeskSay.EXPORT_ELSEWHERE)
        address = link.url if not isinstance(link, Problem) else ""
        return replace(page, lines=(*page.lines, line), file=None, link=address)

    async def _rest_elsewhere(self, page: Page, actor: Requester) -> Page:
        """Lines that a message does not take are to be read in the console."""
        kept = cut_to_fit(page.lines)
        if kept == page.lines:
            return page
        link = await self._panel.desk.link(actor)
        line = desk_texts(actor.locale).say(DeskSay.REST_ELSEWHERE)
        address = link.url if not isinstance(link, Problem) else ""
        return replace(page, lines=(*kept, line), link=page.link or address)

    async def _verified(self, actor: Requester, file: Reference) -> Shown:
        """Only what a moderator has uploaded is fetched; a file that Slack keeps back reads as none."""
        data = b""
        if await self._panel.desk.may_moderate(actor):
            try:
                data = await self._desk.studio.parts.adapters["slack"].fetch(file)
            except InvalidImage as problem:
                log.info("file_not_fetched", problem=problem.problem)
        return await self._panel.verified(actor, data)

    async def _overview(self, requester: Requester, texts: Texts) -> list[Block]:
        del texts
        shown = await self._panel.act(requester, "home")
        return drawn(shown).blocks[:_HOME_BLOCKS] if isinstance(shown, Page) else []

    async def _actor(self, body: Mapping[str, Any]) -> Requester:
        tenant, user = tenant_of(body), user_of(body)
        texts = await self._desk.texts(body)
        actor = requester_of(body, user, channel_of(body), public=False, locale=texts.language)
        # Where Slack cannot tell now, an apology is truer than "you are no moderator".
        moderates = await self._desk.people.is_admin(tenant, user, fresh=True, sure=True)
        return replace(actor, moderator=moderates)

    async def _show(self, shown: Shown, body: dict[str, Any], place: Place, actor: Requester) -> None:
        delivery = self._desk.delivery
        if isinstance(shown, Page):
            shown = await self._file_elsewhere(await self._pictures_elsewhere(shown, actor), actor)
            shown = await self._rest_elsewhere(shown, actor)
        if isinstance(shown, Form):
            client = await delivery.client_for(actor.tenant)
            files = bool(shown.picture) and await self._desk.may(actor.tenant, "files:read")
            view = dialog(shown, asdict(place), texts_for(actor.locale), files=files)
            await client.views_open(trigger_id=body["trigger_id"], view=view)
        elif place.home:
            await self._home.turn_to(body, drawn(shown).blocks)
        else:
            doors = Handle(
                actor.tenant,
                actor.user_id,
                place.channel,
                response_url=place.url,
                expires_at=place.until,
            )
            if not await delivery.tell(doors, drawn(shown), over=not place.new):
                raise DeliveryError("no door is open", retryable=False)


def _chosen_files(view: Mapping[str, Any]) -> Any:
    """What was uploaded into a dialog; None where it has no such field."""
    return (view["state"]["values"].get("files") or {}).get("value", {}).get("files")

"""App Home: a person's pictures, what is left of the quota, their usual choices; for admins the workspace's brand.

Other parts of the adapter may add blocks for admins with `Home.panels`.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from adapters.slack.again import again
from adapters.slack.brand_form import BrandForm
from adapters.slack.compose import ASPECTS, field, listed, modal, option, select
from adapters.slack.desk import Desk
from adapters.slack.handle import Handle
from adapters.slack.people import Usual
from adapters.slack.render import Block, escape, plain, section
from adapters.slack.requester import tenant_of, user_of
from adapters.slack.web_api import api
from bot.domain.images import HostedImage
from bot.domain.jobs import Job
from bot.domain.limits import LimitKind
from bot.domain.mockups import MOCKUPS
from bot.domain.outcomes import Delivered
from bot.domain.requests import JobId, Requester
from bot.domain.styles import STYLES
from bot.guardrails.quotas import limits_for, user_scope
from bot.messages.catalogue import Texts, languages, reference
from bot.messages.keys import Say

_SHOWN: Final = 8
_BLOCKS: Final = 100
_TRIES: Final = 3
_PAUSE: Final = 1.0
Panel = Callable[[Requester, Texts], Awaitable[list[Block]]]


class Home:
    """Attributes: `panels` make blocks that only admins see."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.brand = BrandForm(desk)
        self.panels: list[Panel] = []

    async def opened(self, body: dict[str, Any]) -> None:
        if body["event"].get("tab") == "home":
            await self.publish(body)

    async def publish(self, body: dict[str, Any]) -> None:
        """Draw the page anew. Raises Refusal."""
        desk, tenant, user = self._desk, tenant_of(body), user_of(body)
        texts = await desk.texts(body)
        requester = await desk.requester(body, Handle(tenant, user, ""), texts, admin=True)
        jobs = await desk.studio.history(requester, limit=_SHOWN * 2)
        pictures = [job for job in jobs if isinstance(job.outcome, Delivered)][:_SHOWN]
        quota = await self._quota(requester, texts)
        blocks = home_blocks(quota, pictures, texts, admin=requester.moderator)
        if requester.moderator:
            for panel in self.panels:
                blocks += [{"type": "divider"}, *await panel(requester, texts)]
        await self._publish(body, blocks)

    async def turn_to(self, body: dict[str, Any], blocks: list[Block]) -> None:
        """Another page in the place of this one, with a way back."""
        texts = await self._desk.texts(body)
        back = home_button("back", f"← {texts.say(Say.HOME_TITLE)}")
        await self._publish(body, [{"type": "actions", "block_id": "home_back", "elements": [back]}, *blocks])

    async def pressed(self, body: dict[str, Any]) -> None:
        name, _, value = str(body["actions"][0].get("value", "")).partition(":")
        texts = await self._desk.texts(body)
        match name:
            case "settings":
                await self._open(body, await self._settings(body, texts))
            case "brand":
                await self.brand.opened(body, texts)
            case "show":
                await self._show(body, JobId(value), texts)
            case "forget":
                await self._forget(body, texts)
            case "back":
                await self.publish(body)
            case _:
                return

    async def settings_saved(self, body: dict[str, Any]) -> None:
        values = body["view"]["state"]["values"]
        chosen = {
            name: ((values[name]["value"].get("selected_option") or {}).get("value") or "")
            for name in ("style", "aspect", "language")
        }
        cleared = {name: "" if value == "-" else value for name, value in chosen.items()}
        await self._desk.people.save(tenant_of(body), user_of(body), Usual(**cleared))
        await self.publish(body)

    async def _quota(self, requester: Requester, texts: Texts) -> str:
        desk = self._desk
        limits = (await desk.context.policies.policy(requester.tenant)).limits
        now = desk.context.clock.now()
        rows = limits_for(requester, limits, pictures=1, price=None, now=now)
        days = [
            row
            for row in rows
            if row.kind is LimitKind.QUOTA and row.scope == user_scope(requester) and "T" not in row.window
        ]
        if not days:
            return texts.say(Say.HOME_UNLIMITED)
        found = await desk.studio.parts.jobs.usage([days[0].scope])
        used = sum(item.used + item.held for item in found if item.window == days[0].window)
        return texts.say(Say.HOME_QUOTA, used=used, limit=days[0].cap)

    async def _show(self, body: dict[str, Any], job_id: JobId, texts: Texts) -> None:
        """A window with the pictures where they have public addresses, else the words to bring them up."""
        desk, tenant = self._desk, tenant_of(body)
        requester = await desk.requester(body, Handle(tenant, user_of(body), ""), texts)
        job = await desk.studio.find(job_id, requester)
        blocks: list[Block] = []
        if isinstance(job, Job) and isinstance(job.outcome, Delivered):
            blocks = [
                {"type": "image", "image_url": url, "alt_text": image.alt_text[:2000] or texts.say(Say.READY)}
                for image in job.outcome.images
                if (url := await self._address(tenant, job, image))
            ] or [section(escape(texts.say(Say.NOT_SHOWN, job=job.job_id)))]
        else:
            blocks = [
                section(
                    escape(texts.refusal(job) if not isinstance(job, Job) else texts.say(Say.DELETED_MESSAGE))
                )
            ]
        view = modal("imagine_shown", texts.say(Say.COMPOSE_TITLE), "", texts, blocks)
        del view["submit"]
        await self._open(body, view)

    async def _address(self, tenant: str, job: Job, image: HostedImage) -> str:
        presentation = (await self._desk.context.policies.policy(tenant)).presentation
        public = presentation.delivery == "cdn" and self._desk.context.images.public
        return await self._desk.delivery.ladder.picture_url(job, image) if public else ""

    async def _forget(self, body: dict[str, Any], texts: Texts) -> None:
        """Everything about the person, at once; the button has asked back before."""
        desk, tenant, user = self._desk, tenant_of(body), user_of(body)
        requester = await desk.requester(body, Handle(tenant, user, ""), texts)
        await desk.studio.forget(requester)
        await desk.people.forget_person(tenant, user)
        await self.publish(body)

    async def _settings(self, body: dict[str, Any], texts: Texts) -> dict[str, Any]:
        usual = await self._desk.people.usual(tenant_of(body), user_of(body))
        none = option(texts.say(Say.SETTINGS_NONE), "-")

        def choice(names: tuple[str, ...], chosen: str) -> Block:
            options = {"options": [none, *listed(names)["options"]]}
            return select(options, option(chosen, chosen) if chosen in names else none)

        blocks = [
            field("style", texts.say(Say.OPTION_STYLE), choice((*MOCKUPS, *STYLES), usual.style)),
            field("aspect", texts.say(Say.OPTION_ASPECT), choice(ASPECTS, usual.aspect)),
            field("language", texts.say(Say.SETTINGS_LANGUAGE), choice(languages(), usual.language)),
        ]
        return modal("imagine_settings", texts.say(Say.HOME_SETTINGS), texts.say(Say.SAVE), texts, blocks)

    async def _publish(self, body: dict[str, Any], blocks: list[Block]) -> None:
        client = await self._desk.delivery.client_for(tenant_of(body))
        view = {"type": "home", "blocks": blocks[:_BLOCKS]}
        await again(
            lambda: api(client.views_publish(user_id=user_of(body), view=view)),
            self._desk.context.clock,
            tries=_TRIES,
            pause=_PAUSE,
        )

    async def _open(self, body: dict[str, Any], view: dict[str, Any]) -> None:
        client = await self._desk.delivery.client_for(tenant_of(body))
        await client.views_open(trigger_id=body["trigger_id"], view=view)


def home_blocks(quota: str, pictures: Sequence[Job], texts: Texts, *, admin: bool) -> list[Block]:
    """A person's own part of the page: what is left, what can be set, and the newest pictures."""
    blocks = [header(texts.say(Say.HOME_TITLE)), section(escape(quota)), _tools(texts, admin=admin)]
    for job in pictures:
        line = f"{job.request.words[:140] or texts.say(Say.READY)} · {reference(job.job_id)}"
        show = home_button("show", texts.say(Say.BUTTON_OPEN_HERE), job.job_id)
        blocks.append({"type": "section", "text": plain(line, 2900), "accessory": show})
    return blocks if pictures else [*blocks, section(escape(texts.say(Say.HOME_EMPTY)))]


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, 150)}


def home_button(name: str, label: str, value: str = "") -> Block:
    return {
        "type": "button",
        "action_id": f"home_{name}",
        "value": f"{name}:{value}",
        "text": plain(label, 75),
    }


def _tools(texts: Texts, *, admin: bool) -> Block:
    forget = home_button("forget", texts.say(Say.HOME_FORGET))
    forget["style"] = "danger"
    forget["confirm"] = {
        "title": plain(texts.say(Say.HOME_FORGET), 100),
        "text": plain(texts.say(Say.HOME_FORGET_SURE), 300),
        "confirm": plain(texts.say(Say.BUTTON_DELETE), 30),
        "deny": plain(texts.say(Say.CLOSE), 30),
    }
    brand = [home_button("brand", texts.say(Say.HOME_BRAND))] if admin else []
    elements = [home_button("settings", texts.say(Say.HOME_SETTINGS)), *brand, forget]
    return {"type": "actions", "block_id": "home_tools", "elements": elements}

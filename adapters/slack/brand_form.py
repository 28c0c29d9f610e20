"""The window in which a workspace's admins set its brand: words, colours, a LoRA, pictures to take the style from."""

from dataclasses import replace
from typing import Any

from adapters.slack.brand import MOST_PICTURES, SUFFIX_LENGTH, Brand, palette_of
from adapters.slack.compose import field, modal, option
from adapters.slack.desk import Desk, picture_urls
from adapters.slack.handle import Handle
from adapters.slack.render import Block, pictures_input
from adapters.slack.requester import tenant_of, user_of
from bot.domain.clock import Deadline
from bot.domain.errors import InvalidImage
from bot.domain.lora import LORA_LENGTH, LoraChoice
from bot.domain.outcomes import DecidedBy, Failed, RefusalReason, Refused
from bot.domain.policy import Content
from bot.domain.requests import Reference, ReferenceRole
from bot.guardrails.house_style import is_fit
from bot.images.inspect import inspect_upload
from bot.messages.catalogue import Texts
from bot.messages.desk import desk_texts
from bot.messages.keys import Say
from bot.moderation.answers import No
from bot.pipeline.uploads import CHECK_SECONDS, check_upload


class BrandForm:
    """Opened from App Home."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def opened(self, body: dict[str, Any], texts: Texts) -> None:
        desk, tenant, user = self._desk, tenant_of(body), user_of(body)
        if not await desk.people.is_admin(tenant, user):
            await desk.whisper(Handle(tenant, user, ""), texts.say(Say.ADMINS_ONLY))
            return
        brand = await desk.brands.get(tenant)
        view = brand_view(brand, texts, uploads=await desk.may(tenant, "files:read"))
        client = await desk.delivery.client_for(tenant)
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    async def saved(self, body: dict[str, Any]) -> None:
        """Only admins get here; that is looked up once more, since anybody could send the form."""
        desk, tenant, user = self._desk, tenant_of(body), user_of(body)
        texts = await desk.texts(body)
        handle = Handle(tenant, user, "")
        if not await desk.people.is_admin(tenant, user):
            await desk.whisper(handle, texts.say(Say.ADMINS_ONLY))
            return
        values = body["view"]["state"]["values"]
        palette = palette_of(values["palette"]["value"].get("value") or "")
        if palette is None:
            await desk.whisper(handle, texts.say(Say.BRAND_COLOURS_WRONG))
            return
        try:
            lora = lora_in(values, tenant)
        except ValueError:
            await desk.whisper(handle, texts.say(Say.BRAND_LORA_WRONG))
            return
        words = str(values["words"]["value"].get("value") or "")
        kept = (await desk.brands.get(tenant)).pictures
        files = (values.get("files") or {}).get("value", {}).get("files")
        brand = Brand(words, palette, kept, lora)
        if (values.get("clear") or {}).get("value", {}).get("selected_options"):
            brand = Brand(words, palette, (), lora)
        if len(brand.suffix) > SUFFIX_LENGTH:
            await desk.whisper(handle, texts.say(Say.BRAND_TOO_LONG, limit=SUFFIX_LENGTH))
            return
        content = (await desk.brands.policy(tenant)).content
        if not await is_fit(brand.suffix, content, desk.studio.parts.rules):
            await desk.whisper(handle, desk_texts(texts.language).no(No.UNFIT_STYLE))
            return
        uploaded = await self._pictures(tenant, files, content, texts)
        if isinstance(uploaded, str):
            await desk.whisper(handle, uploaded)
            return
        if uploaded:
            brand = replace(brand, pictures=uploaded)
        await desk.brands.save(tenant, brand, actor=user)
        unused = lora is not None and not desk.brands.lora_taken(lora)
        await desk.whisper(handle, texts.say(Say.BRAND_LORA_UNUSED if unused else Say.SAVED))

    async def _pictures(
        self, tenant: str, files: Any, content: Content, texts: Texts
    ) -> tuple[bytes, ...] | str:
        """Uploaded pictures that pass the same check as a person's own, or why nothing is saved."""
        parts = self._desk.studio.parts
        found: list[bytes] = []
        for url in picture_urls(files)[:MOST_PICTURES]:
            try:
                data = await parts.adapters["slack"].fetch(
                    Reference(f"attachment:{tenant}|{url}", ReferenceRole.STYLE)
                )
                upload = await inspect_upload(data)
            except InvalidImage:
                return texts.refusal(Refused(RefusalReason.UNREADABLE, DecidedBy.GUARD))
            deadline = Deadline(parts.clock.now() + CHECK_SECONDS)
            match await check_upload(parts.moderator, content, upload.data, upload.media_type, deadline):
                case Refused():
                    return texts.say(Say.BRAND_PICTURE_UNFIT)
                case Failed():
                    return texts.say(Say.BRAND_PICTURE_UNCHECKED)
            found.append(upload.data)
        return tuple(found)


def brand_view(brand: Brand, texts: Texts, *, uploads: bool) -> dict[str, Any]:
    """The window with what is set now; without `uploads` no field for files is offered."""
    words = _line(brand.words, SUFFIX_LENGTH)
    colours = _line(", ".join(brand.palette), SUFFIX_LENGTH)
    blocks = [
        field("words", texts.say(Say.BRAND_WORDS), words, optional=True),
        field("palette", texts.say(Say.BRAND_COLOURS), colours, optional=True),
        field("lora", texts.say(Say.BRAND_LORA), _line(str(brand.lora or ""), LORA_LENGTH), optional=True),
    ]
    if uploads:
        files = pictures_input(MOST_PICTURES)
        blocks.append(field("files", texts.say(Say.BRAND_PICTURES), files, optional=True))
    if brand.pictures:
        label = texts.say(Say.BRAND_CLEAR, count=len(brand.pictures))
        boxes = {"type": "checkboxes", "action_id": "value", "options": [option(label, "clear")]}
        blocks.append(field("clear", texts.say(Say.BRAND_PICTURES), boxes, optional=True))
    return modal("imagine_brand", texts.say(Say.HOME_BRAND), texts.say(Say.SAVE), texts, blocks)


def lora_in(values: dict[str, Any], tenant: str) -> LoraChoice | None:
    """What was typed, None for nothing. Raises ValueError."""
    typed = str((values.get("lora") or {}).get("value", {}).get("value") or "").strip()
    return LoraChoice.parse(typed).chosen_in(tenant) if typed else None


def _line(value: str, limit: int) -> Block:
    first = {"initial_value": value[:limit]} if value else {}
    return {"type": "plain_text_input", "action_id": "value", "max_length": limit, **first}

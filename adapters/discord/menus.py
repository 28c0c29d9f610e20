"""Commands in a message's own menu: "Remix image" and "Describe image", on anybody's picture.

Discord hands the message over with the command, so neither needs to read messages. What a question needs later on,
the picture's address, is sealed in the store for the quarter of an hour in which it can be answered.
"""

import asyncio
import re
import secrets
import time
from typing import Any, Final

import discord
import structlog

from adapters.discord.acknowledge import too_old
from adapters.discord.calls import call
from adapters.discord.components import DrawButton
from adapters.discord.connection import Connection
from adapters.discord.intake import take_request
from adapters.discord.mentions import NOBODY
from adapters.discord.modals import RemixSubmit, remix_question
from adapters.discord.references import reference_of
from adapters.discord.render import described_layout, text_layout
from adapters.discord.requester import requester_of, texts_of
from adapters.discord.whisper import whisper
from bot.domain.errors import StorageError
from bot.domain.outcomes import Failed, Refused
from bot.domain.requests import ReferenceRole
from bot.messages.keys import Say
from bot.ports import Clock

log = structlog.get_logger(__name__)

_KIND: Final = "discord-remix"
_LIFE: Final = 900
_SEAL_SECONDS: Final = 1.5
_PICTURE: Final = re.compile(r"image/(?:png|jpeg|webp)")


def picture_in(message: discord.Message) -> str | None:
    """Address of the message's first picture, or of one that it forwards, as Discord hands it out; None without any."""
    places: list[discord.Message | discord.MessageSnapshot] = [message, *message.message_snapshots]
    return next((found for place in places if (found := _first_in(place))), None)


def _first_in(message: discord.Message | discord.MessageSnapshot) -> str | None:
    for file in message.attachments:
        if _PICTURE.match(file.content_type or ""):
            return file.url
    for part in message.components:
        for item in _gallery_items(part):
            if item.attachment_id or item.proxy_url:
                return str(item.proxy_url or item.url)
    shown = (_shown_by(embed).proxy_url for embed in message.embeds)
    return next((str(address) for address in shown if address), None)


def _shown_by(embed: discord.Embed) -> Any:
    """Of a link to a picture the whole picture is called its thumbnail; elsewhere that is a small sign."""
    return embed.thumbnail if embed.type == "image" and embed.image.proxy_url is None else embed.image


def _gallery_items(part: Any) -> list[Any]:
    if isinstance(part, discord.MediaGalleryComponent):
        return [item.media for item in part.items]
    return [item for child in getattr(part, "children", ()) for item in _gallery_items(child)]


async def forget_questions(items: Any, clock: Clock) -> None:
    """Runs for ever: forgets the pictures of questions that can be answered no more.

    `items` holds them: `bot.store.secrets.SecretItems`.
    """
    while True:
        try:
            await items.delete_older(_KIND, clock.now() - _LIFE)
        except StorageError:
            log.info("questions_stay")
        await clock.sleep(_LIFE)


class PictureMenus:
    """What the two menu commands do, and what follows from them."""

    def __init__(self, client: Connection) -> None:
        self._client = client
        self._secrets = client.context.secrets

    async def remix(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Ask what should change; the answer comes as a submit, perhaps to another process."""
        texts = texts_of(interaction)
        picture = picture_in(message)
        if picture is None:
            await whisper(interaction, texts.say(Say.NO_PICTURE))
            return
        token = f"{int(time.time()):08x}{secrets.token_hex(8)}"
        async with asyncio.timeout(_SEAL_SECONDS):
            await self._secrets.put(_KIND, _named(token, interaction), {"url": picture})
        await interaction.response.send_modal(remix_question(token, texts))

    async def remixed(self, interaction: discord.Interaction, submit: RemixSubmit) -> None:
        """The answer: a request with that picture and these words."""
        texts = texts_of(interaction)
        kept = await self._secrets.get(_KIND, _named(submit.token, interaction))
        if kept is None:
            await whisper(interaction, texts.say(Say.NO_PICTURE))
            return
        await take_request(
            self._client,
            interaction,
            submit.text or texts.say(Say.REMIX_WORDS),
            (reference_of(kept[0]["url"], ReferenceRole.EDIT), *submit.references),
        )

    async def describe(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """A private caption of the picture, with a button that draws it."""
        texts = texts_of(interaction)
        describing, picture = self._client.context.describing, picture_in(message)
        if picture is None or describing is None or describing.describer is None or too_old(interaction):
            say = Say.NO_PICTURE if picture is None else Say.DESCRIBE_OFF
            await whisper(interaction, texts.say(say))
            return
        requester = requester_of(interaction, public=False)
        if refused := await describing.refusal(requester, f"discord:{interaction.id}"):
            await whisper(interaction, texts.refusal(refused))
            return
        async with self._client.promises.promised(interaction, ephemeral=True) as message_id:
            if message_id is None:
                return
            match await describing.describe(f"attachment:{picture}", requester):
                case str() as caption:
                    view = described_layout(caption, texts)
                case Refused() as refused:
                    view = text_layout(texts.refusal(refused))
                case Failed():
                    view = text_layout(texts.say(Say.DESCRIBE_FAILED))
            await call(
                lambda: interaction.edit_original_response(view=view, allowed_mentions=NOBODY),
                self._client.context.clock,
            )

    async def draw(self, interaction: discord.Interaction) -> None:
        """The button below a caption: the words are in the message that it belongs to."""
        words = DrawButton.caption_of(interaction.message)
        if not words:
            texts = texts_of(interaction)
            await whisper(interaction, texts.say(Say.NO_PICTURE))
            return
        await take_request(self._client, interaction, words)


def _named(token: str, interaction: discord.Interaction) -> str:
    """Only the person who was asked may answer; the store erases what ends with a person's id."""
    return f"{token}/{interaction.user.id}"

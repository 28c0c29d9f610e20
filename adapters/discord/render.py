"""From a job's end to a Discord message: pure functions, no network.

Messages are "components v2" layouts. Words in them are the sanitized ones, without markdown or mentions: bots are
exempt from AutoMod, so a bot that echoes raw words would be a way around it.
"""

import dataclasses
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import discord

from adapters.discord.components import DrawButton, appeal_button, button, picture_rows
from bot.domain.images import HostedImage
from bot.domain.jobs import Job
from bot.domain.outcomes import Delivered, Failed, Refused
from bot.domain.requests import Action, JobId, Quality
from bot.messages.catalogue import Texts, reference, texts_for
from bot.messages.job_view import failed_actions
from bot.messages.keys import Say
from bot.ports import Progress

_PROMPT: Final = 240
_INFO: Final = 1200
_MESSAGE: Final = 2000
_ACCENT: Final = discord.Colour(0xC8963E)
_TROUBLE: Final = discord.Colour(0x8A8F98)


@dataclass(frozen=True, slots=True)
class Shape:
    """How much of a result is shown.

    Attributes:
        words: What a filter of Discord's may object to: the prompt's words, links, notices.
        buttons: Everything that can be pressed.
        layout: Discord's components; without them the message is plain text with its files below.
    """

    words: bool = True
    buttons: bool = True
    layout: bool = True


WHOLE: Final = Shape()


@dataclass(frozen=True, slots=True)
class Attached:
    """Bytes that go up with a message; `name` has the extension that Discord shows pictures by."""

    name: str
    data: bytes

    def file(self, image: HostedImage, *, words: bool = True) -> discord.File:
        """A new file for each try: the library closes it after sending."""
        alt_text = image.alt_text[:1024] if words else None
        return discord.File(io.BytesIO(self.data), self.name, description=alt_text, spoiler=image.spoiler)


def texts_of(job: Job) -> Texts:
    return texts_for(job.request.requester.locale)


def picture_layout(
    job: Job,
    outcome: Delivered,
    attached: Sequence[Attached | None],
    *,
    cost: bool = False,
    shape: Shape = WHOLE,
    starred_by: int = 0,
    show_prompt: bool = True,
) -> discord.ui.LayoutView:
    """The finished picture with everything that can be done with it.

    `attached` has one entry a picture, None where the bytes do not go along; those are shown from the CDN.
    """
    texts = texts_of(job)
    heading = _heading(job, texts, words=shape.words and show_prompt)
    if starred_by:
        heading += f"\n-# ⭐ {texts.say(Say.STARRED_BY, name=f'<@{starred_by}>')}"
    parts: list[discord.ui.Item[Any]] = [discord.ui.TextDisplay(heading)]
    gallery = [
        discord.MediaGalleryItem(
            address, description=_alt_text(image, texts, words=shape.words), spoiler=image.spoiler
        )
        for image, file in zip(outcome.images, attached, strict=True)
        if (address := _address(image, file, links=shape.words))
    ]
    if gallery:
        parts.append(discord.ui.MediaGallery(*gallery))
    if len(gallery) < len(outcome.images):
        parts.append(discord.ui.TextDisplay(texts.say(Say.NOT_SHOWN, job=job.job_id)))
    if outcome.notices and shape.words:
        parts.append(
            discord.ui.TextDisplay("\n".join(f"-# {texts.notice(note)}"[:300] for note in outcome.notices))
        )
    parts.append(discord.ui.TextDisplay(_footer(job, outcome, cost=cost)))
    if shape.buttons:
        parts += picture_rows(job, outcome, texts, link=shape.words)
    return _layout(parts, _ACCENT)


def refusal_layout(job: Job, refused: Refused, shape: Shape = WHOLE) -> discord.ui.LayoutView:
    """A no with what can be done about it."""
    texts = texts_of(job)
    actions = [Action.REWORD, *([Action.APPEAL] if refused.appealable else [])]
    if not shape.words:
        refused = dataclasses.replace(refused, suggestion=None, params=())
    return _with_buttons(job, texts.refusal(refused, job.job_id), actions if shape.buttons else (), texts)


def turned_away_layout(refused: Refused, appeal: JobId, texts: Texts) -> discord.ui.LayoutView:
    """A no to a request that never became a job, for the person alone, with the way to a moderator."""
    row: discord.ui.ActionRow[Any] = discord.ui.ActionRow(appeal_button(appeal, texts))
    return _layout((discord.ui.TextDisplay(texts.refusal(refused)), row), _TROUBLE)


def failure_layout(job: Job, failed: Failed, shape: Shape = WHOLE) -> discord.ui.LayoutView:
    texts = texts_of(job)
    actions = failed_actions(failed) if shape.buttons else ()
    return _with_buttons(job, texts.failure(failed, job.job_id), actions, texts)


def returned_layout(job: Job | None, texts: Texts, *, mention: int = 0) -> discord.ui.LayoutView:
    """What made a request fail works again; a button runs it once more if its words are kept."""
    text = texts.say(Say.WORKS_AGAIN if job else Say.WORKS_AGAIN_ANEW)
    parts: list[discord.ui.Item[Any]] = [discord.ui.TextDisplay(f"<@{mention}> {text}" if mention else text)]
    if job is not None:
        parts.append(discord.ui.ActionRow(button(Action.REROLL, job, texts)))
    return _layout(parts, _ACCENT)


def progress_layout(job: Job, progress: Progress, preview: Attached | None) -> discord.ui.LayoutView:
    """Where the job stands, with the newest preview if there is one."""
    texts = texts_of(job)
    words = texts.stage(progress.stage)
    if progress.queue_place:
        words = f"{words} · {texts.say(Say.QUEUE_PLACE, place=progress.queue_place)}"
    parts: list[discord.ui.Item[Any]] = [discord.ui.TextDisplay(f"⏳ {words} …")]
    if preview is not None:
        item = discord.MediaGalleryItem(f"attachment://{preview.name}", description=words)
        parts.append(discord.ui.MediaGallery(item))
    parts.append(discord.ui.ActionRow(button(Action.CANCEL, job, texts)))
    return _layout(parts, _TROUBLE)


def described_layout(caption: str, texts: Texts) -> discord.ui.LayoutView:
    """A caption that can be copied, and drawn."""
    quoted = caption.replace("`", "'")
    row: discord.ui.ActionRow[Any] = discord.ui.ActionRow(DrawButton(texts.say(Say.BUTTON_DRAW)))
    parts: tuple[discord.ui.Item[Any], ...] = (
        discord.ui.TextDisplay(texts.say(Say.DESCRIBED)),
        discord.ui.TextDisplay(f"```\n{quoted}\n```", id=DrawButton.CAPTION),
        row,
    )
    return _layout(parts, _ACCENT)


def text_layout(text: str) -> discord.ui.LayoutView:
    return _layout([discord.ui.TextDisplay(text)], _TROUBLE)


def words_of(view: discord.ui.LayoutView) -> str:
    """What a layout says, and where its pictures are that do not go along, as plain text of a message's length."""
    lines: list[str] = []
    for item in view.walk_children():
        if isinstance(item, discord.ui.TextDisplay):
            lines.append(item.content)
        elif isinstance(item, discord.ui.MediaGallery):
            lines += [shown.media.url for shown in item.items if shown.media.url.startswith("https://")]
    return "\n".join(lines)[:_MESSAGE]


def file_name(job: Job, place: int, extension: str) -> str:
    return f"{job.job_id}-{place + 1}.{extension}"


def plain(text: str, limit: int) -> str:
    """Text as it is, without markdown and without anybody being pinged."""
    text = discord.utils.escape_mentions(discord.utils.escape_markdown(" ".join(text.split())))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def info_text(job: Job, outcome: Delivered, *, words: bool = True) -> str:
    """What the info button tells the person who pressed it: also the words that the picture was really made of."""
    image = outcome.images[0]
    chosen = job.request.options.quality
    quality = () if chosen is Quality.AUTO else (chosen.value,)
    lines = [
        f"**{job.job_id}**",
        " · ".join((image.provider, image.model, f"{image.width}×{image.height}", *quality)),
        f"`/imagine show {job.job_id}`",
    ]
    if job.steps.pictures and job.steps.pictures.seed is not None:
        lines.insert(2, f"seed {job.steps.pictures.seed}")
    if words and job.steps.words:
        lines.insert(1, f"> {plain(job.steps.words.prompt, _INFO)}")
    return "\n".join(lines)


def _alt_text(image: HostedImage, texts: Texts, *, words: bool) -> str:
    """Never empty: a picture that nobody can hear about is no answer to some."""
    return (image.alt_text[:1024] if words else "") or texts.say(Say.READY)


def _heading(job: Job, texts: Texts, *, words: bool) -> str:
    safe = job.steps.words if words else None
    said = plain(safe.alt_text or safe.prompt, _PROMPT) if safe else ""
    by = texts.say(Say.BY, name=f"<@{job.request.requester.user_id}>")
    return f"**{said}**\n-# {by}" if said else f"-# {by}"


def _footer(job: Job, outcome: Delivered, *, cost: bool) -> str:
    image = outcome.images[0]
    parts = [
        reference(job.job_id),
        image.model,
        f"{image.width}×{image.height}",
        f"<t:{int(job.created_at)}:R>",
    ]
    if cost and outcome.cost:
        parts.append(f"${outcome.cost / 1_000_000:.3f}")
    return "-# " + " · ".join(parts)


def _address(image: HostedImage, file: Attached | None, *, links: bool) -> str:
    if file is not None:
        prefix = "SPOILER_" if image.spoiler else ""
        return f"attachment://{prefix}{file.name}"
    return image.url if links and image.url.startswith("https://") else ""


def _with_buttons(job: Job, text: str, actions: Sequence[Action], texts: Texts) -> discord.ui.LayoutView:
    parts: list[discord.ui.Item[Any]] = [discord.ui.TextDisplay(text)]
    if actions:
        parts.append(discord.ui.ActionRow(*(button(action, job, texts) for action in actions)))
    return _layout(parts, _TROUBLE)


def _layout(parts: Sequence[discord.ui.Item[Any]], colour: discord.Colour) -> discord.ui.LayoutView:
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container(*parts, accent_colour=colour))
    return view

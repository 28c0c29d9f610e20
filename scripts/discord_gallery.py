"""Every kind of message that Discord gets, for a review of wording and layout: `make gallery`.

Writes docs/discord-messages.md (all languages as text) and, where Chromium is installed, docs/discord.png (English as
a client shows it). The messages come from the adapter's own rendering, filled with an example job.
"""

import asyncio
import dataclasses
import io
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import discord
from PIL import Image

from adapters.discord.modals import question, remix_question
from adapters.discord.privacy import privacy_layout
from adapters.discord.render import (
    Attached,
    described_layout,
    failure_layout,
    info_text,
    picture_layout,
    progress_layout,
    refusal_layout,
    returned_layout,
    text_layout,
)
from bot.domain.images import SafePrompt
from bot.domain.jobs import Job, SafeWords, Stage, Steps
from bot.domain.outcomes import (
    DecidedBy,
    Delivered,
    Failed,
    FailureClass,
    Notice,
    NoticeKey,
    RefusalReason,
    Refused,
)
from bot.domain.requests import Action, JobId
from bot.messages.catalogue import languages, texts_for
from bot.messages.keys import Say
from bot.ports import Progress
from bot.providers.offline.render import render
from tests.support.make import hosted, job, request, requester
from tests.support.pages import CHROMIUM, running_browser
from tests.twins.discord_render import page

DOCS = Path(__file__).resolve().parents[1] / "docs"
PROMPTS = (
    "a brass owl on a stack of old books",
    "a red fox in the snow",
    "a sailing boat at dusk",
    "a lighthouse",
)
_EPHEMERAL, _V2 = 1 << 6, 1 << 15

Body = Mapping[str, Any]


def bodies(language: str) -> Iterator[tuple[str, Body]]:
    """Title and JSON of each message, modals included."""
    texts = texts_for(language)
    made = example(language)
    one, four = delivered(1), delivered(4)
    yield "Result, one picture", message(picture_layout(made, one, attached(1)))
    yield "Result, four pictures", message(picture_layout(made, four, attached(4), cost=True))
    yield (
        "In the queue",
        message(progress_layout(made, Progress(made.job_id, Stage.QUEUED, queue_place=3), None)),
    )
    yield "Progress", message(progress_layout(made, Progress(made.job_id, Stage.GENERATE), None))
    blocked = Refused(RefusalReason.VIOLENCE, DecidedBy.SANITIZER, suggestion=PROMPTS[1], appealable=True)
    yield "Refusal, to the requester alone", message(refusal_layout(made, blocked), private=True)
    limit = Refused(RefusalReason.QUOTA, DecidedBy.LIMITS, wait=1500, params=(("limit", "20"),))
    yield "Limit, to the requester alone", message(text_layout(texts.refusal(limit)), private=True)
    yield "Failure", message(failure_layout(made, Failed(FailureClass.BUSY, wait=30)))
    yield "It works again", message(returned_layout(made, texts, mention=42))
    yield "Stopped", message(failure_layout(made, Failed(FailureClass.CANCELLED, maybe_billed=True)))
    yield "Info", message(text_layout(info_text(made, one)), private=True)
    yield "In the gallery", message(picture_layout(made, one, attached(1), starred_by=43))
    yield "Describe image", message(described_layout(PROMPTS[0], texts), private=True)
    yield "Edit", question(Action.EDIT, made, 0, texts).to_dict()
    yield "New words", question(Action.REWORD, made, 0, texts).to_dict()
    yield "Ask a moderator", question(Action.APPEAL, made, 0, texts).to_dict()
    yield "Remix image", remix_question("0" * 24, texts).to_dict()
    yield "Help", message(text_layout(texts.say(Say.HELP)), private=True)
    yield "Privacy", message(privacy_layout(texts), private=True)
    greeting = f"{texts.say(Say.WELCOME, server='Brass Owls')}\n{texts.say(Say.WELCOME_READY)}"
    yield "Welcome, to the server's owner", message(text_layout(greeting))


def example(language: str) -> Job:
    made = job(request=request(words=PROMPTS[0], requester=requester(locale=language)))
    return dataclasses.replace(
        made,
        job_id=JobId("brassowlbrassowl"),
        steps=Steps(words=SafeWords(SafePrompt(PROMPTS[0]), PROMPTS[0].capitalize() + ".")),
    )


def delivered(count: int) -> Delivered:
    images = tuple(hosted(alt_text=f"{prompt.capitalize()}.") for prompt in PROMPTS[:count])
    notices = (Notice(NoticeKey.BACKUP_MODEL, (("model", "flux-2-pro"),)),) if count > 1 else ()
    return Delivered(images, notices)


def attached(count: int) -> list[Attached | None]:
    return [Attached(f"{n}.png", b"") for n in range(count)]


def message(view: discord.ui.LayoutView, *, private: bool = False) -> Body:
    return {
        "author": {"username": "imagine", "global_name": "Imagine", "bot": True},
        "timestamp": "2026-11-25T12:34:00+00:00",
        "flags": _V2 | (_EPHEMERAL if private else 0),
        "content": "",
        "components": view.to_components(),
    }


def lines(node: Any) -> Iterator[str]:
    """What somebody reads of a message or a modal, in order."""
    if isinstance(node, list):
        for item in node:
            yield from lines(item)
        return
    for key in ("title", "content", "label", "description", "value"):
        if isinstance(node.get(key), str) and node[key]:
            yield f"[{node[key]}]" if node.get("type") == 2 else node[key]
    for key in ("items", "components", "component"):
        if key in node:
            yield from lines(node[key] if isinstance(node[key], list) else [node[key]])


def as_text() -> str:
    """All messages in all languages, as a page of Markdown."""
    parts = [
        "# What the bot says in Discord",
        "",
        "Made by `make gallery` from the adapter's own rendering; [the English ones as a picture](discord.png).",
    ]
    for language in languages():
        parts += ["", f"## {language}"]
        for title, body in bodies(language):
            parts += ["", f"### {title}", "", "````text", *lines(body), "````"]
    return "\n".join(parts) + "\n"


def picture_behind(url: str) -> tuple[bytes, str] | None:
    """The example's own drawings, by the file's number."""
    place = int(Path(url.removeprefix("attachment://")).stem)
    return render(PROMPTS[place], width=512, height=512, seed=7).png, "image/png"


async def take_picture() -> None:
    html = page(
        (body for _, body in bodies("en")),
        title="imagine-bot in Discord",
        load=picture_behind,
        names={42: "Ada", 43: "Bob"},
    )
    async with running_browser() as browser:
        shown = await browser.new_page(viewport={"width": 1560, "height": 900})
        await shown.set_content(html)
        await shown.add_style_tag(content="main{columns:2;column-gap:24px}main>*{break-inside:avoid}")
        shot = await shown.screenshot(full_page=True)
    Image.open(io.BytesIO(shot)).convert("RGB").quantize(192).save(DOCS / "discord.png", optimize=True)


def main() -> int:
    DOCS.mkdir(exist_ok=True)
    (DOCS / "discord-messages.md").write_text(as_text())
    if CHROMIUM is None:
        print("chromium is not installed: docs/discord.png stays as it is")
        return 0
    asyncio.run(take_picture())
    return 0


if __name__ == "__main__":
    sys.exit(main())

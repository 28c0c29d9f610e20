"""Every kind of message and window that Slack gets, as text in all languages, and as a picture: `make gallery`.

Writes docs/slack-messages.md and, with Debian's chromium, docs/slack-team.png. Everything comes from the adapter's own rendering, filled with an example job, and is
held to Block Kit's rules on the way.
"""

import asyncio
import base64
import dataclasses
import html
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from adapters.slack.brand import Brand
from adapters.slack.brand_form import brand_view
from adapters.slack.compose import compose_view
from adapters.slack.guardrails_pages import drawn
from adapters.slack.home import home_blocks
from adapters.slack.render import (
    Message,
    Source,
    failure_message,
    picture_message,
    question,
    refusal_message,
    returned_message,
    starting_message,
    text_message,
    versions_message,
)
from bot.domain.jobs import Job
from bot.domain.lora import LoraChoice
from bot.domain.money import micros
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
from bot.domain.policy import Policy
from bot.domain.requests import Action, JobId
from bot.guardrails.presets import PRESETS
from bot.guardrails.rulebook import BY_KEY
from bot.messages.catalogue import languages, texts_for
from bot.messages.desk import desk_texts
from bot.messages.keys import Say
from bot.moderation.budget import Budget
from bot.moderation.panel import overview_pages, rules_pages
from bot.moderation.rules import RulesView, SettingView
from bot.providers.offline.render import render
from tests.support.make import hosted, job, requester
from tests.support.pages import CHROMIUM, running_browser
from tests.twins.slack_blocks import problems, texts, view_problems
from tests.twins.slack_render import page

DOCS = Path(__file__).resolve().parents[1] / "docs"
PICTURE = Source(url="https://pictures.example/owl.png")


def messages(language: str) -> Iterator[tuple[str, Message]]:
    """Title and content of each message."""
    made, said = example(language), texts_for(language)
    one = Delivered((hosted(alt_text="A brass owl on a stack of old books."),))
    two = Delivered(
        one.images * 2, (Notice(NoticeKey.BACKUP_MODEL, (("model", "flux-2-pro"),)),), cost=micros(0.06)
    )
    yield "At work", starting_message(made, said)
    yield "Private preview", picture_message(made, one, [PICTURE], private=True)
    yield "In a thread, third version", picture_message(made, one, [PICTURE], private=False, version=(3, 1))
    yield "Two pictures, with costs", picture_message(made, two, [PICTURE] * 2, private=False, cost=True)
    yield "Slack cannot show it", picture_message(made, one, [Source()], private=True)
    shown = [(made, one, 1, 0), (made, one, 2, 1), (made, one, 3, 1)]
    yield "Versions compared", versions_message(shown, 3, [PICTURE] * 3, said)
    refused = Refused(RefusalReason.VIOLENCE, DecidedBy.SANITIZER, suggestion="a calm scene", appealable=True)
    yield "Refused", refusal_message(made, refused)
    yield "Failed", failure_message(made, Failed(FailureClass.BUSY, wait=30.0))
    yield "It works again", returned_message(made, said)
    yield "It works again, the words are not kept", returned_message(None, said)
    for key in (Say.HELP, Say.THREAD_HELP, Say.PRIVACY, Say.NO_VERSIONS, Say.ADMINS_ONLY, Say.NOT_INSTALLED):
        yield f"Text: {key.value}", text_message(said.say(key))
    yield "Text: version_chosen", text_message(said.say(Say.VERSION_CHOSEN, number=2))


def windows(language: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Title and content of each window."""
    made, said = example(language), texts_for(language)
    asked = compose_view(said, "{}", words="our login page", pictures=2, uploads=True, asks_where=True)
    yield "Window: make an image", asked
    brand = Brand("in our house style", ("#1a73e8",), lora=LoraChoice("acme/brand", 0.8))
    yield "Window: brand style", brand_view(brand, said, uploads=True)
    for action in (Action.EDIT, Action.REWORD, Action.APPEAL):
        yield f"Window: {action.value}", question(action, made, said, "{}")


def pages(language: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """App Home of a member and of an admin, whose part of it is the guardrails' panel."""
    said, made = texts_for(language), example(language)
    quota = said.say(Say.HOME_QUOTA, used=3, limit=50)
    yield "App Home", home_blocks(quota, [made], said, admin=False)
    yield "App Home, at the beginning", home_blocks(said.say(Say.HOME_UNLIMITED), [], said, admin=False)
    yield "App Home of an admin, first part", home_blocks(quota, [made], said, admin=True)


def example(language: str) -> Job:
    made = job(job_id=JobId("brassowlbrassowl"))
    asked = dataclasses.replace(made.request, requester=requester(platform="slack", locale=language))
    return dataclasses.replace(made, request=asked)


def as_text() -> str:
    """The whole gallery as Markdown. Raises ValueError when Slack would refuse something in it."""
    parts = ["# What the bot says in Slack\n\nMade by `make gallery` from the adapter's own rendering.\n"]
    for language in languages():
        parts.append(f"## {language}\n")
        for title, message in messages(language):
            _hold(title, problems(message.blocks))
            parts.append(
                _shown(
                    title,
                    [
                        *texts([b for b in message.blocks if b["type"] != "actions"]),
                        *_buttons(message.blocks),
                    ],
                )
            )
        for title, blocks in pages(language):
            _hold(title, problems(blocks, "home"))
            parts.append(
                _shown(title, [*texts([b for b in blocks if b["type"] != "actions"]), *_buttons(blocks)])
            )
        for title, view in windows(language):
            _hold(title, view_problems(view))
            parts.append(
                _shown(title, [view["title"]["text"], *texts(view["blocks"]), f"[{view['submit']['text']}]"])
            )
    return "\n".join(parts)


def _shown(title: str, lines: list[str]) -> str:
    words = html.unescape("\n".join(line for line in lines if line))
    return f"### {title}\n\n````text\n{words}\n````\n"


def _buttons(blocks: list[dict[str, Any]]) -> list[str]:
    """Rows of buttons, in brackets."""
    rows = [block["elements"] for block in blocks if block["type"] == "actions"]
    return [" ".join(f"[{item['text']['text']}]" for item in row) for row in rows]


def _hold(title: str, found: list[tuple[str, str]]) -> None:
    if found:
        raise ValueError(f"{title}: {found}")


def guardrails() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The panel in App Home: its first page, and one of its areas."""
    policy, said = Policy(), desk_texts("en")
    settings = tuple(
        SettingView(one.key, one.area, one.kind, one.write(one.of(policy)), "", (), 0, 0, per_place=False)
        for one in BY_KEY.values()
    )
    view = RulesView(3, next(iter(PRESETS)), settings, policy)
    budgets = [Budget("2026-11-26", "day", micros(3.1), micros(0), micros(20.0))]
    yield "App Home: the guardrails below", drawn(overview_pages.overview(view, budgets, 2, said)).blocks
    yield "App Home: an area of the guardrails", drawn(rules_pages.area(view, "limits", said)).blocks


async def take_picture() -> None:
    """What a team sees, in English."""
    drawing = base64.b64encode(
        render("a brass owl on a stack of old books", width=680, height=454, seed=7).png
    )
    shown = [(title, message.blocks) for title, message in messages("en") if not title.startswith("Text")]
    html_page = page(
        [*shown, *pages("en"), *guardrails()], lambda _: f"data:image/png;base64,{drawing.decode()}"
    )
    async with running_browser() as browser:
        screen = await browser.new_page(viewport={"width": 1280, "height": 900})
        await screen.set_content(html_page)
        shot = await screen.screenshot(full_page=True)
    Image.open(io.BytesIO(shot)).convert("RGB").quantize(192).save(DOCS / "slack-team.png", optimize=True)


def main() -> None:
    (DOCS / "slack-messages.md").write_text(as_text())
    if CHROMIUM:
        asyncio.run(take_picture())
    else:
        print("chromium is not installed: docs/slack-team.png stays as it is")


if __name__ == "__main__":
    main()

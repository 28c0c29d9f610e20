"""Every text in every language within Discord's limits, and every command registrable."""

import re
from typing import Any

import discord
import pytest
from discord import app_commands

from adapters.discord.commands import CatalogueTranslator, add_commands
from adapters.discord.guardrails_pages import dialog
from adapters.discord.modals import question
from adapters.discord.render import failure_layout, picture_layout, refusal_layout
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
from bot.domain.requests import Action
from bot.guardrails.text import MAX_GRAPHEMES
from bot.messages.catalogue import languages, texts_for
from bot.moderation.pages import Form
from scripts.discord_gallery import bodies, lines
from tests.support.make import hosted, job, request, requester

_NAME = re.compile(r"[-_'\w]{1,32}")
_LONG = "x" * 4000


class Handler:
    """What the commands need of a client."""

    async def complete_model(self, _interaction: discord.Interaction, _current: str) -> list[Any]:
        return []

    complete_prompt = complete_model


@pytest.fixture
async def payloads() -> list[dict[str, Any]]:
    client = discord.Client(intents=discord.Intents.none())
    tree: app_commands.CommandTree[Any] = app_commands.CommandTree(client)
    add_commands(tree, Handler())
    translator = CatalogueTranslator()
    commands = tree.get_commands(type=None)
    return [await command.get_translated_payload(tree, translator) for command in commands]


def strings(node: Any, key: str) -> list[str]:
    """A text of a command with all its localisations."""
    return [node[key], *(node.get(f"{key}_localizations") or {}).values()]


async def test_names_and_descriptions_fit_in_every_language(payloads: list[dict[str, Any]]) -> None:
    imagine = next(payload for payload in payloads if payload["name"] == "imagine")

    assert set(imagine["description_localizations"]) == {
        "en-US", "en-GB", "de", "fr", "es-ES", "es-419", "ja"
    }  # fmt: skip
    for option in imagine["options"]:
        assert all(_NAME.fullmatch(name) and name == name.lower() for name in strings(option, "name"))
        assert all(1 <= len(text) <= 100 for text in strings(option, "description"))
        for choice in option.get("choices", ()):
            assert all(1 <= len(text) <= 100 for text in strings(choice, "name"))
    assert all(1 <= len(text) <= 100 for text in strings(imagine, "description"))
    assert len(imagine["options"]) <= 25


async def test_discord_itself_stops_a_prompt_that_is_too_long(payloads: list[dict[str, Any]]) -> None:
    imagine = next(payload for payload in payloads if payload["name"] == "imagine")
    prompt = imagine["options"][0]

    assert (prompt["name"], prompt["min_length"], prompt["max_length"]) == ("prompt", 1, MAX_GRAPHEMES)


@pytest.mark.parametrize("action", [Action.EDIT, Action.REWORD, Action.APPEAL])
async def test_discord_itself_stops_a_text_that_is_too_long(action: Action) -> None:
    asked = question(action, job(request=request(words="a brass owl")), 0, texts_for("en"))

    assert asked.to_dict()["components"][0]["component"]["max_length"] == MAX_GRAPHEMES


async def test_words_of_many_signs_are_offered_whole() -> None:
    asked = question(Action.REWORD, job(request=request(words="🦉" * 900)), 0, texts_for("en"))
    field = asked.to_dict()["components"][0]["component"]

    assert (field["value"], field["max_length"]) == ("🦉" * 900, 1800)


@pytest.mark.parametrize(("most", "taken"), [(60, 60), (0, 4000)])
async def test_a_moderators_form_takes_what_its_setting_takes(most: int, taken: int) -> None:
    asked = dialog(Form("Phrase", "rule:x", "Phrase", most=most)).to_dict()

    assert asked["components"][0]["component"]["max_length"] == taken


async def test_option_names_differ_within_a_language(payloads: list[dict[str, Any]]) -> None:
    imagine = next(payload for payload in payloads if payload["name"] == "imagine")
    for locale in imagine["description_localizations"]:
        names = [option["name_localizations"][locale] for option in imagine["options"]]
        assert len(set(names)) == len(names)


async def test_a_command_is_no_larger_than_discord_takes(payloads: list[dict[str, Any]]) -> None:
    for payload in payloads:
        assert size(payload) <= 8000


async def test_menu_names_fit(payloads: list[dict[str, Any]]) -> None:
    menus = [payload for payload in payloads if payload["type"] == 3]

    assert [menu["name"] for menu in menus] == ["Remix image", "Describe image"]
    assert all(len(name) <= 32 for menu in menus for name in strings(menu, "name"))


def size(node: dict[str, Any]) -> int:
    """Characters of names, descriptions and values; of localisations the longest counts."""
    own = sum(max(map(len, strings(node, key))) for key in ("name", "description") if node.get(key))
    own += sum(
        max(map(len, strings(choice, "name"))) + len(str(choice["value"]))
        for choice in node.get("choices") or ()
    )
    return own + sum(size(option) for option in node.get("options") or ())


@pytest.mark.parametrize("language", languages())
def test_layouts_fit_in_every_language_with_the_longest_words(language: str) -> None:
    made = job(request=request(words=_LONG, requester=requester(locale=language)))
    images = tuple(hosted(alt_text=_LONG) for _ in range(4))
    notices = tuple(Notice(key, (("term", "y" * 200), ("reading", "z" * 200))) for key in NoticeKey)
    views = [
        picture_layout(made, Delivered(images, notices), [None] * 4, cost=True),
        picture_layout(made, Delivered(images[:1]), [None]),
        *(
            refusal_layout(
                made,
                Refused(reason, DecidedBy.GUARD, suggestion="s" * 1000, appealable=True, wait=9e4,
                        params=(("allowed", "a" * 300),)),
            )
            for reason in RefusalReason
        ),
        *(failure_layout(made, Failed(failure, wait=30, maybe_billed=True)) for failure in FailureClass),
    ]  # fmt: skip
    view: Any  # discord.py leaves what it makes untyped
    for view in views:
        check(view.to_components())


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("action", [Action.EDIT, Action.REWORD, Action.APPEAL])
async def test_questions_fit_in_every_language(language: str, action: Action) -> None:
    modal = question(action, job(request=request(words=_LONG)), 3, texts_for(language)).to_dict()

    assert 1 <= len(modal["title"]) <= 45
    assert len(modal["custom_id"]) <= 100
    assert 1 <= len(modal["components"]) <= 5
    for label in modal["components"]:
        assert 1 <= len(label["label"]) <= 45
        assert len(label.get("description") or "") <= 100


@pytest.mark.parametrize("language", languages())
async def test_every_screen_of_the_gallery_fits_and_has_its_words(language: str) -> None:
    for title, body in bodies(language):
        assert list(lines(body["components"])), title
        if "flags" in body:
            check(body["components"])


def check(components: list[dict[str, Any]]) -> None:
    """Components v2: 40 components, 4000 characters, 80 a label, unique custom ids of at most 100."""
    flat = list(walk(components))
    texts = [part["content"] for part in flat if part["type"] == 10]
    ids = [part["custom_id"] for part in flat if "custom_id" in part]

    assert len(flat) <= 40
    assert sum(map(len, texts)) <= 4000
    assert all(len(part.get("label") or "") <= 80 for part in flat)
    assert len(set(ids)) == len(ids)
    assert all(1 <= len(custom_id) <= 100 for custom_id in ids)
    for gallery in (part for part in flat if part["type"] == 12):
        assert all(0 < len(item["description"]) <= 1024 for item in gallery["items"])


def walk(parts: Any) -> Any:
    for part in parts:
        yield part
        yield from walk(part.get("components", ()))

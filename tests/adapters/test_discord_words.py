"""Whose words are shown to whom: what was typed to its author alone, what it was made of to whoever may see it."""

import dataclasses

import discord

from adapters.discord.components import picture_rows
from adapters.discord.modals import question
from adapters.discord.render import info_text
from bot.domain.images import SafePrompt
from bot.domain.jobs import SafeWords, Steps
from bot.domain.outcomes import DecidedBy, Delivered, RefusalReason, Refused
from bot.domain.requests import Action
from bot.messages.catalogue import texts_for
from tests.support.make import hosted, job, request

TEXTS = texts_for("en")
MADE = dataclasses.replace(
    job(request=request(words="a raw owl")),
    steps=Steps(words=SafeWords(SafePrompt("a *polished* owl @everyone"), "An owl.")),
)


def prefilled(modal: discord.ui.Modal) -> str:
    return str(modal.to_dict()["components"][0]["component"].get("value", ""))


def test_new_words_begin_with_what_the_author_typed_and_with_the_safe_ones_for_others() -> None:
    assert prefilled(question(Action.REWORD, MADE, 0, TEXTS)) == "a raw owl"
    assert prefilled(question(Action.REWORD, MADE, 0, TEXTS, own=False)).startswith("a *polished* owl")


def test_new_words_after_a_refusal_begin_with_the_wording_that_was_suggested() -> None:
    refused = Refused(RefusalReason.VIOLENCE, DecidedBy.SANITIZER, suggestion="a calm owl")
    turned_away = dataclasses.replace(MADE, steps=dataclasses.replace(MADE.steps, outcome=refused))

    assert prefilled(question(Action.REWORD, turned_away, 0, TEXTS)) == "a calm owl"


def test_info_tells_the_words_a_picture_is_made_of_without_their_effects() -> None:
    text = info_text(MADE, Delivered((hosted(),)))

    assert r"> a \*polished\* owl" in text
    assert "@everyone" not in text
    assert "polished" not in info_text(MADE, Delivered((hosted(),)), words=False)


def test_what_cannot_be_undone_is_the_last_button_of_all() -> None:
    for pictures in (1, 4):
        rows = picture_rows(MADE, Delivered((hosted(),) * pictures), TEXTS)
        last = list(rows[-1].children)[-1]
        assert getattr(getattr(last, "item", last), "custom_id", "").startswith("delete:")
